#include "core/encoder/block_norm.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

namespace stint {

namespace {

/// Keeps the square root away from zero (both papers).
constexpr double epsilon = 1e-5;

} // namespace

template <typename T>
BlockNorm<T>::BlockNorm(Norm kind, NormParameters<T> parameters)
    : m_kind(parameters.gain.empty() ? Norm::None : kind), m_parameters(std::move(parameters))
{ }

template <typename T>
void BlockNorm<T>::overFeatures(T* token, Index width) const noexcept
{
    T mean {};
    for (Index i = 0; i < width; ++i)
        mean += token[i];
    mean /= static_cast<T>(width);
    T variance {};
    for (Index i = 0; i < width; ++i)
        variance += (token[i] - mean) * (token[i] - mean);
    variance /= static_cast<T>(width);
    const T inverse = T {1} / std::sqrt(variance + static_cast<T>(epsilon));
    const T* gain = m_parameters.gain.data();
    const T* bias = m_parameters.bias.data();
    for (Index i = 0; i < width; ++i)
        token[i] = (token[i] - mean) * inverse * gain[i] + bias[i];
}

template <typename T>
void BlockNorm<T>::overTime(T* z, Index zRow, Index rows, Index width) const noexcept
{
    assert(rows == static_cast<Index>(m_parameters.gain.size()));
    const T count = static_cast<T>(rows);
    // A few features at a time, so that their sums stay in registers and rows are read in order.
    for (Index first = 0; first < width; first += paddingUnit) {
        const auto features = static_cast<std::size_t>(std::min(paddingUnit, width - first));
        std::array<T, paddingUnit> mean {};
        std::array<T, paddingUnit> inverse {};
        for (Index r = 0; r < rows; ++r) {
            for (std::size_t i = 0; i < features; ++i)
                mean[i] += z[r * zRow + first + static_cast<Index>(i)];
        }
        for (T& m : mean)
            m /= count;
        for (Index r = 0; r < rows; ++r) {
            for (std::size_t i = 0; i < features; ++i) {
                const T off = z[r * zRow + first + static_cast<Index>(i)] - mean[i];
                inverse[i] += off * off;
            }
        }
        for (T& v : inverse)
            v = T {1} / std::sqrt(v / count + static_cast<T>(epsilon));
        for (Index r = 0; r < rows; ++r) {
            const auto at = static_cast<std::size_t>(r);
            for (std::size_t i = 0; i < features; ++i) {
                T& v = z[r * zRow + first + static_cast<Index>(i)];
                v = (v - mean[i]) * inverse[i] * m_parameters.gain[at] + m_parameters.bias[at];
            }
        }
    }
}

template <typename T>
void BlockNorm<T>::apply(T* z, Index zRow, Index rows, Index width, OpCounts& ops) const noexcept
{
    switch (m_kind) {
    case Norm::None:
        return;
    case Norm::Token:
        for (Index r = 0; r < rows; ++r)
            overFeatures(z + r * zRow, width);
        break;
    case Norm::Batch:
        for (Index r = 0; r < rows; ++r) {
            for (Index i = 0; i < width; ++i) {
                const auto at = static_cast<std::size_t>(i);
                T& v = z[r * zRow + i];
                v = v * m_parameters.gain[at] + m_parameters.bias[at];
            }
        }
        break;
    case Norm::Time:
        overTime(z, zRow, rows, width);
        break;
    }
    ops.norms += static_cast<std::uint64_t>(rows * width);
}

template class BlockNorm<float>;
template class BlockNorm<double>;

} // namespace stint
