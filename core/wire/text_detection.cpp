#include "core/wire/text_detection.h"

#include "core/wire/wire_parser.h"
#include "core/wire/wire_text.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

namespace {

/// A format and what its score is multiplied with: the more a format demands, the more it says
/// when it fits.
struct Candidate {
    WireFormat format;
    double weight = 1.0;
};

struct Scored {
    WireFormat format;
    double score = 0.0;
    double fit = 0.0;
    Index channels = 0;
};

WireFormat formatOf(WireKind kind, char delimiter = ',', char decimal = '.')
{
    WireFormat format;
    format.kind = kind;
    format.delimiter = delimiter;
    format.decimal = decimal;
    return format;
}

std::vector<Candidate> candidates()
{
    constexpr double decimalComma = 0.005; ///< wins over the point only where the point fails
    return {
        {formatOf(WireKind::Labelled), 1.05},
        {formatOf(WireKind::Labelled, ',', ','), 1.05 - decimalComma},
        {formatOf(WireKind::Delimited, ';'), 1.04},
        {formatOf(WireKind::Delimited, ';', ','), 1.04 - decimalComma},
        {formatOf(WireKind::Delimited, '\t'), 1.03},
        {formatOf(WireKind::Delimited, '\t', ','), 1.03 - decimalComma},
        {formatOf(WireKind::Delimited, ','), 1.02},
        {formatOf(WireKind::Delimited, ' '), 1.0},
        {formatOf(WireKind::Delimited, ' ', ','), 1.0 - decimalComma},
        {formatOf(WireKind::Delimited, '|'), 1.0},
    };
}

/// Lines of a single number fit every delimiter.
constexpr double singleColumnWeight = 0.9;
constexpr double leastScore = 0.5;

Scored scoreOf(const Candidate& candidate, std::span<const std::uint8_t> bytes)
{
    WireParser parser(candidate.format);
    WireRows rows;
    Scored scored {candidate.format, 0.0, 0.0, 0};
    for (std::size_t at = 0; at < bytes.size();) {
        at += parser.parse(bytes.subspan(at), 0.0, rows);
        if (rows.rows > 0)
            scored.channels = static_cast<Index>(rows.channels.size());
    }
    parser.finish(0.0, rows);
    const WireCounts& counts = parser.counts();
    if (counts.rows == 0)
        return scored;
    scored.fit = parser.fit();
    const bool single = scored.channels == 1 && candidate.format.kind == WireKind::Delimited;
    scored.score = scored.fit * (single ? singleColumnWeight * candidate.weight : candidate.weight);
    return scored;
}

/// The line in the middle that the format takes, so that neither boot text nor a part is shown.
std::string sampleLine(const WireFormat& format, std::string_view text)
{
    std::string best;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        if (line.empty() || end == text.size())
            continue;
        WireParser parser(format);
        WireRows rows;
        const std::string alone = "\n" + std::string(line) + "\n";
        const auto* const data = reinterpret_cast<const std::uint8_t*>(alone.data());
        static_cast<void>(parser.parse({data, alone.size()}, 0.0, rows));
        if (parser.counts().rows > 0)
            best = printableStart(line);
    }
    return best;
}

} // namespace

WireGuess detectTextFormat(std::span<const std::uint8_t> bytes)
{
    Scored best;
    for (const Candidate& candidate : candidates()) {
        Scored scored = scoreOf(candidate, bytes);
        if (scored.score > best.score)
            best = std::move(scored);
    }
    WireGuess guess;
    if (best.score <= leastScore) {
        guess.sample = printableStart(textOf(bytes));
        guess.sentence = "This is text, but no lines of numbers that Stint knows; "
                         "choose the format yourself, or let the device write numbers "
                         "between commas.";
        return guess;
    }
    if (best.channels == 1 && best.format.kind == WireKind::Delimited)
        best.format.delimiter = best.format.decimal == ',' ? ';' : ',';
    guess.format = best.format;
    guess.confidence = std::min(1.0, best.fit);
    guess.channels = best.channels;
    guess.sample = sampleLine(best.format, textOf(bytes));
    guess.sentence = "Looks like " + describe(best.format) + ".";
    return guess;
}

} // namespace stint
