#include "core/weights/linear.h"

#include "core/kernels/plain_kernels.h"

#include <type_traits>

namespace stint {

namespace {

template <typename T>
AlignedVector<T> paddedCopy(const std::vector<T>& from)
{
    AlignedVector<T> to;
    if (from.empty())
        return to;
    to.assign(static_cast<std::size_t>(padded(static_cast<Index>(from.size()))), T {});
    std::copy(from.begin(), from.end(), to.begin());
    return to;
}

template <typename T>
const T* dataOrNull(const AlignedVector<T>& values)
{
    return values.empty() ? nullptr : values.data();
}

} // namespace

template <typename T>
Linear<T>::Linear(const LinearParameters<T>& parameters)
    : m_transposed(parameters.inputs(), parameters.outputs()),
      m_gain(paddedCopy(parameters.gain)),
      m_bias(paddedCopy(parameters.bias)),
      m_kernel(kernels<T>().product),
      m_kept(static_cast<std::uint64_t>(parameters.kept()))
{
    for (Index r = 0; r < parameters.outputs(); ++r) {
        for (Index c = 0; c < parameters.inputs(); ++c)
            m_transposed(c, r) = parameters.weight(r, c);
    }
    const Index lanes = kernels<T>().lanes;
    const Index columns = (outputs() + lanes - 1) / lanes * lanes;
    m_executed = static_cast<std::uint64_t>(inputs() * columns);
    if constexpr (!std::is_same_v<T, float>) {
        if (parameters.format == WeightFormat::SparseBinary) {
            m_kernel = &plain::signedSum<T>;
            m_executed = m_kept;
        }
    }
}

template <typename T>
void Linear<T>::forward(const T* x, Index xRow, Index rows, T* y, Index yRow, OpCounts& ops,
                        bool relu) const noexcept
{
    m_kernel({.m = rows,
              .n = outputs(),
              .k = inputs(),
              .a = x,
              .aRow = xRow,
              .aCol = 1,
              .b = m_transposed.row(0),
              .bRow = m_transposed.stride(),
              .c = y,
              .cRow = yRow,
              .gain = dataOrNull(m_gain),
              .bias = dataOrNull(m_bias),
              .accumulate = false,
              .relu = relu});
    const auto count = static_cast<std::uint64_t>(rows);
    const auto width = static_cast<std::uint64_t>(outputs());
    ops.operations += count * m_kept;
    ops.executed += count * m_executed;
    ops.gains += m_gain.empty() ? 0 : count * width;
    ops.additions += m_bias.empty() ? 0 : count * width;
}

template class Linear<float>;
template class Linear<double>;

} // namespace stint
