#include "core/train/classification_objective.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stint {

namespace {

/// Series of one pass; a batch of several passes can use several threads.
constexpr std::size_t seriesPerPiece = 4;

/// Logits to probabilities, stable for logits of any size. \return log of the normaliser's share:
/// -log of the probability of `label`.
double softmax(float* logits, Index count, int label)
{
    const float largest = *std::max_element(logits, logits + count);
    double sum = 0.0;
    for (Index i = 0; i < count; ++i)
        sum += std::exp(static_cast<double>(logits[i] - largest));
    const double loss = std::log(sum) - static_cast<double>(logits[label] - largest);
    for (Index i = 0; i < count; ++i)
        logits[i] = static_cast<float>(std::exp(static_cast<double>(logits[i] - largest)) / sum);
    return loss;
}

} // namespace

ClassificationObjective::ClassificationObjective(const std::vector<SeriesData>& train,
                                                 const std::vector<SeriesData>& validation,
                                                 const VariantTraining& settings)
    : m_train(train), m_validation(validation), m_settings(settings)
{ }

const std::vector<SeriesData>& ClassificationObjective::series(Stretch stretch) const
{
    return stretch == Stretch::Train ? m_train : m_validation;
}

/// A batch norm goes by the tokens of one pass, and the fewer they are the worse: with 8 series
/// instead of 16 a classifier of vowels loses 1 to 3 % of accuracy.
std::size_t ClassificationObjective::pieceSize() const
{
    const auto batch = static_cast<std::size_t>(m_settings.batch);
    return m_settings.config.norm == Norm::Batch ? batch : std::min(batch, seriesPerPiece);
}

std::size_t ClassificationObjective::piecesPerBatch() const
{
    return std::max<std::size_t>(1, static_cast<std::size_t>(m_settings.batch) / pieceSize());
}

std::vector<Piece> ClassificationObjective::epochPieces(Rng& rng) const
{
    std::vector<std::size_t> order(m_train.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[rng.below(i)]);
    const auto period = static_cast<std::uint64_t>(m_settings.config.period());
    std::vector<Piece> pieces;
    for (const std::size_t i : order) {
        if (pieces.empty() || pieces.back().targets.size() >= pieceSize())
            pieces.push_back({{}, static_cast<Index>(rng.below(period))});
        pieces.back().targets.push_back({i, 0});
    }
    // One series alone has no statistics worth learning from.
    if (pieces.size() > 1 && pieces.back().targets.size() == 1) {
        pieces[pieces.size() - 2].targets.push_back(pieces.back().targets.front());
        pieces.pop_back();
    }
    return pieces;
}

std::vector<Piece> ClassificationObjective::measuredPieces(Stretch stretch) const
{
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < series(stretch).size(); ++i) {
        if (i % pieceSize() == 0)
            pieces.emplace_back();
        pieces.back().targets.push_back({i, 0});
    }
    return pieces;
}

void ClassificationObjective::lay(const Piece& piece, Stretch stretch, PassLayout& layout,
                                  Matrix<float>& rows) const
{
    const EncoderConfig& c = m_settings.config;
    std::vector<WindowRows> windows;
    for (const Target& t : piece.targets) {
        const SeriesData& one = series(stretch)[t.part];
        windows.push_back({one.first, one.last - 1, piece.phase});
    }
    layout = PassLayout::ofWindows(c, windows);
    copyLookedAt(
        piece, layout, c.inputs,
        [&](std::size_t part) -> const Matrix<float>& { return *series(stretch)[part].rows; },
        rows);
}

double ClassificationObjective::gradient(const Piece& piece, std::size_t answersInBatch,
                                         Matrix<float>& answers) const
{
    const auto scale = 1.0F / static_cast<float>(answersInBatch);
    double sum = 0.0;
    for (Index r = 0; r < answers.rows(); ++r) {
        const int label = m_train[piece.targets[static_cast<std::size_t>(r)].part].label;
        sum += softmax(answers.row(r), answers.cols(), label);
        answers(r, label) -= 1.0F;
        for (Index c = 0; c < answers.cols(); ++c)
            answers(r, c) *= scale;
    }
    return sum;
}

void ClassificationObjective::tally(const Piece& piece, Stretch stretch,
                                    const Matrix<float>& answers, LossSums& sum) const
{
    for (Index r = 0; r < answers.rows(); ++r) {
        const int label = series(stretch)[piece.targets[static_cast<std::size_t>(r)].part].label;
        std::vector<float> logits(answers.row(r), answers.row(r) + answers.cols());
        const auto named = std::max_element(logits.begin(), logits.end()) - logits.begin();
        sum.correct += named == label ? 1.0 : 0.0;
        sum.loss += softmax(logits.data(), answers.cols(), label);
        sum.answers += 1.0;
    }
}

} // namespace stint
