#pragma once

#include "core/base/matrix.h"

namespace stint {

/// Keys and values of the newest rows of one layer, laid out for the attention kernels: keys
/// transposed (scores need no sums across a vector), values row by row.
///
/// Rows stand in the order of time in a buffer longer than the window; when it is full, the newest
/// `past` rows move to its front. So a row's sums always run over the same rows in the same order,
/// and an answer does not depend on the size of the blocks it was computed in.
///
/// Thread safety: none. All memory is allocated in the constructor.
template <typename T>
class KeyValueCache {
public:
    /// \param past     rows that must stay visible, n - 1.
    /// \param width    d.
    /// \param maxBlock most rows of one append().
    KeyValueCache(Index past, Index width, Index maxBlock);

    void clear() noexcept { m_size = 0; }

    /// Rows held, at most past + maxBlock and more.
    [[nodiscard]] Index size() const noexcept { return m_size; }

    /// Makes room for `rows` more by forgetting rows beyond the newest `past`. Positions returned
    /// by size() before this call are void.
    void reserve(Index rows) noexcept;

    /// Where the values of the next rows are to be written, valueRow() apart; after reserve().
    [[nodiscard]] T* nextValues() noexcept { return m_values.row(m_size); }

    /// Takes in `rows` rows whose values stand at nextValues(); keys are (rows, d), keyRow apart.
    void append(const T* keys, Index keyRow, Index rows) noexcept;

    /// Exchanges the key and the value (d) of one row with those given.
    void swap(Index row, T* key, T* value) noexcept;

    /// Element i of the key of row j is keys(first)[i * keyStride() + j - first].
    [[nodiscard]] const T* keys(Index first) const noexcept { return m_keys.row(0) + first; }
    [[nodiscard]] Index keyStride() const noexcept { return m_keys.stride(); }
    /// Element i of the value of row j is values(first)[(j - first) * valueStride() + i].
    [[nodiscard]] const T* values(Index first) const noexcept { return m_values.row(first); }
    [[nodiscard]] Index valueStride() const noexcept { return m_values.stride(); }

private:
    Index m_past;
    Matrix<T> m_keys; // (d, capacity)
    Matrix<T> m_values; // (capacity, d)
    Index m_size = 0;
};

extern template class KeyValueCache<float>;
extern template class KeyValueCache<double>;

} // namespace stint
