#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace stint::app {

/// How costs are counted.
enum class CostRules {
    Operations, ///< one per multiply-add or kept binary weight, wherever it is needed
    Executed, ///< what the kernels carried out, zeros and padding included
    SbtPaper, ///< as the Sparse Binary Transformers paper counts
    ContinualPaper, ///< as the Continual Transformers paper counts
};

/// "operations", "executed", "sbt-paper", "continual-paper".
[[nodiscard]] std::string_view name(CostRules rules);
[[nodiscard]] Result<CostRules> parseCostRules(const std::string& text);

} // namespace stint::app
