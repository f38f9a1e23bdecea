#include "core/series/gzip.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <zlib.h>

namespace stint {

namespace {

constexpr std::size_t blockBytes = std::size_t {1} << 18U;
constexpr int gzipOnly = 15 + 16; // the largest window; + 16 asks for gzip's header and checksum

} // namespace

/// Owns zlib's state.
struct GzipBytes::Inflater {
    Inflater() { ready = inflateInit2(&stream, gzipOnly) == Z_OK; }
    ~Inflater() { static_cast<void>(inflateEnd(&stream)); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    z_stream stream {};
    bool ready = false;
};

bool isGzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B\x08"); }

GzipBytes::GzipBytes(std::unique_ptr<ByteSource> packed, std::string name)
    : m_packed(std::move(packed)), m_name(std::move(name)), m_inflater(new Inflater)
{ }

GzipBytes::~GzipBytes() = default;

Result<Done> GzipBytes::rewind()
{
    m_inflater = std::make_unique<Inflater>();
    m_input.clear();
    m_ended = false;
    return m_packed->rewind();
}

/// Brings packed bytes behind those that are left.
Result<Done> GzipBytes::fetch()
{
    z_stream& stream = m_inflater->stream;
    m_input.erase(0, m_input.size() - stream.avail_in);
    const std::size_t left = m_input.size();
    m_input.resize(left + blockBytes);
    const Result<std::size_t> got = m_packed->read(m_input.data() + left, blockBytes);
    if (!got)
        return got.error();
    m_input.resize(left + *got);
    stream.next_in = reinterpret_cast<Bytef*>(m_input.data());
    stream.avail_in = static_cast<uInt>(m_input.size());
    return Done {};
}

/// Data may consist of several members; bytes after the last one are padding.
Result<Done> GzipBytes::beginNextMember()
{
    z_stream& stream = m_inflater->stream;
    if (stream.avail_in < 3)
        if (Result<Done> more = fetch(); !more)
            return more;
    const std::string_view rest
        = std::string_view(m_input).substr(m_input.size() - stream.avail_in);
    m_ended = !isGzip(rest);
    if (!m_ended)
        static_cast<void>(inflateReset(&stream));
    return Done {};
}

Result<std::size_t> GzipBytes::read(char* to, std::size_t size)
{
    if (!m_inflater->ready)
        return Error {m_name + " could not be unpacked; free some memory and open it again."};
    z_stream& stream = m_inflater->stream;
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = static_cast<uInt>(std::min(size, most));
    const std::size_t wanted = stream.avail_out;
    while (stream.avail_out > 0 && !m_ended) {
        if (stream.avail_in == 0) {
            if (const Result<Done> more = fetch(); !more)
                return more.error();
            if (stream.avail_in == 0)
                return Error {m_name
                              + " is cut short: its compressed data ends too early; copy or "
                                "download it again."};
        }
        const int state = inflate(&stream, Z_NO_FLUSH);
        if (state == Z_STREAM_END) {
            if (const Result<Done> next = beginNextMember(); !next)
                return next.error();
        } else if (state != Z_OK && state != Z_BUF_ERROR) {
            return Error {m_name
                          + " is damaged: its compressed data does not fit its checksum; copy "
                            "or download it again."};
        }
    }
    return wanted - stream.avail_out;
}

} // namespace stint
