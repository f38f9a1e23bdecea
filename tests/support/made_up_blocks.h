#pragma once

#include "core/detect/result_block.h"
#include "core/series/recording.h"

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

namespace stint::test {

inline constexpr Mode denseWindow {WeightFormat::Dense, AttentionMask::StepT, Inference::Window};
inline constexpr Mode denseContinual {WeightFormat::Dense, AttentionMask::StepT,
                                      Inference::Continual};
inline constexpr Mode binaryContinual {WeightFormat::SparseBinary, AttentionMask::StepT,
                                       Inference::Continual};

/// What a made-up block is about.
struct BlockPlan {
    std::uint64_t run = 1;
    Mode mode = denseContinual;
    Index first = 0;
    Index rows = 0;
    Index channels = 3;
    float threshold = 1.0F;
    std::function<double(Index row)> score = [](Index) { return 0.5; };
    std::uint64_t stepsBefore = 0; ///< of the run
    std::uint64_t operationsPerStep = 100;
    Index layers = 0; ///< 0: no attention
    Index heads = 2;
    Index lags = 7;
    bool newestIsKey = false;
    ModelTask task = ModelTask::Anomaly;
    bool forecast = false; ///< the blocks bring madeUpForecast()
    Index classes = 0;
    std::function<int(Index row)> chosen = [](Index) { return 0; }; ///< its probability: the score
};

/// The forecast that makeBlock() makes up: another one for every place.
inline float madeUpForecast(Index row, Index channel)
{
    return static_cast<float>(row) + 1000.0F * static_cast<float>(channel);
}

/// Turns a made-up block into one that classifies.
inline void addClasses(const BlockPlan& plan, ResultBlock& block)
{
    block.classes = plan.classes;
    block.threshold = std::numeric_limits<float>::max();
    for (Index i = 0; i < plan.rows; ++i) {
        const int chosen = plan.chosen(plan.first + i);
        const float sure = block.score[static_cast<std::size_t>(i)];
        block.alarm[static_cast<std::size_t>(i)] = 0;
        block.chosenClass.push_back(static_cast<std::int16_t>(chosen));
        for (Index k = 0; k < plan.classes; ++k)
            block.probabilities.push_back(
                k == chosen ? sure : (1.0F - sure) / static_cast<float>(plan.classes - 1));
    }
}

/// Weight of the attention that makeBlock() makes up: another one for every place, none negative,
/// sum 1 over the lags.
inline float madeUpWeight(Index row, Index layer, Index head, Index lag, Index lags)
{
    const auto raw = [&](Index l) {
        return 1.0 + 0.5 * std::sin(static_cast<double>(row * 3 + layer * 5 + head * 7 + l));
    };
    double sum = 0.0;
    for (Index l = 1; l <= lags; ++l)
        sum += raw(l);
    return static_cast<float>(raw(lag) / sum);
}

/// A block as the engine would fill it. The channel that contributes most is row / 10 modulo the
/// channels; rows whose number is a multiple of 50 are held.
inline ResultBlock makeBlock(const BlockPlan& plan)
{
    ResultBlock block;
    block.run = plan.run;
    block.mode = plan.mode;
    block.firstRow = plan.first;
    block.rows = plan.rows;
    block.channels = plan.channels;
    block.threshold = plan.threshold;
    for (Index row = plan.first; row < plan.first + plan.rows; ++row) {
        const auto score = static_cast<float>(plan.score(row));
        block.score.push_back(score);
        block.encoderScore.push_back(score);
        block.autoregressionScore.push_back(0.0F);
        block.alarm.push_back(score > plan.threshold ? 1 : 0);
        block.part.push_back(row % 2 == 0 ? ScorePart::Encoder : ScorePart::Autoregression);
        block.held.push_back(row % 50 == 0 ? 1 : 0);
        for (Index c = 0; c < plan.channels; ++c)
            block.contributions.push_back(c == row / 10 % plan.channels ? score : 0.0F);
    }
    block.task = plan.task;
    for (Index row = plan.first; plan.forecast && row < plan.first + plan.rows; ++row)
        for (Index c = 0; c < plan.channels; ++c)
            block.forecast.push_back(madeUpForecast(row, c));
    if (plan.task == ModelTask::Classify)
        addClasses(plan, block);
    block.newestIsKey = plan.newestIsKey;
    block.layers = plan.layers;
    block.heads = plan.heads;
    block.lags = plan.lags;
    block.attentionFirstRow = plan.first;
    block.attentionRows = plan.layers > 0 ? plan.rows : 0;
    for (Index row = plan.first; row < plan.first + block.attentionRows; ++row)
        for (Index layer = 0; layer < plan.layers; ++layer)
            for (Index head = 0; head < plan.heads; ++head)
                for (Index lag = 1; lag <= plan.lags; ++lag)
                    block.attention.push_back(madeUpWeight(row, layer, head, lag, plan.lags));
    block.tally.steps = plan.stepsBefore + static_cast<std::uint64_t>(plan.rows);
    block.tally.counted[Part::Projection].operations = plan.operationsPerStep * block.tally.steps;
    block.tally.counted[Part::Projection].executed = 2 * plan.operationsPerStep * block.tally.steps;
    block.tally.perStep = {1000, 500, 400};
    block.seconds = 1e-6 * static_cast<double>(plan.rows);
    return block;
}

/// A recording of `rows` rows at 10 Hz with sine waves, and one label column that marks the rows
/// [labelFirst, labelLast]; none if labelFirst is negative.
inline std::shared_ptr<const Recording> makeRecording(Index rows, Index channels,
                                                      Index labelFirst = -1, Index labelLast = -1)
{
    auto recording = std::make_shared<Recording>();
    recording->name = "made up.csv";
    recording->time.kind = TimeKind::Number;
    recording->time.unit = "s";
    recording->time.step = 0.1;
    for (Index row = 0; row < rows; ++row)
        recording->time.seconds.push_back(0.1 * static_cast<double>(row));
    for (Index c = 0; c < channels; ++c) {
        Channel channel;
        channel.name = "sensor " + std::to_string(c + 1);
        channel.unit = c % 2 == 0 ? "bar" : "A";
        for (Index row = 0; row < rows; ++row)
            channel.values.push_back(std::sin(0.01 * static_cast<double>(row * (c + 1))));
        recording->channels.push_back(std::move(channel));
    }
    if (labelFirst >= 0) {
        LabelColumn label;
        label.name = "anomaly";
        label.values.assign(static_cast<std::size_t>(rows), 0);
        for (Index row = labelFirst; row <= labelLast; ++row)
            label.values[static_cast<std::size_t>(row)] = 1;
        recording->labels.push_back(std::move(label));
    }
    return recording;
}

} // namespace stint::test
