#include "app/live/format_search.h"

#include <algorithm>

namespace stint::app {

void FormatSearch::add(std::span<const std::uint8_t> bytes, double arrival)
{
    m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
    m_pieces.push_back({bytes.size(), arrival});
}

std::optional<WireGuess> FormatSearch::decide(double now)
{
    const std::size_t size = m_bytes.size();
    if (size < fewestBytesToDetect)
        return std::nullopt;
    const bool late = now - m_pieces.front().arrival >= longestSearch || size >= mostBytesToDetect;
    if (!late && size < m_nextLook)
        return std::nullopt;
    m_nextLook = 2 * size;
    const std::span looked = std::span(m_bytes).first(std::min(size, mostBytesToDetect));
    WireGuess guess = detectWireFormat(looked);
    const bool clear = guess.format && guess.confidence >= sure;
    if (!late && !clear)
        return std::nullopt;
    if (!guess.format)
        this->clear();
    return guess;
}

void FormatSearch::release(const std::function<void(std::span<const std::uint8_t>, double)>& piece)
{
    std::size_t at = 0;
    for (const Piece& p : m_pieces) {
        piece(std::span(m_bytes).subspan(at, p.bytes), p.arrival);
        at += p.bytes;
    }
    clear();
}

void FormatSearch::clear()
{
    m_bytes.clear();
    m_pieces.clear();
    m_nextLook = fewBytes;
}

} // namespace stint::app
