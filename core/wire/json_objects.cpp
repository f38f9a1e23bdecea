#include "core/wire/json_objects.h"

#include "core/series/cell.h"
#include "core/wire/json_values.h"
#include "core/wire/wire_text.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace stint {

namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t longestShown = 256;

/// Follows braces, brackets and texts of an object, just far enough to notice where it ends and
/// where it cannot be one, so that a broken object does not swallow the next one.
class ObjectBounds {
public:
    enum class State { Inside, Whole, Broken };

    /// Starts with the opening brace.
    void begin()
    {
        m_open.assign(1, '{');
        m_text = false;
        m_escaped = false;
        m_newLine = false;
        m_before = '{';
    }

    State next(char c)
    {
        if (m_text)
            return nextOfText(c);
        if (isJsonBlank(c)) {
            m_newLine = m_newLine || c == '\n';
            return State::Inside;
        }
        const char before = m_before;
        m_mayBegin = m_newLine || before == '}';
        m_newLine = false;
        m_before = c;
        if (c == '"')
            m_text = true;
        else if (c == '{' || c == '[')
            return open(c, before);
        else if (c == '}' || c == ']')
            return close(c == '}' ? '{' : '[');
        return State::Inside;
    }

    /// Whether the last character, a brace that broke the object, may begin the next one.
    [[nodiscard]] bool mayBegin() const { return m_mayBegin; }

private:
    State nextOfText(char c)
    {
        if (c == '\n')
            return State::Broken;
        if (m_escaped)
            m_escaped = false;
        else if (c == '\\')
            m_escaped = true;
        else
            m_text = c != '"';
        return State::Inside;
    }

    State open(char c, char before)
    {
        const bool mayOpen = before == ':' || (m_open.back() == '[' && before != '"');
        m_open.push_back(c);
        return mayOpen && m_open.size() <= deepest ? State::Inside : State::Broken;
    }

    State close(char opened)
    {
        if (m_open.back() != opened)
            return State::Broken;
        m_open.pop_back();
        return m_open.empty() ? State::Whole : State::Inside;
    }

    std::string m_open;
    bool m_text = false;
    bool m_escaped = false;
    bool m_newLine = false; ///< since that character
    bool m_mayBegin = false;
    char m_before = 0; ///< newest character that is not blank
};

class JsonDecoder final : public WireDecoder {
public:
    std::size_t decode(std::span<const std::uint8_t> bytes, RowSink& sink) override
    {
        const std::string_view text = textOf(bytes);
        std::size_t begin = 0; ///< of the part of an object or of the text between in this block
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char c = text[at];
            if (!m_inside) {
                if (outside(c, sink)) {
                    begin = at;
                    start();
                }
                continue;
            }
            const ObjectBounds::State state = m_bounds.next(c);
            if (state == ObjectBounds::State::Whole) {
                if (!take(text.substr(begin, at + 1 - begin), sink)) {
                    m_inside = false;
                    m_place = Place::Sure;
                    return begin;
                }
                leave(Place::Sure);
            } else if (state == ObjectBounds::State::Broken) {
                bad(text.substr(begin, at - begin), "a broken object", sink);
                leave(c == '\n' ? Place::Sure : Place::Lost);
                m_counted = c != '\n';
                if (c == '{' && m_bounds.mayBegin()) {
                    begin = at;
                    start();
                }
            } else if (m_begun.size() + at + 1 - begin >= longestWireLine) {
                bad(text.substr(begin, at + 1 - begin), "an object of more than 1 MiB", sink);
                leave(Place::Lost);
            }
        }
        if (m_inside)
            m_begun.append(text.substr(begin));
        return text.size();
    }

    void finish(RowSink& /*sink*/) override
    {
        leave(Place::Lost);
        m_counted = true;
    }

private:
    /// What is known about a brace that comes next.
    enum class Place {
        Lost, ///< it may be inside an object whose beginning is not known
        AfterBrace, ///< it begins an object, because a closing brace comes before it
        Sure, ///< it begins an object
    };

    void start()
    {
        m_inside = true;
        m_begun.clear();
        m_between.clear();
        m_bounds.begin();
    }

    void leave(Place place)
    {
        m_inside = false;
        m_place = place;
        m_begun.clear();
        m_between.clear();
        if (m_begun.capacity() > 2 * longestShown)
            m_begun.shrink_to_fit();
    }

    /// A character between objects; true if it begins one.
    bool outside(char c, RowSink& sink)
    {
        if (c == '\n') {
            if (!trimmed(m_between).empty() && !m_counted)
                sink.bad(m_between, "no object");
            m_between.clear();
            m_counted = false;
            m_place = Place::Sure;
        } else if (c == '{') {
            // Text before an object is a message; a quotation mark in it is a sign that the brace
            // of an object was broken.
            const bool begins = m_place != Place::Lost && m_between.find('"') == std::string::npos;
            if (!begins)
                m_place = Place::Lost;
            return begins;
        } else if (!isJsonBlank(c)) {
            if (m_place != Place::Sure)
                m_place = c == '}' ? Place::AfterBrace : Place::Lost;
            if (m_between.size() < longestShown)
                m_between += c;
        } else if (m_between.size() < longestShown) {
            m_between += c;
        }
        return false;
    }

    bool take(std::string_view piece, RowSink& sink)
    {
        if (!m_begun.empty())
            piece = m_begun.append(piece);
        if (!m_values.read(piece)) {
            sink.bad(piece, "a broken object");
            return true;
        }
        const auto isNew = [&](const WireValue& value) {
            return sink.unitOf(value.label) == nullptr
                && (value.label.empty() || value.label.size() > 64 || !isPlainText(value.label));
        };
        if (m_values.values().empty() || std::ranges::any_of(m_values.values(), isNew)) {
            sink.bad(piece, "an object without numbers, or with names that are too long");
            return true;
        }
        return sink.labelled(m_values.values(), std::nullopt, piece) != Taken::Stop;
    }

    void bad(std::string_view piece, const char* why, RowSink& sink)
    {
        m_begun.append(piece.substr(0, longestShown));
        sink.bad(m_begun, why);
        m_counted = true;
    }

    ObjectBounds m_bounds;
    JsonValues m_values;
    Place m_place = Place::Lost;
    bool m_inside = false;
    bool m_counted = true; ///< this line, or it may lack its beginning
    std::string m_begun; ///< of an object that is not whole
    std::string m_between; ///< the start of the line between objects
};

} // namespace

std::unique_ptr<WireDecoder> makeJsonDecoder() { return std::make_unique<JsonDecoder>(); }

} // namespace stint
