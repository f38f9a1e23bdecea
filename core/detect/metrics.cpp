#include "core/detect/metrics.h"

#include "core/detect/label_segments.h"
#include "core/detect/score_order.h"
#include "core/detect/vus.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <vector>

namespace stint {
namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

double countAnomalous(std::span<const unsigned char> labels)
{
    return static_cast<double>(
        std::count_if(labels.begin(), labels.end(), [](unsigned char l) { return l != 0; }));
}

bool oneClass(std::span<const unsigned char> labels, double anomalous)
{
    return anomalous < 0.5 || anomalous > static_cast<double>(labels.size()) - 0.5;
}

double f1Of(double truePositives, double alarms, double anomalous)
{
    return 2.0 * truePositives / (alarms + anomalous);
}

/// Calls `step(alarms, truePositives, end)` for every distinct score, from the highest down: the
/// counts are of all rows with this score or more, `end` is how many rows these are.
template <typename Step>
void walkThresholds(std::span<const double> scores, std::span<const unsigned char> labels,
                    const std::vector<std::size_t>& order, Step step)
{
    double truePositives = 0.0;
    for (std::size_t begin = 0; begin < order.size();) {
        const std::size_t end = endOfTie(scores, order, begin);
        for (std::size_t k = begin; k < end; ++k)
            truePositives += labels[order[k]] != 0 ? 1.0 : 0.0;
        step(static_cast<double>(end), truePositives, end);
        begin = end;
    }
}

bool touched(std::span<const double> scores, const LabelSegment& segment, double threshold)
{
    for (std::size_t row = segment.first; row <= segment.last; ++row) {
        if (scores[row] > threshold)
            return true;
    }
    return false;
}

} // namespace

double rocAuc(std::span<const double> scores, std::span<const unsigned char> labels)
{
    assert(scores.size() == labels.size());
    const double anomalous = countAnomalous(labels);
    if (oneClass(labels, anomalous))
        return notANumber;
    const double normal = static_cast<double>(labels.size()) - anomalous;

    double area = 0.0; // in units of one anomalous row times one normal row
    double anomalousBefore = 0.0;
    double normalBefore = 0.0;
    walkThresholds(scores, labels, byFallingScore(scores),
                   [&](double alarms, double truePositives, std::size_t) {
                       const double normalHere = alarms - truePositives - normalBefore;
                       area += normalHere * 0.5 * (anomalousBefore + truePositives);
                       anomalousBefore = truePositives;
                       normalBefore = alarms - truePositives;
                   });
    return area / (anomalous * normal);
}

double averagePrecision(std::span<const double> scores, std::span<const unsigned char> labels)
{
    assert(scores.size() == labels.size());
    const double anomalous = countAnomalous(labels);
    if (oneClass(labels, anomalous))
        return notANumber;

    double area = 0.0;
    double before = 0.0;
    walkThresholds(scores, labels, byFallingScore(scores),
                   [&](double alarms, double truePositives, std::size_t) {
                       area += (truePositives - before) * truePositives / alarms;
                       before = truePositives;
                   });
    return area / anomalous;
}

BestF1 bestF1(std::span<const double> scores, std::span<const unsigned char> labels)
{
    assert(scores.size() == labels.size());
    const double anomalous = countAnomalous(labels);
    if (oneClass(labels, anomalous))
        return {};

    const std::vector<std::size_t> order = byFallingScore(scores);
    BestF1 best;
    best.f1 = -1.0;
    std::size_t bestEnd = 0;
    walkThresholds(scores, labels, order,
                   [&](double alarms, double truePositives, std::size_t end) {
                       const double f1 = f1Of(truePositives, alarms, anomalous);
                       if (f1 > best.f1) {
                           best.f1 = f1;
                           bestEnd = end;
                       }
                   });
    // The highest value below the group's own score: its rows are above, all lower ones are not.
    best.threshold
        = std::nextafter(scores[order[bestEnd - 1]], -std::numeric_limits<double>::infinity());
    return best;
}

double f1At(std::span<const double> scores, std::span<const unsigned char> labels, double threshold)
{
    assert(scores.size() == labels.size());
    const double anomalous = countAnomalous(labels);
    if (oneClass(labels, anomalous))
        return notANumber;

    double truePositives = 0.0;
    double alarms = 0.0;
    for (std::size_t row = 0; row < scores.size(); ++row) {
        const bool alarm = scores[row] > threshold;
        alarms += alarm ? 1.0 : 0.0;
        truePositives += alarm && labels[row] != 0 ? 1.0 : 0.0;
    }
    return f1Of(truePositives, alarms, anomalous);
}

double pointAdjustedF1At(std::span<const double> scores, std::span<const unsigned char> labels,
                         double threshold, std::span<const std::size_t> starts)
{
    assert(scores.size() == labels.size());
    const double anomalous = countAnomalous(labels);
    if (oneClass(labels, anomalous))
        return notANumber;

    double truePositives = 0.0;
    for (const LabelSegment& segment : labelSegments(labels, starts)) {
        if (touched(scores, segment, threshold))
            truePositives += static_cast<double>(segment.last - segment.first + 1);
    }
    double alarms = truePositives;
    for (std::size_t row = 0; row < scores.size(); ++row)
        alarms += labels[row] == 0 && scores[row] > threshold ? 1.0 : 0.0;
    return f1Of(truePositives, alarms, anomalous);
}

BestF1 bestPointAdjustedF1(std::span<const double> scores, std::span<const unsigned char> labels,
                           std::span<const std::size_t> starts)
{
    assert(scores.size() == labels.size());
    // A segment is found as soon as its highest row is, so all its rows may as well score that.
    std::vector<double> adjusted(scores.begin(), scores.end());
    for (const LabelSegment& segment : labelSegments(labels, starts)) {
        const auto first = adjusted.begin() + static_cast<std::ptrdiff_t>(segment.first);
        const auto last = adjusted.begin() + static_cast<std::ptrdiff_t>(segment.last) + 1;
        std::fill(first, last, *std::max_element(first, last));
    }
    return bestF1(adjusted, labels);
}

double eventRecallAt(std::span<const double> scores, std::span<const unsigned char> labels,
                     double falseAlarmRate, std::span<const std::size_t> starts)
{
    assert(scores.size() == labels.size());
    assert(falseAlarmRate >= 0.0 && falseAlarmRate < 1.0);
    std::vector<double> normal;
    normal.reserve(scores.size());
    for (std::size_t row = 0; row < scores.size(); ++row) {
        assert(!std::isnan(scores[row]));
        if (labels[row] == 0)
            normal.push_back(scores[row]);
    }
    const std::vector<LabelSegment> segments = labelSegments(labels, starts);
    if (normal.empty() || segments.empty())
        return notANumber;

    // The tolerance keeps 0.01 x 300 at 3 where the product is rounded down.
    const auto allowed = static_cast<std::ptrdiff_t>(
        std::floor(falseAlarmRate * static_cast<double>(normal.size()) + 1e-9));
    std::nth_element(normal.begin(), normal.begin() + allowed, normal.end(), std::greater<>());
    const double threshold = normal[static_cast<std::size_t>(allowed)];
    const auto found
        = std::count_if(segments.begin(), segments.end(), [&](const LabelSegment& segment) {
              return touched(scores, segment, threshold);
          });
    return static_cast<double>(found) / static_cast<double>(segments.size());
}

AnomalyMetrics anomalyMetrics(std::span<const double> scores, std::span<const unsigned char> labels,
                              std::span<const std::size_t> starts, Index vusBuffer,
                              PointAdjusted pointAdjusted)
{
    AnomalyMetrics metrics;
    metrics.rocAuc = rocAuc(scores, labels);
    metrics.prAuc = averagePrecision(scores, labels);
    metrics.vusPr = vusPr(scores, labels, vusBuffer, starts);
    metrics.bestF1 = bestF1(scores, labels).f1;
    metrics.eventRecallAt1Pct = eventRecallAt(scores, labels, 0.01, starts);
    if (pointAdjusted == PointAdjusted::AskedFor)
        metrics.bestPointAdjustedF1 = bestPointAdjustedF1(scores, labels, starts).f1;
    return metrics;
}

} // namespace stint
