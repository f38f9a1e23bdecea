#pragma once

#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace stint::test {

/// One window of a golden case.
struct GoldenWindow {
    Index row = 0; ///< number of its first row in its recording
    Matrix<double> x; ///< (real rows, m); fewer than the window holds for a short series
    std::vector<double> answer; ///< (outputs) of the encoder that runs
    std::vector<double> trainingAnswer; ///< (outputs) of the training pass
    std::vector<double> weight; ///< (outputs) of the loss: sum of weight times training answer
};

/// An encoder with its answers, computed by PyTorch (tests/golden/make_golden.py).
struct GoldenCase {
    std::string name;
    EncoderConfig config;
    EncoderParameters<double> parameters; ///< as stored; batch norms folded
    std::vector<GoldenWindow> windows;
    Matrix<double> stream; ///< (rows, m), of a stream
    Matrix<double> streamAnswers; ///< (rows - n + 1, outputs), from row n - 1 on
    nlohmann::json document; ///< everything: what was learned and how, gradients by name
};

/// All cases of tests/golden/GROUP.json, read once; empty if it cannot be read.
const std::vector<GoldenCase>& goldenCases(const std::string& group);

/// The groups whose cases hold windows, and the one with streams.
inline constexpr const char* goldenGroups[]
    = {"weights", "masks", "norms", "positions", "newest", "recipes", "classifier"};
inline constexpr const char* goldenStreams = "streams";

} // namespace stint::test
