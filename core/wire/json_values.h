#pragma once

#include "core/wire/row_sink.h"

#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// What may stand between the parts of an object.
[[nodiscard]] constexpr bool isJsonBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Reads one JSON object: every number in it, at any depth, is a value under its names joined by
/// '/', places in arrays counted from 0. true and false are 1 and 0, null is missing, numbers
/// written as texts are numbers, other texts are left out.
class JsonValues {
public:
    /// False if the text is not one whole object as the grammar has it.
    [[nodiscard]] bool read(std::string_view object);

    /// The values of the last object; views into this.
    [[nodiscard]] const std::vector<WireValue>& values() const { return m_values; }

private:
    struct Entry {
        std::size_t path = 0;
        std::size_t length = 0;
        double value = 0.0;
    };

    [[nodiscard]] bool readValue(int depth);
    [[nodiscard]] bool readObject(int depth);
    [[nodiscard]] bool readArray(int depth);
    [[nodiscard]] bool readString(std::string& text);
    [[nodiscard]] bool readEscape(std::string& text);
    [[nodiscard]] bool readText();
    [[nodiscard]] bool readWord();
    void skipBlanks();
    [[nodiscard]] bool skip(char c);
    void add(double value);

    const char* m_at = nullptr;
    const char* m_end = nullptr;
    std::string m_path; ///< names down to here
    std::string m_text;
    std::string m_paths; ///< of all entries
    std::vector<Entry> m_entries;
    std::vector<WireValue> m_values;
};

} // namespace stint
