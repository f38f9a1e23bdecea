#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stint {

/// The bytes of a file that others append to, from its first one on. It may be cut short, written
/// anew, replaced by another one or removed at any time; what is read then begins anew.
///
/// A file that took the place of another one, with the same beginning and the same bytes before the
/// place of reading, as programs leave that copy a file to write it, is read on at that place. One
/// that was moved away is read to its end first. Zero bytes at the end are not read yet: some
/// drives and loggers show them before what is to stand there.
///
/// Memory: two pieces of 4 KiB to know the file again. Thread safety: none.
class GrowingFile {
public:
    /// Calls of look() without a byte after which a file that was moved away is left.
    static constexpr int quietLooks = 4;

    enum class Found : std::uint8_t {
        Nothing, ///< no byte has come
        Bytes,
        Begun, ///< the next bytes are the first of the file
        Away, ///< there is no file that can be read: problem() says why
    };

    /// \param zeros a zero byte is part of the text, as in UTF-16.
    explicit GrowingFile(std::string path, bool zeros = false);
    ~GrowingFile();
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;

    /// Appends the next bytes, `most` at the most. Errors: what has the name will never grow, for
    /// example a folder.
    [[nodiscard]] Result<Found> look(std::string& bytes, std::size_t most);

    /// Why nothing can be read, or that the file was moved away, in one sentence; empty: neither.
    [[nodiscard]] const std::string& problem() const { return m_problem; }

    /// Place of reading, and size of the file when it was looked at last [bytes].
    [[nodiscard]] std::uint64_t offset() const { return m_offset; }
    [[nodiscard]] std::uint64_t size() const { return m_size; }

private:
    [[nodiscard]] Result<Found> open();
    [[nodiscard]] Result<int> openPath();
    [[nodiscard]] bool isSame(int file) const;
    [[nodiscard]] bool endsInText() const;
    [[nodiscard]] Found begin();
    [[nodiscard]] Found read(std::string& bytes, std::size_t most);
    [[nodiscard]] Result<Found> lookAtName();
    void remember(std::string_view bytes);
    void setFile(int file);

    std::string m_path;
    bool m_zeros;
    int m_file = -1;
    std::uint64_t m_offset = 0;
    std::uint64_t m_size = 0;
    std::int64_t m_changed = 0; ///< time of the last change [ns]
    std::string m_head; ///< the first bytes that were read
    std::string m_tail; ///< the newest ones
    int m_quiet = 0; ///< looks without a byte
    std::string m_problem;
};

} // namespace stint
