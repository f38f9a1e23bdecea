#pragma once

#include <cstdint>
#include <string>

namespace stint::app {

/// Writes times as "2026-11-22T06:05:34.123456Z". Thread safety: none.
class TimeText {
public:
    /// \param seconds since 1970-01-01 UTC, at most some thousand years away.
    void append(double seconds, std::string& text);

private:
    std::int64_t m_second = -1; ///< that the prefix is for
    std::string m_prefix; ///< date and time of it
};

} // namespace stint::app
