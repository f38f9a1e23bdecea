#pragma once

#include "app/commands/command.h"
#include "core/train/train_settings.h"

#include <optional>

namespace stint::app {

/// What `stint train` was asked for. What was left out is as the preset of the task has it.
struct TrainOptions {
    std::vector<std::string> recordings;
    std::string task = "anomaly";
    std::string preset = "recommended";
    std::string out;
    std::vector<std::string> variants;
    std::string rows, rescale; ///< A:B
    std::vector<std::string> labelColumns;
    std::vector<std::string> channels;

    std::optional<Index> window, layers, heads, width, hidden, lags, season, batch, stride;
    std::optional<std::string> positions, norm, newest, pooling, skip, search, gain, start,
        thresholdRule;
    std::optional<double> keep, qkvKeep, learningRate, scoreRate, clip, falseAlarms;
    std::optional<int> epochs, patience, threads;
    std::optional<std::uint64_t> seed;
    bool binaryEnds = false;
    bool packed = false;
    bool noBaselines = false;
    bool constantRate = false;
    bool ungated = false;
};

/// The settings that options stand for, checked.
[[nodiscard]] Result<TrainSettings> settingsOf(const TrainOptions& options);

} // namespace stint::app
