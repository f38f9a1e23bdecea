#include "core/attention/retroactive_attention.h"

#include <algorithm>

namespace stint {

namespace {

/// exp(20) and n of it summed are far from the end of a float; a logit larger than that must become
/// the reference.
constexpr int largestArgument = 20;

/// A row sums to 1 and more while its largest logit is the reference. When it has left and the rest
/// is smaller than this, exponentials near the end of a float would make up the sum.
constexpr double smallestSum = 1e-2;

template <typename T>
AlignedVector<T> zeros(Index size)
{
    return AlignedVector<T>(static_cast<std::size_t>(padded(size)), T {});
}

std::uint64_t counted(Index count) { return static_cast<std::uint64_t>(count); }

} // namespace

template <typename T>
RetroactiveAttention<T>::Head::Head(Index slots, Index headSize)
    : values(slots, headSize),
      logits(slots, slots),
      exponentials(slots, slots),
      attended(slots, headSize),
      references(zeros<T>(slots)),
      sums(zeros<T>(slots))
{ }

template <typename T>
RetroactiveAttention<T>::RetroactiveAttention(Index slots, Index heads, Index headSize)
    : m_slots(slots),
      m_heads(heads),
      m_headSize(headSize),
      m_kernel(kernels<T>()),
      m_queries(heads * headSize, slots),
      m_keys(heads * headSize, slots),
      m_column(zeros<T>(slots)),
      m_shifted(zeros<T>(slots)),
      m_bySlot(zeros<T>(slots))
{
    for (Index h = 0; h < heads; ++h)
        m_state.emplace_back(slots, headSize);
}

template <typename T>
void RetroactiveAttention<T>::clear() noexcept
{
    // Columns not yet in use are read as padding: they must be zero.
    for (Head& head : m_state)
        head.exponentials.setZero();
    m_size = 0;
    m_newest = -1;
}

/// Rows between the newest and the one in this slot.
template <typename T>
Index RetroactiveAttention<T>::lagOf(Index slot) const noexcept
{
    return slot <= m_newest ? m_newest - slot : m_newest - slot + m_slots;
}

/// Chooses the reference of a row anew and forms its exponentials from the kept logits.
template <typename T>
void RetroactiveAttention<T>::reference(Head& head, Index slot, OpCounts& ops) noexcept
{
    const T* logits = head.logits.row(slot);
    T largest = logits[0];
    for (Index j = 1; j < m_size; ++j)
        largest = std::max(largest, logits[j]);
    const auto at = static_cast<std::size_t>(slot);
    head.references[at] = largest;
    T* exponentials = head.exponentials.row(slot);
    m_kernel.exponentials(
        {.count = m_size, .reference = largest, .x = logits, .out = exponentials});
    m_kernel.rowSums({.rows = 1,
                      .cols = m_size,
                      .a = exponentials,
                      .aRow = head.exponentials.stride(),
                      .out = &head.sums[at]});
    ops.exponentials += counted(m_size);
    ops.additions += counted(m_size);
}

template <typename T>
void RetroactiveAttention<T>::updateHead(Index h, const T* query, const T* key, BiasByLag<T> bias,
                                         OpCounts& ops) noexcept
{
    Head& head = m_state[static_cast<std::size_t>(h)];
    const Index first = h * m_headSize;
    T* row = head.logits.row(m_newest);
    const auto logits = [&](const T* token, const Matrix<T>& others, T* to) {
        m_kernel.product({.m = 1,
                          .n = m_size,
                          .k = m_headSize,
                          .a = token + first,
                          .aRow = 0,
                          .aCol = 1,
                          .b = others.row(first),
                          .bRow = others.stride(),
                          .c = to,
                          .cRow = 0});
    };
    logits(query, m_keys, row);
    logits(key, m_queries, m_column.data());
    for (Index s = 0; bias.first != nullptr && s < m_size; ++s) {
        const T b = bias.first[h * bias.row + lagOf(s)];
        row[s] += b;
        m_column[static_cast<std::size_t>(s)] += b;
    }
    for (Index s = 0; s < m_size; ++s) {
        const auto at = static_cast<std::size_t>(s);
        m_shifted[at] = m_column[at] - head.references[at];
    }
    m_kernel.exponentials(
        {.count = m_size, .reference = T {}, .x = m_shifted.data(), .out = m_bySlot.data()});
    for (Index s = 0; s < m_size; ++s) {
        if (s == m_newest)
            continue; // its own row is formed below
        const auto at = static_cast<std::size_t>(s);
        head.logits(s, m_newest) = m_column[at];
        head.exponentials(s, m_newest) = m_bySlot[at];
    }
    m_kernel.rowSums({.rows = m_size,
                      .cols = m_size,
                      .a = head.exponentials.row(0),
                      .aRow = head.exponentials.stride(),
                      .out = head.sums.data()});
    ops.exponentials += counted(m_size - 1);
    ops.additions += counted(m_size * (bias.first == nullptr ? 1 : 3) + m_size * m_size);
    for (Index s = 0; s < m_size; ++s) {
        const auto at = static_cast<std::size_t>(s);
        const bool overflows = !(m_shifted[at] <= static_cast<T>(largestArgument));
        const bool underflows = !(head.sums[at] >= static_cast<T>(smallestSum));
        if (s == m_newest || overflows || underflows)
            reference(head, s, ops);
    }
}

template <typename T>
void RetroactiveAttention<T>::insert(const T* query, const T* key, const T* value,
                                     BiasByLag<T> bias, OpCounts& ops) noexcept
{
    m_newest = m_newest + 1 == m_slots ? 0 : m_newest + 1;
    m_size = std::min(m_size + 1, m_slots);
    for (Index i = 0; i < m_heads * m_headSize; ++i) {
        m_queries(i, m_newest) = query[i];
        m_keys(i, m_newest) = key[i];
    }
    for (Index h = 0; h < m_heads; ++h) {
        const T* from = value + h * m_headSize;
        std::copy(from, from + m_headSize,
                  m_state[static_cast<std::size_t>(h)].values.row(m_newest));
        updateHead(h, query, key, bias, ops);
    }
    const Index lanes = m_kernel.lanes;
    const Index columns = (m_size + lanes - 1) / lanes * lanes;
    ops.operations += counted(2 * m_size * m_heads * m_headSize);
    ops.executed += counted(2 * columns * m_heads * m_headSize);
}

template <typename T>
void RetroactiveAttention<T>::toTimeOrder(const T* bySlot, T* byTime) const noexcept
{
    // The oldest row follows the newest in the ring; while it fills, the newest is the last.
    const Index oldest = m_newest + 1 < m_size ? m_newest + 1 : 0;
    std::rotate_copy(bySlot, bySlot + oldest, bySlot + m_size, byTime);
}

template <typename T>
void RetroactiveAttention<T>::attend(T* attended, Index attendedRow, OpCounts& ops) noexcept
{
    for (Index h = 0; h < m_heads; ++h) {
        Head& head = m_state[static_cast<std::size_t>(h)];
        m_kernel.product({.m = m_size,
                          .n = m_headSize,
                          .k = m_size,
                          .a = head.exponentials.row(0),
                          .aRow = head.exponentials.stride(),
                          .aCol = 1,
                          .b = head.values.row(0),
                          .bRow = head.values.stride(),
                          .c = head.attended.row(0),
                          .cRow = head.attended.stride()});
        for (Index s = 0; s < m_size; ++s) {
            const T inverse = T {1} / head.sums[static_cast<std::size_t>(s)];
            const T* from = head.attended.row(s);
            T* to = attended + (m_size - 1 - lagOf(s)) * attendedRow + h * m_headSize;
            for (Index i = 0; i < m_headSize; ++i)
                to[i] = from[i] * inverse;
        }
    }
    const Index lanes = m_kernel.lanes;
    const Index columns = (m_headSize + lanes - 1) / lanes * lanes;
    ops.operations += counted(m_size * m_size * m_heads * m_headSize);
    ops.executed += counted(m_size * m_size * m_heads * columns);
    ops.gains += counted(m_size * m_heads * m_headSize);
}

template <typename T>
void RetroactiveAttention<T>::newestWeights(Matrix<T>& weights) const noexcept
{
    for (Index h = 0; h < m_heads; ++h) {
        const Head& head = m_state[static_cast<std::size_t>(h)];
        toTimeOrder(head.exponentials.row(m_newest), weights.row(h));
        const T inverse = T {1} / head.sums[static_cast<std::size_t>(m_newest)];
        for (Index j = 0; j < m_size; ++j)
            weights(h, j) *= inverse;
    }
}

template <typename T>
void RetroactiveAttention<T>::attendQuery(const T* query, BiasByLag<T> bias, Matrix<T>& weights,
                                          T* attended, OpCounts& ops) noexcept
{
    if (m_size == 0) {
        std::fill(attended, attended + m_heads * m_headSize, T {});
        return;
    }
    for (Index h = 0; h < m_heads; ++h) {
        const Index first = h * m_headSize;
        const Matrix<T>& values = m_state[static_cast<std::size_t>(h)].values;
        for (Index s = 0; bias.first != nullptr && s < m_size; ++s)
            m_column[static_cast<std::size_t>(s)] = bias.first[h * bias.row + lagOf(s) + 1];
        m_kernel.attend({.count = m_size,
                         .headSize = m_headSize,
                         .scale = T {1},
                         .query = query + first,
                         .keys = m_keys.row(first),
                         .keyRow = m_keys.stride(),
                         .values = values.row(0),
                         .valueRow = values.stride(),
                         .bias = bias.first == nullptr ? nullptr : m_column.data(),
                         .weights = m_bySlot.data(),
                         .out = attended + first});
        toTimeOrder(m_bySlot.data(), weights.row(h));
    }
    const Index lanes = m_kernel.lanes;
    const auto inLanes = [lanes](Index size) { return (size + lanes - 1) / lanes * lanes; };
    ops.operations += counted(2 * m_size * m_heads * m_headSize);
    ops.executed
        += counted(m_heads * (inLanes(m_size) * m_headSize + m_size * inLanes(m_headSize)));
    ops.exponentials += counted(m_heads * m_size);
    ops.gains += counted(m_heads * m_size);
    ops.additions += counted(bias.first == nullptr ? 0 : m_heads * m_size);
}

template class RetroactiveAttention<float>;
template class RetroactiveAttention<double>;

} // namespace stint
