#pragma once

#include "core/base/types.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <new>
#include <vector>

namespace stint {

/// Memory on cache-line borders, so that vector loads of row starts never straddle two lines.
template <typename T>
struct AlignedAllocator {
    using value_type = T;
    static constexpr std::align_val_t alignment {64};

    AlignedAllocator() = default;
    template <typename U>
    AlignedAllocator(const AlignedAllocator<U>& /*other*/) // NOLINT(google-explicit-constructor)
    { }

    T* allocate(std::size_t count)
    {
        return static_cast<T*>(::operator new(count * sizeof(T), alignment));
    }
    void deallocate(T* pointer, std::size_t /*count*/) { ::operator delete(pointer, alignment); }

    friend bool operator==(const AlignedAllocator& /*a*/, const AlignedAllocator& /*b*/)
    {
        return true;
    }
};

template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

/// Every row of a Matrix, and every vector that a kernel writes, is padded to a multiple of this
/// many elements: the widest vector of floats that a kernel handles at once.
inline constexpr Index paddingUnit = 16;

[[nodiscard]] constexpr Index padded(Index size)
{
    return (size + paddingUnit - 1) / paddingUnit * paddingUnit;
}

/// A row-major (rows, cols) table whose rows start on multiples of paddingUnit. The padding is zero
/// from the start and stays so under the kernels; one more unit of padding follows the last row, so
/// that a kernel may read a whole vector from any element.
template <typename T>
class Matrix {
public:
    Matrix() = default;
    Matrix(Index rows, Index cols) { resize(rows, cols); }

    /// Zeroes everything. Allocates only beyond the largest size so far.
    void resize(Index rows, Index cols)
    {
        assert(rows >= 0 && cols >= 0);
        m_rows = rows;
        m_cols = cols;
        m_stride = padded(cols);
        m_values.assign(static_cast<std::size_t>(rows * m_stride + paddingUnit), T {});
    }

    void setZero() { std::fill(m_values.begin(), m_values.end(), T {}); }

    [[nodiscard]] Index rows() const { return m_rows; }
    [[nodiscard]] Index cols() const { return m_cols; }
    [[nodiscard]] Index stride() const { return m_stride; }
    [[nodiscard]] bool empty() const { return m_rows == 0 || m_cols == 0; }

    [[nodiscard]] T* row(Index r)
    {
        assert(r >= 0 && r <= m_rows);
        return m_values.data() + r * m_stride;
    }
    [[nodiscard]] const T* row(Index r) const
    {
        assert(r >= 0 && r <= m_rows);
        return m_values.data() + r * m_stride;
    }

    [[nodiscard]] T& operator()(Index r, Index c)
    {
        assert(c >= 0 && c < m_stride);
        return row(r)[c];
    }
    [[nodiscard]] const T& operator()(Index r, Index c) const
    {
        assert(c >= 0 && c < m_stride);
        return row(r)[c];
    }

    /// All elements, padding included.
    [[nodiscard]] AlignedVector<T>& storage() { return m_values; }
    [[nodiscard]] const AlignedVector<T>& storage() const { return m_values; }

    friend bool operator==(const Matrix&, const Matrix&) = default;

private:
    Index m_rows = 0;
    Index m_cols = 0;
    Index m_stride = 0;
    AlignedVector<T> m_values;
};

/// The same numbers in another precision.
template <typename To, typename From>
[[nodiscard]] Matrix<To> convert(const Matrix<From>& from)
{
    Matrix<To> to;
    if (from.rows() == 0 && from.cols() == 0)
        return to;
    to.resize(from.rows(), from.cols());
    for (Index r = 0; r < from.rows(); ++r)
        std::transform(from.row(r), from.row(r) + from.cols(), to.row(r),
                       [](const From& v) { return static_cast<To>(v); });
    return to;
}

} // namespace stint
