#include "core/series/gzip.h"

#include <algorithm>
#include <zlib.h>

namespace stint {

namespace {

constexpr std::size_t blockBytes = std::size_t {1} << 20U;
constexpr int gzipOnly = 15 + 16; // the largest window; + 16 asks for gzip's header and checksum

/// Owns zlib's state.
class Inflater {
public:
    Inflater() { m_ready = inflateInit2(&m_stream, gzipOnly) == Z_OK; }
    ~Inflater() { static_cast<void>(inflateEnd(&m_stream)); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    [[nodiscard]] bool ready() const { return m_ready; }
    z_stream& stream() { return m_stream; }

private:
    z_stream m_stream {};
    bool m_ready = false;
};

/// One call of inflate() that appends what it produced.
int inflateBlock(z_stream& stream, std::string& out)
{
    const std::size_t before = out.size();
    out.resize(before + blockBytes);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(blockBytes);
    const int state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    return state;
}

} // namespace

bool isGzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B\x08"); }

Result<std::string> gunzip(std::string_view bytes, std::size_t largest, const std::string& name)
{
    const Error cutShort {name
                          + " is cut short: its compressed data ends too early; copy or "
                            "download it again."};
    const Error damaged {name
                         + " is damaged: its compressed data does not fit its checksum; copy "
                           "or download it again."};
    Inflater inflater;
    if (!inflater.ready())
        return Error {name + " could not be unpacked; free some memory and open it again."};
    z_stream& stream = inflater.stream();
    std::string out;
    std::size_t taken = 0;
    for (;;) {
        if (stream.avail_in == 0) {
            const std::size_t part = std::min(bytes.size() - taken, blockBytes);
            if (part == 0)
                return cutShort;
            // zlib's interface predates const; it does not write to its input.
            stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
            stream.avail_in = static_cast<uInt>(part);
            taken += part;
        }
        const int state = inflateBlock(stream, out);
        if (out.size() > largest)
            return Error {name
                          + " holds more than 2 GiB of text; split it into shorter recordings."};
        if (state == Z_STREAM_END) {
            const std::string_view rest = bytes.substr(taken - stream.avail_in);
            if (!isGzip(rest)) // bytes after the last member are padding
                return out;
            static_cast<void>(inflateReset(&stream));
        } else if (state != Z_OK && state != Z_BUF_ERROR) {
            return damaged;
        }
    }
}

} // namespace stint
