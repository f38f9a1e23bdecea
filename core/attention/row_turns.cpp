#include "core/attention/row_turns.h"

#include <cmath>

namespace stint {

template <typename T>
RowTurns<T>::RowTurns(Index maxRows, Index heads, Index headSize)
    : m_heads(maxRows > 0 ? heads : 0),
      m_pairs(headSize / 2),
      m_cosines(maxRows, m_pairs),
      m_sines(maxRows, m_pairs)
{
    for (Index i = 0; i < m_pairs; ++i)
        m_rates.push_back(
            std::pow(10000.0, -static_cast<double>(2 * i) / static_cast<double>(headSize)));
}

template <typename T>
void RowTurns<T>::setRows(Index first, Index rows) noexcept
{
    if (m_heads == 0)
        return;
    for (Index r = 0; r < rows; ++r) {
        for (Index i = 0; i < m_pairs; ++i) {
            const double angle
                = static_cast<double>(first + r) * m_rates[static_cast<std::size_t>(i)];
            m_cosines(r, i) = static_cast<T>(std::cos(angle));
            m_sines(r, i) = static_cast<T>(std::sin(angle));
        }
    }
}

template <typename T>
void RowTurns<T>::apply(T* z, Index zRow, Index from, Index rows, OpCounts& ops) const noexcept
{
    if (m_heads == 0)
        return;
    for (Index r = 0; r < rows; ++r) {
        const T* cosine = m_cosines.row(from + r);
        const T* sine = m_sines.row(from + r);
        for (Index h = 0; h < m_heads; ++h) {
            T* pair = z + r * zRow + h * 2 * m_pairs;
            for (Index i = 0; i < m_pairs; ++i, pair += 2) {
                const T even = pair[0];
                const T odd = pair[1];
                pair[0] = even * cosine[i] - odd * sine[i];
                pair[1] = even * sine[i] + odd * cosine[i];
            }
        }
    }
    ops.gains += static_cast<std::uint64_t>(rows * m_heads * m_pairs * 4);
    ops.additions += static_cast<std::uint64_t>(rows * m_heads * m_pairs * 2);
}

template class RowTurns<float>;
template class RowTurns<double>;

} // namespace stint
