#pragma once

#include "core/base/result.h"
#include "core/model/family.h"
#include "core/series/recording.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace stint {

/// The columns of a recording in the order of a family's channels, matched by name, (C)(rows). A
/// recording that lacks one is an error that names the first one missing and ends with `advice`:
/// why it is needed and what to do.
[[nodiscard]] Result<std::vector<std::span<const double>>>
columnsNamed(const std::vector<FamilyChannel>& channels, const Recording& recording,
             const std::string& advice);

/// The same for a model that is run.
[[nodiscard]] Result<std::vector<std::span<const double>>> columnsFor(const Family& family,
                                                                      const Recording& recording);

/// The same for recordings that a model is trained on together.
[[nodiscard]] Result<std::vector<std::span<const double>>>
columnsToTrainOn(const Family& family, const Recording& recording);

/// The standardiser for these columns: of the family, or fitted to rows [first, last) of the
/// recording itself if that range is not empty.
[[nodiscard]] Result<Standardiser>
standardiserFor(const Family& family, const std::vector<std::span<const double>>& columns,
                std::pair<Index, Index> rescale);

} // namespace stint
