#pragma once

#include "core/series/recording.h"
#include "core/wire/wire_rows.h"
#include "ui/live_extent.h"
#include "ui/plot/channel_curves.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stint::ui {

/// What the times of a live source are.
struct LiveAxis {
    TimeKind kind = TimeKind::Number;
    std::string column = "time";
    std::string unit = "s";
    bool fromStart = true; ///< times begin at 0, in whole microseconds; else they are kept
    double step = 0.0; ///< usual one [s]: a jump of more than one and a half is a gap; 0: none is
};

/// The newest rows of a live source as a recording of fixed length, so that stores, indexes and
/// views work on arrays that never move. Rows beyond the newest are NaN. When all rows are filled
/// the older half is dropped and the others move to the front. Times only grow.
///
/// Lives on the GUI thread. An append takes time in proportion to the new rows; the one that drops
/// rows passes once over everything.
class LiveRecording {
public:
    using Marks = std::vector<std::vector<unsigned char>>;

    static constexpr Index mostValues = Index {1} << 23; ///< 64 MiB of times and values
    static constexpr Index mostRows = Index {1} << 20;

    /// Rows that are kept of a source with so many channels.
    [[nodiscard]] static Index capacityFor(std::size_t channels);

    /// \param capacity rows to keep, at least 2; 0: capacityFor().
    /// \param labels names of columns that mark rows.
    LiveRecording(const std::string& name, const std::vector<WireChannel>& channels,
                  Index capacity = 0, const LiveAxis& axis = {},
                  const std::vector<std::string>& labels = {});

    /// Whether rows have the channels of this recording.
    [[nodiscard]] bool fits(const WireRows& rows) const;

    /// Takes over rows that fit. Samples missing before them leave a gap; those known already are
    /// left out. \param times (R) [s], finite. \param number of the first row since connecting.
    /// \param gap the source was interrupted before the first row. \param marks (labels)(R) 1 where
    /// a label marks the row; empty: none does.
    /// \returns how many rows were dropped at the front.
    Index append(const WireRows& rows, const std::vector<double>& times, std::uint64_t number,
                 bool gap, const Marks& marks = {});

    /// Where sample `number` of the source stands; -1: it is not there.
    [[nodiscard]] Index rowOf(std::uint64_t number) const;

    /// Number of the sample that is expected next.
    [[nodiscard]] std::uint64_t nextNumber() const;

    [[nodiscard]] std::shared_ptr<const Recording> recording() const { return m_recording; }
    [[nodiscard]] std::shared_ptr<const ChannelCurves> curves() const { return m_curves; }
    [[nodiscard]] std::shared_ptr<const LiveExtent> extent() const { return m_extent; }
    [[nodiscard]] Index rows() const { return m_extent->rows; } ///< filled
    [[nodiscard]] Index capacity() const { return m_capacity; }

    /// A copy of what is filled, complete in itself, for training and the like.
    [[nodiscard]] std::shared_ptr<Recording> snapshot() const;

private:
    /// Rows that follow each other without a missing sample.
    struct Stretch {
        Index row = 0; ///< its first
        std::uint64_t number = 0; ///< of that row
    };

    Index makeRoom(Index rows);
    void dropFirst(Index rows);
    void mark(const Marks& marks, Index first, std::size_t from);
    void dropMarks(Index rows, Index filled);
    void addRow(const WireRows& rows, std::size_t from, double time);
    void updateStep();
    [[nodiscard]] bool jumps(double from, double to) const;

    Index m_capacity;
    std::shared_ptr<Recording> m_recording;
    std::shared_ptr<ChannelCurves> m_curves;
    std::shared_ptr<LiveExtent> m_extent;
    std::vector<Stretch> m_stretches; // ascending
    bool m_fromStart; // of the axis, as is the next
    double m_usualStep;
    double m_start = 0.0; // what times are counted from
    double m_last = 0.0; // of the newest row, from the start
    bool m_begun = false;
};

} // namespace stint::ui
