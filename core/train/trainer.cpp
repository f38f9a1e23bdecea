#include "core/train/trainer.h"

#include "core/model/detector.h"
#include "core/train/training_rows.h"
#include "core/train/variant_trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
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

EncoderConfig configFor(const TrainSettings& settings, Index channels, VariantName variant)
{
    EncoderConfig c;
    c.inputs = channels;
    c.outputs = channels;
    c.window = settings.window;
    c.heads = settings.heads;
    c.width = settings.width > 0 ? settings.width : std::clamp<Index>(2 * channels, 16, 128);
    if (settings.width == 0)
        c.width = (c.width + c.heads - 1) / c.heads * c.heads;
    c.hidden = settings.hidden;
    c.layers = settings.layers;
    c.attention = variant.attention;
    c.norm = settings.norm == "token" ? Norm::Token : Norm::None;
    return c;
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

std::vector<VariantName> chosenVariants(const TrainSettings& settings)
{
    if (!settings.variants.empty())
        return settings.variants;
    return {{WeightFormat::Dense, AttentionMask::Full},
            {WeightFormat::Dense, AttentionMask::StepT},
            {WeightFormat::SparseBinary, AttentionMask::StepT}};
}

double average(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Trains one variant to predict each row from the rows before it.
Result<FamilyVariant> trainVariant(const std::vector<TrainingRows>& rows,
                                   const VariantTraining& training, WorkerPool& pool,
                                   const EpochCallback& progress, const std::stop_token& stop)
{
    std::vector<SequenceData> data;
    for (const TrainingRows& part : rows)
        data.push_back({part.z.get(), part.z.get(), part.begin, part.trainEnd, part.validationEnd});
    const auto trained = trainRegression(data, training, pool, progress, stop);
    if (!trained)
        return trained.error();
    FamilyVariant variant;
    variant.config = trained->config;
    variant.keep = training.recipe.blocks.keep;
    variant.parameters = trained->parameters;
    variant.epochs = trained->epochs;
    variant.bestEpoch = trained->bestEpoch;
    variant.trainLoss = trained->trainLoss;
    variant.validationLoss = trained->validationLoss;
    variant.errorMean = std::max(average(trained->trainError), smallestMeanError);
    return variant;
}

/// Threads to train with. More than there are pieces in a batch would only wait.
std::size_t threadsFor(const TrainSettings& settings)
{
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    return settings.threads > 0 ? static_cast<std::size_t>(settings.threads) : cores;
}

} // namespace

std::optional<Error> TrainSettings::validate() const
{
    for (const VariantName& v : variants) {
        if (std::count(variants.begin(), variants.end(), v) > 1)
            return Error {"The variant " + toString(v) + " is named more than once."};
        if (v.weights == WeightFormat::Sparse || v.weights == WeightFormat::Binary
            || v.attention == AttentionMask::FixedMask)
            return Error {
                "Variants of " + toString(v)
                + " cannot be trained in this version; use dense or sbt weights with full "
                  "or step-t attention."};
    }
    if (!(keep > 0.0 && keep <= 1.0))
        return Error {"The fraction of weights kept must be above 0 and at most 1."};
    if (epochs < 1 || patience < 1)
        return Error {"The number of epochs must be at least 1."};
    if (!(learningRate > 0.0) || !std::isfinite(learningRate))
        return Error {"The learning rate must be a positive number."};
    if (!(falseAlarmTarget > 0.0 && falseAlarmTarget < 1.0))
        return Error {"The false-alarm target is a fraction of rows between 0 and 1."};
    if (norm != "none" && norm != "token")
        return Error {"\"" + norm + "\" is not a norm; use none or token."};
    if (window < 3)
        return Error {"The window must be at least 3 rows."};
    if (threads < 0 || threads > 256)
        return Error {"The number of threads must be 0 (all cores) to 256."};
    if ((rows && rows->first >= rows->second) || (rescale && rescale->first >= rescale->second))
        return Error {"A range of rows A:B needs A smaller than B."};
    return configFor(*this, std::max<Index>(1, static_cast<Index>(channels.size())), {}).validate();
}

Result<TrainOutcome> trainFamily(const std::vector<std::shared_ptr<const Recording>>& recordings,
                                 const TrainSettings& settings,
                                 const TrainProgressCallback& progress, const std::stop_token& stop)
{
    if (recordings.empty())
        return Error {"There is no recording to train on."};
    const auto wrong = settings.validate();
    if (wrong)
        return *wrong;
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
    const std::vector<VariantName> names = chosenVariants(settings);
    const auto channels = static_cast<Index>(family->channels.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const VariantName name = names[i];
        const Clock::time_point variantBegin = Clock::now();
        VariantTraining training;
        training.config = configFor(settings, channels, name);
        const auto unbuildable = training.config.validate();
        if (unbuildable)
            return *unbuildable;
        training.recipe.blocks.format = name.weights;
        training.recipe.blocks.keep
            = name.weights == WeightFormat::SparseBinary ? settings.keep : 1.0;
        training.epochs = settings.epochs;
        training.patience = settings.patience;
        training.learningRate = settings.learningRate;
        training.seed = settings.seed;
        const auto report = [&](const EpochReport& r) {
            if (!progress)
                return;
            const double share = r.last ? 1.0 : static_cast<double>(r.epoch) / settings.epochs;
            progress({name, static_cast<int>(i), static_cast<int>(names.size()), r.epoch,
                      settings.epochs, r.trainLoss, r.validationLoss,
                      (static_cast<double>(i) + share) / static_cast<double>(names.size())});
        };
        Result<FamilyVariant> trained = trainVariant(rows, training, pool, report, stop);
        if (!trained)
            return trained.error();
        trained->name = name;
        outcome.variants.push_back({name, trained->epochs, trained->bestEpoch, trained->trainLoss,
                                    trained->validationLoss, 0.0});
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
