#include "ui/panels/format_editor.h"

#include <algorithm>
#include <array>

namespace stint::ui {

namespace {

constexpr std::array kindsInOrder {
    WireKind::Delimited,    WireKind::Labelled,    WireKind::Teleplot, WireKind::Json,
    WireKind::CommentFrame, WireKind::DollarFrame, WireKind::Nmea,     WireKind::SyncFrame,
    WireKind::Cobs,         WireKind::Slip,        WireKind::RawBinary};

constexpr std::array delimiters {',', ';', '\t', ' ', '|'};

QString hexText(const std::vector<std::uint8_t>& bytes)
{
    QStringList parts;
    for (const std::uint8_t byte : bytes)
        parts.append(QStringLiteral("%1").arg(byte, 2, 16, QLatin1Char('0')).toUpper());
    return parts.join(QChar(u' '));
}

/// Nothing if the text is not pairs of hexadecimal digits.
std::optional<std::vector<std::uint8_t>> hexBytes(QString text)
{
    text.remove(QChar(u' '));
    if (text.isEmpty() || text.size() % 2 != 0 || text.size() > 32)
        return std::nullopt;
    std::vector<std::uint8_t> bytes;
    for (qsizetype i = 0; i < text.size(); i += 2) {
        bool ok = false;
        const uint value = text.mid(i, 2).toUInt(&ok, 16);
        if (!ok)
            return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(value));
    }
    return bytes;
}

} // namespace

FormatEditor::FormatEditor(QWidget* parent)
    : QWidget(parent),
      m_layout(new QFormLayout(this)),
      m_kind(addChoice(tr("&Format"),
                       {tr("Recognise it"), tr("Text, values between delimiters"),
                        tr("Text with labels, Temp:23.5"), tr("Teleplot, >name:value"),
                        tr("JSON objects"), tr("Frames /*…*/"), tr("Frames $…;"),
                        tr("NMEA sentences, $…*checksum"), tr("Binary frames with sync bytes"),
                        tr("Binary frames, COBS"), tr("Binary frames, SLIP"),
                        tr("Binary without any mark")}))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    addFields();
    showFitting();
}

QComboBox* FormatEditor::addChoice(const QString& label, const QStringList& texts)
{
    auto* box = new QComboBox(this);
    box->addItems(texts);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_layout->addRow(label, box);
    box->setAccessibleName(QString(label).remove(QChar(u'&')));
    connect(box, &QComboBox::currentIndexChanged, this, [this] {
        showFitting();
        Q_EMIT changed();
    });
    return box;
}

void FormatEditor::addFields()
{
    const auto tell = [this] { Q_EMIT changed(); };
    m_delimiter = addChoice(tr("Delimiter"),
                            {tr("comma"), tr("semicolon"), tr("tab"), tr("blanks"), tr("bar |")});
    m_decimal = addChoice(tr("Decimals"), {tr("point"), tr("comma")});
    m_sync = new QLineEdit(QStringLiteral("AA BB"), this);
    m_sync->setAccessibleName(tr("Sync bytes in hex"));
    m_sync->setPlaceholderText(tr("in hex, for example AA BB"));
    m_layout->addRow(tr("Sync bytes"), m_sync);
    connect(m_sync, &QLineEdit::textChanged, this, tell);
    m_size = addChoice(tr("Size of a frame"),
                       {tr("fixed"), tr("in 1 byte after the sync bytes"),
                        tr("in 2 bytes, low first"), tr("in 2 bytes, high first")});
    m_payload = new QSpinBox(this);
    m_payload->setRange(1, 65'535);
    m_payload->setValue(4);
    m_payload->setSuffix(tr(" bytes"));
    m_payload->setAccessibleName(tr("Bytes of numbers in a frame"));
    m_layout->addRow(tr("Numbers take"), m_payload);
    connect(m_payload, &QSpinBox::valueChanged, this, tell);
    m_number = addChoice(tr("Numbers"),
                         {tr("unsigned 8 bit"), tr("signed 8 bit"), tr("unsigned 16 bit"),
                          tr("signed 16 bit"), tr("unsigned 32 bit"), tr("signed 32 bit"),
                          tr("float 32 bit"), tr("float 64 bit")});
    m_number->setCurrentIndex(static_cast<int>(WireNumber::F32));
    m_order = addChoice(tr("Byte order"), {tr("low byte first"), tr("high byte first")});
    m_channels = new QSpinBox(this);
    m_channels->setRange(1, 4096);
    m_channels->setAccessibleName(tr("Channels"));
    m_layout->addRow(tr("Channels"), m_channels);
    connect(m_channels, &QSpinBox::valueChanged, this, tell);
    m_checksum = addChoice(tr("Checksum"),
                           {tr("none"), tr("sum, 8 bit"), tr("exclusive or, 8 bit"), tr("CRC-8"),
                            tr("CRC-16"), tr("CRC-16 Modbus"), tr("CRC-16 CCITT"),
                            tr("Fletcher-16"), tr("CRC-32"), tr("Adler-32")});
}

std::optional<WireKind> FormatEditor::kind() const
{
    const int index = m_kind->currentIndex();
    if (index <= 0)
        return std::nullopt;
    return kindsInOrder[static_cast<std::size_t>(index - 1)];
}

void FormatEditor::setShown(QWidget* field, bool shown)
{
    field->setVisible(shown);
    m_layout->labelForField(field)->setVisible(shown);
}

void FormatEditor::showFitting()
{
    if (m_checksum == nullptr)
        return; // is still being made
    const std::optional<WireKind> now = kind();
    const auto is = [&now](WireKind kind) { return now == kind; };
    const bool binary = now && isBinary(*now);
    const bool sync = is(WireKind::SyncFrame);
    setShown(m_delimiter, now && isDelimited(*now));
    setShown(m_decimal, is(WireKind::Delimited));
    setShown(m_sync, sync);
    setShown(m_size, sync);
    setShown(m_payload, sync && m_size->currentIndex() == 0);
    setShown(m_number, binary);
    setShown(m_order, binary && m_number->currentIndex() > static_cast<int>(WireNumber::I8));
    setShown(m_channels, binary);
    setShown(m_checksum, now && mayCheck(*now));
}

void FormatEditor::setFormat(const std::optional<WireFormat>& format)
{
    if (!format) {
        m_kind->setCurrentIndex(0);
        return;
    }
    const auto found = std::find(kindsInOrder.begin(), kindsInOrder.end(), format->kind);
    m_kind->setCurrentIndex(1 + static_cast<int>(found - kindsInOrder.begin()));
    const auto* const delimiter
        = std::find(delimiters.begin(), delimiters.end(), format->delimiter);
    m_delimiter->setCurrentIndex(
        delimiter == delimiters.end() ? 0 : static_cast<int>(delimiter - delimiters.begin()));
    m_decimal->setCurrentIndex(format->decimal == ',' ? 1 : 0);
    m_number->setCurrentIndex(static_cast<int>(format->number));
    m_order->setCurrentIndex(format->bigEndian ? 1 : 0);
    m_channels->setValue(static_cast<int>(format->channels));
    if (!format->sync.empty())
        m_sync->setText(hexText(format->sync));
    const int twoBytes = format->sizeBigEndian ? 3 : 2;
    m_size->setCurrentIndex(format->sizeBytes == 2 ? twoBytes : format->sizeBytes);
    if (format->payloadBytes > 0)
        m_payload->setValue(static_cast<int>(format->payloadBytes));
    m_checksum->setCurrentIndex(static_cast<int>(format->checksum));
    showFitting();
}

std::optional<WireFormat> FormatEditor::format() const
{
    const std::optional<WireKind> now = kind();
    if (!now)
        return std::nullopt;
    WireFormat format;
    format.kind = *now;
    if (isDelimited(*now))
        format.delimiter = delimiters[static_cast<std::size_t>(m_delimiter->currentIndex())];
    if (*now == WireKind::Delimited && m_decimal->currentIndex() == 1)
        format.decimal = ',';
    if (mayCheck(*now))
        format.checksum = static_cast<WireChecksum>(m_checksum->currentIndex());
    if (!isBinary(*now))
        return format;
    format.number = static_cast<WireNumber>(m_number->currentIndex());
    format.bigEndian = m_order->currentIndex() == 1;
    format.channels = m_channels->value();
    if (*now == WireKind::SyncFrame) {
        format.sync = hexBytes(m_sync->text()).value_or(std::vector<std::uint8_t> {});
        format.sizeBytes = std::min(m_size->currentIndex(), 2);
        format.sizeBigEndian = m_size->currentIndex() == 3;
        if (format.sizeBytes == 0)
            format.payloadBytes = static_cast<std::size_t>(m_payload->value());
    }
    return format;
}

QString FormatEditor::problem() const
{
    if (kind() == WireKind::SyncFrame && !hexBytes(m_sync->text()))
        return tr("Sync bytes are 1 to 16 pairs of hexadecimal digits, for example AA BB.");
    if (kind() == WireKind::Delimited && m_delimiter->currentIndex() == 0
        && m_decimal->currentIndex() == 1)
        return tr("Commas cannot be delimiter and decimals at once; choose another delimiter.");
    return {};
}

} // namespace stint::ui
