#include "ui/panels/import_dialog.h"

#include "core/series/text_encoding.h"

#include <QFileInfo>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace stint::ui {

using namespace std::chrono_literals;

namespace {

constexpr int shownRows = 50;
constexpr int automaticLines = -1;
const QString noTime = QStringLiteral("\n"); // no header holds a line end

QString textOf(const std::string& text) { return QString::fromStdString(text); }

QString delimiterName(char delimiter)
{
    switch (delimiter) {
    case '\t':
        return ImportDialog::tr("Tab");
    case ' ':
        return ImportDialog::tr("Blanks");
    case ',':
        return ImportDialog::tr("Comma");
    case ';':
        return ImportDialog::tr("Semicolon");
    case '|':
        return ImportDialog::tr("Bar |");
    default:
        return {QLatin1Char(delimiter)};
    }
}

void selectData(QComboBox& box, const QVariant& data)
{
    const int at = box.findData(data);
    box.setCurrentIndex(std::max(at, 0));
}

QTableWidget* makeTable(QWidget* parent, const QString& name)
{
    auto* table = new QTableWidget(parent);
    table->setAccessibleName(name);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    return table;
}

QString numberText(double value)
{
    return std::isnan(value) ? QString() : QString::number(value, 'g', 10);
}

} // namespace

ImportDialog::ImportDialog(QWidget* parent)
    : QDialog(parent),
      m_encoding(new QComboBox(this)),
      m_delimiter(new QComboBox(this)),
      m_decimal(new QComboBox(this)),
      m_preamble(new QSpinBox(this)),
      m_header(new QSpinBox(this)),
      m_time(new QComboBox(this)),
      m_unit(new QComboBox(this)),
      m_order(new QComboBox(this)),
      m_columns(new QListWidget(this)),
      m_text(new QPlainTextEdit(this)),
      m_rows(makeTable(this, tr("First rows"))),
      m_bad(makeTable(this, tr("Lines that do not fit"))),
      m_badTitle(new QLabel(this)),
      m_summary(new QLabel(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Open with options"));
    m_delay.setSingleShot(true);
    m_delay.setInterval(200ms);
    fillChoices();
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(makeFields());
    split->addWidget(makeViews());
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(split, 1);
    layout->addWidget(m_summary);
    layout->addWidget(m_buttons);
    connectFields();
    resize(1000, 640);
}

void ImportDialog::fillChoices()
{
    m_encoding->addItem(tr("Automatic"), QString());
    for (const std::string_view name : encodingNames) {
        const QString text = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
        m_encoding->addItem(text.toUpper(), text);
    }
    m_delimiter->addItem(tr("Automatic"), QVariant());
    for (const char delimiter : {',', ';', '\t', ' ', '|'})
        m_delimiter->addItem(delimiterName(delimiter), QChar(QLatin1Char(delimiter)));
    m_decimal->addItem(tr("Automatic"), QVariant());
    m_decimal->addItem(tr("Point"), QChar(u'.'));
    m_decimal->addItem(tr("Comma"), QChar(u','));
    for (QSpinBox* lines : {m_preamble, m_header}) {
        lines->setRange(automaticLines, 300);
        lines->setSpecialValueText(tr("Automatic"));
        lines->setValue(automaticLines);
    }
    m_preamble->setToolTip(tr("Lines before the names of the columns; they are not read."));
    m_header->setToolTip(tr("Lines of names and units; 0 if the table has none."));
    m_unit->addItem(tr("Automatic"), QString());
    for (const char* unit : {"ns", "us", "ms", "s", "min", "h", "d", "spreadsheet day"})
        m_unit->addItem(QString::fromLatin1(unit), QString::fromLatin1(unit));
    m_unit->setToolTip(tr("What a time in numbers counts."));
    m_order->addItem(tr("Automatic"), QVariant());
    m_order->addItem(tr("Day first"), static_cast<int>(DateOrder::DayFirst));
    m_order->addItem(tr("Month first"), static_cast<int>(DateOrder::MonthFirst));
    m_order->setToolTip(tr("How dates such as 1/2/2024 are meant."));
    m_columns->setToolTip(tr("Columns without a tick are not read."));
    m_columns->setAccessibleName(tr("Columns that are read"));
}

QWidget* ImportDialog::makeFields()
{
    auto* fields = new QWidget(this);
    auto* form = new QFormLayout;
    form->addRow(tr("&Encoding"), m_encoding);
    form->addRow(tr("&Delimiter"), m_delimiter);
    form->addRow(tr("De&cimal"), m_decimal);
    form->addRow(tr("Lines &above header"), m_preamble);
    form->addRow(tr("&Header lines"), m_header);
    form->addRow(tr("&Time"), m_time);
    form->addRow(tr("&Unit of time"), m_unit);
    form->addRow(tr("Date &order"), m_order);
    m_time->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_time->setMinimumContentsLength(20);
    auto* title = new QLabel(tr("Co&lumns"), fields);
    title->setBuddy(m_columns);
    auto* layout = new QVBoxLayout(fields);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(form);
    layout->addWidget(title);
    layout->addWidget(m_columns, 1);
    return fields;
}

QWidget* ImportDialog::makeViews()
{
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setAccessibleName(tr("First lines of the file"));
    m_text->setTabChangesFocus(true);
    m_bad->setColumnCount(2);
    m_bad->setHorizontalHeaderLabels({tr("Line"), tr("Why it is not read in full")});
    m_bad->horizontalHeader()->setStretchLastSection(true);
    m_bad->verticalHeader()->setVisible(false);
    const auto titled = [this](QWidget* title, QWidget* view) {
        auto* part = new QWidget(this);
        auto* layout = new QVBoxLayout(part);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(title);
        layout->addWidget(view, 1);
        return part;
    };
    auto* views = new QSplitter(Qt::Vertical, this);
    views->addWidget(titled(new QLabel(tr("Lines of the file"), this), m_text));
    views->addWidget(titled(new QLabel(tr("Rows as they are read"), this), m_rows));
    views->addWidget(titled(m_badTitle, m_bad));
    views->setChildrenCollapsible(false);
    views->setSizes({220, 240, 120});
    return views;
}

void ImportDialog::connectFields()
{
    const auto ask = [this] {
        if (!m_filling)
            m_delay.start();
    };
    for (QComboBox* box : {m_encoding, m_delimiter, m_decimal, m_time, m_unit, m_order})
        connect(box, &QComboBox::currentIndexChanged, this, ask);
    for (QSpinBox* lines : {m_preamble, m_header})
        connect(lines, &QSpinBox::valueChanged, this, ask);
    connect(m_columns, &QListWidget::itemChanged, this, ask);
    connect(&m_delay, &QTimer::timeout, this,
            [this] { Q_EMIT previewRequested(m_path, choices()); });
    connect(m_buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT openRequested(m_path, choices());
        accept();
    });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void ImportDialog::begin(const RecordingPreview& preview, const ReadChoices& choices)
{
    m_path = textOf(preview.path);
    setWindowTitle(tr("Open %1 with options").arg(QFileInfo(m_path).fileName()));
    showColumns(preview);
    setFields(choices);
    showPreview(preview);
}

void ImportDialog::setFields(const ReadChoices& choices)
{
    m_filling = true;
    const auto lines = [](std::optional<std::size_t> count) {
        return count ? static_cast<int>(*count) : automaticLines;
    };
    const auto character
        = [](std::optional<char> c) { return c ? QVariant(QChar(QLatin1Char(*c))) : QVariant(); };
    selectData(*m_encoding, textOf(choices.encoding));
    selectData(*m_delimiter, character(choices.delimiter));
    selectData(*m_decimal, character(choices.decimal));
    m_preamble->setValue(lines(choices.preambleLines));
    m_header->setValue(lines(choices.headerLines));
    selectData(*m_unit, textOf(choices.timeUnit));
    selectData(*m_order,
               choices.dateOrder ? QVariant(static_cast<int>(*choices.dateOrder)) : QVariant());
    if (choices.timeColumn)
        selectData(*m_time, choices.timeColumn->empty() ? noTime : textOf(*choices.timeColumn));
    for (int i = 0; i < m_columns->count(); ++i) {
        const std::string name = m_columns->item(i)->text().toStdString();
        const bool out = std::ranges::find(choices.leftOut, name) != choices.leftOut.end();
        m_columns->item(i)->setCheckState(out ? Qt::Unchecked : Qt::Checked);
    }
    m_filling = false;
}

ReadChoices ImportDialog::choices() const
{
    ReadChoices choices;
    choices.encoding = m_encoding->currentData().toString().toStdString();
    const auto character = [](const QComboBox& box) -> std::optional<char> {
        const QVariant chosen = box.currentData();
        return chosen.isValid() ? std::optional(chosen.toChar().toLatin1()) : std::nullopt;
    };
    choices.delimiter = character(*m_delimiter);
    choices.decimal = character(*m_decimal);
    const auto lines = [](const QSpinBox& box) -> std::optional<std::size_t> {
        return box.value() < 0 ? std::nullopt
                               : std::optional(static_cast<std::size_t>(box.value()));
    };
    choices.preambleLines = lines(*m_preamble);
    choices.headerLines = lines(*m_header);
    const QString time = m_time->currentData().toString();
    if (!time.isEmpty())
        choices.timeColumn = time == noTime ? std::string() : time.toStdString();
    choices.timeUnit = m_unit->currentData().toString().toStdString();
    if (m_order->currentData().isValid())
        choices.dateOrder = static_cast<DateOrder>(m_order->currentData().toInt());
    for (int i = 0; i < m_columns->count(); ++i)
        if (m_columns->item(i)->checkState() == Qt::Unchecked)
            choices.leftOut.push_back(m_columns->item(i)->text().toStdString());
    return choices;
}

/// The columns that there are; what was chosen about those that stay is kept.
void ImportDialog::showColumns(const RecordingPreview& preview)
{
    QStringList names;
    for (const std::string& name : preview.columns)
        names.append(textOf(name));
    QStringList before;
    for (int i = 0; i < m_columns->count(); ++i)
        before.append(m_columns->item(i)->text());
    names.sort();
    QStringList sorted = before;
    sorted.sort();
    if (names == sorted && !names.isEmpty())
        return;
    m_filling = true;
    const ReadChoices kept = choices();
    m_columns->clear();
    m_time->clear();
    m_time->addItem(tr("Automatic"), QString());
    m_time->addItem(tr("Row number"), noTime);
    for (const std::string& column : preview.columns) {
        const QString name = textOf(column);
        m_time->addItem(name, name);
        auto* item = new QListWidgetItem(name, m_columns);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Checked);
    }
    m_filling = false;
    setFields(kept);
}

void ImportDialog::showPreview(const RecordingPreview& preview)
{
    QStringList lines;
    const auto width = static_cast<int>(std::to_string(preview.lines.size()).size());
    for (std::size_t i = 0; i < preview.lines.size(); ++i)
        lines.append(QStringLiteral("%1  %2").arg(i + 1, width).arg(textOf(preview.lines[i])));
    m_text->setPlainText(lines.join(QLatin1Char('\n')));
    m_buttons->button(QDialogButtonBox::Open)->setEnabled(preview.recording != nullptr);
    m_rows->setRowCount(0);
    m_bad->setRowCount(0);
    m_badTitle->setText(tr("Lines that do not fit"));
    if (!preview.recording) {
        m_rows->setColumnCount(0);
        m_summary->setText(textOf(preview.error));
        return;
    }
    showColumns(preview);
    showFound(*preview.recording);
    showRows(*preview.recording);
    showBadLines(*preview.recording);
}

/// What was found stands behind "Automatic", so that it is known before it is changed.
void ImportDialog::showFound(const Recording& recording)
{
    const Dialect& dialect = recording.dialect;
    const auto found = [](const QString& what) { return tr("Automatic: %1").arg(what); };
    const auto tell = [&found](QComboBox& box, const QString& what) {
        if (box.currentIndex() == 0)
            box.setItemText(0, found(what));
    };
    const auto tellLines = [&found](QSpinBox& box, std::size_t lines) {
        if (box.value() == automaticLines)
            box.setSpecialValueText(found(QString::number(lines)));
    };
    tell(*m_encoding, textOf(dialect.encoding).toUpper());
    tell(*m_delimiter, delimiterName(dialect.delimiter));
    tell(*m_decimal, dialect.decimal == ',' ? tr("Comma") : tr("Point"));
    tell(*m_time, recording.time.column.empty() ? tr("Row number") : textOf(recording.time.column));
    tell(*m_unit, textOf(recording.time.unit));
    tellLines(*m_preamble, dialect.preambleLines);
    tellLines(*m_header, dialect.headerLines);
    m_summary->setText(
        tr("In its first lines: %1 rows, %2 channels, %3 labels, %4 columns left "
           "out; time step %5 s, %6 gaps, %7 repeated times, %8 steps back; %9 lines "
           "do not fit.")
            .arg(recording.rows())
            .arg(recording.channels.size())
            .arg(recording.labels.size() + recording.classColumns.size())
            .arg(recording.ignoredColumns.size())
            .arg(recording.time.step, 0, 'g', 6)
            .arg(recording.time.gaps)
            .arg(recording.time.duplicates)
            .arg(recording.time.nonMonotonic - recording.time.duplicates)
            .arg(recording.badLineCount));
}

void ImportDialog::showRows(const Recording& recording)
{
    const auto rows = static_cast<int>(std::min<Index>(recording.rows(), shownRows));
    const auto channels = static_cast<int>(recording.channels.size());
    m_rows->setColumnCount(channels + 1);
    m_rows->setRowCount(rows);
    QStringList titles {recording.time.column.empty() ? tr("Row") : textOf(recording.time.column)};
    for (const Channel& channel : recording.channels)
        titles.append(channel.unit.empty() ? textOf(channel.name)
                                           : QStringLiteral("%1 [%2]").arg(textOf(channel.name),
                                                                           textOf(channel.unit)));
    m_rows->setHorizontalHeaderLabels(titles);
    for (int row = 0; row < rows; ++row) {
        m_rows->setItem(row, 0, new QTableWidgetItem(textOf(timeText(recording, row))));
        for (int c = 0; c < channels; ++c) {
            const Channel& channel = recording.channels[static_cast<std::size_t>(c)];
            const double value = channel.values[static_cast<std::size_t>(row)];
            auto* item = new QTableWidgetItem(numberText(value));
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_rows->setItem(row, c + 1, item);
        }
    }
    m_rows->resizeColumnsToContents();
}

void ImportDialog::showBadLines(const Recording& recording)
{
    m_badTitle->setText(recording.badLineCount == 0
                            ? tr("Every line fits")
                            : tr("Lines that do not fit: %1").arg(recording.badLineCount));
    m_bad->setRowCount(static_cast<int>(recording.badLines.size()));
    for (std::size_t i = 0; i < recording.badLines.size(); ++i) {
        const BadLine& bad = recording.badLines[i];
        const int row = static_cast<int>(i);
        m_bad->setItem(row, 0, new QTableWidgetItem(QString::number(bad.line)));
        m_bad->setItem(row, 1, new QTableWidgetItem(textOf(bad.why)));
    }
    m_bad->resizeColumnToContents(0);
}

} // namespace stint::ui
