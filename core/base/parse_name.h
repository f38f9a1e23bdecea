#pragma once

#include "core/base/result.h"

#include <array>
#include <string>
#include <string_view>

namespace stint {

/// The value of `all` whose name() is `text`; else an error that lists the names there are.
/// \param what the kind of thing, for the sentence: "positions", "task", …
template <typename Enum, std::size_t count>
[[nodiscard]] Result<Enum> parseName(std::string_view text, const std::array<Enum, count>& all,
                                     const char* what)
{
    std::string known;
    for (const Enum value : all) {
        if (name(value) == text)
            return value;
        known += known.empty() ? "" : ", ";
        known += name(value);
    }
    return Error {"\"" + std::string(text) + "\" is not a kind of " + what + "; use one of " + known
                  + "."};
}

} // namespace stint
