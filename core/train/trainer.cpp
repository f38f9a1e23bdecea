#include "core/train/trainer.h"

#include "core/model/adaptation.h"
#include "core/model/packed_form.h"
#include "core/train/calibration.h"
#include "core/train/linear_fit.h"
#include "core/train/series_rows.h"
#include "core/train/training_rows.h"
#include "core/train/training_targets.h"
#include "core/train/variant_trainer.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <thread>

namespace stint {

namespace {

using Clock = std::chrono::steady_clock;
using Recordings = std::vector<std::shared_ptr<const Recording>>;

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
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

double average(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0)
        / std::max(1.0, static_cast<double>(values.size()));
}

/// Threads to train with. More than there are pieces in a batch would only wait.
std::size_t threadsFor(const TrainSettings& settings)
{
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    return settings.threads > 0 ? static_cast<std::size_t>(settings.threads) : cores;
}

VariantTraining trainingOf(const TrainSettings& s, const EncoderConfig& config, VariantName name)
{
    VariantTraining training;
    training.config = config;
    training.recipe = recipeFor(s, name);
    training.learningRate = s.learningRate;
    training.scoreRate = s.scoreRate;
    training.cosine = s.cosine;
    training.epochs = s.epochs;
    training.patience = s.patience;
    training.batch = s.batch;
    training.clip = s.clip;
    training.stride = s.stride;
    training.seed = s.seed;
    return training;
}

/// One run: the variants one after the other, whatever they learn from.
class FamilyTraining {
public:
    FamilyTraining(const TrainSettings& settings, const TrainProgressCallback& progress,
                   const std::stop_token& stop)
        : m_settings(settings),
          m_progress(progress),
          m_stop(stop),
          m_names(variantsOf(settings)),
          m_pool(threadsFor(settings)),
          m_family(std::make_shared<Family>())
    {
        m_family->task = settings.task;
        m_family->lags = settings.lags;
        m_family->skip = settings.skip;
        m_family->season = settings.season;
        m_family->packed = settings.packed;
        m_family->training.seed = settings.seed;
        if (settings.task == ModelTask::Forecast)
            m_family->smoothingSpan = 1.0;
    }

    std::optional<Error> predict(const Recordings& recordings);
    std::optional<Error> classify(const Recordings& recordings);
    TrainOutcome take(const Recordings& recordings);

private:
    using Train
        = std::function<Result<TrainedVariant>(const VariantTraining&, const EpochCallback&)>;

    std::optional<Error> trainOne(std::size_t i, const EncoderConfig& config, const Train& train);
    void fitClassifiers(const SeriesRows& rows, Index classes);
    void report(std::size_t i, const EpochReport& epoch) const;

    const TrainSettings& m_settings;
    const TrainProgressCallback& m_progress;
    const std::stop_token& m_stop;
    std::vector<VariantName> m_names;
    WorkerPool m_pool;
    std::shared_ptr<Family> m_family;
    TrainOutcome m_outcome;
    Clock::time_point m_begin = Clock::now();
};

void FamilyTraining::report(std::size_t i, const EpochReport& epoch) const
{
    if (!m_progress)
        return;
    const double share = epoch.last ? 1.0 : static_cast<double>(epoch.epoch) / m_settings.epochs;
    m_progress(
        {.variant = m_names[i],
         .variantIndex = static_cast<int>(i),
         .variantCount = static_cast<int>(m_names.size()),
         .epoch = epoch.epoch,
         .epochs = m_settings.epochs,
         .trainLoss = epoch.trainLoss,
         .validationLoss = epoch.validationLoss,
         .validationAccuracy = epoch.validationAccuracy,
         .fraction = (static_cast<double>(i) + share) / static_cast<double>(m_names.size())});
}

std::optional<Error> FamilyTraining::trainOne(std::size_t i, const EncoderConfig& config,
                                              const Train& train)
{
    const VariantName name = m_names[i];
    auto unbuildable = config.validate();
    if (unbuildable)
        return unbuildable;
    const VariantTraining training = trainingOf(m_settings, config, name);
    const auto trained = train(training, [this, i](const EpochReport& epoch) { report(i, epoch); });
    if (!trained)
        return trained.error();
    m_outcome.variants.push_back({.variant = name,
                                  .epochs = trained->epochs,
                                  .bestEpoch = trained->bestEpoch,
                                  .trainLoss = trained->trainLoss,
                                  .validationLoss = trained->validationLoss,
                                  .validationAccuracy = trained->validationAccuracy});
    FamilyVariant variant;
    variant.name = name;
    variant.config = trained->config;
    variant.parameters = trained->parameters;
    if (m_settings.packed) {
        // Before thresholds are measured, so that they fit what the file gives back.
        auto rounded = roundedToPacked(variant.config, std::move(variant.parameters));
        if (!rounded)
            return rounded.error();
        variant.parameters = std::move(*rounded);
    }
    variant.keep = training.recipe.blocks.keep;
    if (m_settings.task != ModelTask::Classify)
        variant.errorMean = std::max(average(trained->trainError), smallestMeanError);
    variant.epochs = trained->epochs;
    variant.bestEpoch = trained->bestEpoch;
    variant.trainLoss = trained->trainLoss;
    // A file holds numbers only.
    const bool validated = trained->validationLoss == trained->validationLoss;
    variant.validationLoss = validated ? trained->validationLoss : 0.0;
    variant.validationAccuracy = trained->validationAccuracy;
    m_family->variants.push_back(std::move(variant));
    return std::nullopt;
}

/// Anomalies and forecasts: answers about the next row.
std::optional<Error> FamilyTraining::predict(const Recordings& recordings)
{
    const Index lead = m_settings.window - 1 + m_settings.lags - 1;
    const auto prepared = prepareRows(recordings, m_settings.channels, m_settings.rows,
                                      m_settings.rescale, lead + 1, *m_family);
    if (!prepared)
        return prepared.error();
    const std::vector<TrainingRows>& rows = *prepared;
    auto unfit = fitLinear(rows, lead, m_settings.baselines, *m_family);
    if (unfit)
        return unfit;
    for (const TrainingRows& part : rows) {
        m_family->training.trainRows += part.trainEnd - part.begin;
        m_family->training.validationRows += part.validationEnd - part.trainEnd;
        m_family->training.calibrationRows += part.calibrationEnd - part.validationEnd;
    }
    const TrainingTargets targets(rows, *m_family);
    const auto channels = static_cast<Index>(m_family->channels.size());
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        const Clock::time_point begin = Clock::now();
        const EncoderConfig config
            = encoderFor(m_settings, channels, channels, m_settings.window, m_names[i]);
        auto failed = trainOne(i, config, [&](const auto& training, const auto& progress) {
            return trainRegression(targets.sequences(), training, m_pool, progress, m_stop);
        });
        if (!failed)
            failed = calibrate(m_family, m_names[i], rows, m_settings.thresholdRule,
                               m_settings.falseAlarmTarget, m_stop);
        if (failed)
            return failed;
        m_outcome.variants.back().seconds = secondsSince(begin);
    }
    addRemarks(*m_family, rows);
    return std::nullopt;
}

std::optional<Error> FamilyTraining::classify(const Recordings& recordings)
{
    const auto prepared = prepareSeries(recordings, m_settings, *m_family);
    if (!prepared)
        return prepared.error();
    const auto channels = static_cast<Index>(m_family->channels.size());
    const auto classes = static_cast<Index>(m_family->classes.size());
    const auto rowsOf = [](const std::vector<SeriesData>& all) {
        Index rows = 0;
        for (const SeriesData& series : all)
            rows += series.last - series.first;
        return rows;
    };
    m_family->training.trainRows = rowsOf(prepared->train);
    m_family->training.validationRows = rowsOf(prepared->validation);
    if (m_settings.baselines)
        fitClassifiers(*prepared, classes);
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        const Clock::time_point begin = Clock::now();
        const EncoderConfig config
            = encoderFor(m_settings, channels, classes, prepared->window, m_names[i]);
        auto failed = trainOne(i, config, [&](const auto& training, const auto& progress) {
            return trainClassifier(prepared->train, prepared->validation, training, m_pool,
                                   progress, m_stop);
        });
        if (failed)
            return failed;
        m_outcome.variants.back().seconds = secondsSince(begin);
    }
    return std::nullopt;
}

/// The plain classifiers. Many windows of a stream resemble each other; some of them are enough.
void FamilyTraining::fitClassifiers(const SeriesRows& rows, Index classes)
{
    constexpr std::size_t mostSeries = 1000;
    SeriesSet set;
    set.classes = classes;
    const std::size_t step = (rows.train.size() + mostSeries - 1) / mostSeries;
    for (std::size_t i = 0; i < rows.train.size(); i += step) {
        const SeriesData& series = rows.train[i];
        set.series.push_back(toRowMatrix(*series.rows, series.first, series.last));
        set.labels.push_back(series.label);
    }
    auto fitted = fitClassificationBaselines(set, m_settings.seed, threadsFor(m_settings));
    if (fitted && m_family->packed)
        roundToPacked(*fitted);
    if (fitted)
        m_family->classification
            = std::make_shared<const ClassificationBaselines>(std::move(*fitted));
    else
        m_family->training.remarks.push_back("There are no baselines: " + fitted.error().message);
}

TrainOutcome FamilyTraining::take(const Recordings& recordings)
{
    for (const auto& recording : recordings)
        m_family->training.recordings.push_back(recording->name);
    m_outcome.remarks = m_family->training.remarks;
    m_outcome.family = std::move(m_family);
    m_outcome.seconds = secondsSince(m_begin);
    return std::move(m_outcome);
}

} // namespace

Result<TrainOutcome> trainFamily(const Recordings& recordings, const TrainSettings& settings,
                                 const TrainProgressCallback& progress, const std::stop_token& stop)
{
    if (recordings.empty())
        return Error {"There is no recording to train on."};
    const auto wrong = settings.validate();
    if (wrong)
        return *wrong;
    FamilyTraining training(settings, progress, stop);
    const auto failed = settings.task == ModelTask::Classify ? training.classify(recordings)
                                                             : training.predict(recordings);
    if (failed)
        return *failed;
    return training.take(recordings);
}

} // namespace stint
