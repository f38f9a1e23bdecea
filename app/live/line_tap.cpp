#include "app/live/line_tap.h"

#include <algorithm>
#include <utility>

namespace stint::app {

namespace {

constexpr char digits[] = "0123456789ABCDEF";

void appendHexByte(std::string& text, std::uint8_t byte)
{
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
}

} // namespace

void LineTap::add(std::span<const std::uint8_t> bytes, double time)
{
    const std::lock_guard lock(m_mutex);
    keep(bytes);
    for (const std::uint8_t byte : bytes) {
        if (m_hex)
            addHex(byte, time);
        else
            addText(byte, time);
    }
}

/// Drops bytes by thousands, because dropping moves the others.
void LineTap::keep(std::span<const std::uint8_t> bytes)
{
    bytes = bytes.last(std::min(bytes.size(), newestBytes));
    if (m_newest.size() + bytes.size() > 2 * newestBytes)
        m_newest.erase(m_newest.begin(), m_newest.end() - std::ptrdiff_t {newestBytes});
    m_newest.insert(m_newest.end(), bytes.begin(), bytes.end());
}

std::vector<std::uint8_t> LineTap::bytes() const
{
    const std::lock_guard lock(m_mutex);
    const std::size_t count = std::min(m_newest.size(), newestBytes);
    return {m_newest.end() - static_cast<std::ptrdiff_t>(count), m_newest.end()};
}

void LineTap::forgetBytes()
{
    const std::lock_guard lock(m_mutex);
    m_newest.clear();
}

void LineTap::setHex(bool hex)
{
    const std::lock_guard lock(m_mutex);
    if (std::exchange(m_hex, hex) == hex)
        return;
    m_line.clear();
    m_bytes = 0;
    m_cut = false;
}

void LineTap::addHex(std::uint8_t byte, double time)
{
    if (m_bytes > 0)
        m_line += ' ';
    appendHexByte(m_line, byte);
    if (++m_bytes == bytesPerHexLine)
        endLine(time);
}

void LineTap::addText(std::uint8_t byte, double time)
{
    if (byte == '\n') {
        endLine(time);
        return;
    }
    if (byte == '\r')
        return;
    // What never ends a line is shown all the same.
    if (++m_bytes > 16 * longest)
        endLine(time);
    if (m_cut)
        return;
    if (m_line.size() >= longest) {
        m_cut = true;
        m_line += "…";
    } else if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
        m_line += "\\x";
        appendHexByte(m_line, byte);
    } else {
        m_line += static_cast<char>(byte);
    }
}

void LineTap::endLine(double time)
{
    if (m_ring.size() < newest) {
        m_ring.push_back({m_number, time, m_line});
    } else {
        ConsoleLine& oldest = m_ring[m_first];
        oldest.number = m_number;
        oldest.time = time;
        oldest.text.swap(m_line);
        m_first = (m_first + 1) % newest;
    }
    ++m_number;
    m_line.clear();
    m_bytes = 0;
    m_cut = false;
}

void LineTap::take(std::vector<ConsoleLine>& lines)
{
    const std::lock_guard lock(m_mutex);
    for (std::size_t i = 0; i < m_ring.size(); ++i)
        lines.push_back(std::move(m_ring[(m_first + i) % m_ring.size()]));
    m_ring.clear();
    m_first = 0;
}

} // namespace stint::app
