#pragma once

#include "core/base/types.h"
#include "core/model/family.h"

#include <string>

namespace stint {

/// The window form of one variant as a self-contained ONNX file (core/exchange/export.md):
/// standardisation, encoder, skip path, and the predicted row in the units of the channels or the
/// probabilities of the classes.
/// \param variant of that family.
[[nodiscard]] std::string onnxOf(const Family& family, const FamilyVariant& variant);

/// Rows that one window of that file takes, the newest last.
[[nodiscard]] Index onnxRows(const Family& family, const FamilyVariant& variant);

} // namespace stint
