// What LiveDesk does with a file that is followed in place of a device.

#include "app/desktop/live_desk.h"
#include "core/series/table_reading.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>

#include <array>
#include <span>
#include <utility>

namespace stint::app {

using ui::NotificationStrip;

namespace {

/// Times that may be shown [s], and numbers of rows.
constexpr std::array<double, 11> times {2.0,    10.0,     30.0,     60.0,      300.0,      1800.0,
                                        7200.0, 21'600.0, 86'400.0, 604'800.0, 2'592'000.0};
constexpr std::array<double, 5> counts {100.0, 300.0, 1000.0, 10'000.0, 100'000.0};
constexpr std::size_t mostWindows = 6;
constexpr double fewestRows = 20.0; ///< that are worth a window
constexpr double usualRows = 200.0; ///< shown at first

ui::LiveAxis axisOf(const Recording& recording)
{
    // Where time does not grow an opened recording is drawn over its rows, too.
    if (recording.time.kind == TimeKind::Row || recording.time.nonMonotonic > 0)
        return {TimeKind::Row, {}, "row", false, 0.0};
    return {recording.time.kind, recording.time.column, recording.time.unit, false,
            recording.time.step};
}

} // namespace

/// Says so where a device has to be disconnected first.
bool LiveDesk::deviceInTheWay()
{
    const bool device = m_opening || (m_connected && !m_file);
    if (device)
        notify(tr("A device is connected; disconnect it first."), NotificationStrip::Kind::Problem);
    return device;
}

void LiveDesk::follow(const std::shared_ptr<const Recording>& recording)
{
    if (m_closing) {
        m_followNext = recording;
        return;
    }
    const QString why = recording ? QString::fromStdString(whyNotFollowed(*recording)) : QString();
    if (deviceInTheWay() || !recording || !why.isEmpty() || m_connected) {
        if (!why.isEmpty())
            notify(why, NotificationStrip::Kind::Problem);
        m_window.setFollowing(m_file.has_value());
        return;
    }
    const ui::LiveAxis axis = axisOf(*recording);
    const bool rows = axis.kind == TimeKind::Row;
    startFollowing({{recording->path, recording->reading, rows}, recording->name, axis});
    offerTimeWindows(rows ? 1.0 : recording->time.step);
}

void LiveDesk::awaitRows(const std::string& path, const ReadChoices& choices)
{
    if (deviceInTheWay()) {
        m_window.setFollowing(false);
        return;
    }
    if (m_connected)
        disconnectDevice();
    FollowedFile source {path, nullptr, false, choices};
    if (m_closing) {
        m_followNext.reset();
        m_awaitNext = std::move(source);
        return;
    }
    const QString name = QFileInfo(QString::fromStdString(path)).fileName();
    m_firstRowsTold = false;
    startFollowing({std::move(source), name.toStdString(), {}});
    m_window.deviceBar().offerTimeWindows({}, false);
}

void LiveDesk::startFollowing(FollowedRecording file)
{
    m_file = std::move(file);
    m_connected = true;
    m_measured.invalidate();
    m_window.strip().dismiss();
    m_window.setFollowing(true);
    m_state = {};
    m_early.clear();
    showFacts();
    m_order = m_orders.post([this, source = m_file->source] { m_feed.follow(source); });
}

/// Of the columns of a file that mark rows.
std::vector<std::string> LiveDesk::labelNames() const
{
    std::vector<std::string> names;
    if (!m_file || !m_file->source.reading)
        return names;
    const TableReading& reading = *m_file->source.reading;
    for (const std::size_t column : reading.labels)
        names.push_back(reading.layout.columns[column].name);
    return names;
}

/// Times to show that suit the distance of rows: at first one with enough rows to see a course.
void LiveDesk::offerTimeWindows(double step)
{
    QList<double> windows;
    double first = 0.0;
    const bool rows = m_file->axis.kind == TimeKind::Row;
    for (const double window :
         rows ? std::span<const double>(counts) : std::span<const double>(times)) {
        if (window < fewestRows * step || windows.size() == mostWindows)
            continue;
        windows.append(window);
        if (first <= 0.0 && window >= usualRows * step)
            first = window;
    }
    m_window.deviceBar().offerTimeWindows(windows, rows);
    m_window.deviceBar().setTimeWindow(first);
}

/// Alarms of rows that were there before are listed, but nobody is called for them.
bool LiveDesk::isNews(LiveAlarm& alarm) const
{
    if (!m_file)
        return true;
    const bool news = m_state.file && m_state.file->caughtUp
        && static_cast<std::uint64_t>(alarm.firstRow) >= m_state.file->rowsBefore;
    // A file may count its time from anywhere.
    alarm.begin = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) * 1e-3;
    return news;
}

/// A file that cannot be followed any more is left as it is.
void LiveDesk::watchFile()
{
    if (m_state.phase != LivePhase::Ended)
        return;
    if (m_state.file && m_state.file->hasFirstRows) {
        if (!std::exchange(m_firstRowsTold, true))
            Q_EMIT hasFirstRows(QString::fromStdString(m_file->source.path),
                                m_file->source.choices);
        return;
    }
    const QString problem = QString::fromStdString(m_state.problem);
    disconnectDevice();
    notify(problem, NotificationStrip::Kind::Problem);
}

ui::DeviceFacts LiveDesk::fileFacts() const
{
    ui::DeviceFacts facts;
    const QLocale locale;
    facts.problem = !m_state.problem.empty();
    if (facts.problem) {
        facts.sentence = QString::fromStdString(m_state.problem);
        return facts;
    }
    const QString name = QString::fromStdString(m_file->name);
    if (awaiting()) {
        facts.sentence = tr("Following %1 · waiting for its first rows").arg(name);
        facts.details = QString::fromStdString(m_state.lastBadWhy);
        return facts;
    }
    if (!m_state.file || !m_state.file->caughtUp) {
        const double fraction = m_state.file ? m_state.file->fraction : 0.0;
        facts.sentence = tr("Following %1 · reading what it has: %2 %")
                             .arg(name)
                             .arg(static_cast<int>(100.0 * fraction));
        return facts;
    }
    const double rate = m_state.rate;
    facts.sentence = rate > 0.0
        ? tr("Following %1 · %2 rows/s").arg(name, locale.toString(rate, 'f', rate < 10.0 ? 1 : 0))
        : tr("Following %1 · waiting for new rows").arg(name);
    if (m_state.counts.reconnects > 0)
        facts.sentence
            += tr(" · began anew %1×").arg(static_cast<qulonglong>(m_state.counts.reconnects));
    if (m_state.counts.badLines > 0)
        facts.details = tr("%1 lines could not be read in full, the newest is %2: %3.")
                            .arg(locale.toString(static_cast<qulonglong>(m_state.counts.badLines)),
                                 QString::fromStdString(m_state.lastBad),
                                 QString::fromStdString(m_state.lastBadWhy));
    return facts;
}

void LiveDesk::describeFile(ui::PlaybackStatus& status) const
{
    const QLocale locale;
    if (m_state.phase == LivePhase::Away)
        status.state = tr("file away");
    else if (awaiting())
        status.state = tr("waiting for rows");
    else
        status.state = m_paused ? tr("following, paused") : tr("following");
    if (m_recording && m_recording->rows() > 0)
        status.time = m_window.inputsAndScore().timeScale().text(m_recording->rows() - 1);
    status.device = tr("%1 read · bad lines %2")
                        .arg(locale.formattedDataSize(static_cast<qint64>(m_state.counts.bytes)),
                             locale.toString(static_cast<qulonglong>(m_state.counts.badLines)));
}

} // namespace stint::app
