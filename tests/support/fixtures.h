#pragma once

#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace stint::test {

/// Reads a file of reference numbers; null if it cannot be read.
nlohmann::json readJson(const std::string& path);

Matrix<double> matrixOf(const nlohmann::json& rows);

/// Configuration and parameters of an encoder of the reference numbers, from its effective weights.
EncoderConfig fixtureConfig(const nlohmann::json& model);
EncoderParameters<double> fixtureParameters(const nlohmann::json& model);

} // namespace stint::test
