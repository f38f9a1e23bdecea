#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// Texts of rows that resemble the row before, as dates do: each is kept as what differs from it.
/// A date of 19 characters takes 2 to 5 bytes.
class TimeTexts {
public:
    [[nodiscard]] bool empty() const { return m_count == 0; }
    [[nodiscard]] std::size_t size() const { return m_count; }

    /// Adds a text; what is longer than 255 bytes is cut.
    void add(std::string_view text);

    /// Forgets all rows but the first `count`.
    void keep(std::size_t count);

    /// The text of a row.
    [[nodiscard]] std::string operator[](std::size_t row) const;

    /// Memory in use [bytes].
    [[nodiscard]] std::size_t bytes() const;

private:
    std::vector<char>
        m_bytes; ///< per text: length shared with the one before, length of the rest, rest
    std::vector<std::uint64_t> m_starts; ///< of every 32nd text, which shares nothing
    std::string m_last;
    std::size_t m_count = 0;
};

} // namespace stint
