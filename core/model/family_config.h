#pragma once

#include "core/model/family.h"

#include <string>

namespace stint {

/// The newest version of the configuration document that this program writes and reads.
inline constexpr int familyFormatVersion = 3;

/// Everything of a family that is not a tensor, as the JSON text of `stint.config`
/// (core/model/model_file.md describes it).
[[nodiscard]] std::string configText(const Family& family);

/// A family without its tensors. Sizes are checked, so that tensors can be asked for by shape.
/// \return an error that says what is wrong, without the file's name.
[[nodiscard]] Result<Family> parseConfig(const std::string& text);

} // namespace stint
