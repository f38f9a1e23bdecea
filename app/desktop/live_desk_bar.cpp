// What LiveDesk says about a device: its bar, its console, its format, its recording.

#include "app/desktop/device_settings.h"
#include "app/desktop/live_desk.h"
#include "core/wire/wire_detection.h"
#include "core/wire/wire_parser.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QStandardPaths>
#include <QStringDecoder>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace stint::app {

using ui::NotificationStrip;

namespace {

constexpr qint64 lineShownForMs = 250; // so that it can be read

QString rateText(double rowsPerSecond)
{
    const int digits = rowsPerSecond < 10.0 ? 1 : 0;
    return QLocale().toString(rowsPerSecond, 'f', digits);
}

QString sizeText(double bytes) { return QLocale().formattedDataSize(static_cast<qint64>(bytes)); }

/// A raw line for people: UTF-8 if it is that, else bytes beyond ASCII as \\xNN. Noise must not
/// send the display looking for fonts.
QString lineText(const std::string& line)
{
    auto decoder = QStringDecoder(QStringDecoder::Utf8);
    QString text = decoder(QByteArrayView(line.data(), static_cast<qsizetype>(line.size())));
    if (!decoder.hasError())
        return text;
    text.clear();
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            text += QLatin1Char(c);
        else
            text += QStringLiteral("\\x%1").arg(byte, 2, 16, QLatin1Char('0'));
    }
    return text;
}

/// The first rows as a table for people.
QString tableText(const WireRows& rows)
{
    constexpr Index shownRows = 8;
    QStringList lines;
    QStringList cells;
    for (const WireChannel& channel : rows.channels)
        cells.append(QString::fromStdString(channel.name).rightJustified(12));
    lines.append(cells.join(QChar(u' ')));
    const auto channels = static_cast<Index>(rows.channels.size());
    for (Index r = 0; r < std::min(rows.rows, shownRows); ++r) {
        cells.clear();
        for (Index c = 0; c < channels; ++c) {
            const double value = rows.values[static_cast<std::size_t>(r * channels + c)];
            cells.append((std::isnan(value) ? QStringLiteral("–") : QString::number(value, 'g', 6))
                             .rightJustified(12));
        }
        lines.append(cells.join(QChar(u' ')));
    }
    return lines.join(QChar(u'\n'));
}

} // namespace

ui::DeviceFacts LiveDesk::facts() const
{
    if (m_file)
        return fileFacts();
    ui::DeviceFacts facts;
    facts.sample = m_newestLine;
    facts.problem = true;
    switch (m_state.phase) {
    case LivePhase::Away:
    case LivePhase::Opening:
    case LivePhase::Idle:
    case LivePhase::Ended:
        facts.sentence = QString::fromStdString(m_state.problem);
        return facts;
    case LivePhase::Detecting:
        if (m_state.problem.empty()) {
            facts.problem = false;
            facts.sentence = m_state.counts.bytes == 0
                ? tr("Connected to %1 at %2 baud. Nothing has come in yet.")
                      .arg(m_choice.port)
                      .arg(m_choice.rate)
                : tr("Looking at what comes in…");
            return facts;
        }
        facts.sentence = QString::fromStdString(m_state.problem);
        if (!m_state.guess.sample.empty())
            facts.sample = lineText(m_state.guess.sample);
        for (const int rate : {9600, 57'600, 115'200, 230'400, 460'800, 921'600, 1'000'000}) {
            if (rate != m_choice.rate)
                facts.rates.append(rate);
        }
        return facts;
    case LivePhase::Running:
        break;
    }
    facts.problem = m_state.formatDoubtful;
    facts.sentence = m_state.formatDoubtful
        ? tr("Most of what came in last does not fit “%1”. Has the device changed what it sends?")
              .arg(QString::fromStdString(stint::describe(*m_state.format)))
        : runningSentence();
    return facts;
}

QString LiveDesk::runningSentence() const
{
    const QString format = QString::fromStdString(stint::describe(*m_state.format));
    QString text = m_choice.format ? tr("Read as %1").arg(format) : tr("Looks like %1").arg(format);
    const auto channels = static_cast<int>(m_state.channels.size());
    text += channels == 1 ? tr(", 1 channel") : tr(", %1 channels").arg(channels);
    if (m_state.rate > 0.0)
        text += tr(", %1 rows/s").arg(rateText(m_state.rate));
    return text;
}

void LiveDesk::showFacts()
{
    m_window.deviceBar().setFacts(facts());
    m_window.actions().record->setChecked(m_state.recorder.recording);
    m_window.actions().record->setText(m_state.recorder.recording ? tr("&Stop recording")
                                                                  : tr("&Record"));
    m_window.actions().record->setIconText(m_state.recorder.recording ? tr("● Recording")
                                                                      : tr("Record"));
    if (!m_state.engine.active)
        return;
    const auto threshold = static_cast<double>(m_state.engine.threshold);
    const bool classifies = m_model && m_model->family->task == ModelTask::Classify;
    m_window.thresholdControl().setThreshold(classifies ? std::numeric_limits<double>::quiet_NaN()
                                                        : threshold);
    m_window.thresholdControl().setAutomatic(m_model && !m_model->options.threshold);
}

void LiveDesk::takeLines()
{
    m_lines.clear();
    m_feed.takeLines(m_lines);
    QList<ui::ConsoleEntry> entries;
    for (const ConsoleLine& line : m_lines)
        entries.append({line.time, lineText(line.text), false, {}, 1});
    m_window.console().append(entries);
    m_window.console().setBad(m_state.counts.badLines, lineText(m_state.lastBad),
                              QString::fromStdString(m_state.lastBadWhy));
    if (entries.isEmpty() || (m_lineShown.isValid() && m_lineShown.elapsed() < lineShownForMs))
        return;
    m_lineShown.start();
    m_newestLine = entries.last().text;
}

void LiveDesk::showFormats()
{
    if (!m_connected || m_file || m_formats)
        return;
    m_formats = new ui::FormatDialog(&m_window);
    m_formats->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_formats, &ui::FormatDialog::previewRequested, this, &LiveDesk::preview);
    connect(m_formats, &ui::FormatDialog::formatChosen, this,
            [this](const std::optional<WireFormat>& format) {
                m_choice.format = format;
                rememberChoice(m_choice);
                m_orders.post([this, format] { m_feed.setFormat(format); });
            });
    m_formats->setFormat(m_choice.format ? m_choice.format : m_state.format);
    preview(m_formats->editor()->format());
    m_formats->show();
}

void LiveDesk::preview(const std::optional<WireFormat>& format)
{
    if (!m_formats)
        return;
    const std::vector<std::uint8_t> bytes = m_feed.newestBytes();
    if (bytes.empty()) {
        m_formats->setPreview(tr("Nothing has come in yet."));
        return;
    }
    std::optional<WireFormat> tried = format;
    if (!tried) {
        const WireGuess guess
            = detectWireFormat(std::span(bytes).first(std::min(bytes.size(), mostBytesToDetect)));
        tried = guess.format;
        if (!tried) {
            m_formats->setPreview(QString::fromStdString(guess.sentence));
            return;
        }
    }
    WireParser parser(*tried);
    WireRows rows;
    std::span<const std::uint8_t> rest(bytes);
    while (!rest.empty()) {
        WireRows more;
        const std::size_t used = parser.parse(rest, 0.0, more);
        if (more.rows > rows.rows)
            rows = more;
        if (used == 0)
            break;
        rest = rest.subspan(used);
    }
    m_formats->setPreview(rows.rows > 0 ? tableText(rows)
                                        : tr("No row of what came in last fits this format."));
}

QString LiveDesk::suggestedFile() const
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString name
        = QStringLiteral("stint %1.csv")
              .arg(QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH.mm.ss")));
    return QDir(QFileInfo(folder).isDir() ? folder : QDir::homePath()).filePath(name);
}

void LiveDesk::setRecording(bool recording)
{
    if (!m_connected || m_file)
        return;
    if (recording) {
        record(suggestedFile());
        return;
    }
    m_orders.post([this] { m_feed.stopRecording(); });
}

void LiveDesk::record(const QString& file)
{
    m_orders.post([this, path = file.toStdString()]() -> Result<Done> {
        const Result<std::string> made = m_feed.startRecording(path);
        if (!made)
            return made.error();
        return Done {};
    });
}

void LiveDesk::watchRecorder()
{
    const RecorderState& recorder = m_state.recorder;
    const QString path = QString::fromStdString(recorder.path);
    if (recorder.recording && !m_wasRecording)
        notify(tr("Recording to %1. Ctrl+R ends it.").arg(path));
    if (!recorder.recording && m_wasRecording)
        notify(tr("Recorded %1 rows to %2.")
                   .arg(QLocale().toString(static_cast<qulonglong>(recorder.rows)), path));
    m_wasRecording = recorder.recording;
    tellOnce(recorder.problem, m_recorderTold);
    if (!recorder.recording)
        m_recordedText.clear();
}

void LiveDesk::watchEngine() { tellOnce(m_state.engine.problem, m_engineTold); }

void LiveDesk::tellOnce(const std::string& problem, QString& told)
{
    const QString text = QString::fromStdString(problem);
    if (text == told)
        return;
    told = text;
    if (!text.isEmpty())
        notify(text, NotificationStrip::Kind::Problem);
}

void LiveDesk::measure()
{
    if (m_measured.isValid() && m_measured.elapsed() < 1000)
        return;
    const std::uint64_t bytes = m_state.counts.bytes;
    if (m_measured.isValid() && bytes >= m_measuredBytes)
        m_bytesPerSecond = static_cast<double>(bytes - m_measuredBytes)
            / (1e-3 * static_cast<double>(std::max<qint64>(m_measured.elapsed(), 1)));
    else
        m_bytesPerSecond = 0.0;
    m_measuredBytes = bytes;
    m_microsecondsPerStep
        = m_answeredRows == 0 ? 0.0 : 1e6 * m_answerSeconds / static_cast<double>(m_answeredRows);
    m_answerSeconds = 0.0;
    m_answeredRows = 0;
    m_measured.start();
    if (m_state.recorder.recording) {
        const QFileInfo file(QString::fromStdString(m_state.recorder.path));
        // The disk may not answer, and the thread that writes knows.
        const auto size = static_cast<double>(m_state.recorder.fileBytes);
        m_recordedText = tr("● %1 %2").arg(file.fileName(), sizeText(size));
    }
}

void LiveDesk::describe(ui::PlaybackStatus& status) const
{
    const QLocale locale;
    const auto number = [&locale](std::uint64_t value) {
        return locale.toString(static_cast<qulonglong>(value));
    };
    status.live = true;
    switch (m_state.phase) {
    case LivePhase::Away:
        status.state = tr("device away");
        break;
    case LivePhase::Detecting:
        status.state = tr("listening");
        break;
    default:
        status.state = m_paused ? tr("live, paused") : tr("live");
    }
    status.rowsPerSecond = m_state.rate;
    status.microsecondsPerStep = m_microsecondsPerStep;
    status.next = static_cast<Index>(m_state.counts.rows);
    status.rows = status.next;
    status.dropped = m_state.counts.unseenBlocks + m_state.engine.droppedBlocks;
    status.recorded = m_recordedText;
    if (m_file) {
        describeFile(status);
        return;
    }
    status.device = tr("%1/s · skipped %2 · no samples %3")
                        .arg(sizeText(m_bytesPerSecond), number(m_state.engine.skipped),
                             number(m_state.counts.badLines));
    if (m_state.counts.reconnects > 0)
        status.device += tr(" · reconnected %1×").arg(number(m_state.counts.reconnects));
}

} // namespace stint::app
