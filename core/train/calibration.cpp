#include "core/train/calibration.h"

#include "core/detect/pot.h"
#include "core/model/detector.h"
#include "core/model/held_out_scores.h"

#include <algorithm>
#include <array>

namespace stint {

std::optional<Error> calibrate(const std::shared_ptr<Family>& family, VariantName name,
                               const std::vector<TrainingRows>& all, ThresholdRule rule,
                               double target, const std::stop_token& stop)
{
    constexpr Index block = 256;
    std::array<std::vector<double>, scoreKindCount> scores;
    const auto variant = std::find_if(family->variants.begin(), family->variants.end(),
                                      [name](const FamilyVariant& v) { return v.name == name; });
    const bool adapts = family->rescale.first < family->rescale.second;
    ResultBlock result;
    Index firstRow = 0; // of the recording that may be looked at
    std::size_t recording = all.size();
    for (const TrainingRows& rows : all) {
        if (rows.recording != recording)
            firstRow = rows.begin;
        recording = rows.recording;
        // Not on the rows that are judged here: their errors must be those of unseen rows.
        const Adaptation adaptation = adapts
            ? adaptedTo(*family, *variant, *rows.z, rows.begin, rows.trainEnd)
            : adaptationOf(*family, *variant);
        Detector detector(family, {name.weights, name.attention, Inference::Window},
                          ScoreKind::Combined, block, adaptation);
        const Index from = std::max(firstRow, rows.validationEnd - detector.memory());
        detector.reset(from);
        for (Index at = from; at < rows.calibrationEnd; at += block) {
            if (stop.stop_requested())
                return Error {"cancelled"};
            const Index count = std::min(block, rows.calibrationEnd - at);
            detector.step(rows.z->row(at), rows.z->stride(), count, 0.0F, {}, result);
            for (Index r = std::max<Index>(0, rows.validationEnd - at); r < count; ++r) {
                const auto i = static_cast<std::size_t>(r);
                scores[0].push_back(static_cast<double>(result.score[i]));
                scores[1].push_back(static_cast<double>(result.encoderScore[i]));
                scores[2].push_back(static_cast<double>(result.autoregressionScore[i]));
            }
        }
    }
    for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
        Threshold& threshold = variant->thresholds[kind];
        threshold = rule == ThresholdRule::Pot ? calibratePot(scores[kind], target)
                                               : calibrateThreshold(scores[kind], target);
        threshold.quantiles = shortQuantiles(scores[kind]);
    }
    keepHeldOut(*variant, scores);
    return std::nullopt;
}

} // namespace stint
