#pragma once

#include "core/base/result.h"
#include "core/encoder/encoder_config.h"
#include "core/model/family.h"

#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// What a person says about a file of parameters: the JSON document beside it
/// (core/exchange/import.md describes its keys).
struct ImportConfig {
    ModelTask task = ModelTask::Anomaly;
    SkipPath skip = SkipPath::None;
    Index lags = 1; ///< rows that one token stacks, the newest first
    std::vector<std::string> classes; ///< names, when classifying
    bool wholeSeries = false; ///< trained on whole series rather than on windows of a stream
    /// Everything that is not read off the shapes of the tensors, which give inputs, outputs,
    /// width, hidden units and layers.
    EncoderConfig encoder;
    std::vector<FamilyChannel> channels; ///< (C)
    Standardiser standardiser; ///< (C)
    std::vector<std::string> remarks; ///< what was assumed

    // Names of tensors and of modules.
    std::string prefix; ///< before "layers.0.…"; found in the file if hasPrefix is false
    bool hasPrefix = false;
    std::string embedding = "embedding";
    std::string head = "head";
    std::string queryToken = "query_token";
    std::string positionTable = "positions";
    std::string lagBias = "lag_bias";
};

/// Reads the document. Unknown keys, wrong types and words that do not exist are refused.
/// \return an error that says what is wrong and what to do, without the file's name.
[[nodiscard]] Result<ImportConfig> parseImportConfig(std::string_view text);

} // namespace stint
