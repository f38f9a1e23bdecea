#include "core/train/regression_objective.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

/// Rows of one stretch or windows of one piece. A batch mixes several pieces, so that neighbouring
/// rows do not dominate it.
constexpr Index stretchRows = 32;
constexpr Index windowsPerPiece = 16;
/// Windows are dear: an epoch of a variant that needs them draws at most this many.
constexpr Index mostWindowsPerEpoch = 8192;
constexpr Index mostRowsPerEpoch = 131'072;
/// Rows that a loss is measured on without learning.
constexpr Index mostRowsMeasured = 4096;

} // namespace

RegressionObjective::RegressionObjective(const std::vector<SequenceData>& data,
                                         const VariantTraining& settings)
    : m_data(data), m_settings(settings), m_shared(PassLayout::sharesPast(settings.config))
{ }

Index RegressionObjective::pieceSize() const
{
    return std::min(m_settings.batch, m_shared ? stretchRows : windowsPerPiece);
}

std::size_t RegressionObjective::piecesPerBatch() const
{
    return static_cast<std::size_t>(std::max<Index>(1, m_settings.batch / pieceSize()));
}

RowRange RegressionObjective::targets(const SequenceData& data, Stretch stretch) const
{
    const Index first = data.begin + m_settings.config.past();
    return stretch == Stretch::Train
        ? RowRange {first, std::max(first, data.trainEnd)}
        : RowRange {std::max(first, data.trainEnd), std::max(first, data.validationEnd)};
}

/// Whether the target of a row is known.
bool RegressionObjective::asked(const SequenceData& data, Index row) const
{
    const float* target = data.targets->row(row);
    return std::none_of(target, target + m_settings.config.outputs,
                        [](float v) { return std::isnan(v); });
}

/// Every training row once, in stretches cut at another place each epoch, or as single windows;
/// shuffled.
std::vector<Piece> RegressionObjective::epochPieces(Rng& rng) const
{
    std::vector<Target> units; // first rows of stretches, or windows
    const Index length = (m_shared ? pieceSize() : 1) * m_settings.stride;
    for (std::size_t i = 0; i < m_data.size(); ++i) {
        const RowRange rows = targets(m_data[i], Stretch::Train);
        const Index shift
            = length == 1 ? 0 : static_cast<Index>(rng.below(static_cast<std::uint64_t>(length)));
        for (Index at = rows.first - shift; at < rows.last; at += length)
            units.push_back({i, at});
    }
    for (std::size_t i = units.size(); i > 1; --i)
        std::swap(units[i - 1], units[rng.below(i)]);
    const Index most = m_shared ? mostRowsPerEpoch / pieceSize() : mostWindowsPerEpoch;
    if (static_cast<Index>(units.size()) > most)
        units.resize(static_cast<std::size_t>(most));
    return cut(units, rng);
}

/// Units (stretches or single windows) to pieces, each with a random phase of the positions.
std::vector<Piece> RegressionObjective::cut(const std::vector<Target>& units, Rng& rng) const
{
    const auto period = static_cast<std::uint64_t>(m_settings.config.period());
    const auto most = static_cast<std::size_t>(pieceSize());
    std::vector<Piece> pieces;
    for (const Target& unit : units) {
        const SequenceData& data = m_data[unit.part];
        const RowRange rows = targets(data, Stretch::Train);
        if (m_shared || pieces.empty() || pieces.back().targets.size() >= most)
            pieces.push_back({{}, static_cast<Index>(rng.below(period))});
        const Index count = m_shared ? pieceSize() : 1;
        for (Index k = 0; k < count; ++k) {
            const Index row = unit.row + k * m_settings.stride;
            if (row >= rows.first && row < rows.last && asked(data, row))
                pieces.back().targets.push_back({unit.part, row});
        }
        if (pieces.back().targets.empty())
            pieces.pop_back();
    }
    return pieces;
}

std::vector<Piece> RegressionObjective::measuredPieces(Stretch stretch) const
{
    Index total = 0;
    for (const SequenceData& data : m_data)
        total += targets(data, stretch).count();
    const Index length = m_shared ? stretchRows : windowsPerPiece;
    const Index skip = std::max<Index>(1, total / mostRowsMeasured);
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < m_data.size(); ++i) {
        const RowRange rows = targets(m_data[i], stretch);
        for (Index at = rows.first; at < rows.last; at += length * skip) {
            Piece piece;
            for (Index t = at; t < std::min(at + length, rows.last); ++t) {
                if (asked(m_data[i], t))
                    piece.targets.push_back({i, t});
            }
            if (!piece.targets.empty())
                pieces.push_back(std::move(piece));
        }
    }
    return pieces;
}

void RegressionObjective::lay(const Piece& piece, Stretch /*stretch*/, PassLayout& layout,
                              Matrix<float>& rows) const
{
    const EncoderConfig& c = m_settings.config;
    if (m_shared) {
        std::vector<Index> asked;
        for (const Target& t : piece.targets)
            asked.push_back(t.row);
        layout = PassLayout::ofSequence(c, asked, piece.phase);
    } else {
        std::vector<WindowRows> windows;
        for (const Target& t : piece.targets)
            windows.push_back({t.row - c.past(), t.row, piece.phase});
        layout = PassLayout::ofWindows(c, windows);
    }
    copyLookedAt(
        piece, layout, c.inputs,
        [&](std::size_t part) -> const Matrix<float>& { return *m_data[part].inputs; }, rows);
}

double RegressionObjective::gradient(const Piece& piece, std::size_t answersInBatch,
                                     Matrix<float>& answers) const
{
    const auto outputs = static_cast<double>(m_settings.config.outputs);
    const auto scale = static_cast<float>(2.0 / (static_cast<double>(answersInBatch) * outputs));
    double sum = 0.0;
    for (Index r = 0; r < answers.rows(); ++r) {
        const Target& target = piece.targets[static_cast<std::size_t>(r)];
        const float* wanted = m_data[target.part].targets->row(target.row);
        for (Index c = 0; c < answers.cols(); ++c) {
            const float error = answers(r, c) - wanted[c];
            sum += static_cast<double>(error) * static_cast<double>(error);
            answers(r, c) = error * scale;
        }
    }
    return sum / outputs;
}

void RegressionObjective::tally(const Piece& piece, Stretch /*stretch*/,
                                const Matrix<float>& answers, LossSums& sum) const
{
    sum.squared.resize(static_cast<std::size_t>(answers.cols()), 0.0);
    for (Index r = 0; r < answers.rows(); ++r) {
        const Target& target = piece.targets[static_cast<std::size_t>(r)];
        const float* wanted = m_data[target.part].targets->row(target.row);
        double squares = 0.0;
        for (Index c = 0; c < answers.cols(); ++c) {
            const auto error = static_cast<double>(answers(r, c) - wanted[c]);
            sum.squared[static_cast<std::size_t>(c)] += error * error;
            squares += error * error;
        }
        sum.loss += squares / static_cast<double>(answers.cols());
        sum.answers += 1.0;
    }
}

} // namespace stint
