#include "core/detect/label_segments.h"

#include <cassert>

namespace stint {
namespace {

void appendSegments(std::span<const unsigned char> labels, std::size_t begin, std::size_t end,
                    std::vector<LabelSegment>& out)
{
    for (std::size_t row = begin; row < end; ++row) {
        if (labels[row] == 0)
            continue;
        const std::size_t first = row;
        while (row + 1 < end && labels[row + 1] != 0)
            ++row;
        out.push_back({first, row, begin, end - 1});
    }
}

} // namespace

std::vector<LabelSegment> labelSegments(std::span<const unsigned char> labels,
                                        std::span<const std::size_t> starts)
{
    std::vector<LabelSegment> segments;
    std::size_t begin = 0;
    for (const std::size_t start : starts) {
        assert(start >= begin && start <= labels.size());
        appendSegments(labels, begin, start, segments);
        begin = start;
    }
    appendSegments(labels, begin, labels.size(), segments);
    return segments;
}

} // namespace stint
