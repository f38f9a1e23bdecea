#pragma once

#include "core/model/family.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace stint::ui {

/// What the window says about one variant of a model.
struct VariantFacts {
    VariantName name;
    std::uint64_t bits = 0; ///< of all its tensors in a file
    std::uint64_t windowState = 0; ///< floats kept between rows by window inference
    std::uint64_t continualState = 0; ///< and by continual inference
    NormalQuantiles quantiles; ///< of scores of normal rows, for scores that read from 0 to 1
    QString continual; ///< what continual inference does for it; empty: it has none
};

/// What the window has to know about a model: plain values, taken once when it is loaded.
struct ModelFacts {
    QString name; ///< of the file; empty: there is no model
    ModelTask task = ModelTask::Anomaly;
    QStringList channels; ///< (C)
    QStringList classes; ///< (K), when classifying
    bool wholeSeries = false; ///< the answer at the end of a series counts
    std::vector<ModeStatus> modes;
    std::vector<VariantFacts> variants;

    /// The variant of that name, or nullptr.
    [[nodiscard]] const VariantFacts* find(VariantName variant) const;

    /// Scores of that variant as a person reads them, from 0 to 1 and 0.5 at the threshold; nothing
    /// for a variant that is not here and without a threshold. Made once for many scores.
    [[nodiscard]] std::optional<ReadableScore> levels(VariantName variant, double threshold) const;
};

[[nodiscard]] ModelFacts factsOf(const Family& family, const QString& name);

} // namespace stint::ui
