#include "core/model/detector.h"

#include "core/cost/closed_forms.h"
#include "core/detect/smoothing.h"
#include "core/model/lagged_product.h"
#include "core/model/row_encoder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace stint {

namespace {

constexpr float noAnswer = std::numeric_limits<float>::quiet_NaN();

/// Puts `value` into every row of a block's columns.
void prepare(ResultBlock& out, Index rows, Index channels)
{
    const auto size = static_cast<std::size_t>(rows);
    out.rows = rows;
    out.channels = channels;
    out.score.assign(size, noAnswer);
    out.encoderScore.assign(size, noAnswer);
    out.autoregressionScore.assign(size, noAnswer);
    out.contributions.assign(size * static_cast<std::size_t>(channels), 0.0F);
    out.alarm.assign(size, 0);
    out.part.assign(size, ScorePart::Encoder);
    out.held.assign(size, 0);
    out.attentionRows = 0;
    out.attention.clear();
    out.forecast.clear();
    out.classes = 0;
}

/// A forecast is judged by itself; only an anomaly has a second opinion.
double shareOfEncoder(ModelTask task, ScoreKind kind)
{
    if (kind == ScoreKind::Autoregression)
        return 0.0;
    return task == ModelTask::Anomaly && kind == ScoreKind::Combined ? 0.5 : 1.0;
}

} // namespace

struct Detector::State {
    State(std::shared_ptr<const Family> f, const FamilyVariant& v, Mode m, ScoreKind k, Index block,
          const Adaptation& a)
        : family(std::move(f)),
          mode(m),
          kind(k),
          maxBlock(block),
          channels(static_cast<Index>(family->channels.size())),
          encoder(v, channels, family->lags, m.inference, block),
          linear(a.autoregression, encoder.rowStride()),
          encoderScale(1.0 / a.encoderError),
          linearScale(1.0 / a.autoregressionError),
          predicted(block, channels),
          linearPredicted(block, channels),
          encoderSmoother(channels, family->smoothingSpan),
          linearSmoother(channels, family->smoothingSpan),
          encoderErrors(static_cast<std::size_t>(channels)),
          linearErrors(static_cast<std::size_t>(channels)),
          perStep(denominators(v.config))
    { }

    std::shared_ptr<const Family> family;
    Mode mode;
    ScoreKind kind;
    Index maxBlock;
    Index channels;
    RowEncoder encoder;
    LaggedProduct linear;
    double encoderScale; // 1 / mean error on normal rows
    double linearScale;
    Matrix<float> predicted; // (maxBlock, C) by the encoder and its skip path
    Matrix<float> linearPredicted; // (maxBlock, C)
    Smoother encoderSmoother;
    Smoother linearSmoother;
    std::vector<double> encoderErrors; // (C) of one row
    std::vector<double> linearErrors; // (C)
    AttentionRows attention;
    Denominators perStep;
    Index row = 0; // number of the next row
    ResultBlock discarded; // of warmUp()
};

Detector::Detector(const std::shared_ptr<const Family>& family, Mode mode, ScoreKind kind,
                   Index maxBlock)
    : Detector(family, mode, kind, maxBlock, adaptationOf(*family, *family->find(mode.variant())))
{ }

Detector::Detector(std::shared_ptr<const Family> family, Mode mode, ScoreKind kind, Index maxBlock,
                   const Adaptation& adaptation)
{
    const FamilyVariant* variant = family->find(mode.variant());
    assert(variant != nullptr && !family->refusal(mode));
    m_state
        = std::make_unique<State>(std::move(family), *variant, mode, kind, maxBlock, adaptation);
}

Detector::~Detector() = default;

Mode Detector::mode() const { return m_state->mode; }

Index Detector::memory() const
{
    return m_state->encoder.lead() + m_state->encoderSmoother.memory();
}

void Detector::reset(Index row)
{
    State& s = *m_state;
    s.row = row;
    s.encoder.reset(row);
    s.encoderSmoother.reset();
    s.linearSmoother.reset();
}

void Detector::warmUp(const float* z, Index zRow, Index rows)
{
    while (rows > 0) {
        const Index block = std::min(rows, m_state->maxBlock);
        step(z, zRow, block, 0.0F, {}, m_state->discarded);
        z += block * zRow;
        rows -= block;
    }
}

/// Predicts rows [first, first + rows) of the block by both models.
void Detector::answer(Index first, Index rows, bool keepAttention, ResultBlock& out,
                      PartCounts& counts)
{
    State& s = *m_state;
    s.linear.predict(s.encoder.row(first), rows, s.linearPredicted, counts[Part::LinearPath]);

    const Index kept = keepAttention ? std::min(rows, attentionHistory) : 0;
    s.encoder.answer(first, rows, s.predicted, kept, s.attention, counts);
    addSkip(first, rows, counts);
    s.encoder.handOver(s.attention, kept, s.row + rows, out);
}

/// The encoder's answer is what the skip path leaves.
void Detector::addSkip(Index first, Index rows, PartCounts& counts)
{
    State& s = *m_state;
    if (s.family->skip == SkipPath::None)
        return;
    const bool linear = s.family->skip == SkipPath::Autoregression;
    for (Index r = 0; r < rows; ++r) {
        const float* skip = linear ? s.linearPredicted.row(r) : s.encoder.row(first + r - 1);
        float* to = s.predicted.row(r);
        for (Index c = 0; c < s.channels; ++c)
            to[c] += skip[c];
    }
    counts[Part::LinearPath].additions += static_cast<std::uint64_t>(rows * s.channels);
}

/// Turns predictions of rows [first, first + rows) of the block into scores.
void Detector::judge(Index first, Index rows, ResultBlock& out)
{
    State& s = *m_state;
    const auto channels = static_cast<std::size_t>(s.channels);
    const double encoderShare = shareOfEncoder(s.family->task, s.kind);
    const double perChannel = 1.0 / static_cast<double>(s.channels);
    for (Index r = 0; r < rows; ++r) {
        const float* actual = s.encoder.row(first + r);
        for (std::size_t c = 0; c < channels; ++c) {
            const auto at = static_cast<Index>(c);
            const auto x = static_cast<double>(actual[at]);
            const double e = static_cast<double>(s.predicted(r, at)) - x;
            const double l = static_cast<double>(s.linearPredicted(r, at)) - x;
            s.encoderErrors[c] = e * e * s.encoderScale;
            s.linearErrors[c] = l * l * s.linearScale;
        }
        s.encoderSmoother.step(std::span<double>(s.encoderErrors));
        s.linearSmoother.step(std::span<double>(s.linearErrors));
        const auto at = static_cast<std::size_t>(first + r);
        double encoderScore = 0.0;
        double linearScore = 0.0;
        for (std::size_t c = 0; c < channels; ++c) {
            encoderScore += s.encoderErrors[c] * perChannel;
            linearScore += s.linearErrors[c] * perChannel;
            out.contributions[at * channels + c] = static_cast<float>(
                (encoderShare * s.encoderErrors[c] + (1.0 - encoderShare) * s.linearErrors[c])
                * perChannel);
        }
        out.encoderScore[at] = static_cast<float>(encoderScore);
        out.autoregressionScore[at] = static_cast<float>(linearScore);
        out.score[at]
            = static_cast<float>(encoderShare * encoderScore + (1.0 - encoderShare) * linearScore);
        const bool encoderSaysMore
            = encoderShare == 1.0 || (encoderShare > 0.0 && encoderScore >= linearScore);
        out.part[at] = encoderSaysMore ? ScorePart::Encoder : ScorePart::Autoregression;
    }
}

/// What was predicted for rows [first, first + rows) of the block; NaN before.
void Detector::keepForecast(Index first, Index rows, ResultBlock& out)
{
    State& s = *m_state;
    const auto channels = static_cast<std::size_t>(s.channels);
    out.forecast.assign(static_cast<std::size_t>(first + rows) * channels, noAnswer);
    const Matrix<float>& from
        = s.kind == ScoreKind::Autoregression ? s.linearPredicted : s.predicted;
    for (Index r = 0; r < rows; ++r)
        std::copy_n(from.row(r), s.channels,
                    out.forecast.begin() + (first + r) * static_cast<Index>(channels));
}

void Detector::step(const float* z, Index zRow, Index rows, float threshold, const Keep& keep,
                    ResultBlock& out)
{
    State& s = *m_state;
    out.task = s.family->task;
    out.mode = s.mode;
    out.firstRow = s.row;
    out.threshold = threshold;
    prepare(out, rows, s.channels);
    s.encoder.take(z, zRow, rows);

    const Index unanswered = s.encoder.unanswered(rows);
    s.encoder.absorb(0, unanswered);
    s.row += unanswered;
    const Index answered = rows - unanswered;
    if (answered > 0) {
        PartCounts counts;
        answer(unanswered, answered, keep.attention, out, counts);
        judge(unanswered, answered, out);
        for (Index r = unanswered; r < rows; ++r) {
            const auto at = static_cast<std::size_t>(r);
            out.alarm[at] = out.score[at] > threshold ? 1 : 0;
        }
        out.tally.steps += static_cast<std::uint64_t>(answered);
        out.tally.counted += counts;
    }
    if (keep.forecast)
        keepForecast(unanswered, answered, out);
    out.tally.perStep = s.perStep;
    s.row += answered;
    s.encoder.advance(rows);
}

} // namespace stint
