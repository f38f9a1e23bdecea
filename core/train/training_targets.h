#pragma once

#include "core/train/training_rows.h"
#include "core/train/variant_trainer.h"

#include <map>
#include <memory>
#include <vector>

namespace stint {

/// The rows of recordings as a regression learns from them: inputs with lags stacked, targets
/// without what the skip path already predicts. Owns what has to be copied for that.
class TrainingTargets {
public:
    /// \param rows   must outlive this object.
    /// \param family channels, lags, skip path and autoregression are set.
    TrainingTargets(const std::vector<TrainingRows>& rows, const Family& family);

    [[nodiscard]] const std::vector<SequenceData>& sequences() const { return m_sequences; }

private:
    const Matrix<float>* inputsFor(const Matrix<float>& z, Index lags);
    const Matrix<float>* targetsFor(const Matrix<float>& z, const Family& family);

    std::map<const Matrix<float>*, std::unique_ptr<Matrix<float>>> m_inputs;
    std::map<const Matrix<float>*, std::unique_ptr<Matrix<float>>> m_targets;
    std::vector<SequenceData> m_sequences;
};

} // namespace stint
