#include "core/kernels/op_counts.h"

namespace stint {

std::string_view name(Part part)
{
    switch (part) {
    case Part::Embedding:
        return "embedding";
    case Part::Projection:
        return "query, key, value";
    case Part::Attention:
        return "attention";
    case Part::Output:
        return "output";
    case Part::FeedForward:
        return "feed-forward";
    case Part::Head:
        return "head";
    case Part::LinearPath:
        return "linear path";
    }
    return "";
}

} // namespace stint
