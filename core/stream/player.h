#pragma once

#include "core/base/result.h"
#include "core/base/row_range.h"
#include "core/detect/result_block.h"
#include "core/detect/row_judge.h"
#include "core/model/family.h"
#include "core/series/recording.h"

#include <memory>
#include <optional>

namespace stint {

/// How a recording is played.
struct PlayerOptions {
    Mode mode;
    std::optional<float> threshold; ///< instead of the family's own
    std::optional<ThresholdMotion> motion; ///< of the family's own; nothing: it stands still
    std::optional<RowRange>
        rescale; ///< standardise by these rows (cut at the end of the recording)
    ScoreKind score = ScoreKind::Combined;
    Index maxBlock = 256; ///< most rows of one advance()
    bool keepAttention = false; ///< fill ResultBlock::attention
    bool keepForecast = false; ///< fill ResultBlock::forecast
};

/// Plays one recording through one model family: block by block, with seek and toggle. The numbers
/// of a row depend on the mode alone, never on where playback began or on the size of the blocks.
/// A threshold that moves is the exception: it has learned from the rows since the last seek,
/// toggle or begin of a series, each of which sets it back to what the held-out rows say.
///
/// Thread safety: none; owned by one thread. The recording and the family are only read.
class Player {
public:
    /// Fails if the recording lacks a channel of the family or the mode is not offered.
    [[nodiscard]] static Result<std::unique_ptr<Player>>
    create(std::shared_ptr<const Recording> recording, std::shared_ptr<const Family> family,
           const PlayerOptions& options);

    ~Player();
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    /// The row that is answered next.
    [[nodiscard]] Index position() const;
    [[nodiscard]] Index rows() const;
    [[nodiscard]] const Mode& mode() const;
    [[nodiscard]] float threshold() const; ///< of the next row
    /// Whether the threshold moves with the rows: it was asked for, none is set by hand, and the
    /// family has the held-out scores that it begins with.
    [[nodiscard]] bool thresholdMoves() const;

    /// Continues at a row as a run from the start would. Begins a new run and a new tally.
    void seek(Index row);

    /// Continues with other parameters or another inference at the next row. Begins a new run.
    [[nodiscard]] Result<Done> setMode(const Mode& mode);

    /// Alarms from the next row on are judged by this; nothing: by the family's own.
    void setThreshold(std::optional<float> threshold);

    /// Whether the family's own threshold moves, from the next row on; nothing: it stands still.
    void setMotion(const std::optional<ThresholdMotion>& motion);

    /// Answers the next rows, at most `maxRows` and at most the options' maxBlock; 0 at the end.
    Index advance(Index maxRows, ResultBlock& out);

private:
    class Impl;
    explicit Player(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace stint
