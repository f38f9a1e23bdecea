// A stream of any format, in one piece and in pieces: both must give the same.
// Input: the format (one byte), the size of the pieces (one byte), the stream.

#include "core/wire/wire_parser.h"

#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzzed_formats.h"
#include "tests/support/wire_reading.h"

#include <algorithm>
#include <cmath>

using stint::test::NamedRow;
using stint::test::require;
using stint::test::WireReading;

namespace {

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool sameRow(const NamedRow& a, const NamedRow& b)
{
    return a.layout == b.layout && a.channels == b.channels && same(a.deviceTime, b.deviceTime)
        && std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(), same);
}

void check(const WireReading& whole)
{
    require(whole.counts.rows == whole.rows.size(), "every row is counted");
    require(whole.counts.lastBad.size() <= 120, "the newest bad line is short");
    require(whole.fit >= 0.0 && whole.fit <= 1.0, "fit is a part");
    std::uint64_t layout = 0;
    for (const NamedRow& row : whole.rows) {
        require(row.layout >= layout && row.layout > 0, "layouts ascend");
        require(!row.channels.empty(), "a row has channels");
        layout = row.layout;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    const auto format = stint::parseWireFormat(
        stint::test::fuzzedFormats[data[0] % stint::test::fuzzedFormats.size()]);
    require(format.ok(), "the formats of this target are known");
    const std::string bytes(stint::test::textOf(data + 2, size - 2));
    const WireReading whole = stint::test::readWire(*format, bytes);
    check(whole);
    const WireReading pieces
        = stint::test::readWire(*format, bytes, std::size_t {1} + data[1] % 64U);
    require(std::equal(whole.rows.begin(), whole.rows.end(), pieces.rows.begin(), pieces.rows.end(),
                       sameRow),
            "rows do not depend on where the stream is cut");
    require(whole.counts.badLines == pieces.counts.badLines
                && whole.counts.lastBad == pieces.counts.lastBad
                && whole.counts.bytes == pieces.counts.bytes,
            "counts do not depend on where the stream is cut");
    return 0;
}
