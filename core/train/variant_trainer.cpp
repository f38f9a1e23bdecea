#include "core/train/variant_trainer.h"

#include "core/train/adam.h"
#include "core/train/encoder_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>

namespace stint {

namespace {

/// Rows that one optimiser step learns from.
constexpr Index batchRows = 64;
/// Rows of one stretch (Step-T) or windows of one piece (full attention). A batch mixes several
/// pieces, so that neighbouring rows do not dominate it.
constexpr Index stretchRows = 32;
constexpr Index windowsPerPiece = 16;
/// Windows are dear: an epoch of a full attention variant draws at most this many.
constexpr Index mostWindowsPerEpoch = 8192;
constexpr Index mostRowsPerEpoch = 131'072;
/// Rows that a loss is measured on without learning.
constexpr Index mostRowsMeasured = 4096;

/// A row to be predicted.
struct Target {
    std::size_t rows = 0; // of m_rows
    Index row = 0;
};

/// Rows that go through one pass together: consecutive rows of one recording for Step-T, any
/// for full attention.
struct Piece {
    std::vector<Target> targets;
    Index phase = 0; // added to row numbers for positions
};

enum class Stretch { Train, Validation };

class VariantTrainer {
public:
    VariantTrainer(const std::vector<TrainingRows>& rows, const VariantTraining& settings,
                   WorkerPool& pool)
        : m_rows(rows),
          m_settings(settings),
          m_pool(pool),
          m_rng(settings.seed),
          m_encoder(settings.config, settings.blocks, Rng(settings.seed).fork(1)),
          m_full(settings.config.attention == AttentionMask::Full),
          m_perBatch(static_cast<std::size_t>(batchRows / (m_full ? windowsPerPiece : stretchRows)))
    {
        for (std::size_t i = 0; i < m_perBatch; ++i) {
            m_passes.push_back(std::make_unique<EncoderPass<float>>(m_encoder));
            m_gradients.push_back(m_encoder.zeroGradient());
        }
        m_layouts.resize(m_perBatch);
        m_past.resize(m_perBatch);
        m_errors.resize(m_perBatch);
        m_losses.resize(m_perBatch);
    }

    Result<FamilyVariant> train(const EpochCallback& progress, const std::stop_token& stop);

private:
    [[nodiscard]] std::pair<Index, Index> targets(const TrainingRows& rows, Stretch stretch) const;
    std::vector<Piece> trainPieces();
    std::vector<Piece> cut(const std::vector<Target>& units);
    [[nodiscard]] std::vector<Piece> measuredPieces(Stretch stretch) const;
    void forward(const Piece& piece, std::size_t slot);
    double learn(const std::vector<Piece>& pieces, std::size_t first, std::size_t count,
                 Adam<float>& adam, double learningRate);
    std::vector<double> measure(const std::vector<Piece>& pieces);

    const std::vector<TrainingRows>& m_rows;
    const VariantTraining& m_settings;
    WorkerPool& m_pool;
    Rng m_rng;
    TrainableEncoder<float> m_encoder;
    bool m_full;
    std::size_t m_perBatch; // pieces of a batch; fixed, so that sums do not depend on threads
    std::vector<std::unique_ptr<EncoderPass<float>>> m_passes;
    std::vector<EncoderGradient<float>> m_gradients;
    std::vector<PassLayout> m_layouts;
    std::vector<Matrix<float>> m_past;
    std::vector<Matrix<float>> m_errors; // prediction minus row, then its gradient
    std::vector<double> m_losses;
};

std::pair<Index, Index> VariantTrainer::targets(const TrainingRows& rows, Stretch stretch) const
{
    const Index first = rows.begin + m_settings.config.past();
    return stretch == Stretch::Train
        ? std::pair(first, std::max(first, rows.trainEnd))
        : std::pair(std::max(first, rows.trainEnd), std::max(first, rows.validationEnd));
}

/// Every training row once, in stretches cut at another place each epoch, or as single windows;
/// shuffled.
std::vector<Piece> VariantTrainer::trainPieces()
{
    std::vector<Target> units; // first rows of stretches, or windows
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const auto [first, last] = targets(m_rows[i], Stretch::Train);
        const Index length = m_full ? 1 : stretchRows;
        const Index shift = m_full ? 0 : static_cast<Index>(m_rng.below(stretchRows));
        for (Index at = first - shift; at < last; at += length)
            units.push_back({i, at});
    }
    for (std::size_t i = units.size(); i > 1; --i)
        std::swap(units[i - 1], units[m_rng.below(i)]);
    const Index most = m_full ? mostWindowsPerEpoch : mostRowsPerEpoch / stretchRows;
    if (static_cast<Index>(units.size()) > most)
        units.resize(static_cast<std::size_t>(most));

    return cut(units);
}

/// Units (stretches or single windows) to pieces, each with a random phase of the positions.
std::vector<Piece> VariantTrainer::cut(const std::vector<Target>& units)
{
    const auto period = static_cast<std::uint64_t>(m_settings.config.period());
    std::vector<Piece> pieces;
    for (const Target& unit : units) {
        const auto [first, last] = targets(m_rows[unit.rows], Stretch::Train);
        const bool joins = m_full && !pieces.empty()
            && pieces.back().targets.size() < static_cast<std::size_t>(windowsPerPiece);
        if (!joins)
            pieces.push_back({{}, static_cast<Index>(m_rng.below(period))});
        const Index end = std::min(unit.row + (m_full ? 1 : stretchRows), last);
        for (Index t = std::max(unit.row, first); t < end; ++t)
            pieces.back().targets.push_back({unit.rows, t});
        if (pieces.back().targets.empty())
            pieces.pop_back();
    }
    return pieces;
}

std::vector<Piece> VariantTrainer::measuredPieces(Stretch stretch) const
{
    Index total = 0;
    for (const TrainingRows& rows : m_rows) {
        const auto [first, last] = targets(rows, stretch);
        total += last - first;
    }
    const Index length = m_full ? windowsPerPiece : stretchRows;
    const Index skip = std::max<Index>(1, total / mostRowsMeasured);
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const auto [first, last] = targets(m_rows[i], stretch);
        for (Index at = first; at < last; at += length * skip) {
            pieces.emplace_back();
            for (Index t = at; t < std::min(at + length, last); ++t)
                pieces.back().targets.push_back({i, t});
        }
    }
    return pieces;
}

/// Predicts the targets of a piece; leaves prediction minus row in m_errors[slot].
void VariantTrainer::forward(const Piece& piece, std::size_t slot)
{
    const Index keys = m_settings.config.past();
    const Index channels = m_settings.config.inputs;
    PassLayout& layout = m_layouts[slot];
    std::vector<Index> places;
    for (const Target& t : piece.targets)
        places.push_back(t.row - keys + piece.phase);
    layout = m_full ? PassLayout::windows(keys, places)
                    : PassLayout::sequence(keys, static_cast<Index>(places.size()), places.front());
    Matrix<float>& past = m_past[slot];
    if (past.rows() != layout.past() || past.cols() != channels)
        past.resize(layout.past(), channels);
    for (Index j = 0; j < layout.past(); ++j) {
        const std::size_t owner = m_full ? static_cast<std::size_t>(j / keys) : 0;
        const Matrix<float>& z = *m_rows[piece.targets[owner].rows].z;
        const Index row = layout.pastPlace[static_cast<std::size_t>(j)] - piece.phase;
        std::copy(z.row(row), z.row(row) + channels, past.row(j));
    }
    Matrix<float>& errors = m_errors[slot];
    errors = m_passes[slot]->forward(layout, past);
    for (Index i = 0; i < layout.current(); ++i) {
        const Target& target = piece.targets[static_cast<std::size_t>(i)];
        const float* actual = m_rows[target.rows].z->row(target.row);
        for (Index c = 0; c < channels; ++c)
            errors(i, c) -= actual[c];
    }
}

/// One optimiser step on `count` pieces. \return the sum of squared errors over rows, per channel
/// averaged.
double VariantTrainer::learn(const std::vector<Piece>& pieces, std::size_t first, std::size_t count,
                             Adam<float>& adam, double learningRate)
{
    std::size_t rows = 0;
    for (std::size_t i = 0; i < count; ++i)
        rows += pieces[first + i].targets.size();
    const auto channels = static_cast<double>(m_settings.config.outputs);
    const auto scale = static_cast<float>(2.0 / (static_cast<double>(rows) * channels));
    m_pool.run(count, [&](std::size_t i) {
        forward(pieces[first + i], i);
        Matrix<float>& errors = m_errors[i];
        double sum = 0.0;
        for (Index r = 0; r < errors.rows(); ++r) {
            for (Index c = 0; c < errors.cols(); ++c) {
                sum += static_cast<double>(errors(r, c)) * static_cast<double>(errors(r, c));
                errors(r, c) *= scale;
            }
        }
        m_losses[i] = sum / channels;
        m_gradients[i].setZero();
        m_passes[i]->backward(m_layouts[i], m_past[i], errors, m_gradients[i]);
    });
    double loss = m_losses[0];
    for (std::size_t i = 1; i < count; ++i) {
        m_gradients[0] += m_gradients[i];
        loss += m_losses[i];
    }
    m_encoder.collect(m_gradients[0]);
    auto slots = m_encoder.slots();
    adam.step(slots, static_cast<float>(learningRate));
    m_encoder.prepare();
    return loss;
}

/// Mean squared error per channel.
std::vector<double> VariantTrainer::measure(const std::vector<Piece>& pieces)
{
    const auto channels = static_cast<std::size_t>(m_settings.config.outputs);
    std::vector<double> mean(channels, 0.0);
    double rows = 0.0;
    for (std::size_t first = 0; first < pieces.size(); first += m_perBatch) {
        const std::size_t count = std::min(m_perBatch, pieces.size() - first);
        m_pool.run(count, [&](std::size_t i) { forward(pieces[first + i], i); });
        for (std::size_t i = 0; i < count; ++i) {
            const Matrix<float>& errors = m_errors[i];
            rows += static_cast<double>(errors.rows());
            for (Index r = 0; r < errors.rows(); ++r) {
                for (std::size_t c = 0; c < channels; ++c) {
                    const auto e = static_cast<double>(errors(r, static_cast<Index>(c)));
                    mean[c] += e * e;
                }
            }
        }
    }
    for (double& m : mean)
        m /= std::max(rows, 1.0);
    return mean;
}

double average(const std::vector<double>& values)
{
    double sum = 0.0;
    for (const double v : values)
        sum += v;
    return sum / static_cast<double>(values.size());
}

Result<FamilyVariant> VariantTrainer::train(const EpochCallback& progress,
                                            const std::stop_token& stop)
{
    std::vector<std::size_t> sizes;
    for (const auto& slot : m_encoder.slots())
        sizes.push_back(slot.value.size());
    Adam<float> adam(sizes);
    const std::vector<Piece> validation = measuredPieces(Stretch::Validation);

    FamilyVariant best;
    best.config = m_settings.config;
    best.keep
        = m_settings.blocks.format == WeightFormat::SparseBinary ? m_settings.blocks.keep : 1.0;
    best.validationLoss = std::numeric_limits<double>::infinity();
    TrainableEncoder<float> bestEncoder = m_encoder;
    for (int epoch = 1; epoch <= m_settings.epochs; ++epoch) {
        const std::vector<Piece> pieces = trainPieces();
        double loss = 0.0;
        double rows = 0.0;
        for (std::size_t first = 0; first < pieces.size(); first += m_perBatch) {
            if (stop.stop_requested())
                return Error {"cancelled"};
            const std::size_t count = std::min(m_perBatch, pieces.size() - first);
            const double done = (static_cast<double>(epoch - 1)
                                 + static_cast<double>(first) / static_cast<double>(pieces.size()))
                / static_cast<double>(m_settings.epochs);
            loss
                += learn(pieces, first, count, adam,
                         m_settings.learningRate * 0.5 * (1.0 + std::cos(std::numbers::pi * done)));
            for (std::size_t i = 0; i < count; ++i)
                rows += static_cast<double>(pieces[first + i].targets.size());
        }
        const double trainLoss = loss / std::max(rows, 1.0);
        const double validationLoss = average(measure(validation));
        best.epochs = epoch;
        if (!std::isfinite(trainLoss))
            return Error {"The training of one variant diverged; try a smaller learning rate."};
        if (validationLoss < best.validationLoss) {
            best.validationLoss = validationLoss;
            best.trainLoss = trainLoss;
            best.bestEpoch = epoch;
            bestEncoder = m_encoder;
        }
        const bool last
            = epoch == m_settings.epochs || epoch - best.bestEpoch >= m_settings.patience;
        if (progress)
            progress(epoch, trainLoss, validationLoss, last);
        if (last)
            break;
    }
    m_encoder = bestEncoder;
    best.parameters = m_encoder.parameters();
    best.errorMean = std::max(average(measure(measuredPieces(Stretch::Train))), smallestMeanError);
    return best;
}

} // namespace

Result<FamilyVariant> trainVariant(const std::vector<TrainingRows>& rows,
                                   const VariantTraining& settings, WorkerPool& pool,
                                   const EpochCallback& progress, const std::stop_token& stop)
{
    return VariantTrainer(rows, settings, pool).train(progress, stop);
}

} // namespace stint
