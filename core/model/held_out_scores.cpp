#include "core/model/held_out_scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stint {
namespace {

/// Whether half precision keeps three digits of a score.
bool fitsHalf(double score)
{
    constexpr double digits = 1e-3;
    const auto half = static_cast<double>(narrowed(score, TensorType::F16));
    return std::abs(half - score) <= digits * std::abs(score);
}

} // namespace

void keepHeldOut(FamilyVariant& variant,
                 const std::array<std::vector<double>, scoreKindCount>& scores)
{
    std::array<std::vector<double>, scoreKindCount> kept;
    const auto most = static_cast<std::size_t>(mostHeldOutScores);
    bool halves = true;
    for (std::size_t row = scores[0].size(); row > 0 && kept[0].size() < most; --row) {
        const bool finite = std::all_of(scores.begin(), scores.end(), [row](const auto& of) {
            return std::isfinite(narrowed(of[row - 1], TensorType::F32));
        });
        if (!finite)
            continue;
        for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
            kept[kind].push_back(scores[kind][row - 1]);
            halves = halves && fitsHalf(kept[kind].back());
        }
    }
    const TensorType type = halves ? TensorType::F16 : TensorType::F32;
    for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
        std::vector<float>& to = variant.thresholds[kind].heldOut;
        to.clear();
        std::transform(kept[kind].rbegin(), kept[kind].rend(), std::back_inserter(to),
                       [type](double score) { return narrowed(score, type); });
    }
}

Tensor heldOutTensor(const FamilyVariant& variant)
{
    const auto rows = static_cast<Index>(variant.thresholds[0].heldOut.size());
    RowMatrix scores(rows, static_cast<Index>(scoreKindCount));
    for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
        for (Index row = 0; row < rows; ++row)
            scores(row, static_cast<Index>(kind)) = static_cast<double>(
                variant.thresholds[kind].heldOut[static_cast<std::size_t>(row)]);
    }
    Tensor tensor = tensorOf(scores, TensorType::F16);
    return tensor.type == TensorType::F16 ? tensor : tensorOf(scores, TensorType::F32);
}

void readHeldOut(TensorReader& reader, const std::string& name, FamilyVariant& variant)
{
    const RowMatrix scores = reader.doublesOfAnyHeight(name, static_cast<Index>(scoreKindCount));
    if (scores.rows() > mostHeldOutScores) {
        reader.fail("tensor \"" + name + "\" holds more scores than a file may keep");
        return;
    }
    for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
        std::vector<float>& to = variant.thresholds[kind].heldOut;
        to.clear();
        for (Index row = 0; row < scores.rows(); ++row)
            to.push_back(static_cast<float>(scores(row, static_cast<Index>(kind))));
    }
}

} // namespace stint
