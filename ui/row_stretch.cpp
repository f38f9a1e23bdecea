#include "ui/row_stretch.h"

#include <algorithm>
#include <limits>

namespace stint::ui {

namespace {

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

} // namespace

void RowStretch::reset(Index rows)
{
    m_rows = std::max<Index>(rows, 0);
    clear();
}

void RowStretch::begin(Index width)
{
    m_width = width;
    m_capacity = std::min(m_rows, std::max(fewestRows, mostValues / width));
    m_base = 0;
    m_values.assign(static_cast<std::size_t>(m_width * m_capacity), nothing);
    m_indexes.assign(static_cast<std::size_t>(m_width), {});
    for (Index w = 0; w < m_width; ++w)
        m_indexes[static_cast<std::size_t>(w)].build(plane(w));
}

void RowStretch::moveTo(Index base)
{
    base = std::clamp<Index>(base, 0, m_rows - m_capacity);
    shift(base - m_base);
    m_base = base;
}

void RowStretch::shift(Index rows)
{
    if (rows == 0)
        return;
    for (Index w = 0; w < m_width; ++w) {
        const std::span<float> values = plane(w);
        const auto by
            = static_cast<std::ptrdiff_t>(std::min<Index>(rows < 0 ? -rows : rows, m_capacity));
        if (rows > 0) {
            std::copy(values.begin() + by, values.end(), values.begin());
            std::fill(values.end() - by, values.end(), nothing);
        } else {
            std::copy_backward(values.begin(), values.end() - by, values.end());
            std::fill(values.begin(), values.begin() + by, nothing);
        }
        m_indexes[static_cast<std::size_t>(w)].build(values);
    }
}

void RowStretch::dropFirst(Index rows)
{
    if (m_width == 0 || rows <= 0)
        return;
    shift(std::max<Index>(rows - m_base, 0));
    m_base = std::max<Index>(m_base - rows, 0);
}

void RowStretch::store(Index first, Index rows, const float* values, Index width)
{
    if (width <= 0 || rows <= 0 || first < 0 || first + rows > m_rows)
        return;
    if (width != m_width)
        begin(width);
    if (rows > m_capacity) { // only its end fits
        values += (rows - m_capacity) * width;
        first += rows - m_capacity;
        rows = m_capacity;
    }
    // With a quarter to spare, so that values are moved now and then only.
    const Index spare = (m_capacity - rows) / 4;
    if (first + rows > m_base + m_capacity)
        moveTo(first + rows + spare - m_capacity);
    else if (first < m_base)
        moveTo(first - spare);
    for (Index w = 0; w < m_width; ++w) {
        const std::span<float> own = plane(w);
        for (Index r = 0; r < rows; ++r)
            own[static_cast<std::size_t>(first - m_base + r)] = values[r * width + w];
        m_indexes[static_cast<std::size_t>(w)].update(own, first - m_base, first - m_base + rows);
    }
}

float RowStretch::at(Index row, Index value) const
{
    if (value < 0 || value >= m_width || row < m_base || row >= m_base + m_capacity)
        return nothing;
    return plane(value)[static_cast<std::size_t>(row - m_base)];
}

void RowStretch::thin(Index value, Index first, Index last, Index columns,
                      std::vector<CurvePoint>& out) const
{
    out.clear();
    if (value < 0 || value >= m_width)
        return;
    m_indexes[static_cast<std::size_t>(value)].thin(plane(value), first - m_base, last - m_base,
                                                    columns, out);
    for (CurvePoint& point : out)
        point.row += m_base;
}

std::span<const float> RowStretch::plane(Index value) const
{
    return {m_values.data() + value * m_capacity, static_cast<std::size_t>(m_capacity)};
}

std::span<float> RowStretch::plane(Index value)
{
    return {m_values.data() + value * m_capacity, static_cast<std::size_t>(m_capacity)};
}

} // namespace stint::ui
