#include "core/detect/vus.h"

#include "core/detect/label_segments.h"
#include "core/detect/score_order.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace stint {
namespace {

constexpr std::int32_t noZone = -1;

/// Labels softened by one buffer length.
struct SoftLabels {
    std::vector<double> weight; ///< (rows) 0..1
    std::vector<std::int32_t> zone; ///< (rows) number of the zone, or noZone
    std::int32_t zones = 0;
};

void soften(const std::vector<LabelSegment>& segments, std::size_t buffer, SoftLabels& soft)
{
    std::fill(soft.weight.begin(), soft.weight.end(), 0.0);
    std::fill(soft.zone.begin(), soft.zone.end(), noZone);
    soft.zones = 0;

    const std::size_t reach = buffer / 2;
    std::size_t zoneEnd = 0; // one past the last row of the newest zone
    for (const LabelSegment& segment : segments) {
        const std::size_t before = std::min(reach, segment.first - segment.recordingFirst);
        const std::size_t after = std::min(reach, segment.recordingLast - segment.last);
        const std::size_t begin = segment.first - before;
        const std::size_t end = segment.last + after + 1;
        const bool joins = soft.zones > 0 && zoneEnd > begin;
        soft.zones += joins ? 0 : 1;
        std::fill(soft.zone.begin() + static_cast<std::ptrdiff_t>(begin),
                  soft.zone.begin() + static_cast<std::ptrdiff_t>(end), soft.zones - 1);
        zoneEnd = end;

        std::fill(soft.weight.begin() + static_cast<std::ptrdiff_t>(segment.first),
                  soft.weight.begin() + static_cast<std::ptrdiff_t>(segment.last + 1), 1.0);
        for (std::size_t d = 1; d <= reach; ++d) {
            const double weight
                = std::sqrt(1.0 - static_cast<double>(d) / static_cast<double>(buffer));
            if (d <= before)
                soft.weight[segment.first - d] += weight;
            if (d <= after)
                soft.weight[segment.last + d] += weight;
        }
    }
    for (double& weight : soft.weight)
        weight = std::min(weight, 1.0);
}

double softArea(std::span<const double> scores, std::span<const unsigned char> labels,
                const std::vector<std::size_t>& order, const SoftLabels& soft, double anomalous)
{
    std::vector<unsigned char> hit(static_cast<std::size_t>(soft.zones), 0);
    double zonesHit = 0.0;
    double truePositives = 0.0;
    double outside = 0.0;
    double area = 0.0;
    double recallBefore = 0.0;
    for (std::size_t begin = 0; begin < order.size();) {
        const std::size_t end = endOfTie(scores, order, begin);
        for (std::size_t k = begin; k < end; ++k) {
            const std::size_t row = order[k];
            if (soft.zone[row] == noZone)
                continue;
            truePositives += soft.weight[row];
            outside += labels[row] != 0 ? 0.0 : soft.weight[row];
            unsigned char& zoneHit = hit[static_cast<std::size_t>(soft.zone[row])];
            zonesHit += zoneHit != 0 ? 0.0 : 1.0;
            zoneHit = 1;
        }
        const double found = std::min(1.0, truePositives / (anomalous + 0.5 * outside));
        const double recall = found * zonesHit / static_cast<double>(soft.zones);
        area += (recall - recallBefore) * truePositives / static_cast<double>(end);
        recallBefore = recall;
        begin = end;
    }
    return area;
}

} // namespace

double vusPr(std::span<const double> scores, std::span<const unsigned char> labels, Index maxBuffer,
             std::span<const std::size_t> starts)
{
    assert(scores.size() == labels.size());
    assert(maxBuffer >= 0);
    const std::vector<LabelSegment> segments = labelSegments(labels, starts);
    std::size_t anomalous = 0;
    for (const LabelSegment& segment : segments)
        anomalous += segment.last - segment.first + 1;
    if (anomalous == 0 || anomalous == labels.size())
        return std::numeric_limits<double>::quiet_NaN();

    const std::vector<std::size_t> order = byFallingScore(scores);
    SoftLabels soft;
    soft.weight.resize(labels.size());
    soft.zone.resize(labels.size());
    double sum = 0.0;
    for (Index buffer = 0; buffer <= maxBuffer; ++buffer) {
        soften(segments, static_cast<std::size_t>(buffer), soft);
        sum += softArea(scores, labels, order, soft, static_cast<double>(anomalous));
    }
    return sum / static_cast<double>(maxBuffer + 1);
}

} // namespace stint
