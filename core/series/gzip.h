#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace stint {

/// Whether the bytes begin as gzip data does.
[[nodiscard]] bool isGzip(std::string_view bytes);

/// Unpacks gzip data of one or several members. Fails, with a sentence that names `name`, if the
/// data is cut short, damaged, or longer than `largest` bytes when unpacked; nothing is
/// half-loaded.
[[nodiscard]] Result<std::string> gunzip(std::string_view bytes, std::size_t largest,
                                         const std::string& name);

} // namespace stint
