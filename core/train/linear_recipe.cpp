#include "core/train/linear_recipe.h"

#include "core/base/parse_name.h"

namespace stint {

std::string_view name(WeightSearch search)
{
    return search == WeightSearch::Scores ? "scores" : "straight-through";
}

std::string_view name(GainKind gain)
{
    switch (gain) {
    case GainKind::Paper:
        return "paper";
    case GainKind::Layer:
        return "layer";
    case GainKind::Row:
        return "row";
    }
    return "";
}

std::string_view name(WeightStart start)
{
    switch (start) {
    case WeightStart::Uniform:
        return "uniform";
    case WeightStart::SignedConstant:
        return "signed-constant";
    case WeightStart::RankedScores:
        return "ranked-scores";
    }
    return "";
}

Result<WeightSearch> parseWeightSearch(std::string_view text)
{
    return parseName(text, allWeightSearches, "search for weights");
}

Result<GainKind> parseGainKind(std::string_view text)
{
    return parseName(text, allGainKinds, "gain");
}

Result<WeightStart> parseWeightStart(std::string_view text)
{
    return parseName(text, allWeightStarts, "start of weights");
}

} // namespace stint
