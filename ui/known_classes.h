#pragma once

#include "core/model/family.h"
#include "core/series/recording.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace stint::ui {

/// What a recording says about the class of its rows, in the terms of a model. K = classes.
struct KnownClasses {
    QString column; ///< of the recording; empty: none of its columns names classes of the model
    Index classes = 0; ///< K
    std::vector<std::int16_t> known; ///< (rows) class of the model, -1: not known
    /// (rows) the same where an answer is judged, -1 elsewhere: at the last row of each series if
    /// the model was trained on whole series, else at every row.
    std::vector<std::int16_t> judged;
};

/// The column is the one whose texts name most classes of the model.
[[nodiscard]] KnownClasses knownClasses(const Recording& recording, const Family& family);

} // namespace stint::ui
