#include "core/attention/key_value_cache.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace stint {

namespace {

/// Columns for at least `rows` rows; rows a multiple of 4 KB apart would share cache sets.
Index capacityFor(Index rows)
{
    constexpr Index elementsPer4K = 1024;
    const Index capacity = padded(rows);
    return capacity % elementsPer4K == 0 ? capacity + paddingUnit : capacity;
}

} // namespace

template <typename T>
KeyValueCache<T>::KeyValueCache(Index past, Index width, Index maxBlock)
    : m_past(past),
      m_keys(width, capacityFor(past + std::max<Index>({maxBlock, past, 64}))),
      m_values(m_keys.cols(), width)
{ }

template <typename T>
void KeyValueCache<T>::reserve(Index rows) noexcept
{
    const Index capacity = m_keys.cols();
    assert(m_past + rows <= capacity);
    if (m_size + rows <= capacity)
        return;
    const Index kept = std::min(m_size, m_past);
    const Index from = m_size - kept;
    for (Index i = 0; i < m_keys.rows(); ++i) {
        T* row = m_keys.row(i);
        std::copy(row + from, row + m_size, row);
    }
    std::copy(m_values.row(from), m_values.row(from) + kept * m_values.stride(), m_values.row(0));
    m_size = kept;
}

template <typename T>
void KeyValueCache<T>::append(const T* keys, Index keyRow, Index rows) noexcept
{
    assert(m_size + rows <= m_keys.cols());
    for (Index i = 0; i < m_keys.rows(); ++i) {
        T* to = m_keys.row(i) + m_size;
        for (Index r = 0; r < rows; ++r)
            to[r] = keys[r * keyRow + i];
    }
    m_size += rows;
}

template <typename T>
void KeyValueCache<T>::swap(Index row, T* key, T* value) noexcept
{
    for (Index i = 0; i < m_keys.rows(); ++i)
        std::swap(m_keys(i, row), key[i]);
    std::swap_ranges(value, value + m_values.cols(), m_values.row(row));
}

template class KeyValueCache<float>;
template class KeyValueCache<double>;

} // namespace stint
