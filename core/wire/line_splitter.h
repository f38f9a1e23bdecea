#pragma once

#include "core/wire/wire_decoder.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace stint {

/// Cuts a stream into lines, wherever its blocks are cut. LF and CR both end a line, so that
/// CR LF gives an empty one.
class LineSplitter {
public:
    /// Calls `take(line)` for every line that is complete; where it answers false, that line comes
    /// again in the next call. Calls `tooLong(start)` once for every line that is too long.
    /// \returns how many bytes were used.
    template <typename Take, typename TooLong>
    std::size_t feed(std::string_view bytes, Take take, TooLong tooLong)
    {
        if (m_waiting) {
            if (!take(std::string_view(m_begun)))
                return 0;
            m_waiting = false;
            m_begun.clear();
        }
        std::size_t lineFeed = find(bytes, '\n', 0, bytes.size());
        for (std::size_t at = 0; at < bytes.size();) {
            if (lineFeed < at)
                lineFeed = find(bytes, '\n', at, bytes.size());
            const std::size_t end = find(bytes, '\r', at, lineFeed);
            const std::string_view piece = bytes.substr(at, end - at);
            if (end == bytes.size()) {
                keep(piece, tooLong);
                return end;
            }
            if (m_begun.empty() && !m_passing && piece.size() <= longestWireLine) {
                if (!take(piece))
                    return at;
            } else {
                keep(piece, tooLong);
                if (!m_passing && !take(std::string_view(m_begun))) {
                    m_waiting = true;
                    return end + 1;
                }
                m_passing = false;
                m_begun.clear();
            }
            at = end + 1;
        }
        return bytes.size();
    }

    /// Forgets a line that is not complete.
    void drop()
    {
        m_begun.clear();
        m_passing = false;
        m_waiting = false;
    }

private:
    static std::size_t find(std::string_view bytes, char c, std::size_t at, std::size_t end)
    {
        if (at >= end)
            return end;
        const void* const found = std::memchr(bytes.data() + at, c, end - at);
        return found == nullptr
            ? end
            : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    }

    template <typename TooLong>
    void keep(std::string_view piece, TooLong tooLong)
    {
        if (m_passing)
            return;
        if (m_begun.size() + piece.size() <= longestWireLine) {
            m_begun.append(piece);
            return;
        }
        // As much of the start as there would be if the line had come in one piece.
        m_begun.append(piece.substr(0, longestWireLine - m_begun.size()));
        tooLong(std::string_view(m_begun).substr(0, 256));
        m_begun.clear();
        m_begun.shrink_to_fit();
        m_passing = true;
    }

    std::string m_begun; ///< of a line that is not complete
    bool m_passing = false; ///< inside a line that is too long
    bool m_waiting = false; ///< m_begun is a whole line that was not taken
};

} // namespace stint
