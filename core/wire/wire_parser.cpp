#include "core/wire/wire_parser.h"

#include "core/wire/binary_frames.h"
#include "core/wire/bracket_frames.h"
#include "core/wire/json_objects.h"
#include "core/wire/row_sink.h"
#include "core/wire/text_lines.h"
#include "core/wire/wire_decoder.h"

#include <algorithm>

namespace stint {

namespace {

/// Bytes of one call; more rows than these give would be a lump for those who take them.
constexpr std::size_t mostBytesPerCall = std::size_t {1} << 18U;

} // namespace

std::unique_ptr<WireDecoder> makeDecoder(const WireFormat& format)
{
    switch (format.kind) {
    case WireKind::Delimited:
        return makeDelimitedDecoder(format);
    case WireKind::Labelled:
        return makeLabelledDecoder(format);
    case WireKind::Teleplot:
        return makeTeleplotDecoder();
    case WireKind::Json:
        return makeJsonDecoder();
    case WireKind::CommentFrame:
        return makeCommentDecoder(format);
    case WireKind::DollarFrame:
        return makeDollarDecoder();
    case WireKind::Nmea:
        return makeNmeaDecoder();
    case WireKind::SyncFrame:
        return makeSyncDecoder(format);
    case WireKind::Cobs:
        return makeCobsDecoder(format);
    case WireKind::Slip:
        return makeSlipDecoder(format);
    case WireKind::RawBinary:
        return makeRawDecoder(format);
    }
    return makeDelimitedDecoder(format);
}

class WireParser::Impl {
public:
    explicit Impl(const WireFormat& wireFormat)
        : format(wireFormat), decoder(makeDecoder(wireFormat))
    { }

    WireFormat format;
    RowSink sink;
    std::unique_ptr<WireDecoder> decoder;
};

WireParser::WireParser(const WireFormat& format) : m_impl(std::make_unique<Impl>(format)) { }

WireParser::~WireParser() = default;

std::size_t WireParser::parse(std::span<const std::uint8_t> bytes, double arrival, WireRows& out)
{
    m_impl->sink.begin(out, arrival);
    const std::size_t used = m_impl->decoder->decode(
        bytes.first(std::min(bytes.size(), mostBytesPerCall)), m_impl->sink);
    m_impl->sink.counts().bytes += used;
    return used;
}

void WireParser::finish(double arrival, WireRows& out)
{
    m_impl->sink.begin(out, arrival);
    m_impl->decoder->finish(m_impl->sink);
}

const WireFormat& WireParser::format() const { return m_impl->format; }

const WireCounts& WireParser::counts() const { return m_impl->sink.counts(); }

double WireParser::fit() const { return m_impl->sink.fit(); }

} // namespace stint
