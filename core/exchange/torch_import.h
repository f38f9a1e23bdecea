#pragma once

#include "core/base/result.h"
#include "core/exchange/import_config.h"
#include "core/model/family.h"
#include "core/model/safetensors.h"

#include <string>

namespace stint {

/// A family with one dense variant from the state dict of a PyTorch nn.TransformerEncoder
/// (batch_first, norm_first=False) between a linear embedding and a linear head. Every tensor must
/// be used; names and shapes are in core/exchange/import.md.
///
/// The family is not calibrated: its errors are divided by 1, the autoregression beside the encoder
/// predicts the mean, and no threshold is ever passed (calibrateImported() does better).
/// \return an error that says what is wrong and what to do, without the file's name.
[[nodiscard]] Result<Family> importedFamily(TensorFile file, const ImportConfig& config);

/// The same from two files; the errors name them.
[[nodiscard]] Result<Family> importTorch(const std::string& parameters, const std::string& config);

} // namespace stint
