#pragma once

#include "core/base/types.h"
#include "core/detect/result_block.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace stint {

/// Alarm rows that belong together, and what they are about.
struct AlarmEvent {
    Index first = 0; ///< row of the recording
    Index last = 0; ///< inclusive
    float peak = 0.0F; ///< highest score
    Index peakRow = 0;
    Index topChannel = -1; ///< of the largest contribution, summed over the alarm rows; -1: unknown
    ScorePart part = ScorePart::Encoder; ///< that said more about most of the alarm rows
    double topShare = 0.0; ///< 0..1, share of the top channel in all contributions
};

/// Alarm rows at most this many apart are one event, wherever the program lists events: as long as
/// the scores are smoothed, so that one fault that wavers about the threshold is told once.
inline constexpr Index alarmJoinGap = 20;

/// Gathers the alarm rows of a stream of result blocks into events. Rows at most `joinGap` apart
/// are one event (1: only neighbours). The newest events are kept, all are counted.
///
/// A new run (after a seek, a toggle or a reset) judges its rows anew: events that reach into or
/// beyond its first row are dropped and no longer counted, earlier ones stay, and none is continued
/// across. Blocks of an older run are ignored. Within a run rows only grow; rows may be missing.
///
/// Thread safety: none.
class AlarmEvents {
public:
    explicit AlarmEvents(Index joinGap = 1, std::size_t capacity = 10'000);

    /// Takes the next block of results.
    void add(const ResultBlock& block);

    /// Forgets everything, the run included.
    void clear();

    /// Oldest first. The last one may still grow with the next block.
    [[nodiscard]] const std::deque<AlarmEvent>& events() const { return m_events; }

    /// Events found, those included that are no longer kept.
    [[nodiscard]] Index total() const { return m_total; }

private:
    void beginRun(std::uint64_t run, Index firstRow);
    void addAlarm(const ResultBlock& block, std::size_t row);
    void addContributions(const ResultBlock& block, std::size_t row, AlarmEvent& event);

    Index m_joinGap;
    std::size_t m_capacity;
    std::uint64_t m_run = 0;
    std::deque<AlarmEvent> m_events;
    Index m_total = 0;
    bool m_open = false; ///< the newest event may be continued
    std::vector<double> m_sums; ///< (C) contributions of the newest event
    Index m_encoderRows = 0; ///< alarm rows of the newest event by the part that says more
    Index m_autoregressionRows = 0;
};

} // namespace stint
