#pragma once

#include "core/series/byte_source.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace stint {

/// Whether the bytes begin as gzip data does.
[[nodiscard]] bool isGzip(std::string_view bytes);

/// What gzip data of one or several members holds, unpacked block by block. Reading fails, with a
/// sentence that names the file, if the data is cut short or damaged.
class GzipBytes : public ByteSource {
public:
    /// \param name stands for the file in sentences.
    GzipBytes(std::unique_ptr<ByteSource> packed, std::string name);
    ~GzipBytes() override;
    GzipBytes(const GzipBytes&) = delete;
    GzipBytes& operator=(const GzipBytes&) = delete;

    [[nodiscard]] Result<std::size_t> read(char* to, std::size_t size) override;
    [[nodiscard]] Result<Done> rewind() override;
    [[nodiscard]] std::optional<std::size_t> readAt(std::size_t, char*, std::size_t) override
    {
        return std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> size() const override { return std::nullopt; }
    [[nodiscard]] double fraction() const override { return m_packed->fraction(); }
    [[nodiscard]] Result<Done> checkUnchanged() override { return m_packed->checkUnchanged(); }

private:
    struct Inflater;

    [[nodiscard]] Result<Done> fetch();
    [[nodiscard]] Result<Done> beginNextMember();

    std::unique_ptr<ByteSource> m_packed;
    std::string m_name;
    std::unique_ptr<Inflater> m_inflater;
    std::string m_input; ///< packed bytes at hand
    bool m_ended = false;
};

} // namespace stint
