#include "ui/panels/train_dialog.h"

#include "ui/panels/mode_bar.h"

#include <QGridLayout>
#include <QGroupBox>
#include <QPushButton>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <limits>

namespace stint::ui {

namespace {

const std::array<std::string, 2> recipes {"recommended", "paper"};

QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QSpinBox* makeNumber(int low, int high, const QString& tip, QWidget* parent)
{
    auto* box = new QSpinBox(parent);
    box->setRange(low, high);
    box->setToolTip(tip);
    return box;
}

template <typename Values>
QComboBox* makeChoice(const Values& values, const QString& tip, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    for (const auto value : values)
        box->addItem(textOf(name(value)));
    box->setToolTip(tip);
    return box;
}

Index firstLabelledRow(const Recording& recording)
{
    Index first = recording.rows();
    for (const LabelColumn& label : recording.labels) {
        const auto found = std::find_if(label.values.begin(), label.values.end(),
                                        [](unsigned char value) { return value != 0; });
        first = std::min(first, static_cast<Index>(found - label.values.begin()));
    }
    return first;
}

} // namespace

QStringList classColumnsOf(const Recording& recording)
{
    QStringList names;
    for (const ClassColumn& column : recording.classColumns)
        names.append(QString::fromStdString(column.name));
    for (const LabelColumn& label : recording.labels) {
        const QString text = QString::fromStdString(label.name);
        if (!names.contains(text))
            names.append(text);
    }
    return names;
}

TrainSettings suggestedSettings(const Recording& recording, ModelTask task,
                                const std::string& recipe)
{
    const Result<TrainSettings> preset = TrainSettings::preset(recipe, task);
    TrainSettings settings = preset ? *preset : TrainSettings::forTask(task);
    settings.variants = variantsOf(settings);
    settings.rows = std::pair<Index, Index> {0, recording.rows()};
    const QStringList columns = classColumnsOf(recording);
    if (!columns.isEmpty())
        settings.labelColumn = columns.front().toStdString();
    // Training on known anomalies would teach the model that they are normal.
    constexpr Index enough = 200;
    const Index labelled = firstLabelledRow(recording);
    if (task == ModelTask::Anomaly && labelled >= enough)
        settings.rows->second = labelled;
    return settings;
}

TrainDialog::TrainDialog(std::shared_ptr<const Recording> recording, QWidget* parent)
    : QDialog(parent),
      m_recording(std::move(recording)),
      m_classColumns(classColumnsOf(*m_recording)),
      m_task(new QComboBox(this)),
      m_class(new QComboBox(this)),
      m_classLabel(new QLabel(tr("&Classes"), this)),
      m_recipe(new QComboBox(this)),
      m_rows(new QLineEdit(this)),
      m_epochs(makeNumber(1, 10'000, tr("Passes over the training rows, at most."), this)),
      m_keep(new QDoubleSpinBox(this)),
      m_advanced(new QToolButton(this)),
      m_window(makeNumber(
          3, 4096, tr("Rows that the model looks at, the one it answers for included."), this)),
      m_positions(makeChoice(allPositions,
                             tr("How a token learns where it stands; positions fixed to the window "
                                "cannot be streamed through several blocks."),
                             this)),
      m_norm(makeChoice(allNorms, tr("What follows each residual sum; time: window only."), this)),
      m_seed(makeNumber(0, std::numeric_limits<int>::max(),
                        tr("The same seed gives the same model."), this)),
      m_problem(new QLabel(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Train a model"));
    fillChoices();
    m_classLabel->setBuddy(m_class);
    m_rows->setToolTip(tr("Rows to learn from, first:end, counted from 0; to find anomalies they "
                          "should be normal."));
    m_keep->setRange(0.5, 100.0);
    m_keep->setDecimals(1);
    m_keep->setSuffix(tr(" %"));
    m_keep->setToolTip(tr("Weights that sparse variants keep; the others are gone."));
    m_problem->setWordWrap(true);
    m_problem->setMinimumHeight(2 * fontMetrics().lineSpacing());
    m_problem->setAccessibleName(tr("What is wrong with the settings"));

    auto* what = new QFormLayout; // owned by the layout below, as the next one
    what->addRow(tr("&Task"), m_task);
    what->addRow(m_classLabel, m_class);
    what->addRow(tr("Re&cipe"), m_recipe);
    auto* how = new QFormLayout;
    how->addRow(tr("&Rows"), m_rows);
    how->addRow(tr("&Epochs"), m_epochs);
    how->addRow(tr("Weights &kept"), m_keep);
    m_buttons->addButton(tr("&Train"), QDialogButtonBox::AcceptRole)->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(what);
    layout->addWidget(makeVariants());
    layout->addLayout(how);
    layout->addWidget(makeAdvanced());
    layout->addWidget(m_problem);
    layout->addWidget(m_buttons);
    layout->setSizeConstraint(QLayout::SetFixedSize); // as large as what is unfolded
    connectFields();
    setTask(m_recording->classColumns.empty() ? ModelTask::Anomaly : ModelTask::Classify);
    suggest();
}

void TrainDialog::fillChoices()
{
    m_task->addItem(tr("Find anomalies"));
    m_task->addItem(tr("Forecast the next row"));
    m_task->addItem(tr("Classify"));
    m_task->setToolTip(tr("What the model answers for each row."));
    m_class->addItems(m_classColumns);
    m_class->setToolTip(tr("The column that names the class of each row, or series."));
    if (m_classColumns.isEmpty()) {
        auto* items = qobject_cast<QStandardItemModel*>(m_task->model());
        QStandardItem* item = items->item(static_cast<int>(ModelTask::Classify));
        item->setEnabled(false);
        item->setToolTip(tr("The recording has no column that names classes."));
    }
    m_recipe->addItem(tr("Recommended"));
    m_recipe->addItem(tr("As in the paper"));
    m_recipe->setToolTip(tr("Recommended: what was found to work best. As in the paper: frozen "
                            "random weights, everything linear pruned and binary."));
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
            connect(box, &QCheckBox::toggled, this, &TrainDialog::check);
            m_variants.push_back({variant, box});
            grid->addWidget(box, row, column++);
        }
        ++row;
    }
    return group;
}

QWidget* TrainDialog::makeAdvanced()
{
    auto* whole = new QWidget(this);
    auto* fold = new QWidget(whole);
    auto* form = new QFormLayout(fold);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("&Window"), m_window);
    form->addRow(tr("&Positions"), m_positions);
    form->addRow(tr("&Norm"), m_norm);
    form->addRow(tr("&Seed"), m_seed);
    m_advanced->setText(tr("&Advanced"));
    m_advanced->setCheckable(true);
    m_advanced->setAutoRaise(true);
    m_advanced->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    const auto unfold = [this, fold](bool shown) {
        m_advanced->setArrowType(shown ? Qt::DownArrow : Qt::RightArrow);
        fold->setVisible(shown);
    };
    connect(m_advanced, &QToolButton::toggled, this, unfold);
    unfold(false);
    auto* layout = new QVBoxLayout(whole);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_advanced);
    layout->addWidget(fold);
    return whole;
}

void TrainDialog::connectFields()
{
    for (QComboBox* box : {m_task, m_recipe})
        connect(box, &QComboBox::currentIndexChanged, this, &TrainDialog::suggest);
    for (QComboBox* box : {m_class, m_positions, m_norm})
        connect(box, &QComboBox::currentIndexChanged, this, &TrainDialog::check);
    connect(m_rows, &QLineEdit::textChanged, this, &TrainDialog::check);
    for (QSpinBox* box : {m_window, m_epochs, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &TrainDialog::check);
    connect(m_keep, &QDoubleSpinBox::valueChanged, this, &TrainDialog::check);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_buttons, &QDialogButtonBox::accepted, this, [this] {
        const Result<TrainSettings> chosen = settings();
        if (!chosen)
            return;
        Q_EMIT trainRequested(*chosen);
        accept();
    });
}

ModelTask TrainDialog::task() const { return static_cast<ModelTask>(m_task->currentIndex()); }

void TrainDialog::setTask(ModelTask task)
{
    if (task != ModelTask::Classify || !m_classColumns.isEmpty())
        m_task->setCurrentIndex(static_cast<int>(task));
}

void TrainDialog::suggest()
{
    m_suggested = suggestedSettings(*m_recording, task(),
                                    recipes[static_cast<std::size_t>(m_recipe->currentIndex())]);
    const bool classifies = task() == ModelTask::Classify;
    m_class->setVisible(classifies);
    m_classLabel->setVisible(classifies);
    m_window->setMinimum(classifies ? 0 : 3);
    m_window->setSpecialValueText(classifies ? tr("the longest series") : QString());
    m_window->setValue(static_cast<int>(m_suggested.window));
    m_rows->setText(
        QStringLiteral("%1:%2").arg(m_suggested.rows->first).arg(m_suggested.rows->second));
    m_epochs->setValue(m_suggested.epochs);
    m_keep->setValue(100.0 * m_suggested.keep);
    m_positions->setCurrentIndex(static_cast<int>(m_suggested.positions));
    m_norm->setCurrentIndex(static_cast<int>(m_suggested.norm));
    m_seed->setValue(static_cast<int>(m_suggested.seed));
    for (const VariantBox& variant : m_variants)
        variant.box->setChecked(
            std::find(m_suggested.variants.begin(), m_suggested.variants.end(), variant.variant)
            != m_suggested.variants.end());
    check();
}

TrainSettings TrainDialog::withFields() const
{
    TrainSettings settings = m_suggested;
    settings.labelColumn
        = m_class->count() > 0 ? m_class->currentText().toStdString() : settings.labelColumn;
    settings.window = m_window->value();
    settings.epochs = m_epochs->value();
    settings.keep = m_keep->value() / 100.0;
    settings.positions = static_cast<Positions>(m_positions->currentIndex());
    const auto norm = static_cast<Norm>(m_norm->currentIndex());
    if (norm != settings.norm)
        settings.denseNorm.reset(); // what was chosen holds for all variants
    settings.norm = norm;
    settings.seed = static_cast<std::uint64_t>(m_seed->value());
    return settings;
}

void TrainDialog::offerVariants()
{
    TrainSettings alone = withFields();
    for (const VariantBox& variant : m_variants) {
        alone.variants = {variant.variant};
        const std::optional<Error> error = alone.validate();
        const QString why = error ? QString::fromStdString(error->message) : QString();
        variant.box->setEnabled(!error);
        variant.box->setToolTip(why);
        variant.box->setAccessibleDescription(why);
    }
}

QCheckBox* TrainDialog::variantBox(VariantName variant) const
{
    const auto found = std::find_if(m_variants.begin(), m_variants.end(),
                                    [&](const VariantBox& v) { return v.variant == variant; });
    return found == m_variants.end() ? nullptr : found->box;
}

Result<TrainSettings> TrainDialog::readRows(TrainSettings settings) const
{
    const Index rows = m_recording->rows();
    const QStringList parts = m_rows->text().trimmed().split(QChar(u':'));
    bool firstOk = false;
    bool lastOk = false;
    if (parts.size() == 2) {
        settings.rows = std::pair<Index, Index> {parts[0].trimmed().toLongLong(&firstOk),
                                                 parts[1].trimmed().toLongLong(&lastOk)};
    }
    if (!firstOk || !lastOk)
        return Error {tr("Rows: write first:end, for example 0:%1.").arg(rows).toStdString()};
    if (settings.rows->first < 0 || settings.rows->first >= settings.rows->second
        || settings.rows->second > rows)
        return Error {
            tr("Rows: first must be below end, and end at most %1.").arg(rows).toStdString()};
    return settings;
}

Result<TrainSettings> TrainDialog::settings() const
{
    TrainSettings settings = withFields();
    settings.variants.clear();
    for (const VariantBox& variant : m_variants) {
        if (variant.box->isChecked() && variant.box->isEnabled())
            settings.variants.push_back(variant.variant);
    }
    // Settings that suit no variant say why; else it is the choice that is missing.
    if (settings.variants.empty()) {
        const std::optional<Error> error = withFields().validate();
        return error ? *error : Error {tr("Choose at least one variant.").toStdString()};
    }
    if (const std::optional<Error> error = settings.validate())
        return *error;
    return readRows(std::move(settings));
}

void TrainDialog::check()
{
    offerVariants();
    const Result<TrainSettings> chosen = settings();
    m_problem->setText(chosen ? QString() : QString::fromStdString(chosen.error().message));
    for (QAbstractButton* button : m_buttons->buttons()) {
        if (m_buttons->buttonRole(button) == QDialogButtonBox::AcceptRole)
            button->setEnabled(chosen.ok());
    }
}

} // namespace stint::ui
