#pragma once

#include "core/base/result.h"

#include <functional>
#include <string>

namespace stint {

/// All that comes through a pipe that has a name, until its last writer closes it. Waits for a
/// writer and for bytes. Errors: it cannot be opened or read, or reading was stopped.
/// \param goesOn asked a few times a second; false stops. Empty: never.
[[nodiscard]] Result<std::string> readPipe(const std::string& path,
                                           const std::function<bool()>& goesOn);

} // namespace stint
