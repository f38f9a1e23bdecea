#include "core/series/text_sample.h"

#include "core/series/dialect.h"
#include "core/series/text_decoder.h"

#include <algorithm>
#include <vector>

namespace stint {

namespace {

constexpr std::size_t headBytes = std::size_t {1} << 22U;
constexpr std::size_t spreadCount = 320;
constexpr std::size_t chunkBytes = 8192;

/// The first whole line after the first line end, without the end; empty if there is none.
std::string_view lineWithin(std::string_view chunk)
{
    const std::size_t before = chunk.find('\n');
    if (before == std::string_view::npos)
        return {};
    const std::size_t end = chunk.find('\n', before + 1);
    return end == std::string_view::npos ? std::string_view {}
                                         : chunk.substr(before + 1, end - before - 1);
}

/// Takes lines spread over what follows the head.
class LineSpreader {
public:
    LineSpreader(ByteSource& source, TextSample& sample) : m_source(source), m_sample(sample) { }

    Result<Done> spread(std::size_t from)
    {
        const auto size = m_source.size();
        Result<Done> done = Done {};
        if (size)
            jump(from, *size);
        else
            done = walk();
        for (const std::string& line : m_lines)
            m_sample.text.append(line).push_back('\n');
        return done;
    }

private:
    [[nodiscard]] std::string decoded(std::string bytes, bool last) const
    {
        TextDecoder decoder(m_sample.encoding.name, m_sample.endOfLine == "CR");
        decoder.decode(bytes, 0, last);
        return bytes;
    }

    void jump(std::size_t from, std::size_t size)
    {
        const bool wide = m_sample.encoding.name.starts_with("utf-16");
        std::size_t characters = 0;
        for (std::size_t i = 0; i < spreadCount; ++i) {
            std::size_t at = from + (size - from) / spreadCount * i;
            at -= at % 2; // characters of two bytes begin at even places
            std::string chunk(chunkBytes, '\0');
            chunk.resize(m_source.readAt(at, chunk.data(), chunk.size()).value_or(0));
            const std::string text = decoded(std::move(chunk), false);
            const std::string_view line = lineWithin(text);
            if (line.empty())
                continue;
            characters += line.size() + 1;
            m_lines.emplace_back(line);
        }
        const std::size_t mean = m_lines.empty() ? chunkBytes : characters / m_lines.size();
        m_sample.lines += (size - from) / (wide ? 2 * mean : std::max<std::size_t>(mean, 1));
    }

    /// What cannot be jumped through is read once, and every second line dropped when there are
    /// many.
    Result<Done> walk()
    {
        std::size_t every = 1;
        std::size_t block = 0;
        TextDecoder decoder(m_sample.encoding.name, m_sample.endOfLine == "CR");
        for (bool last = false; !last; ++block) {
            std::string text(std::size_t {1} << 18U, '\0');
            const Result<std::size_t> got = m_source.read(text.data(), text.size());
            if (!got)
                return got.error();
            last = *got < text.size();
            text.resize(*got);
            decoder.decode(text, 0, last);
            m_sample.lines += static_cast<std::size_t>(std::ranges::count(text, '\n'));
            const std::string_view line = lineWithin(text);
            if (block % every != 0 || line.empty())
                continue;
            m_lines.emplace_back(line);
            if (m_lines.size() < 2 * spreadCount)
                continue;
            every *= 2;
            for (std::size_t i = 0; 2 * i < m_lines.size(); ++i)
                m_lines[i] = m_lines[2 * i];
            m_lines.resize(m_lines.size() / 2);
        }
        return Done {};
    }

    ByteSource& m_source;
    TextSample& m_sample;
    std::vector<std::string> m_lines;
};

} // namespace

Result<TextSample> sampleText(ByteSource& source, const std::string& name,
                              const std::string& encoding)
{
    std::string head(headBytes, '\0');
    const Result<std::size_t> got = source.read(head.data(), head.size());
    if (!got)
        return got.error();
    head.resize(*got);
    const bool whole = *got < headBytes;
    const Result<TextEncoding> found
        = encoding.empty() ? detectEncoding(head, whole, name) : namedEncoding(head, encoding);
    if (!found)
        return found.error();
    TextSample sample {head.substr(found->markBytes), *found, {}, 0};
    TextDecoder(found->name).decode(sample.text, 0, whole);
    sample.endOfLine = detectEndOfLine(sample.text);
    if (sample.endOfLine == "CR")
        std::ranges::replace(sample.text, '\r', '\n');
    sample.lines = static_cast<std::size_t>(std::ranges::count(sample.text, '\n')) + 1;
    if (!whole) {
        sample.text.resize(firstLines(sample.text).size());
        sample.text.resize(sample.text.rfind('\n') + 1);
        if (sample.text.empty())
            return Error {name
                          + " has a line of more than 4 MiB, which no table has; check which "
                            "program wrote it."};
        LineSpreader spreader(source, sample);
        if (const Result<Done> done = spreader.spread(headBytes); !done)
            return done.error();
    }
    if (const Result<Done> back = source.rewind(); !back)
        return back.error();
    return sample;
}

} // namespace stint
