#include "core/train/variant_trainer.h"

#include "core/train/adam.h"
#include "core/train/classification_objective.h"
#include "core/train/encoder_pass.h"
#include "core/train/regression_objective.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>

namespace stint {

namespace {

/// The loop that all objectives share.
class VariantTrainer {
public:
    VariantTrainer(const Objective& objective, const VariantTraining& settings, WorkerPool& pool)
        : m_objective(objective),
          m_settings(settings),
          m_pool(pool),
          m_rng(settings.seed),
          m_encoder(settings.config, settings.recipe, Rng(settings.seed).fork(1)),
          m_slots(objective.piecesPerBatch())
    {
        for (PieceSlot& slot : m_slots) {
            slot.pass = std::make_unique<EncoderPass<float>>(m_encoder);
            slot.gradient = m_encoder.zeroGradient();
        }
        std::vector<std::size_t> sizes;
        for (const auto& slot : m_encoder.slots())
            sizes.push_back(slot.value.size());
        m_adam = std::make_unique<Adam<float>>(sizes);
    }

    Result<TrainedVariant> train(const EpochCallback& progress, const std::stop_token& stop);

private:
    /// What one piece of a batch needs; as many as a batch has pieces, whatever the number of
    /// threads, so that sums do not depend on it.
    struct PieceSlot {
        std::unique_ptr<EncoderPass<float>> pass;
        EncoderGradient<float> gradient;
        PassLayout layout;
        Matrix<float> rows;
        Matrix<float> answers; // then their gradient
        double loss = 0.0;
    };

    void forward(const Piece& piece, Stretch stretch, PassPurpose purpose, PieceSlot& slot);
    double learn(const std::vector<Piece>& pieces, std::size_t first, std::size_t count,
                 double rateShare);
    double runEpoch(int epoch, const std::stop_token& stop);
    LossSums measure(const std::vector<Piece>& pieces, Stretch stretch);
    [[nodiscard]] double clipFactor(const std::vector<TrainedSlot<float>>& slots) const;

    const Objective& m_objective;
    const VariantTraining& m_settings;
    WorkerPool& m_pool;
    Rng m_rng;
    TrainableEncoder<float> m_encoder;
    std::vector<PieceSlot> m_slots;
    std::unique_ptr<Adam<float>> m_adam;
};

void VariantTrainer::forward(const Piece& piece, Stretch stretch, PassPurpose purpose,
                             PieceSlot& slot)
{
    m_objective.lay(piece, stretch, slot.layout, slot.rows);
    slot.answers = slot.pass->forward(slot.layout, slot.rows, purpose);
}

/// What the gradient is multiplied with so that its norm stays within the limit.
double VariantTrainer::clipFactor(const std::vector<TrainedSlot<float>>& slots) const
{
    if (m_settings.clip <= 0.0)
        return 1.0;
    double sum = 0.0;
    for (const TrainedSlot<float>& slot : slots) {
        for (const float g : slot.gradient)
            sum += static_cast<double>(g) * static_cast<double>(g);
    }
    return std::min(1.0, m_settings.clip / (std::sqrt(sum) + 1e-6));
}

/// One optimiser step on `count` pieces. \return the sum of their losses.
double VariantTrainer::learn(const std::vector<Piece>& pieces, std::size_t first, std::size_t count,
                             double rateShare)
{
    std::size_t answers = 0;
    for (std::size_t i = 0; i < count; ++i)
        answers += pieces[first + i].targets.size();
    m_pool.run(count, [&](std::size_t i) {
        PieceSlot& slot = m_slots[i];
        forward(pieces[first + i], Stretch::Train, PassPurpose::Learn, slot);
        slot.loss = m_objective.gradient(pieces[first + i], answers, slot.answers);
        slot.gradient.setZero();
        slot.pass->backward(slot.layout, slot.rows, slot.answers, slot.gradient);
    });
    EncoderGradient<float>& sum = m_slots[0].gradient;
    double loss = m_slots[0].loss;
    for (std::size_t i = 1; i < count; ++i) {
        sum += m_slots[i].gradient;
        loss += m_slots[i].loss;
    }
    m_encoder.collect(sum);
    m_encoder.absorbStatistics(sum);
    auto slots = m_encoder.slots();
    const double scoreRate
        = m_settings.scoreRate > 0.0 ? m_settings.scoreRate : m_settings.learningRate;
    m_adam->step(slots, static_cast<float>(m_settings.learningRate * rateShare),
                 static_cast<float>(scoreRate * rateShare), static_cast<float>(clipFactor(slots)));
    m_encoder.prepare();
    return loss;
}

/// \return the mean loss on the way, or NaN after a stop request.
double VariantTrainer::runEpoch(int epoch, const std::stop_token& stop)
{
    const std::vector<Piece> pieces = m_objective.epochPieces(m_rng);
    double loss = 0.0;
    double answers = 0.0;
    for (std::size_t first = 0; first < pieces.size(); first += m_slots.size()) {
        if (stop.stop_requested())
            return std::numeric_limits<double>::quiet_NaN();
        const std::size_t count = std::min(m_slots.size(), pieces.size() - first);
        const double done = (static_cast<double>(epoch - 1)
                             + static_cast<double>(first) / static_cast<double>(pieces.size()))
            / static_cast<double>(m_settings.epochs);
        loss += learn(pieces, first, count,
                      m_settings.cosine ? 0.5 * (1.0 + std::cos(std::numbers::pi * done)) : 1.0);
        for (std::size_t i = 0; i < count; ++i)
            answers += static_cast<double>(pieces[first + i].targets.size());
    }
    return loss / std::max(answers, 1.0);
}

LossSums VariantTrainer::measure(const std::vector<Piece>& pieces, Stretch stretch)
{
    LossSums sum;
    for (std::size_t first = 0; first < pieces.size(); first += m_slots.size()) {
        const std::size_t count = std::min(m_slots.size(), pieces.size() - first);
        m_pool.run(count, [&](std::size_t i) {
            forward(pieces[first + i], stretch, PassPurpose::Measure, m_slots[i]);
        });
        for (std::size_t i = 0; i < count; ++i)
            m_objective.tally(pieces[first + i], stretch, m_slots[i].answers, sum);
    }
    return sum;
}

Result<TrainedVariant> VariantTrainer::train(const EpochCallback& progress,
                                             const std::stop_token& stop)
{
    const std::vector<Piece> validation = m_objective.measuredPieces(Stretch::Validation);
    const bool keepsBest = m_settings.patience > 0 && !validation.empty();
    TrainedVariant best;
    best.config = m_settings.config;
    std::unique_ptr<TrainableEncoder<float>> bestEncoder;
    for (int epoch = 1; epoch <= m_settings.epochs; ++epoch) {
        EpochReport report {epoch, runEpoch(epoch, stop)};
        if (stop.stop_requested())
            return Error {"cancelled"};
        const LossSums measured = measure(validation, Stretch::Validation);
        report.validationLoss
            = validation.empty() ? std::numeric_limits<double>::quiet_NaN() : measured.meanLoss();
        report.validationAccuracy = measured.correct / std::max(measured.answers, 1.0);
        if (!std::isfinite(report.trainLoss))
            return Error {"The training of one variant diverged; try a smaller learning rate."};
        best.epochs = epoch;
        const bool better = !keepsBest || epoch == 1 || report.validationLoss < best.validationLoss;
        if (better) {
            best.bestEpoch = epoch;
            best.trainLoss = report.trainLoss;
            best.validationLoss = report.validationLoss;
            best.validationAccuracy = report.validationAccuracy;
        }
        if (better && keepsBest)
            bestEncoder = std::make_unique<TrainableEncoder<float>>(m_encoder);
        report.last = epoch == m_settings.epochs
            || (keepsBest && epoch - best.bestEpoch >= m_settings.patience);
        if (progress)
            progress(report);
        if (report.last)
            break;
    }
    if (bestEncoder)
        m_encoder = *bestEncoder;
    best.parameters = m_encoder.parameters();
    const LossSums trained = measure(m_objective.measuredPieces(Stretch::Train), Stretch::Train);
    for (const double squares : trained.squared)
        best.trainError.push_back(squares / std::max(trained.answers, 1.0));
    return best;
}

std::optional<Error> wrongSettings(const VariantTraining& s)
{
    if (auto wrong = s.config.validate())
        return wrong;
    if (s.epochs < 1 || s.patience < 0 || s.batch < 1 || s.stride < 1)
        return Error {"A training needs at least one epoch, one row or series per step and a "
                      "stride of at least 1."};
    if (!(s.learningRate > 0.0) || !std::isfinite(s.learningRate) || !(s.scoreRate >= 0.0)
        || !std::isfinite(s.scoreRate) || !(s.clip >= 0.0))
        return Error {"Learning rates and the limit of the gradient must be positive numbers."};
    for (const LinearRecipe* recipe : {&s.recipe.blocks, &s.recipe.embed, &s.recipe.head}) {
        if (!(recipe->keep > 0.0 && recipe->keep <= 1.0))
            return Error {"The fraction of weights kept must be above 0 and at most 1."};
        if (recipe->gated && recipe->binary())
            return Error {"Only float layers can have a gate."};
    }
    return std::nullopt;
}

std::optional<Error> wrongSeries(const std::vector<SeriesData>& all, const EncoderConfig& c)
{
    for (const SeriesData& one : all) {
        const Index length = one.last - one.first;
        if (length < 1 || length > c.window || (c.norm == Norm::Time && length != c.window))
            return Error {"A series of " + std::to_string(length)
                          + " rows does not fit a window of " + std::to_string(c.window) + "."};
        if (one.label < 0 || static_cast<Index>(one.label) >= c.outputs)
            return Error {"Class " + std::to_string(one.label) + " is not one of the "
                          + std::to_string(c.outputs) + " classes."};
    }
    return std::nullopt;
}

} // namespace

Result<TrainedVariant> trainRegression(const std::vector<SequenceData>& data,
                                       const VariantTraining& settings, WorkerPool& pool,
                                       const EpochCallback& progress, const std::stop_token& stop)
{
    if (const auto wrong = wrongSettings(settings))
        return *wrong;
    const RegressionObjective objective(data, settings);
    if (objective.measuredPieces(Stretch::Train).empty())
        return Error {"No row can be trained on: each needs "
                      + std::to_string(settings.config.past())
                      + " rows before it and a known target."};
    return VariantTrainer(objective, settings, pool).train(progress, stop);
}

Result<TrainedVariant> trainClassifier(const std::vector<SeriesData>& train,
                                       const std::vector<SeriesData>& validation,
                                       const VariantTraining& settings, WorkerPool& pool,
                                       const EpochCallback& progress, const std::stop_token& stop)
{
    if (const auto wrong = wrongSettings(settings))
        return *wrong;
    if (train.empty())
        return Error {"There is no series to train on."};
    for (const auto* series : {&train, &validation}) {
        if (const auto wrong = wrongSeries(*series, settings.config))
            return *wrong;
    }
    const ClassificationObjective objective(train, validation, settings);
    return VariantTrainer(objective, settings, pool).train(progress, stop);
}

} // namespace stint
