#include "core/model/lagged_product.h"

#include "core/kernels/kernels.h"

namespace stint {

LaggedProduct::LaggedProduct(const Autoregression& model, Index rowStride)
    : m_order(model.order),
      m_channels(model.channels),
      m_rowStride(rowStride),
      m_weights(model.order * rowStride, model.channels),
      m_intercept(static_cast<std::size_t>(padded(model.channels)))
{
    for (Index lag = 1; lag <= m_order; ++lag) {
        for (Index to = 0; to < m_channels; ++to) {
            for (Index from = 0; from < m_channels; ++from)
                m_weights((m_order - lag) * rowStride + from, to)
                    = static_cast<float>(model.weights(to, (lag - 1) * m_channels + from));
        }
    }
    for (Index c = 0; c < m_channels; ++c)
        m_intercept[static_cast<std::size_t>(c)] = static_cast<float>(model.intercept(c));
}

void LaggedProduct::predict(const float* first, Index rows, Matrix<float>& out,
                            OpCounts& ops) const noexcept
{
    const Kernels<float> kernel = kernels<float>();
    kernel.product({.m = rows,
                    .n = m_channels,
                    .k = m_order * m_rowStride,
                    .a = first - m_order * m_rowStride,
                    .aRow = m_rowStride,
                    .aCol = 1,
                    .b = m_weights.row(0),
                    .bRow = m_weights.stride(),
                    .c = out.row(0),
                    .cRow = out.stride(),
                    .gain = nullptr,
                    .bias = m_intercept.data(),
                    .accumulate = false,
                    .relu = false});
    const Index columns = (m_channels + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
    ops.operations += static_cast<std::uint64_t>(rows * m_order * m_channels * m_channels);
    ops.executed += static_cast<std::uint64_t>(rows * m_order * m_rowStride * columns);
    ops.additions += static_cast<std::uint64_t>(rows * m_channels);
}

} // namespace stint
