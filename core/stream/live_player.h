#pragma once

#include "core/base/result.h"
#include "core/base/row_range.h"
#include "core/detect/result_block.h"
#include "core/detect/row_judge.h"
#include "core/model/family.h"

#include <memory>
#include <optional>

namespace stint {

/// How rows of a device are run through a family.
struct LivePlayerOptions {
    Mode mode;
    std::optional<float> threshold = {}; ///< instead of the family's own
    std::optional<ThresholdMotion> motion = {}; ///< of the family's own; nothing: it stands still
    /// Normal rows that the others are standardised by, counted from the first row; nothing: the
    /// family's own range. Rows before its end have no answer.
    std::optional<RowRange> rescale = {};
    ScoreKind score = ScoreKind::Combined;
    Index maxBlock = 256; ///< most rows of one push()
    bool keepAttention = false; ///< fill ResultBlock::attention
    bool keepForecast = false; ///< fill ResultBlock::forecast
};

/// Runs rows that come in one after the other through one model family: what a Player does for a
/// recording, without knowing what comes next. Answers equal those of a Player on a recording of
/// the same rows, bit for bit, whatever the blocks; except that rows which are to be standardised
/// by later ones have no answer here.
///
/// Where rows were lost, resumeAt() begins a new series: what the model remembers is refilled from
/// the rows after the gap, so no window crosses it, and row numbers go on for positions. A
/// threshold that moves keeps what it has learned over a gap; a change of mode sets it back.
///
/// Keeps as many of the newest rows as any mode of the family looks back at, so that a mode can be
/// changed at any row. Shapes: C channels of the family. Thread safety: none; one owner.
class LivePlayer {
public:
    /// Rows that a range of normal rows may end at, at most.
    static constexpr Index mostRescaledRows = 1'000'000;

    /// Fails if the mode is not offered or the normal rows are fewer than two or too many.
    [[nodiscard]] static Result<std::unique_ptr<LivePlayer>>
    create(std::shared_ptr<const Family> family, const LivePlayerOptions& options);

    ~LivePlayer();
    LivePlayer(const LivePlayer&) = delete;
    LivePlayer& operator=(const LivePlayer&) = delete;

    /// Number of the row that comes next.
    [[nodiscard]] Index position() const;
    [[nodiscard]] const Mode& mode() const;
    [[nodiscard]] float threshold() const; ///< of the next row
    [[nodiscard]] bool thresholdMoves() const; ///< as Player::thresholdMoves()

    /// Answers rows; call again with the rest.
    /// \param values (rows, C) in the order and the units of the family; what is not finite is
    ///               missing.
    /// \returns how many were answered: at most maxBlock, fewer where the normal rows end.
    Index push(const double* values, Index rows, ResultBlock& out);

    /// The rows before this one were lost, or another recording begins.
    void resumeAt(Index row);

    /// Continues with other parameters or another inference. Begins a new run and a new tally.
    [[nodiscard]] Result<Done> setMode(const Mode& mode);

    /// Alarms from the next row on are judged by this; nothing: by the family's own.
    void setThreshold(std::optional<float> threshold);

    /// Whether the family's own threshold moves, from the next row on; nothing: it stands still.
    /// One that does already goes on.
    void setMotion(const std::optional<ThresholdMotion>& motion);

private:
    class Impl;
    explicit LivePlayer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace stint
