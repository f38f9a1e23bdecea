#include "ui/live_recording.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint::ui {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Neighbours closer than this cannot be told apart on an axis [s].
constexpr double smallestStep = 1e-6;

void moveToFront(std::vector<double>& values, Index by, Index filled)
{
    std::copy(values.begin() + by, values.begin() + filled, values.begin());
    std::fill(values.begin() + (filled - by), values.begin() + filled, nothing);
}

} // namespace

Index LiveRecording::capacityFor(std::size_t channels)
{
    const Index rows = mostValues / (static_cast<Index>(channels) + 1);
    return std::clamp<Index>(rows, 2, mostRows);
}

LiveRecording::LiveRecording(const std::string& name, const std::vector<WireChannel>& channels,
                             Index capacity, const LiveAxis& axis,
                             const std::vector<std::string>& labels)
    : m_capacity(capacity > 1 ? capacity : capacityFor(channels.size())),
      m_recording(std::make_shared<Recording>()),
      m_curves(std::make_shared<ChannelCurves>()),
      m_extent(std::make_shared<LiveExtent>()),
      m_fromStart(axis.fromStart),
      m_usualStep(axis.step)
{
    const auto count = static_cast<std::size_t>(m_capacity);
    m_recording->name = name;
    m_recording->time.kind = axis.kind;
    m_recording->time.column = axis.column;
    m_recording->time.unit = axis.unit;
    m_recording->time.seconds.assign(count, nothing);
    for (const WireChannel& channel : channels) {
        m_recording->channels.push_back(
            {channel.name, channel.unit, std::vector<double>(count, nothing)});
        m_curves->indexes.emplace_back().build(m_recording->channels.back().values);
        m_curves->bounds.emplace_back();
    }
    for (const std::string& label : labels)
        m_recording->labels.push_back({label, std::vector<unsigned char>(count, 0)});
}

bool LiveRecording::fits(const WireRows& rows) const
{
    const std::vector<Channel>& own = m_recording->channels;
    return std::equal(own.begin(), own.end(), rows.channels.begin(), rows.channels.end(),
                      [](const Channel& a, const WireChannel& b) {
                          return a.name == b.name && a.unit == b.unit;
                      });
}

Index LiveRecording::append(const WireRows& rows, const std::vector<double>& times,
                            std::uint64_t number, bool gap, const Marks& marks)
{
    const auto count = static_cast<std::uint64_t>(rows.rows);
    const std::uint64_t next = m_stretches.empty() ? number : nextNumber();
    std::uint64_t skipped = std::min(next > number ? next - number : 0, count);
    // More at once than half of what is kept: only its end.
    const auto most = static_cast<std::uint64_t>(std::max<Index>(m_capacity / 2, 1));
    skipped = std::max(skipped, count > most ? count - most : 0);
    if (skipped == count)
        return 0;
    const Index dropped = makeRoom(static_cast<Index>(count - skipped));
    const Index first = m_extent->rows;
    const std::uint64_t begin = number + skipped;
    if (m_stretches.empty() || begin != next)
        m_stretches.push_back({first, begin});
    if (first > 0 && (gap || begin != next))
        m_extent->gaps.push_back(first);
    for (auto i = static_cast<std::size_t>(skipped); i < static_cast<std::size_t>(count); ++i)
        addRow(rows, i, times[i]);
    mark(marks, first, static_cast<std::size_t>(skipped));
    for (std::size_t c = 0; c < m_curves->indexes.size(); ++c)
        m_curves->indexes[c].update(m_recording->channels[c].values, first, m_extent->rows);
    updateStep();
    return dropped;
}

/// Takes over what labels say about the rows from `first` on, which are the last ones.
void LiveRecording::mark(const Marks& marks, Index first, std::size_t from)
{
    std::vector<LabelColumn>& labels = m_recording->labels;
    if (marks.size() != labels.size())
        return;
    for (std::size_t l = 0; l < labels.size(); ++l)
        std::copy(marks[l].begin() + static_cast<std::ptrdiff_t>(from), marks[l].end(),
                  labels[l].values.begin() + first);
    std::vector<RowSpan>& spans = m_curves->labelled;
    for (Index row = first; !labels.empty() && row < m_extent->rows; ++row) {
        if (labels.front().values[static_cast<std::size_t>(row)] == 0)
            continue;
        if (!spans.empty() && spans.back().last == row)
            ++spans.back().last;
        else
            spans.push_back({row, row + 1});
        ++m_extent->labelChanges;
    }
}

std::uint64_t LiveRecording::nextNumber() const
{
    if (m_stretches.empty())
        return 0;
    const Stretch& newest = m_stretches.back();
    return newest.number + static_cast<std::uint64_t>(m_extent->rows - newest.row);
}

Index LiveRecording::rowOf(std::uint64_t number) const
{
    const auto after
        = std::upper_bound(m_stretches.begin(), m_stretches.end(), number,
                           [](std::uint64_t n, const Stretch& s) { return n < s.number; });
    if (after == m_stretches.begin())
        return -1;
    const Stretch& found = *(after - 1);
    const Index end = after == m_stretches.end() ? m_extent->rows : after->row;
    const auto row = found.row + static_cast<Index>(number - found.number);
    return row < end ? row : -1;
}

/// Whether rows are missing between two times. Where many are, the rows come unevenly.
bool LiveRecording::jumps(double from, double to) const
{
    return m_usualStep > 0.0 && to - from > 1.5 * m_usualStep
        && 10 * static_cast<Index>(m_extent->gaps.size()) <= m_extent->rows;
}

void LiveRecording::addRow(const WireRows& rows, std::size_t from, double time)
{
    if (!m_begun) {
        m_begun = true;
        m_start = m_fromStart ? time : 0.0;
        m_last = m_fromStart ? -smallestStep : -std::numeric_limits<double>::max();
    }
    // Whole microseconds: more digits than that say nothing about a serial line.
    const double since
        = m_fromStart ? std::round((time - m_start) / smallestStep) * smallestStep : time;
    const double before = m_last;
    m_last = since > m_last && std::isfinite(since) ? since : m_last + smallestStep;
    std::vector<Index>& gaps = m_extent->gaps;
    const Index newest = m_extent->rows;
    if (newest > 0 && jumps(before, m_last) && (gaps.empty() || gaps.back() < newest))
        gaps.push_back(newest);
    const auto row = static_cast<std::size_t>(newest);
    m_recording->time.seconds[row] = m_last;
    const std::size_t channels = m_recording->channels.size();
    for (std::size_t c = 0; c < channels; ++c)
        m_recording->channels[c].values[row] = rows.values[from * channels + c];
    ++m_extent->rows;
}

Index LiveRecording::makeRoom(Index rows)
{
    if (m_extent->rows + rows <= m_capacity)
        return 0;
    const Index drop
        = std::min(m_extent->rows, std::max(m_capacity / 2, m_extent->rows + rows - m_capacity));
    dropFirst(drop);
    return drop;
}

/// The first rows go away with what labels say about them.
void LiveRecording::dropMarks(Index rows, Index filled)
{
    for (LabelColumn& label : m_recording->labels) {
        const auto begin = label.values.begin();
        std::copy(begin + rows, begin + filled, begin);
        std::fill(begin + (filled - rows), begin + filled, static_cast<unsigned char>(0));
    }
    std::vector<RowSpan>& spans = m_curves->labelled;
    std::erase_if(spans, [rows](const RowSpan& span) { return span.last <= rows; });
    for (RowSpan& span : spans)
        span = {std::max<Index>(span.first - rows, 0), span.last - rows};
    ++m_extent->labelChanges;
}

void LiveRecording::dropFirst(Index rows)
{
    const Index filled = m_extent->rows;
    dropMarks(rows, filled);
    moveToFront(m_recording->time.seconds, rows, filled);
    for (std::size_t c = 0; c < m_curves->indexes.size(); ++c) {
        std::vector<double>& values = m_recording->channels[c].values;
        moveToFront(values, rows, filled);
        m_curves->indexes[c].update(values, 0, filled);
    }
    m_extent->rows -= rows;
    const auto kept = std::upper_bound(m_stretches.begin(), m_stretches.end(), rows,
                                       [](Index row, const Stretch& s) { return row < s.row; });
    if (kept != m_stretches.begin()) {
        // The stretch that is cut begins with the first row that is kept.
        Stretch& cut = *(kept - 1);
        cut.number += static_cast<std::uint64_t>(rows - cut.row);
        cut.row = rows;
        m_stretches.erase(m_stretches.begin(), kept - 1);
    }
    for (Stretch& stretch : m_stretches)
        stretch.row -= rows;
    std::vector<Index>& gaps = m_extent->gaps;
    gaps.erase(gaps.begin(),
               std::upper_bound(gaps.begin(), gaps.end(), rows)); // the first row has no front
    for (Index& gap : gaps)
        gap -= rows;
}

void LiveRecording::updateStep()
{
    const Index filled = m_extent->rows;
    if (filled < 2)
        return;
    const std::vector<double>& seconds = m_recording->time.seconds;
    const double step = (seconds[static_cast<std::size_t>(filled - 1)] - seconds.front())
        / static_cast<double>(filled - 1);
    m_extent->step = step > 0.0 ? step : smallestStep;
    m_recording->time.step = m_extent->step;
}

std::shared_ptr<Recording> LiveRecording::snapshot() const
{
    auto copy = std::make_shared<Recording>();
    const auto filled = static_cast<std::ptrdiff_t>(m_extent->rows);
    copy->name = m_recording->name;
    copy->time.kind = m_recording->time.kind;
    copy->time.column = m_recording->time.column;
    copy->time.unit = m_recording->time.unit;
    const std::vector<double>& seconds = m_recording->time.seconds;
    copy->time.seconds.assign(seconds.begin(), seconds.begin() + filled);
    copy->time.gaps = m_extent->gaps.size();
    std::vector<double> steps;
    for (std::ptrdiff_t i = 1; i < filled; ++i)
        steps.push_back(seconds[static_cast<std::size_t>(i)]
                        - seconds[static_cast<std::size_t>(i - 1)]);
    if (!steps.empty()) {
        const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
        std::nth_element(steps.begin(), middle, steps.end());
        copy->time.step = *middle > 0.0 ? *middle : m_extent->step;
    }
    for (const LabelColumn& label : m_recording->labels)
        copy->labels.push_back({label.name, {label.values.begin(), label.values.begin() + filled}});
    for (const Channel& channel : m_recording->channels)
        copy->channels.push_back({channel.name,
                                  channel.unit,
                                  {channel.values.begin(), channel.values.begin() + filled}});
    return copy;
}

} // namespace stint::ui
