#include "core/model/channel_columns.h"

#include <algorithm>

namespace stint {

Result<std::vector<std::span<const double>>>
columnsNamed(const std::vector<FamilyChannel>& channels, const Recording& recording,
             const std::string& advice)
{
    std::vector<std::span<const double>> columns;
    for (const FamilyChannel& wanted : channels) {
        const auto found = std::find_if(recording.channels.begin(), recording.channels.end(),
                                        [&](const Channel& c) { return c.name == wanted.name; });
        if (found == recording.channels.end())
            return Error {"\"" + recording.name + "\" has no channel \"" + wanted.name + "\""
                          + advice};
        columns.emplace_back(found->values);
    }
    return columns;
}

Result<std::vector<std::span<const double>>> columnsFor(const Family& family,
                                                        const Recording& recording)
{
    return columnsNamed(family.channels, recording,
                        ", which the model was trained on; train a model on recordings like this "
                        "one.");
}

Result<std::vector<std::span<const double>>> columnsToTrainOn(const Family& family,
                                                              const Recording& recording)
{
    return columnsNamed(family.channels, recording,
                        "; train on recordings with the same channels, or name the common ones.");
}

Result<Standardiser> standardiserFor(const Family& family,
                                     const std::vector<std::span<const double>>& columns,
                                     std::pair<Index, Index> rescale)
{
    if (rescale.first == rescale.second)
        return family.standardiser;
    const auto rows = static_cast<Index>(columns.empty() ? 0 : columns.front().size());
    const Index last = std::min(rescale.second, rows);
    if (rescale.first < 0 || last - rescale.first < 2)
        return Error {"The recording has " + std::to_string(rows)
                      + " rows, too few to be rescaled by its rows " + std::to_string(rescale.first)
                      + ":" + std::to_string(rescale.second) + "."};
    std::vector<std::span<const double>> parts;
    parts.reserve(columns.size());
    for (const std::span<const double>& column : columns)
        parts.push_back(column.subspan(static_cast<std::size_t>(rescale.first),
                                       static_cast<std::size_t>(last - rescale.first)));
    return fitStandardiser(parts);
}

} // namespace stint
