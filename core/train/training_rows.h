#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/model/family.h"
#include "core/series/recording.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace stint {

/// Consecutive standardised rows of one recording and what each stretch of them is for: first rows
/// that train, then validation, then calibration of thresholds. A long recording gives several of
/// these one after the other, so that every stretch sees early and late operation alike. A row that
/// trains, as a target or as a row before one, is never validated or calibrated on.
struct TrainingRows {
    std::shared_ptr<const Matrix<float>> z; ///< (rows, C) of the whole recording; shared
    std::size_t recording = 0; ///< that it comes from
    Index begin = 0;
    Index trainEnd = 0;
    Index validationEnd = 0;
    Index calibrationEnd = 0;
};

/// How the rows of a recording are shared out.
struct Shares {
    double train = 0.0;
    double validation = 0.0; ///< the rest calibrates
};

/// A short recording gives most of its rows to training; a long one can spare more for a threshold
/// that holds.
inline constexpr Shares shortShares {0.8, 0.08};
inline constexpr Shares longShares {0.72, 0.08};
/// In windows.
inline constexpr Index longRecording = 100;

/// Splits every recording and standardises it, by the pooled training rows or by rows of its own.
/// Fills channels, standardiser and rescale of the family.
/// \param names   channels to use; empty: all of the first recording.
/// \param rows    of each recording, [first, last); none: all.
/// \param window  n; each recording must hold several windows.
[[nodiscard]] Result<std::vector<TrainingRows>>
prepareRows(const std::vector<std::shared_ptr<const Recording>>& recordings,
            const std::vector<std::string>& names, std::optional<std::pair<Index, Index>> rows,
            std::optional<std::pair<Index, Index>> rescale, Index window, Family& family);

} // namespace stint
