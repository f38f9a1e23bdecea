#pragma once

#include "core/detect/result_block.h"
#include "core/model/adaptation.h"
#include "core/model/family.h"

#include <memory>
#include <optional>

namespace stint {

/// What a result block is to hold beside scores.
struct Keep {
    bool attention = false;
    bool forecast = false;
};

/// Scores standardised rows with one mode of a family: encoder and ridge autoregression predict
/// each row from the rows before it; their squared errors are smoothed channel by channel, divided
/// by their mean on normal rows and averaged. So a score is about 1 on normal rows, and it is the
/// sum of the contributions of the channels. One divisor serves all channels: with one each, a
/// channel that is easy to predict would drown the others.
///
/// A row does not take part in its own prediction, unless the family reconstructs (a visible newest
/// row). The first answer is for row n - 1 of a recording, K - 1 later where a token stacks K lags;
/// no window or smoothing crosses its end: reset() in between.
///
/// The same for a family that forecasts: the score is then the squared error of the forecast (the
/// encoder's answer added to its skip path), in standard deviations, not smoothed.
///
/// Shapes: C channels, n window. Thread safety: none; owned by the stepping thread. All memory is
/// allocated in the constructor, except that a result block grows to its working size.
class Detector {
public:
    /// \param family   must offer the mode and outlive the detector.
    /// \param maxBlock most rows of one step().
    Detector(const std::shared_ptr<const Family>& family, Mode mode, ScoreKind kind,
             Index maxBlock);
    /// The same with an autoregression and error scales of the recording's own.
    Detector(std::shared_ptr<const Family> family, Mode mode, ScoreKind kind, Index maxBlock,
             const Adaptation& adaptation);
    ~Detector();
    Detector(const Detector&) = delete;
    Detector& operator=(const Detector&) = delete;

    [[nodiscard]] Mode mode() const;

    /// Rows before row t that must be given to warmUp() so that row t and all after it get the
    /// numbers of a run from row 0.
    [[nodiscard]] Index memory() const;

    /// Forgets everything; the next row has this number in its recording (positions depend on it).
    void reset(Index row);

    /// Takes in rows whose answers are not wanted; nothing is counted.
    /// \param z (rows, C) standardised, padded with zeros to `zRow`; any number of rows.
    void warmUp(const float* z, Index zRow, Index rows);

    /// Scores rows and takes them in. Fills score, encoderScore, autoregressionScore,
    /// contributions, part, alarm (against `threshold`), what is to be kept (the forecast as
    /// standardised values), and adds to out.tally. Rows before the first answer have NaN scores
    /// and are not counted.
    void step(const float* z, Index zRow, Index rows, float threshold, const Keep& keep,
              ResultBlock& out);

private:
    struct State;
    void answer(Index first, Index rows, bool keepAttention, ResultBlock& out, PartCounts& counts);
    void judge(Index first, Index rows, ResultBlock& out);
    void addSkip(Index first, Index rows, PartCounts& counts);
    void keepForecast(Index first, Index rows, ResultBlock& out);

    std::unique_ptr<State> m_state;
};

} // namespace stint
