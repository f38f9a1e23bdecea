#include "core/wire/bracket_frames.h"

#include "core/series/cell.h"
#include "core/wire/checksum.h"
#include "core/wire/delimited_values.h"
#include "core/wire/framed_decoder.h"

#include <string_view>

namespace stint {

namespace {

/// How frames of text are marked.
struct Marks {
    std::string_view begin;
    std::string_view end;
    bool lineEndsBreak = false; ///< a frame stays on its line
    WireChecksum checksum = WireChecksum::None;
};

/// Text between two marks. What stands between frames is passed over and counted by lines.
class BracketFrames {
public:
    BracketFrames(const Marks& marks, DelimitedValues values)
        : m_marks(marks), m_values(std::move(values))
    { }

    FrameStep next(std::span<const std::uint8_t> rest, std::size_t& searched, RowSink& sink)
    {
        const std::string_view text = textOf(rest);
        if (text.starts_with(m_marks.begin))
            return frame(text, searched, sink);
        return between(text, searched, sink);
    }

    void reset() { m_lost = true; }

private:
    FrameStep frame(std::string_view text, std::size_t& searched, RowSink& sink)
    {
        // A mark may be cut at the end of what was searched.
        const std::size_t from = std::max(m_marks.begin.size(), searched);
        const std::size_t end = text.find(m_marks.end, from);
        // The end of "/*/" is the one of a frame; whether it is needs one more byte.
        const std::string_view inside = text.substr(0, std::min(end, text.size() - 1));
        const std::size_t again = inside.find(m_marks.begin, from);
        const std::size_t lineEnd
            = m_marks.lineEndsBreak ? inside.find('\n', from) : std::string_view::npos;
        const std::size_t broken = std::min(again, lineEnd);
        if (broken <= longestWireLine) {
            m_lost = true;
            sink.bad(text.substr(0, broken), "a frame without its end");
            return {broken, false, false};
        }
        const std::size_t after = end + m_marks.end.size();
        const std::size_t check = checksumBytes(m_marks.checksum);
        if (end > longestWireLine || text.size() < after + check) {
            searched = end == std::string_view::npos
                ? text.size() - std::min(text.size(), m_marks.end.size())
                : from;
            return {0, true, false};
        }
        return take(text.substr(0, after + check), after, sink);
    }

    FrameStep take(std::string_view whole, std::size_t after, RowSink& sink)
    {
        const std::size_t begin = m_marks.begin.size();
        const std::string_view payload = whole.substr(begin, after - m_marks.end.size() - begin);
        const auto bytes = [](std::string_view part) {
            return std::span(reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
        };
        if (readChecksum(m_marks.checksum, bytes(whole.substr(after)))
            != checksumOf(m_marks.checksum, bytes(payload))) {
            m_lost = true;
            sink.bad(whole, "the check value does not fit");
            return {begin, false, false};
        }
        m_lost = false;
        const bool taken = m_values.take(trimmed(payload), sink);
        return {taken ? whole.size() : 0, false, !taken};
    }

    FrameStep between(std::string_view text, std::size_t& searched, RowSink& sink)
    {
        const std::size_t mark = text.find(m_marks.begin, searched);
        const std::size_t lineEnd = text.substr(0, mark).find('\n', searched);
        if (std::min(mark, lineEnd) > longestWireLine) {
            searched = text.size() - std::min(text.size(), m_marks.begin.size() - 1);
            return {0, true, false};
        }
        const std::size_t end = lineEnd == std::string_view::npos ? mark : lineEnd + 1;
        // What follows a broken frame is a part of it.
        if (!m_lost && !trimmed(text.substr(0, end)).empty())
            sink.bad(text.substr(0, end), "no frame");
        m_lost = m_lost && lineEnd == std::string_view::npos;
        return {end, false, false};
    }

    Marks m_marks;
    DelimitedValues m_values;
    bool m_lost = true;
};

} // namespace

std::unique_ptr<WireDecoder> makeCommentDecoder(const WireFormat& format)
{
    return std::make_unique<FramedDecoder<BracketFrames>>(BracketFrames(
        {"/*", "*/", false, format.checksum}, DelimitedValues(format.delimiter, format.decimal)));
}

std::unique_ptr<WireDecoder> makeDollarDecoder()
{
    return std::make_unique<FramedDecoder<BracketFrames>>(
        BracketFrames({"$", ";", true, WireChecksum::None}, DelimitedValues(' ', '.')));
}

} // namespace stint
