#include "app/live/wire_intake.h"

#include "app/live/channel_names.h"

#include <utility>

namespace stint::app {

void WireIntake::setFormat(const std::optional<WireFormat>& format)
{
    m_earlierBadLines = badLines();
    m_format = format;
    m_parser.reset();
    m_search.clear();
    m_guess = {};
    m_misfitSince.reset();
    m_doubtful = false;
    if (format) {
        m_parser = std::make_unique<WireParser>(*format);
        ++m_parsers;
    }
}

void WireIntake::take(std::span<const std::uint8_t> bytes, double arrival)
{
    if (m_parser) {
        parse(bytes, arrival);
        return;
    }
    m_search.add(bytes, arrival);
    decide(arrival);
}

void WireIntake::tick(double now)
{
    if (!m_parser) {
        decide(now);
        return;
    }
    if (m_parser->fit() >= leastFit)
        m_misfitSince.reset();
    else if (!m_misfitSince)
        m_misfitSince = now;
    m_doubtful = m_misfitSince && now - *m_misfitSince >= doubtAfter;
}

void WireIntake::decide(double now)
{
    auto guess = m_search.decide(now);
    if (!guess)
        return;
    m_guess = std::move(*guess);
    if (!m_guess.format)
        return;
    m_format = m_guess.format;
    m_parser = std::make_unique<WireParser>(*m_format);
    ++m_parsers;
    m_search.release(
        [this](std::span<const std::uint8_t> piece, double arrival) { parse(piece, arrival); });
}

void WireIntake::parse(std::span<const std::uint8_t> bytes, double arrival)
{
    bool stuck = false;
    while (!bytes.empty() && !stuck) {
        const std::size_t used = m_parser->parse(bytes, arrival, m_samples);
        stuck = used == 0 && m_samples.rows == 0;
        handOver();
        bytes = bytes.subspan(used);
    }
}

void WireIntake::disconnect(double now)
{
    if (m_parser) {
        m_parser->finish(now, m_samples);
        handOver();
    } else {
        m_search.clear();
    }
    m_gap = m_rows > 0;
    m_times.restart();
}

/// Numbers and times what was parsed and gives it away. The parser keeps its own block, because it
/// may compare what it finds there.
void WireIntake::handOver()
{
    if (m_samples.rows == 0)
        return;
    const std::uint64_t layout = (m_parsers << 32U) + m_samples.layout;
    if (std::exchange(m_layout, layout) != layout)
        m_channels = namesInRecordings(m_samples.channels);
    // The block may be one that came back from a queue.
    if (m_out.samples.layout != layout || m_out.samples.channels.size() != m_channels.size())
        m_out.samples.channels = m_channels;
    m_out.samples.layout = layout;
    m_times.time(m_samples, m_out.time);
    m_out.samples.rows = m_samples.rows;
    m_out.samples.values.swap(m_samples.values);
    m_out.samples.arrival.swap(m_samples.arrival);
    m_out.samples.deviceTime.swap(m_samples.deviceTime);
    m_samples.clear();
    m_out.firstRow = m_rows;
    m_out.gap = std::exchange(m_gap, false);
    m_out.labels.clear(); // the block may be one that came back from a queue
    m_rows += static_cast<std::uint64_t>(m_out.samples.rows);
    m_sink(m_out);
}

std::uint64_t WireIntake::badLines() const
{
    return m_earlierBadLines + (m_parser ? m_parser->counts().badLines : 0);
}

} // namespace stint::app
