#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace stint::app {

/// A file that only grows and never replaces another one. What could not be written whole is taken
/// back, so that the file ends with a whole line whatever happens to the disk.
///
/// Thread safety: none; one owner.
class RecordingFile {
public:
    /// Makes the file, or the next one whose name is free: "R.csv", "R-2.csv", "R-3.csv", … Errors:
    /// the folder is missing or cannot be written.
    [[nodiscard]] static Result<RecordingFile> create(const std::string& path);

    RecordingFile() = default;
    ~RecordingFile() { close(); }
    RecordingFile(RecordingFile&& other) noexcept { swap(other); }
    RecordingFile& operator=(RecordingFile&& other) noexcept
    {
        swap(other);
        return *this;
    }

    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0; }
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] std::size_t size() const { return m_size; } ///< bytes written

    /// How far a write came.
    struct Outcome {
        std::size_t bytes = 0; ///< that are in the file now
        int error = 0; ///< why not all are; 0: they are
    };

    /// Writes lines; where not all go in, a part of a line is taken back.
    [[nodiscard]] Outcome appendLines(std::string_view lines);
    /// Writes bytes as they are; what went in stays in.
    [[nodiscard]] Outcome appendBytes(std::string_view bytes);

    /// Brings what was written to the disk; 0 or the error.
    [[nodiscard]] int sync() const;

    /// Somebody removed or replaced the file, so that what is written to it is lost.
    [[nodiscard]] bool isGone() const;

    /// Closes the file; one that nothing was written to is removed.
    void close();

private:
    void swap(RecordingFile& other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        std::swap(m_path, other.m_path);
        std::swap(m_size, other.m_size);
    }

    int m_descriptor = -1;
    std::string m_path;
    std::size_t m_size = 0;
};

/// What the system calls an error number.
[[nodiscard]] std::string errorText(int number);

} // namespace stint::app
