#include "core/weights/linear.h"

#include "core/kernels/plain_kernels.h"

#include <type_traits>

namespace stint {

namespace {

constexpr Index fewestToPack = Index {72} * 72; ///< weights; with fewer, multiplying is as fast
constexpr unsigned bitsPerTriple = 5;
constexpr Index additionsPerTable = 64; ///< two for each of 32 sums of three

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

/// The next 18 weights of an output from input `first` on; 0 beyond the last.
template <typename T>
std::uint32_t codeOf(const LinearParameters<T>& p, Index output, Index first)
{
    std::uint32_t code = 0;
    for (Index i = weightsPerCode - 1; i >= 0; --i) {
        const bool inside = output < p.outputs() && first + i < p.inputs();
        const T weight = inside ? p.weight(output, first + i) : T {};
        std::uint32_t digit = 1;
        if (weight > T {})
            digit = 2;
        else if (weight < T {})
            digit = 0;
        // The last of three opens a new group of five bits; all are digits to base 3 in it.
        if (i % 3 == 2)
            code <<= bitsPerTriple;
        constexpr std::uint32_t place[] = {1, 3, 9};
        code += place[i % 3] * digit;
    }
    return code;
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
    } else if (parameters.format == WeightFormat::Binary
               || parameters.format == WeightFormat::SparseBinary) {
        m_tripleSum = floatKernels().tripleSum;
        if (m_tripleSum != nullptr && inputs() * outputs() >= fewestToPack)
            pack(parameters);
    }
}

template <typename T>
void Linear<T>::pack(const LinearParameters<T>& parameters)
{
    const Index columns = padded(outputs());
    const Index words = (inputs() + weightsPerCode - 1) / weightsPerCode;
    m_codes.assign(static_cast<std::size_t>(words * columns), 0);
    for (Index word = 0; word < words; ++word) {
        for (Index r = 0; r < columns; ++r)
            m_codes[static_cast<std::size_t>(word * columns + r)]
                = codeOf(parameters, r, word * weightsPerCode);
    }
    const Index lookUps = words * (weightsPerCode / 3);
    m_executedPacked = static_cast<std::uint64_t>(lookUps * (columns + additionsPerTable));
}

template <typename T>
void Linear<T>::forward(const T* x, Index xRow, Index rows, T* y, Index yRow, OpCounts& ops,
                        bool relu) const noexcept
{
    if (rows == 1 && packed()) {
        if constexpr (std::is_same_v<T, float>)
            m_tripleSum({.n = outputs(),
                         .k = inputs(),
                         .x = x,
                         .codes = m_codes.data(),
                         .codeRow = padded(outputs()),
                         .c = y,
                         .gain = dataOrNull(m_gain),
                         .bias = dataOrNull(m_bias),
                         .relu = relu});
        count(1, m_executedPacked, ops);
        return;
    }
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
              .relu = relu,
              .byThrees = packed()});
    count(static_cast<std::uint64_t>(rows), m_executed, ops);
}

template <typename T>
void Linear<T>::count(std::uint64_t rows, std::uint64_t executed, OpCounts& ops) const noexcept
{
    const auto width = static_cast<std::uint64_t>(outputs());
    ops.operations += rows * m_kept;
    ops.executed += rows * executed;
    ops.gains += m_gain.empty() ? 0 : rows * width;
    ops.additions += m_bias.empty() ? 0 : rows * width;
}

template class Linear<float>;
template class Linear<double>;

} // namespace stint
