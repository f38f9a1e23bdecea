#pragma once

#include "core/attention/head_attention.h"
#include "core/base/matrix.h"

#include <algorithm>

namespace stint {

/// Keys and values of one window with what positions fixed to the window add to them.
///
/// A key is linear in its token, W (e + p) + b = (W e + b) + W p: so a row's key is kept without a
/// position, and W p, which depends on the place alone, is added for each window. This is exact for
/// the first block only.
///
/// Thread safety: none; owned by the stepping thread.
template <typename T>
class PlacedKeys {
public:
    PlacedKeys() = default;
    /// \param most keys of one window.
    PlacedKeys(Index most, Index width) : m_keys(width, most), m_values(most, width) { }

    /// \param seen            keys and values without positions; the first has place 0.
    /// \param placed          so many of them get a position, the others have one.
    /// \param positionKeys    (d, places), transposed as keys are.
    /// \param positionValues  (places, d).
    /// \return where they stand now, until the next call.
    KeyValueView<T> place(const KeyValueView<T>& seen, Index placed, const Matrix<T>& positionKeys,
                          const Matrix<T>& positionValues, OpCounts& ops) noexcept
    {
        const Index width = m_values.cols();
        for (Index i = 0; i < width; ++i) {
            T* to = m_keys.row(i);
            std::copy(seen.keys + i * seen.keyRow, seen.keys + i * seen.keyRow + seen.count, to);
            for (Index j = 0; j < placed; ++j)
                to[j] += positionKeys(i, j);
        }
        for (Index j = 0; j < seen.count; ++j) {
            T* to = m_values.row(j);
            const T* value = seen.values + j * seen.valueRow;
            std::copy(value, value + width, to);
            for (Index i = 0; i < width && j < placed; ++i)
                to[i] += positionValues(j, i);
        }
        ops.additions += static_cast<std::uint64_t>(2 * placed * width);
        KeyValueView<T> view = seen;
        view.keys = m_keys.row(0);
        view.keyRow = m_keys.stride();
        view.values = m_values.row(0);
        view.valueRow = m_values.stride();
        return view;
    }

private:
    Matrix<T> m_keys; // (d, most)
    Matrix<T> m_values; // (most, d)
};

} // namespace stint
