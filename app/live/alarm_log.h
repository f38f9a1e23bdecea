#pragma once

#include "core/detect/alarms.h"

#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace stint::app {

/// An alarm of a device that has begun, or ended.
struct LiveAlarm {
    bool ended = false;
    Index firstRow = 0; ///< rows since the feed was started
    Index lastRow = 0; ///< inclusive; where it has not ended, the newest so far
    double begin = 0.0; ///< [s] since 1970-01-01 UTC
    double end = 0.0;
    float peak = 0.0F; ///< highest score so far
    std::string topChannel; ///< that says most; empty where it is not known
    double topShare = 0.0; ///< 0..1, of that channel in all contributions
};

/// Tells alarms as they begin and end. One has ended when no row within alarmJoinGap rows after it
/// is an alarm. At most `mostWaiting` news are kept for a reader that does not come: the newest.
///
/// Thread safety: add(), finish() and clear() belong to the engine's thread; take() may be called
/// from any.
class AlarmLog {
public:
    static constexpr std::size_t mostWaiting = 1000;

    /// \param times (R) of the rows of the block [s]. \param channels names, in the model's order.
    void add(const ResultBlock& block, std::span<const double> times,
             const std::vector<std::string>& channels);

    /// No more rows come: an alarm that goes on has ended.
    void finish();

    void clear();

    /// Appends what happened since the last call.
    void take(std::vector<LiveAlarm>& news);

private:
    struct RowTime {
        Index row = 0;
        double time = 0.0;
    };
    static constexpr std::size_t keptTimes = 1024; ///< more than a block and alarmJoinGap

    void tell(const AlarmEvent& event, bool ended);
    [[nodiscard]] double timeOf(Index row) const;

    AlarmEvents m_events {alarmJoinGap, 64};
    Index m_told = 0; ///< events whose begin was told
    bool m_open = false; ///< the newest of them has not ended
    double m_begin = 0.0; ///< of the open one [s]
    std::vector<std::string> m_channels;
    std::deque<RowTime> m_times; ///< newest rows
    std::mutex m_mutex;
    std::deque<LiveAlarm> m_news;
};

} // namespace stint::app
