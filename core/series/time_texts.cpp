#include "core/series/time_texts.h"

#include <algorithm>

namespace stint {

namespace {

constexpr std::size_t perStart = 32;
constexpr std::size_t longest = 255; // so that a length is one byte

} // namespace

void TimeTexts::add(std::string_view text)
{
    text = text.substr(0, longest);
    std::size_t shared = 0;
    if (m_count % perStart == 0) {
        m_starts.push_back(m_bytes.size());
    } else {
        const auto ends = std::ranges::mismatch(text, m_last);
        shared = static_cast<std::size_t>(ends.in1 - text.begin());
    }
    // Grown by an eighth rather than doubled: there may be hundreds of millions of rows.
    const std::size_t needed = m_bytes.size() + text.size() - shared + 2;
    if (needed > m_bytes.capacity())
        m_bytes.reserve(needed + m_bytes.size() / 8 + 4096);
    m_bytes.push_back(static_cast<char>(shared));
    m_bytes.push_back(static_cast<char>(text.size() - shared));
    m_bytes.insert(m_bytes.end(), text.begin() + static_cast<std::ptrdiff_t>(shared), text.end());
    m_last.resize(shared);
    m_last.append(text.substr(shared));
    ++m_count;
}

void TimeTexts::keep(std::size_t count)
{
    if (count >= m_count)
        return;
    m_last = count > 0 ? (*this)[count - 1] : std::string {};
    std::size_t at = count > 0 ? m_starts[(count - 1) / perStart] : 0;
    for (std::size_t i = (count - 1) / perStart * perStart; count > 0 && i < count; ++i)
        at += 2U + static_cast<unsigned char>(m_bytes[at + 1]);
    m_bytes.resize(at);
    m_starts.resize((count + perStart - 1) / perStart);
    m_count = count;
}

std::string TimeTexts::operator[](std::size_t row) const
{
    std::size_t at = m_starts[row / perStart];
    std::string text;
    for (std::size_t i = row - row % perStart; i <= row; ++i) {
        const auto shared = static_cast<unsigned char>(m_bytes[at]);
        const auto rest = static_cast<unsigned char>(m_bytes[at + 1]);
        text.resize(shared);
        text.append(m_bytes.data() + at + 2, rest);
        at += 2U + rest;
    }
    return text;
}

std::size_t TimeTexts::bytes() const
{
    return m_bytes.capacity() + m_starts.capacity() * sizeof(std::uint64_t) + m_last.capacity();
}

} // namespace stint
