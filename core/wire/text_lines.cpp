#include "core/wire/text_lines.h"

#include "core/wire/delimited_values.h"
#include "core/wire/labelled_values.h"
#include "core/wire/line_splitter.h"
#include "core/wire/nmea_values.h"
#include "core/wire/teleplot_values.h"
#include "core/wire/wire_text.h"

namespace stint {

namespace {

/// Lines of which each is one sample. `Values` reads a line.
template <typename Values>
class LineDecoder final : public WireDecoder {
public:
    explicit LineDecoder(Values values) : m_values(std::move(values)) { }

    std::size_t decode(std::span<const std::uint8_t> bytes, RowSink& sink) override
    {
        if constexpr (requires { m_values.passTime(sink); })
            if (!m_values.passTime(sink))
                return 0;
        return m_lines.feed(
            textOf(bytes), [&](std::string_view line) { return takeLine(line, sink); },
            [&](std::string_view start) { sink.bad(start, "a line of more than 1 MiB"); });
    }

    void finish([[maybe_unused]] RowSink& sink) override
    {
        if constexpr (requires { m_values.flush(sink); })
            static_cast<void>(m_values.flush(sink));
        m_lines.drop();
        m_first = true;
    }

private:
    bool takeLine(std::string_view line, RowSink& sink)
    {
        if (!m_first)
            return m_values.take(line, sink);
        m_first = false;
        if constexpr (requires { m_values.takeFirst(line, sink); })
            m_values.takeFirst(line, sink);
        return true;
    }

    LineSplitter m_lines;
    Values m_values;
    bool m_first = true; ///< the stream may begin inside this line
};

} // namespace

std::unique_ptr<WireDecoder> makeDelimitedDecoder(const WireFormat& format)
{
    return std::make_unique<LineDecoder<DelimitedValues>>(
        DelimitedValues(format.delimiter, format.decimal));
}

std::unique_ptr<WireDecoder> makeLabelledDecoder(const WireFormat& format)
{
    return std::make_unique<LineDecoder<LabelledValues>>(LabelledValues(format.decimal));
}

std::unique_ptr<WireDecoder> makeTeleplotDecoder()
{
    return std::make_unique<LineDecoder<TeleplotValues>>(TeleplotValues());
}

std::unique_ptr<WireDecoder> makeNmeaDecoder()
{
    return std::make_unique<LineDecoder<NmeaValues>>(NmeaValues());
}

} // namespace stint
