#include "core/series/table_reading.h"

#include "core/series/recording.h"

namespace stint {

std::string whyNotFollowed(const Recording& recording)
{
    if (!recording.reading || recording.path.empty())
        return "Only a recording that was opened from a file can be followed.";
    if (recording.reading->series)
        return recording.path
            + " holds many series one below the other; only one that goes on can be followed.";
    return {};
}

} // namespace stint
