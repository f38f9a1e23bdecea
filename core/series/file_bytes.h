#pragma once

#include "core/series/byte_source.h"

#include <cstdint>
#include <string>

namespace stint {

/// The bytes of a file as they are stored.
class FileBytes : public ByteSource {
public:
    /// Errors: cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<FileBytes>> open(const std::string& path);
    ~FileBytes() override;
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;

    [[nodiscard]] Result<std::size_t> read(char* to, std::size_t size) override;
    [[nodiscard]] Result<Done> rewind() override;
    [[nodiscard]] std::optional<std::size_t> readAt(std::size_t offset, char* to,
                                                    std::size_t size) override;
    [[nodiscard]] std::optional<std::size_t> size() const override { return m_size; }
    [[nodiscard]] double fraction() const override;
    [[nodiscard]] Result<Done> checkUnchanged() override;

private:
    FileBytes(int file, std::string path);

    int m_file;
    std::string m_path;
    std::string m_head; ///< the first bytes, to know the file again
    std::size_t m_size = 0; ///< when it was opened
    std::size_t m_at = 0;
    std::int64_t m_changed = 0; ///< time of the last change [ns]
};

} // namespace stint
