#include "core/model/detector.h"

#include "core/cost/closed_forms.h"
#include "core/detect/smoothing.h"
#include "core/encoder/two_path_stream.h"
#include "core/encoder/window_encoder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace stint {

namespace {

constexpr float noAnswer = std::numeric_limits<float>::quiet_NaN();

/// Attention is kept for this many of the newest rows of a block: more than a view shows.
constexpr Index attentionHistory = 256;

/// The ridge autoregression as one matrix product: a row of lagged values is a stretch of the
/// history, which stands oldest first, so lag k comes last but k.
class LaggedProduct {
public:
    LaggedProduct(const Autoregression& model, Index rowStride)
        : m_order(model.order),
          m_channels(model.channels),
          m_rowStride(rowStride),
          m_weights(model.order * rowStride, model.channels),
          m_intercept(static_cast<std::size_t>(padded(model.channels)))
    {
        for (Index lag = 1; lag <= m_order; ++lag) {
            for (Index to = 0; to < m_channels; ++to) {
                for (Index from = 0; from < m_channels; ++from)
                    m_weights((m_order - lag) * rowStride + from, to)
                        = static_cast<float>(model.weights(to, (lag - 1) * m_channels + from));
            }
        }
        for (Index c = 0; c < m_channels; ++c)
            m_intercept[static_cast<std::size_t>(c)] = static_cast<float>(model.intercept(c));
    }

    [[nodiscard]] Index order() const { return m_order; }

    /// \param first the row to predict first; the `order` rows before it stand before it.
    void predict(const float* first, Index rows, Matrix<float>& out, OpCounts& ops) const
    {
        const Kernels<float> kernel = kernels<float>();
        kernel.product({.m = rows,
                        .n = m_channels,
                        .k = m_order * m_rowStride,
                        .a = first - m_order * m_rowStride,
                        .aRow = m_rowStride,
                        .aCol = 1,
                        .b = m_weights.row(0),
                        .bRow = m_weights.stride(),
                        .c = out.row(0),
                        .cRow = out.stride(),
                        .gain = nullptr,
                        .bias = m_intercept.data(),
                        .accumulate = false,
                        .relu = false});
        const Index columns = (m_channels + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
        ops.operations += static_cast<std::uint64_t>(rows * m_order * m_channels * m_channels);
        ops.executed += static_cast<std::uint64_t>(rows * m_order * m_rowStride * columns);
        ops.additions += static_cast<std::uint64_t>(rows * m_channels);
    }

private:
    Index m_order;
    Index m_channels;
    Index m_rowStride;
    Matrix<float> m_weights; // (order * rowStride, C), zero rows at the padding
    AlignedVector<float> m_intercept;
};

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
}

} // namespace

struct Detector::State {
    State(std::shared_ptr<const Family> f, const FamilyVariant& v, Mode m, ScoreKind k, Index block,
          const Adaptation& a)
        : family(std::move(f)),
          variant(v),
          mode(m),
          kind(k),
          maxBlock(block),
          channels(static_cast<Index>(family->channels.size())),
          encoder(v.config, v.parameters),
          window(encoder),
          history(v.config.past() + block, channels),
          linear(a.autoregression, history.stride()),
          encoderScale(1.0 / a.encoderError),
          linearScale(1.0 / a.autoregressionError),
          predicted(block, channels),
          linearPredicted(block, channels),
          encoderSmoother(channels, family->smoothingSpan),
          linearSmoother(channels, family->smoothingSpan),
          encoderErrors(static_cast<std::size_t>(channels)),
          linearErrors(static_cast<std::size_t>(channels))
    {
        if (mode.inference == Inference::Continual)
            stream.emplace(encoder, block);
        perStep = denominators(v.config);
    }

    std::shared_ptr<const Family> family;
    const FamilyVariant& variant;
    Mode mode;
    ScoreKind kind;
    Index maxBlock;
    Index channels;
    Encoder<float> encoder;
    WindowEncoder<float> window;
    std::optional<TwoPathStream<float>> stream;
    Matrix<float> history; // (n - 1 + maxBlock, C): rows before the block, then the block
    LaggedProduct linear;
    double encoderScale; // 1 / mean error on normal rows
    double linearScale;
    Matrix<float> predicted; // (maxBlock, C)
    Matrix<float> linearPredicted; // (maxBlock, C)
    Smoother encoderSmoother;
    Smoother linearSmoother;
    std::vector<double> encoderErrors; // (C) of one row
    std::vector<double> linearErrors; // (C)
    std::vector<float> attention; // of one window, or of a block
    Denominators perStep;
    Index row = 0; // number of the next row
    Index held = 0; // rows taken in since the reset
    Index before = 0; // rows of history before the block, at most n - 1
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
    return m_state->variant.config.past() + m_state->encoderSmoother.memory();
}

void Detector::reset(Index row)
{
    State& s = *m_state;
    s.row = row;
    s.held = 0;
    s.before = 0;
    if (s.stream)
        s.stream->reset(row);
    s.encoderSmoother.reset();
    s.linearSmoother.reset();
}

/// Puts a block behind the rows before it.
void Detector::take(const float* z, Index zRow, Index rows)
{
    State& s = *m_state;
    assert(rows <= s.maxBlock);
    for (Index r = 0; r < rows; ++r)
        std::copy(z + r * zRow, z + r * zRow + s.channels, s.history.row(s.before + r));
}

void Detector::warmUp(const float* z, Index zRow, Index rows)
{
    while (rows > 0) {
        const Index block = std::min(rows, m_state->maxBlock);
        step(z, zRow, block, 0.0F, false, m_state->discarded);
        z += block * zRow;
        rows -= block;
    }
}

/// Predicts rows [first, first + rows) of the block by both models.
void Detector::answer(Index first, Index rows, bool keepAttention, ResultBlock& out,
                      PartCounts& counts)
{
    State& s = *m_state;
    const EncoderConfig& config = s.variant.config;
    const Index perRow = config.layers * config.heads * config.past();
    const float* rowsAt = s.history.row(s.before + first);
    s.linear.predict(rowsAt, rows, s.linearPredicted, counts[Part::LinearPath]);

    const Index kept = keepAttention ? std::min(rows, attentionHistory) : 0;
    out.layers = config.layers;
    out.heads = config.heads;
    out.lags = config.past();
    out.attentionRows = kept;
    out.attentionFirstRow = s.row + rows - kept;
    out.attention.resize(static_cast<std::size_t>(kept * perRow));
    if (s.stream) {
        if (kept > 0)
            s.attention.resize(static_cast<std::size_t>(rows * perRow));
        s.stream->step(rowsAt, s.history.stride(), rows, s.predicted.row(0), s.predicted.stride(),
                       kept > 0 ? s.attention.data() : nullptr, counts);
        std::copy(s.attention.begin() + (kept > 0 ? (rows - kept) * perRow : 0),
                  s.attention.begin() + (kept > 0 ? rows * perRow : 0), out.attention.begin());
        return;
    }
    for (Index r = 0; r < rows; ++r) {
        const Index keptAt = r - (rows - kept);
        s.window.answer(rowsAt + (r - config.past()) * s.history.stride(), s.history.stride(),
                        s.row + r - config.past(), s.predicted.row(r),
                        keptAt >= 0 && kept > 0 ? out.attention.data() + keptAt * perRow : nullptr,
                        counts);
    }
}

/// Turns predictions of rows [first, first + rows) of the block into scores.
void Detector::judge(Index first, Index rows, ResultBlock& out)
{
    State& s = *m_state;
    const auto channels = static_cast<std::size_t>(s.channels);
    const double encoderShare = s.kind == ScoreKind::Combined ? 0.5
        : s.kind == ScoreKind::Encoder                        ? 1.0
                                                              : 0.0;
    const double perChannel = 1.0 / static_cast<double>(s.channels);
    for (Index r = 0; r < rows; ++r) {
        const float* actual = s.history.row(s.before + first + r);
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
        const bool encoderSaysMore = s.kind == ScoreKind::Encoder
            || (s.kind == ScoreKind::Combined && encoderScore >= linearScore);
        out.part[at] = encoderSaysMore ? ScorePart::Encoder : ScorePart::Autoregression;
    }
}

void Detector::step(const float* z, Index zRow, Index rows, float threshold, bool keepAttention,
                    ResultBlock& out)
{
    State& s = *m_state;
    const Index past = s.variant.config.past();
    out.mode = s.mode;
    out.firstRow = s.row;
    out.threshold = threshold;
    prepare(out, rows, s.channels);
    take(z, zRow, rows);

    const Index unanswered = std::clamp<Index>(past - s.held, 0, rows);
    if (s.stream && unanswered > 0)
        s.stream->absorb(s.history.row(s.before), s.history.stride(), unanswered);
    s.row += unanswered;
    const Index answered = rows - unanswered;
    if (answered > 0) {
        PartCounts counts;
        answer(unanswered, answered, keepAttention, out, counts);
        judge(unanswered, answered, out);
        for (Index r = unanswered; r < rows; ++r) {
            const auto at = static_cast<std::size_t>(r);
            out.alarm[at] = out.score[at] > threshold ? 1 : 0;
        }
        out.tally.steps += static_cast<std::uint64_t>(answered);
        out.tally.counted += counts;
    }
    out.tally.perStep = s.perStep;
    s.row += answered;
    s.held += rows;

    // The newest n - 1 rows become those before the next block.
    const Index end = s.before + rows;
    const Index kept = std::min(end, past);
    std::copy(s.history.row(end - kept), s.history.row(end), s.history.row(0));
    s.before = kept;
}

} // namespace stint
