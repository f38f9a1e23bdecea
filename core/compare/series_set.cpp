#include "core/compare/series_set.h"

#include <cstddef>
#include <string>

namespace stint {

std::optional<Error> unusable(const SeriesSet& set)
{
    if (set.series.empty() || set.labels.size() != set.series.size() || set.classes < 1)
        return Error {"There are no labelled series to fit a classifier to; choose recordings with "
                      "a column of series numbers and one of classes."};
    const Index channels = set.series.front().cols();
    for (std::size_t k = 0; k < set.series.size(); ++k) {
        const std::string name = "Series " + std::to_string(k + 1);
        if (set.series[k].rows() == 0 || set.series[k].cols() == 0)
            return Error {name + " has no rows or no channels; leave it out."};
        if (set.series[k].cols() != channels)
            return Error {name + " has " + std::to_string(set.series[k].cols())
                          + " channels where the first has " + std::to_string(channels)
                          + "; give all series the same channels."};
        if (!set.series[k].allFinite())
            return Error {name
                          + " holds a value that is missing or not finite; fill it before "
                            "fitting."};
        if (set.labels[k] < 0 || set.labels[k] >= set.classes)
            return Error {name + " is of class " + std::to_string(set.labels[k]) + " of "
                          + std::to_string(set.classes)
                          + ", counted from 0; correct the column of classes."};
    }
    return std::nullopt;
}

} // namespace stint
