#pragma once

#include "core/wire/wire_rows.h"

#include <string>
#include <vector>

namespace stint::app {

/// The names and units that channels have once a recording of them is read back: "Temp (C)" is
/// "Temp" in "C", and of two that are called the same one is numbered. A live device goes by these
/// too, because a model knows its channels by the names of a recording.
[[nodiscard]] std::vector<WireChannel> namesInRecordings(const std::vector<WireChannel>& channels);

/// A name with blanks in place of control characters, which would break a line.
[[nodiscard]] std::string withoutControls(std::string name);

} // namespace stint::app
