#include "core/wire/text_detection.h"

#include "core/series/cell.h"
#include "core/wire/wire_parser.h"
#include "core/wire/wire_text.h"

#include <algorithm>
#include <cmath>
#include <map>
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
        {formatOf(WireKind::Nmea), 1.3},
        {formatOf(WireKind::CommentFrame), 1.25},
        {formatOf(WireKind::CommentFrame, ';'), 1.251},
        {formatOf(WireKind::CommentFrame, ';', ','), 1.25},
        {formatOf(WireKind::CommentFrame, '\t'), 1.251},
        {formatOf(WireKind::CommentFrame, ' '), 1.24},
        {formatOf(WireKind::DollarFrame), 1.25},
        {formatOf(WireKind::Teleplot), 1.2},
        {formatOf(WireKind::Json), 1.2},
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

/// Counts the channels that most rows have: a broken name is one of a single row.
class ChannelCount {
public:
    void add(const WireRows& rows)
    {
        const auto channels = rows.channels.size();
        for (std::size_t i = 0; i < rows.values.size(); ++i)
            if (!std::isnan(rows.values[i]))
                ++m_values[rows.channels[i % channels].name];
        m_rows += rows.rows;
    }

    [[nodiscard]] Index usual() const
    {
        return std::ranges::count_if(
            m_values, [this](const auto& entry) { return 3 * entry.second > m_rows; });
    }

private:
    std::map<std::string, Index> m_values; ///< by name
    Index m_rows = 0;
};

Scored scoreOf(const Candidate& candidate, std::span<const std::uint8_t> bytes)
{
    WireParser parser(candidate.format);
    WireRows rows;
    Scored scored {candidate.format, 0.0, 0.0, 0};
    ChannelCount channels;
    for (std::size_t at = 0; at < bytes.size();) {
        at += parser.parse(bytes.subspan(at), 0.0, rows);
        channels.add(rows);
    }
    parser.finish(0.0, rows);
    channels.add(rows);
    scored.channels = channels.usual();
    const WireCounts& counts = parser.counts();
    // A line of an object or of a check value is long and says much.
    const bool isSure = candidate.format.kind == WireKind::Json
        || candidate.format.kind == WireKind::Nmea
        || candidate.format.checksum != WireChecksum::None;
    if (counts.rows < (isSure ? 1 : 2))
        return scored;
    scored.fit = parser.fit();
    const bool single = scored.channels == 1
        && (candidate.format.kind == WireKind::Delimited
            || candidate.format.kind == WireKind::CommentFrame);
    scored.score = scored.fit * (single ? singleColumnWeight * candidate.weight : candidate.weight);
    return scored;
}

/// One line or frame that the format takes, the last one, so that boot text is not shown.
std::string sampleLine(const WireFormat& format, std::string_view text)
{
    const std::string_view ends = format.kind == WireKind::DollarFrame ? "\r\n;"
        : format.kind == WireKind::CommentFrame                        ? "\r\n/"
                                                                       : "\r\n";
    std::string best;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find_first_of(ends, at);
        if (end == std::string_view::npos)
            break;
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        WireParser parser(format);
        WireRows rows;
        std::string alone = "\n" + std::string(line);
        if (format.kind == WireKind::CommentFrame)
            alone = "/" + std::string(line) + "/";
        else
            alone += format.kind == WireKind::DollarFrame ? ";" : "\n";
        const auto* const data = reinterpret_cast<const std::uint8_t*>(alone.data());
        static_cast<void>(parser.parse({data, alone.size()}, 0.0, rows));
        if (parser.counts().rows > 0 || parser.counts().sampleBytes > 0)
            best = printableStart(trimmed(alone));
    }
    return best;
}

WireGuess guessOf(Scored best, std::span<const std::uint8_t> bytes)
{
    WireGuess guess;
    // Lines of one number fit every delimiter.
    if (best.channels == 1 && best.format.kind == WireKind::Delimited)
        best.format.delimiter = best.format.decimal == ',' ? ';' : ',';
    guess.format = best.format;
    guess.confidence = best.fit;
    guess.channels = best.channels;
    WireFormat plain = best.format;
    plain.checksum = WireChecksum::None;
    guess.sample = sampleLine(plain, textOf(bytes));
    guess.sentence = "Looks like " + describe(best.format) + ".";
    return guess;
}

Scored bestOf(const std::vector<Candidate>& candidateFormats, std::span<const std::uint8_t> bytes)
{
    Scored best;
    for (const Candidate& candidate : candidateFormats) {
        Scored scored = scoreOf(candidate, bytes);
        if (scored.score > best.score)
            best = std::move(scored);
    }
    return best;
}

} // namespace

WireGuess detectTextFormat(std::span<const std::uint8_t> bytes)
{
    Scored best = bestOf(candidates(), bytes);
    // What a device says when it starts may be longer than the data after it.
    if (best.score <= leastScore)
        best = bestOf(candidates(), bytes.subspan(bytes.size() / 2));
    if (best.score > leastScore) {
        WireGuess checked;
        if (best.format.kind == WireKind::CommentFrame)
            checked = detectCheckedComments(bytes);
        return checked.format ? checked : guessOf(std::move(best), bytes);
    }
    WireGuess guess;
    guess.sample = printableStart(textOf(bytes));
    guess.sentence = "This is text, but no lines of numbers that Stint knows; choose the format "
                     "yourself, or let the device write numbers between commas.";
    return guess;
}

WireGuess detectCheckedComments(std::span<const std::uint8_t> bytes)
{
    std::vector<Candidate> checked;
    for (const auto& [format, weight] : candidates()) {
        if (format.kind != WireKind::CommentFrame)
            continue;
        for (const WireChecksum checksum :
             {WireChecksum::Sum8, WireChecksum::Xor8, WireChecksum::Crc8, WireChecksum::Crc16,
              WireChecksum::Crc16Modbus, WireChecksum::Crc16Ccitt, WireChecksum::Fletcher16,
              WireChecksum::Crc32, WireChecksum::Adler32}) {
            checked.push_back({format, weight});
            checked.back().format.checksum = checksum;
        }
    }
    Scored best = bestOf(checked, bytes);
    return best.score > leastScore ? guessOf(std::move(best), bytes) : WireGuess {};
}

} // namespace stint
