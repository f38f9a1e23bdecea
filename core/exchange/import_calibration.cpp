#include "core/exchange/import_calibration.h"

#include "core/model/adaptation.h"
#include "core/model/detector.h"
#include "core/model/held_out_scores.h"

#include <algorithm>
#include <array>

namespace stint {

namespace {

constexpr Index block = 256;

/// Scores of rows [split, last) by kind, as a run over all rows from `first` on gives them.
std::array<std::vector<double>, scoreKindCount>
scoresOf(const std::shared_ptr<const Family>& family, VariantName name, const Matrix<float>& z,
         Index first, Index split, Index last, const std::stop_token& stop)
{
    std::array<std::vector<double>, scoreKindCount> scores;
    Detector detector(family, {name.weights, name.attention, Inference::Window},
                      ScoreKind::Combined, block);
    ResultBlock result;
    const Index from = std::max(first, split - detector.memory());
    detector.reset(from);
    for (Index at = from; at < last && !stop.stop_requested(); at += block) {
        const Index count = std::min(block, last - at);
        detector.step(z.row(at), z.stride(), count, 0.0F, {}, result);
        for (Index r = std::max<Index>(0, split - at); r < count; ++r) {
            const auto i = static_cast<std::size_t>(r);
            scores[0].push_back(static_cast<double>(result.score[i]));
            scores[1].push_back(static_cast<double>(result.encoderScore[i]));
            scores[2].push_back(static_cast<double>(result.autoregressionScore[i]));
        }
    }
    return scores;
}

} // namespace

Result<Done> calibrateImported(Family& family, const Matrix<float>& z, Index first, Index last,
                               double target, const std::stop_token& stop)
{
    if (family.task == ModelTask::Classify)
        return Error {"A model that classifies has nothing to calibrate; leave out --calibrate."};
    const EncoderConfig& config = family.variants.front().config;
    const auto channels = static_cast<Index>(family.channels.size());
    const Index order = std::min(baselineOrder, config.past() + family.lags - 1);
    const Index split = first + (last - first) * 2 / 3;
    const Index needed = 3 * std::max(config.window + family.lags, order * channels);
    if (last - first < needed || order < 1)
        return Error {"There are " + std::to_string(std::max<Index>(0, last - first))
                      + " normal rows to calibrate on, and at least " + std::to_string(needed)
                      + " are needed; give more with --rows."};
    auto calibrated = std::make_shared<Family>(family);
    const std::vector<RowMatrix> rows {toRowMatrix(z, first, split)};
    auto baselines = fitBaselines(rows);
    auto fitted = fitAutoregression(rows, order, baselineRidge);
    if (!fitted || !baselines)
        return !fitted ? fitted.error() : baselines.error();
    calibrated->autoregression = std::move(*fitted);
    calibrated->autoregressionError = meanSquaredError(calibrated->autoregression, rows).mean();
    calibrated->baselines = std::move(*baselines);
    calibrated->baselines.autoregression = calibrated->autoregression;
    calibrated->baselines.autoregressionError = calibrated->autoregressionError;
    for (FamilyVariant& variant : calibrated->variants) {
        variant.errorMean = adaptedTo(*calibrated, variant, z, first, split).encoderError;
        const auto scores = scoresOf(calibrated, variant.name, z, first, split, last, stop);
        if (stop.stop_requested())
            return Error {"cancelled"};
        for (std::size_t kind = 0; kind < scoreKindCount; ++kind) {
            variant.thresholds[kind] = calibrateThreshold(scores[kind], target);
            variant.thresholds[kind].quantiles = shortQuantiles(scores[kind]);
        }
        keepHeldOut(variant, scores);
    }
    calibrated->training.calibrationRows = last - split;
    calibrated->training.trainRows = split - first;
    family = std::move(*calibrated);
    return Done {};
}

} // namespace stint
