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

Result<WeightSearch> parseWeightSearch(std::string_view text)
{
    return parseName(text, allWeightSearches, "search for weights");
}

Result<GainKind> parseGainKind(std::string_view text)
{
    return parseName(text, allGainKinds, "gain");
}

} // namespace stint
