#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/model/family.h"
#include "core/series/recording.h"
#include "core/train/train_settings.h"
#include "core/train/variant_trainer.h"

#include <memory>
#include <vector>

namespace stint {

/// What a classifier learns from: whole series where the recordings tell them apart, else windows
/// cut from rows that belong to one class.
struct SeriesRows {
    std::vector<std::unique_ptr<Matrix<float>>> tables; ///< standardised rows, one per recording
    std::vector<SeriesData> train;
    std::vector<SeriesData> validation; ///< of windows: the last tenth of the rows; else empty
    Index window = 0; ///< n: as asked for, or the longest series
};

/// Fills channels, standardiser, classes and wholeSeries of the family. A series longer than the
/// window counts by its last rows; one without a class is left out.
[[nodiscard]] Result<SeriesRows>
prepareSeries(const std::vector<std::shared_ptr<const Recording>>& recordings,
              const TrainSettings& settings, Family& family);

} // namespace stint
