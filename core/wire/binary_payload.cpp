#include "core/wire/binary_payload.h"

#include "core/wire/binary_numbers.h"
#include "core/wire/checksum.h"
#include "core/wire/wire_text.h"

#include <algorithm>

namespace stint {

BinaryPayload::BinaryPayload(const WireFormat& format)
    : m_number(format.number),
      m_bigEndian(format.bigEndian),
      m_checksum(format.checksum),
      m_sampleBytes(numberBytes(format.number)
                    * static_cast<std::size_t>(std::clamp<Index>(format.channels, 1, 4096)))
{ }

bool BinaryPayload::fits(std::size_t bytes) const
{
    return bytes > 0 && bytes % m_sampleBytes == 0;
}

void BinaryPayload::take(std::span<const std::uint8_t> payload, std::span<const std::uint8_t> frame,
                         RowSink& sink)
{
    m_values.resize(m_sampleBytes / numberBytes(m_number));
    std::string_view raw = textOf(frame);
    for (std::size_t at = 0; at < payload.size(); at += m_sampleBytes) {
        readNumbers(payload.subspan(at, m_sampleBytes), m_number, m_bigEndian, m_values.data());
        // The number of values never changes, so the sink never says Stop.
        static_cast<void>(sink.placed(m_values, nullptr, raw));
        raw = {};
    }
}

void BinaryPayload::takeChecked(std::span<const std::uint8_t> frame,
                                std::span<const std::uint8_t> raw, RowSink& sink)
{
    const std::size_t check = checksumBytes(m_checksum);
    if (frame.size() <= check || !fits(frame.size() - check))
        sink.bad(textOf(raw), "a frame of " + std::to_string(frame.size()) + " bytes");
    else if (!checksumFits(m_checksum, frame))
        sink.bad(textOf(raw), "the check value does not fit");
    else
        take(frame.first(frame.size() - check), raw, sink);
}

bool decodeCobs(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t>& frame)
{
    frame.clear();
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t code = bytes[at];
        if (code == 0 || at + code > bytes.size())
            return false;
        const auto block = bytes.subspan(at + 1, code - 1);
        frame.insert(frame.end(), block.begin(), block.end());
        at += code;
        if (code != 0xFF && at < bytes.size())
            frame.push_back(0);
    }
    return true;
}

bool decodeSlip(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t>& frame)
{
    constexpr std::uint8_t escape = 0xDB;
    frame.clear();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (bytes[at] != escape) {
            frame.push_back(bytes[at]);
            continue;
        }
        if (++at == bytes.size() || (bytes[at] != 0xDC && bytes[at] != 0xDD))
            return false;
        frame.push_back(bytes[at] == 0xDC ? 0xC0 : 0xDB);
    }
    return true;
}

} // namespace stint
