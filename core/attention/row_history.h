#pragma once

#include "core/base/matrix.h"

#include <algorithm>
#include <cassert>

namespace stint {

/// The newest rows of something, one after the other in memory in the order of time: a buffer
/// longer than what must stay visible, whose newest rows move to its front when it is full.
///
/// Thread safety: none. All memory is allocated in the constructor.
template <typename T>
class RowHistory {
public:
    RowHistory() = default;
    /// \param past     rows that must stay visible.
    /// \param maxBlock most rows of one append().
    RowHistory(Index past, Index width, Index maxBlock)
        : m_past(past), m_rows(past + std::max<Index>({maxBlock, past, 64}), width)
    { }

    void clear() noexcept { m_size = 0; }
    [[nodiscard]] Index size() const noexcept { return m_size; }
    [[nodiscard]] Index stride() const noexcept { return m_rows.stride(); }
    [[nodiscard]] const T* row(Index r) const noexcept { return m_rows.row(r); }

    /// Takes in (rows, width), `stride` apart. Row numbers of before are void.
    void append(const T* from, Index stride, Index rows) noexcept
    {
        assert(m_past + rows <= m_rows.rows());
        if (m_size + rows > m_rows.rows()) {
            const Index kept = std::min(m_size, m_past);
            std::copy(m_rows.row(m_size - kept), m_rows.row(m_size), m_rows.row(0));
            m_size = kept;
        }
        for (Index r = 0; r < rows; ++r, ++m_size)
            std::copy(from + r * stride, from + r * stride + m_rows.cols(), m_rows.row(m_size));
    }

private:
    Index m_past = 0;
    Matrix<T> m_rows; // (capacity, width)
    Index m_size = 0;
};

} // namespace stint
