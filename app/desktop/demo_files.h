#pragma once

#include "core/base/result.h"

#include <string>

namespace stint::app {

/// The recording and the model that come with the program.
struct DemoFiles {
    std::string recording;
    std::string model;
};

/// Finds them: in the share folder beside the executable's folder if the program is installed,
/// else in the source tree it was built from. Both must be there.
[[nodiscard]] Result<DemoFiles> findDemoFiles();

} // namespace stint::app
