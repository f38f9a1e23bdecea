#include "ui/plot/min_max_index.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint::ui {

namespace {

template <typename T, typename E>
void include(E& extremes, T low, T high)
{
    extremes.low = extremes.any ? std::min(extremes.low, low) : low;
    extremes.high = extremes.any ? std::max(extremes.high, high) : high;
    extremes.any = true;
}

template <typename T, typename E>
void includeRows(E& extremes, std::span<const T> values, Index first, Index last)
{
    for (Index row = first; row < last; ++row) {
        const T value = values[static_cast<std::size_t>(row)];
        if (std::isfinite(value))
            include<T>(extremes, value, value);
    }
}

/// Entries [first, last) of a level.
template <typename E>
void includeEach(E& extremes, const std::vector<E>& level, Index first, Index last)
{
    for (Index block = first; block < last; ++block) {
        const E& known = level[static_cast<std::size_t>(block)];
        if (known.any)
            include(extremes, known.low, known.high);
    }
}

} // namespace

template <typename T>
void MinMaxIndex<T>::build(std::span<const T> values)
{
    const auto rows = static_cast<Index>(values.size());
    m_levels.clear();
    Index blocks = (rows + blockRows - 1) / blockRows;
    for (;;) {
        m_levels.emplace_back(static_cast<std::size_t>(blocks), Extremes {});
        if (blocks <= factor)
            break;
        blocks = (blocks + factor - 1) / factor;
    }
    update(values, 0, rows);
}

template <typename T>
void MinMaxIndex<T>::update(std::span<const T> values, Index first, Index last)
{
    const auto rows = static_cast<Index>(values.size());
    first = std::max<Index>(first, 0);
    last = std::min(last, rows);
    if (first >= last)
        return;
    first /= blockRows;
    last = (last + blockRows - 1) / blockRows;
    for (Index block = first; block < last; ++block) {
        Extremes fresh {};
        const Index begin = block * blockRows;
        includeRows(fresh, values, begin, std::min(begin + blockRows, rows));
        m_levels.front()[static_cast<std::size_t>(block)] = fresh;
    }
    for (std::size_t level = 1; level < m_levels.size(); ++level) {
        const auto below = static_cast<Index>(m_levels[level - 1].size());
        first /= factor;
        last = (last + factor - 1) / factor;
        for (Index block = first; block < last; ++block) {
            Extremes fresh {};
            const Index begin = block * factor;
            includeEach(fresh, m_levels[level - 1], begin, std::min(begin + factor, below));
            m_levels[level][static_cast<std::size_t>(block)] = fresh;
        }
    }
}

/// Blocks [first, last) of a level: those that fill a block above are taken from there.
template <typename T>
void MinMaxIndex<T>::includeBlocks(Extremes& extremes, std::size_t level, Index first,
                                   Index last) const
{
    const Index firstAbove = (first + factor - 1) / factor;
    const Index lastAbove = last / factor;
    if (level + 1 == m_levels.size() || firstAbove >= lastAbove) {
        includeEach(extremes, m_levels[level], first, last);
        return;
    }
    includeEach(extremes, m_levels[level], first, firstAbove * factor);
    includeBlocks(extremes, level + 1, firstAbove, lastAbove);
    includeEach(extremes, m_levels[level], lastAbove * factor, last);
}

template <typename T>
typename MinMaxIndex<T>::Extremes MinMaxIndex<T>::extremes(std::span<const T> values, Index first,
                                                           Index last) const
{
    Extremes result {};
    const Index firstBlock = (first + blockRows - 1) / blockRows;
    const Index lastBlock = last / blockRows;
    if (firstBlock >= lastBlock) {
        includeRows(result, values, first, last);
        return result;
    }
    includeRows(result, values, first, firstBlock * blockRows);
    includeBlocks(result, 0, firstBlock, lastBlock);
    includeRows(result, values, lastBlock * blockRows, last);
    return result;
}

template <typename T>
void MinMaxIndex<T>::thin(std::span<const T> values, Index first, Index last, Index columns,
                          std::vector<CurvePoint>& out) const
{
    out.clear();
    first = std::max<Index>(first, 0);
    last = std::min(last, static_cast<Index>(values.size()));
    columns = std::max<Index>(columns, 1);
    if (first >= last)
        return;
    const Index rows = last - first;
    if (rows <= 2 * columns) {
        for (Index row = first; row < last; ++row)
            out.push_back({row, static_cast<double>(values[static_cast<std::size_t>(row)])});
        return;
    }
    // Parts end at multiples of their size, so that a scrolled curve does not shimmer.
    const Index part = (rows + columns - 1) / columns;
    for (Index begin = first - first % part; begin < last; begin += part) {
        const Index from = std::max(begin, first);
        const Index to = std::min(begin + part, last);
        const Extremes found = extremes(values, from, to);
        if (!found.any) {
            out.push_back({from, std::numeric_limits<double>::quiet_NaN()});
            continue;
        }
        // Up in one part and down in the next: the line between them is short, which halves what a
        // dense curve costs to draw.
        const bool up = begin / part % 2 == 0;
        out.push_back({from, static_cast<double>(up ? found.low : found.high)});
        out.push_back({from + (to - from) / 2, static_cast<double>(up ? found.high : found.low)});
    }
}

template class MinMaxIndex<float>;
template class MinMaxIndex<double>;

} // namespace stint::ui
