#pragma once

#include "app/commands/command.h"
#include "core/detect/row_matrix.h"

#include <nlohmann/json.hpp>

namespace stint::app {

/// What is to be judged.
struct Evaluation {
    std::shared_ptr<const Family> family;
    std::vector<std::shared_ptr<const Recording>> recordings;
    std::vector<std::shared_ptr<const Recording>> fitOn; ///< baselines; empty: as in the family
    std::vector<Mode> modes;
    std::string labelColumn;
    std::optional<std::pair<Index, Index>> rows; ///< of each recording that are judged
    std::optional<std::pair<Index, Index>> rescale;
    std::vector<ThresholdMotion> motions; ///< of thresholds beside the calibrated one
    bool pointAdjusted = false; ///< also the point-adjusted F1, which misleads

    /// Rows by which each recording is standardised itself; [0, 0): as trained.
    [[nodiscard]] std::pair<Index, Index> scaling() const
    {
        return rescale ? *rescale : family->rescale;
    }
    [[nodiscard]] PlayerOptions playerOptions(const Mode& mode) const;
};

/// `modes` and `baselines` of the document, one function per task.
[[nodiscard]] Result<nlohmann::json> evaluateAnomalies(const Evaluation& evaluation);
[[nodiscard]] Result<nlohmann::json> evaluateForecasts(const Evaluation& evaluation);
[[nodiscard]] Result<nlohmann::json> evaluateClasses(const Evaluation& evaluation);

/// What a run over several recordings has cost.
struct RunTotals {
    Tally tally;
    double seconds = 0.0;
    std::size_t rows = 0;

    void add(const ResultBlock& block); ///< each block
    void finish(const ResultBlock& last); ///< of a recording
};

/// Name, operations, bits and time of a mode.
[[nodiscard]] nlohmann::json costsOf(const Family& family, const Mode& mode, const RunTotals& run);

/// The standardised values of a recording, in double.
[[nodiscard]] Result<RowMatrix> standardisedRows(const Family& family, const Recording& recording,
                                                 std::pair<Index, Index> rescale);

} // namespace stint::app
