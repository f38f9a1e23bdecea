#include "core/train/trainer.h"

#include "core/model/detector.h"
#include "core/train/training_rows.h"
#include "core/train/variant_trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

namespace stint {

namespace {

using Clock = std::chrono::steady_clock;

constexpr Index autoregressionOrder = 8;
/// Tried one by one; the validation rows choose. The penalty adds to sums over rows.
constexpr double ridges[] = {1.0, 10.0, 100.0, 1000.0, 10000.0};

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::vector<RowMatrix> partsOf(const std::vector<TrainingRows>& all, Index TrainingRows::*first,
                               Index TrainingRows::*last, Index before)
{
    std::vector<RowMatrix> parts;
    parts.reserve(all.size());
    for (const TrainingRows& rows : all)
        parts.push_back(
            toRowMatrix(*rows.z, std::max(rows.begin, rows.*first - before), rows.*last));
    return parts;
}

/// Mean squared error on validation rows of an autoregression fitted to all training rows, or
/// to those of each recording where they are adapted one by one.
Result<double> validationError(const std::vector<RowMatrix>& train,
                               const std::vector<RowMatrix>& validation, Index order, double ridge,
                               bool oneByOne)
{
    double sum = 0.0;
    const std::size_t fits = oneByOne ? train.size() : 1;
    for (std::size_t i = 0; i < fits; ++i) {
        const auto fitted
            = fitAutoregression(oneByOne ? std::vector<RowMatrix> {train[i]} : train, order, ridge);
        if (!fitted)
            return fitted.error();
        sum += meanSquaredError(*fitted,
                                oneByOne ? std::vector<RowMatrix> {validation[i]} : validation)
                   .mean();
    }
    return sum / static_cast<double>(fits);
}

/// The autoregression with the ridge that predicts the validation rows best, and the baselines.
std::optional<Error> fitLinear(const std::vector<TrainingRows>& rows, Index window, Family& family)
{
    const Index order = std::min(autoregressionOrder, window - 1);
    const auto train = partsOf(rows, &TrainingRows::begin, &TrainingRows::trainEnd, 0);
    const auto validation
        = partsOf(rows, &TrainingRows::trainEnd, &TrainingRows::validationEnd, order);
    double best = std::numeric_limits<double>::infinity();
    double chosen = ridges[0];
    for (const double ridge : ridges) {
        const auto error = validationError(train, validation, order, ridge,
                                           family.rescale.first < family.rescale.second);
        if (!error)
            return error.error();
        if (*error < best) {
            best = *error;
            chosen = ridge;
        }
    }
    auto fitted = fitAutoregression(train, order, chosen);
    if (!fitted)
        return fitted.error();
    family.autoregression = std::move(*fitted);
    family.autoregressionError = meanSquaredError(family.autoregression, train).mean();
    auto baselines = fitBaselines(train, family.autoregression.ridge);
    if (!baselines)
        return baselines.error();
    family.baselines = std::move(*baselines);
    family.baselines.autoregression = family.autoregression;
    return std::nullopt;
}

/// Sets the thresholds of a variant from the calibration rows.
std::optional<Error> calibrate(const std::shared_ptr<Family>& family, VariantName name,
                               const std::vector<TrainingRows>& all, double target,
                               const std::stop_token& stop)
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
    for (std::size_t kind = 0; kind < scoreKindCount; ++kind)
        variant->thresholds[kind] = calibrateThreshold(scores[kind], target);
    return std::nullopt;
}

void addRemarks(Family& family, const std::vector<TrainingRows>& rows)
{
    std::vector<std::string>& remarks = family.training.remarks;
    std::string constant;
    for (std::size_t c = 0; c < family.channels.size(); ++c) {
        const auto at = static_cast<Index>(c);
        const bool moves = std::any_of(rows.begin(), rows.end(), [at](const TrainingRows& r) {
            for (Index t = r.begin; t < r.trainEnd; ++t) {
                if ((*r.z)(t, at) != (*r.z)(r.begin, at))
                    return true;
            }
            return false;
        });
        if (!moves)
            constant += (constant.empty() ? "" : ", ") + family.channels[c].name;
    }
    if (!constant.empty())
        remarks.push_back("These channels never change in the training rows, so any change of "
                          "them will count as an anomaly: "
                          + constant + ".");
    const std::string& threshold = family.variants.front().thresholds[0].remark;
    if (!threshold.empty())
        remarks.push_back(threshold);
}

/// Threads to train with. More than there are pieces in a batch would only wait.
std::size_t threadsFor(const TrainSettings& settings)
{
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    return settings.threads > 0 ? static_cast<std::size_t>(settings.threads) : cores;
}

} // namespace

Result<TrainOutcome> trainFamily(const std::vector<std::shared_ptr<const Recording>>& recordings,
                                 const TrainSettings& settings,
                                 const TrainProgressCallback& progress, const std::stop_token& stop)
{
    if (recordings.empty())
        return Error {"There is no recording to train on."};
    const auto wrong = settings.validate();
    if (wrong)
        return *wrong;
    for (const VariantName& v : variantsOf(settings)) {
        if (v.weights == WeightFormat::Sparse || v.weights == WeightFormat::Binary
            || settings.task != ModelTask::Anomaly)
            return Error {"Variants of " + toString(v) + " cannot be trained yet."};
    }
    const Clock::time_point begin = Clock::now();
    auto family = std::make_shared<Family>();
    const auto prepared = prepareRows(recordings, settings.channels, settings.rows,
                                      settings.rescale, settings.window, *family);
    if (!prepared)
        return prepared.error();
    const std::vector<TrainingRows>& rows = *prepared;
    const auto unfit = fitLinear(rows, settings.window, *family);
    if (unfit)
        return *unfit;

    family->training.seed = settings.seed;
    for (const auto& recording : recordings)
        family->training.recordings.push_back(recording->name);
    for (const TrainingRows& part : rows) {
        family->training.trainRows += part.trainEnd - part.begin;
        family->training.validationRows += part.validationEnd - part.trainEnd;
        family->training.calibrationRows += part.calibrationEnd - part.validationEnd;
    }

    WorkerPool pool(threadsFor(settings));
    TrainOutcome outcome;
    const std::vector<VariantName> names = variantsOf(settings);
    const auto channels = static_cast<Index>(family->channels.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const VariantName name = names[i];
        const Clock::time_point variantBegin = Clock::now();
        VariantTraining training;
        training.config = encoderFor(settings, channels, channels, settings.window, name);
        const auto unbuildable = training.config.validate();
        if (unbuildable)
            return *unbuildable;
        training.blocks.format = name.weights;
        training.blocks.keep = name.weights == WeightFormat::SparseBinary ? settings.keep : 1.0;
        training.epochs = settings.epochs;
        training.patience = settings.patience;
        training.learningRate = settings.learningRate;
        training.seed = settings.seed;
        const auto report = [&](int epoch, double trainLoss, double validationLoss, bool last) {
            if (!progress)
                return;
            const double share = last ? 1.0 : static_cast<double>(epoch) / settings.epochs;
            progress({name, static_cast<int>(i), static_cast<int>(names.size()), epoch,
                      settings.epochs, trainLoss, validationLoss, 0.0,
                      (static_cast<double>(i) + share) / static_cast<double>(names.size())});
        };
        Result<FamilyVariant> trained = trainVariant(rows, training, pool, report, stop);
        if (!trained)
            return trained.error();
        trained->name = name;
        outcome.variants.push_back({name, trained->epochs, trained->bestEpoch, trained->trainLoss,
                                    trained->validationLoss, 0.0, 0.0});
        family->variants.push_back(std::move(*trained));
        const auto cancelled = calibrate(family, name, rows, settings.falseAlarmTarget, stop);
        if (cancelled)
            return *cancelled;
        outcome.variants.back().seconds = secondsSince(variantBegin);
    }
    addRemarks(*family, rows);
    outcome.remarks = family->training.remarks;
    outcome.family = std::move(family);
    outcome.seconds = secondsSince(begin);
    return outcome;
}

} // namespace stint
