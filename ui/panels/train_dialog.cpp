#include "ui/panels/train_dialog.h"

#include "ui/panels/mode_bar.h"

#include <QFormLayout>
#include <QGridLayout>
#include <QGroupBox>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace stint::ui {

namespace {

const std::array<VariantName, 3>& usualVariants()
{
    static constexpr std::array<VariantName, 3> variants {
        VariantName {WeightFormat::Dense, AttentionMask::Full},
        VariantName {WeightFormat::Dense, AttentionMask::StepT},
        VariantName {WeightFormat::SparseBinary, AttentionMask::StepT}};
    return variants;
}

QSpinBox* makeNumber(int low, int high, std::int64_t value, const QString& suffix, QWidget* parent)
{
    auto* box = new QSpinBox(parent);
    box->setRange(low, high);
    box->setValue(static_cast<int>(std::clamp<std::int64_t>(value, low, high)));
    box->setSuffix(suffix);
    return box;
}

} // namespace

TrainSettings suggestedSettings(const Recording& recording)
{
    TrainSettings settings;
    settings.variants.assign(usualVariants().begin(), usualVariants().end());
    Index firstLabelled = recording.rows();
    for (const LabelColumn& label : recording.labels) {
        const auto found = std::find_if(label.values.begin(), label.values.end(),
                                        [](unsigned char value) { return value != 0; });
        firstLabelled = std::min(firstLabelled, static_cast<Index>(found - label.values.begin()));
    }
    // Training on known anomalies would teach the model that they are normal.
    constexpr Index enough = 200;
    settings.rows
        = std::pair<Index, Index> {0, firstLabelled >= enough ? firstLabelled : recording.rows()};
    return settings;
}

TrainDialog::TrainDialog(const TrainSettings& defaults, Index recordingRows, QWidget* parent)
    : QDialog(parent),
      m_defaults(defaults),
      m_recordingRows(recordingRows),
      m_rows(new QLineEdit(this)),
      m_window(makeNumber(2, 4096, defaults.window, tr(" rows"), this)),
      m_epochs(makeNumber(1, 10'000, defaults.epochs, {}, this)),
      m_seed(makeNumber(0, std::numeric_limits<int>::max(),
                        static_cast<std::int64_t>(defaults.seed), {}, this)),
      m_problem(new QLabel(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Train a model"));
    const auto rows = defaults.rows.value_or(std::pair<Index, Index> {0, recordingRows});
    m_rows->setText(QStringLiteral("%1:%2").arg(rows.first).arg(rows.second));
    m_rows->setToolTip(tr("Rows to learn from, first:end, counted from 0; they should be normal."));
    m_window->setToolTip(tr("Rows that the model looks at, the one it predicts included."));
    m_epochs->setToolTip(tr("Passes over the training rows, at most."));
    m_seed->setToolTip(tr("The same seed gives the same model."));
    m_problem->setWordWrap(true);
    m_problem->setMinimumHeight(2 * fontMetrics().lineSpacing());

    auto* form = new QFormLayout; // owned by the layout below
    form->addRow(tr("&Rows"), m_rows);
    form->addRow(tr("&Window"), m_window);
    form->addRow(tr("&Epochs"), m_epochs);
    form->addRow(tr("&Seed"), m_seed);
    QPushButton* train = m_buttons->addButton(tr("&Train"), QDialogButtonBox::AcceptRole);
    train->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(makeVariants());
    layout->addLayout(form);
    layout->addWidget(m_problem);
    layout->addWidget(m_buttons);

    connect(m_rows, &QLineEdit::textChanged, this, &TrainDialog::check);
    for (QSpinBox* box : {m_window, m_epochs, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &TrainDialog::check);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_buttons, &QDialogButtonBox::accepted, this, [this] {
        const Result<TrainSettings> chosen = settings();
        if (!chosen)
            return;
        Q_EMIT trainRequested(*chosen);
        accept();
    });
    check();
}

QWidget* TrainDialog::makeVariants()
{
    auto* group = new QGroupBox(tr("Variants (weights by attention)"), this);
    auto* grid = new QGridLayout(group);
    int column = 1;
    for (const AttentionMask attention : allAttentionMasks)
        grid->addWidget(new QLabel(displayName(attention), group), 0, column++);
    int row = 1;
    for (const WeightFormat weights : allWeightFormats) {
        grid->addWidget(new QLabel(displayName(weights), group), row, 0);
        column = 1;
        for (const AttentionMask attention : allAttentionMasks) {
            const VariantName variant {weights, attention};
            auto* box = new QCheckBox(group);
            box->setAccessibleName(QString::fromStdString(toString(variant)));
            box->setChecked(
                std::find(m_defaults.variants.begin(), m_defaults.variants.end(), variant)
                != m_defaults.variants.end());
            TrainSettings alone = m_defaults;
            alone.variants = {variant};
            if (const std::optional<Error> error = alone.validate()) {
                const QString why = QString::fromStdString(error->message);
                box->setChecked(false);
                box->setEnabled(false);
                box->setToolTip(why);
                box->setAccessibleDescription(why);
            }
            connect(box, &QCheckBox::toggled, this, &TrainDialog::check);
            m_variants.push_back({variant, box});
            grid->addWidget(box, row, column++);
        }
        ++row;
    }
    return group;
}

QCheckBox* TrainDialog::variantBox(VariantName variant) const
{
    const auto found = std::find_if(m_variants.begin(), m_variants.end(),
                                    [&](const VariantBox& v) { return v.variant == variant; });
    return found == m_variants.end() ? nullptr : found->box;
}

Result<TrainSettings> TrainDialog::readRows(TrainSettings settings) const
{
    const QStringList parts = m_rows->text().trimmed().split(QChar(u':'));
    bool firstOk = false;
    bool lastOk = false;
    if (parts.size() == 2) {
        settings.rows = std::pair<Index, Index> {parts[0].trimmed().toLongLong(&firstOk),
                                                 parts[1].trimmed().toLongLong(&lastOk)};
    }
    if (!firstOk || !lastOk)
        return Error {
            tr("Rows: write first:end, for example 0:%1.").arg(m_recordingRows).toStdString()};
    if (settings.rows->first < 0 || settings.rows->first >= settings.rows->second
        || settings.rows->second > m_recordingRows)
        return Error {tr("Rows: first must be below end, and end at most %1.")
                          .arg(m_recordingRows)
                          .toStdString()};
    return settings;
}

Result<TrainSettings> TrainDialog::settings() const
{
    TrainSettings settings = m_defaults;
    settings.variants.clear();
    for (const VariantBox& variant : m_variants) {
        if (variant.box->isChecked())
            settings.variants.push_back(variant.variant);
    }
    if (settings.variants.empty())
        return Error {tr("Choose at least one variant.").toStdString()};
    settings.window = m_window->value();
    settings.epochs = m_epochs->value();
    settings.seed = static_cast<std::uint64_t>(m_seed->value());
    if (const std::optional<Error> error = settings.validate())
        return *error;
    return readRows(std::move(settings));
}

void TrainDialog::check()
{
    const Result<TrainSettings> chosen = settings();
    m_problem->setText(chosen ? QString() : QString::fromStdString(chosen.error().message));
    for (QAbstractButton* button : m_buttons->buttons()) {
        if (m_buttons->buttonRole(button) == QDialogButtonBox::AcceptRole)
            button->setEnabled(chosen.ok());
    }
}

} // namespace stint::ui
