#include "core/wire/nmea_values.h"

#include "core/wire/text_number.h"
#include "core/wire/wire_text.h"

#include <charconv>
#include <cstdint>

namespace stint {

namespace {

constexpr std::size_t mostSentences = 64;
constexpr std::size_t mostFields = 256;
constexpr std::size_t longestSentenceName = 32;

/// What stands between the mark and the check value; empty if they are not there or do not fit.
std::string_view checkedBody(std::string_view line)
{
    if (line.size() < 5 || (line.front() != '$' && line.front() != '!')
        || line[line.size() - 3] != '*')
        return {};
    const std::string_view body = line.substr(1, line.size() - 4);
    unsigned written = 0;
    const char* const end = line.data() + line.size();
    const auto read = std::from_chars(end - 2, end, written, 16);
    unsigned check = 0;
    for (const char c : body)
        check ^= static_cast<std::uint8_t>(c);
    return read.ec == std::errc() && read.ptr == end && written == check ? body
                                                                         : std::string_view {};
}

} // namespace

bool NmeaValues::take(std::string_view line, RowSink& sink)
{
    line = trimmed(line);
    if (line.empty())
        return true;
    const std::string_view body = checkedBody(line);
    if (body.empty()) {
        const bool sentence = line.front() == '$' || line.front() == '!';
        sink.bad(line, sentence ? "the check value does not fit" : "no sentence");
        return true;
    }
    if (!readFields(body)) {
        sink.bad(line, "a sentence without numbers");
        return true;
    }
    return sink.labelled(m_values, std::nullopt, line) != Taken::Stop;
}

void NmeaValues::takeFirst(std::string_view line, RowSink& sink)
{
    if (!checkedBody(trimmed(line)).empty())
        static_cast<void>(take(line, sink));
}

bool NmeaValues::readFields(std::string_view body)
{
    m_values.clear();
    const std::string_view sentence = body.substr(0, body.find(','));
    if (sentence.size() == body.size() || sentence.size() > longestSentenceName
        || !isLabel(sentence))
        return false;
    auto at = m_labels.find(sentence);
    if (at == m_labels.end()) {
        if (m_labels.size() == mostSentences)
            return false;
        at = m_labels.emplace(sentence, std::vector<std::string> {}).first;
    }
    std::vector<std::string>& labels = at->second;
    std::string_view rest = body.substr(sentence.size() + 1);
    labels.reserve(mostFields); // labels are looked at while more are added
    bool any = false;
    for (std::size_t place = 0; place < mostFields; ++place) {
        const std::string_view field = rest.substr(0, rest.find(','));
        if (place == labels.size())
            labels.push_back(std::string(sentence) + ' ' + std::to_string(place + 1));
        WireValue value;
        const CellKind kind = readWireNumber(trimmed(field), '.', value.value);
        any = any || kind == CellKind::Number;
        value.label = labels[place];
        if (kind != CellKind::Other)
            m_values.push_back(value);
        if (field.size() == rest.size())
            break;
        rest.remove_prefix(field.size() + 1);
    }
    return any;
}

} // namespace stint
