#pragma once

#include "core/base/matrix.h"
#include "core/detect/autoregression.h"
#include "core/kernels/op_counts.h"

namespace stint {

/// A ridge autoregression as one matrix product in float: a row of lagged values is a stretch of
/// the rows before, which stand oldest first, so lag k comes last but k. C = channels.
class LaggedProduct {
public:
    /// \param rowStride from one row of the history to the next; its padding must be zero.
    LaggedProduct(const Autoregression& model, Index rowStride);

    [[nodiscard]] Index order() const { return m_order; }

    /// \param first the row to predict first; the order() rows before it stand before it.
    /// \param out   (rows, C) overwritten.
    void predict(const float* first, Index rows, Matrix<float>& out, OpCounts& ops) const noexcept;

private:
    Index m_order;
    Index m_channels;
    Index m_rowStride;
    Matrix<float> m_weights; // (order * rowStride, C), zero rows at the padding
    AlignedVector<float> m_intercept;
};

} // namespace stint
