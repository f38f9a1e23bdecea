#include "ui/plot/time_scale.h"

#include "ui/plot/number_ticker.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace stint::ui {

bool growsStrictly(const std::vector<double>& seconds)
{
    if (seconds.size() < 2 || !std::isfinite(seconds.front()))
        return false;
    return std::adjacent_find(seconds.begin(), seconds.end(),
                              [](double a, double b) { return !(b > a) || !std::isfinite(b); })
        == seconds.end();
}

TimeScale::TimeScale(const std::shared_ptr<const Recording>& recording)
    : TimeScale(recording, growsStrictly(recording->time.seconds))
{ }

TimeScale::TimeScale(std::shared_ptr<const Recording> recording, bool grows)
    : m_recording(std::move(recording))
{
    const TimeAxis& time = m_recording->time;
    m_usesTime = time.kind != TimeKind::Row && grows;
    if (m_usesTime)
        m_step = (time.seconds.back() - time.seconds.front())
            / static_cast<double>(time.seconds.size() - 1);
    const bool rare = time.gaps > 0 && 10 * time.gaps <= time.seconds.size();
    m_usualStep = m_usesTime && rare ? time.step : 0.0;
}

TimeScale::TimeScale(std::shared_ptr<const Recording> recording,
                     std::shared_ptr<const LiveExtent> extent)
    : m_recording(std::move(recording)), m_extent(std::move(extent)), m_usesTime(true)
{ }

Index TimeScale::rows() const
{
    if (m_extent)
        return m_extent->rows;
    return m_recording ? m_recording->rows() : 0;
}

double TimeScale::position(Index row) const
{
    if (!m_usesTime)
        return static_cast<double>(row);
    const std::vector<double>& seconds = m_recording->time.seconds;
    const Index count = rows();
    if (count == 0)
        return static_cast<double>(row) * step();
    if (row < 0)
        return seconds.front() + static_cast<double>(row) * step();
    if (row >= count)
        return seconds[static_cast<std::size_t>(count - 1)]
            + static_cast<double>(row - count + 1) * step();
    return seconds[static_cast<std::size_t>(row)];
}

Index TimeScale::row(double position) const
{
    const Index last = std::max<Index>(rows() - 1, 0);
    if (!std::isfinite(position))
        return 0;
    if (!m_usesTime)
        return static_cast<Index>(std::clamp(std::round(position), 0.0, static_cast<double>(last)));
    const std::vector<double>& seconds = m_recording->time.seconds;
    const auto end = seconds.begin() + static_cast<std::ptrdiff_t>(rows());
    const auto after = std::lower_bound(seconds.begin(), end, position);
    if (after == seconds.begin())
        return 0;
    if (after == end)
        return last;
    const Index right = after - seconds.begin();
    return position - *(after - 1) < *after - position ? right - 1 : right;
}

bool TimeScale::hasGap(Index from, Index to) const
{
    if (!(m_usualStep > 0.0))
        return false;
    const double usual = static_cast<double>(to - from) * m_usualStep;
    return position(to) - position(from) > 1.5 * usual;
}

QString TimeScale::label() const
{
    if (!m_usesTime || m_recording->time.kind == TimeKind::Row)
        return QCoreApplication::translate("TimeScale", "Row");
    return m_recording->time.kind == TimeKind::Date
        ? QCoreApplication::translate("TimeScale", "Time (UTC)")
        : QCoreApplication::translate("TimeScale", "Time [s]");
}

QSharedPointer<QCPAxisTicker> TimeScale::ticker() const
{
    if (m_usesTime && m_recording->time.kind == TimeKind::Date) {
        auto ticker = QSharedPointer<QCPAxisTickerDateTime>::create();
        ticker->setDateTimeSpec(Qt::UTC);
        ticker->setDateTimeFormat(QStringLiteral("HH:mm:ss\nyyyy-MM-dd"));
        ticker->setTickCount(6);
        return ticker;
    }
    auto ticker = QSharedPointer<NumberTicker>::create();
    ticker->setTickCount(8);
    return ticker;
}

QString TimeScale::text(Index row) const
{
    if (!m_recording || row < 0 || row >= rows())
        return QStringLiteral("–");
    QString text = QString::fromStdString(timeText(*m_recording, row));
    if (m_recording->time.kind == TimeKind::Number && !m_recording->time.unit.empty())
        text += QChar(0x202F) + QString::fromStdString(m_recording->time.unit);
    return text;
}

} // namespace stint::ui
