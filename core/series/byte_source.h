#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stint {

/// The bytes of a file, one block after another, unpacked if it is compressed with gzip (known by
/// its first bytes, not by its name). Memory does not grow with the file.
///
/// A file that becomes shorter or is written anew while it is open ends with an error, never with
/// a signal: it is read, not mapped.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// Fills `to` with the next bytes; fewer than `size` only at the end. Errors: the file became
    /// shorter, cannot be read on, or holds compressed data that is cut short or damaged.
    [[nodiscard]] virtual Result<std::size_t> read(char* to, std::size_t size) = 0;

    /// Back to the first byte.
    [[nodiscard]] virtual Result<Done> rewind() = 0;

    /// Fills `to` from `offset` without moving; how many bytes came. Nothing where that is not
    /// possible.
    [[nodiscard]] virtual std::optional<std::size_t> readAt(std::size_t offset, char* to,
                                                            std::size_t size)
        = 0;

    /// Bytes that read() will give; nothing if not known beforehand.
    [[nodiscard]] virtual std::optional<std::size_t> size() const = 0;

    /// How much has been read, 0..1.
    [[nodiscard]] virtual double fraction() const = 0;

    /// An error if the file was written anew since it was opened, other than at its end.
    [[nodiscard]] virtual Result<Done> checkUnchanged() = 0;
};

/// Opens a file; waits for all that comes where it is a pipe. Errors: missing, a folder, not
/// readable, or stopped. \param goesOn asked while a pipe is waited for; false stops.
[[nodiscard]] Result<std::unique_ptr<ByteSource>>
openBytes(const std::string& path, const std::function<bool()>& goesOn = {});

/// Bytes that are already in memory and outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> bytesOf(std::string_view text);

} // namespace stint
