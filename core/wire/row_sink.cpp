#include "core/wire/row_sink.h"

#include "core/wire/wire_text.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace stint {

namespace {

constexpr std::size_t noSlot = std::numeric_limits<std::size_t>::max();
constexpr std::size_t mostPlaces = 4096;
constexpr std::size_t mostLabels = 1024;
/// New labels are taken at once within these rows, later when they come a second time.
constexpr std::uint64_t youngRows = 32;
constexpr std::size_t mostCandidates = 64;
/// Samples of another size in a row that change the channels.
constexpr int samplesToChange = 3;
/// Rows with few values of many channels could fill the memory from few bytes.
constexpr std::size_t mostValuesPerCall = std::size_t {1} << 20U;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

} // namespace

void RowSink::begin(WireRows& rows, double arrival)
{
    m_rows = &rows;
    m_arrival = arrival;
    rows.clear();
    publish();
}

void RowSink::publish()
{
    m_rows->layout = m_layout;
    if (m_rows->channels != m_channels)
        m_rows->channels = m_channels;
}

bool RowSink::full() const
{
    return m_rows->rows > 0 && m_rows->values.size() + m_channels.size() > mostValuesPerCall;
}

Taken RowSink::placed(std::span<const double> values, const std::vector<FieldName>* names,
                      std::string_view raw)
{
    if (values.empty() || values.size() > mostPlaces) {
        bad(raw, "more than " + std::to_string(mostPlaces) + " values");
        return Taken::Bad;
    }
    if (names != nullptr && names->size() != values.size())
        names = nullptr;
    if (changesPlaces(values.size(), names)) {
        if (m_rows->rows > 0)
            return Taken::Stop;
        makePlaces(values.size(), names);
    } else if (values.size() != m_slots.size()) {
        m_otherRun = values.size() == m_otherCount ? m_otherRun + 1 : 1;
        m_otherCount = values.size();
        bad(raw,
            std::to_string(values.size()) + " values instead of " + std::to_string(m_slots.size()));
        return Taken::Bad;
    }
    const bool timeFailsNow = hasTime() && m_clock.wouldGiveUp(values[*m_timeSlot]);
    if (full() || (timeFailsNow && m_rows->rows > 0))
        return Taken::Stop;
    if (timeFailsNow)
        giveUpTime();
    m_otherRun = 0;
    double* const row = appendRow(hasTime() ? m_clock.seconds(values[*m_timeSlot]) : nan);
    if (!hasTime()) {
        std::ranges::copy(values, row);
    } else {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (m_slots[i].column >= 0)
                row[m_slots[i].column] = values[i];
    }
    good(raw);
    return Taken::Row;
}

bool RowSink::changesPlaces(std::size_t values, const std::vector<FieldName>* names) const
{
    if (m_slots.empty())
        return true;
    if (names == nullptr)
        return values != m_slots.size() && values == m_otherCount
            && m_otherRun + 1 >= samplesToChange;
    if (values != m_slots.size())
        return true;
    for (std::size_t i = 0; i < values; ++i)
        if (m_slots[i].header != (*names)[i].header || m_slots[i].unit != (*names)[i].unit)
            return true;
    return false;
}

void RowSink::makePlaces(std::size_t values, const std::vector<FieldName>* names)
{
    const bool timeWasNoTime = m_timeGivenUp && names != nullptr && values == m_slots.size();
    m_slots.assign(values, {});
    for (std::size_t i = 0; i < values; ++i) {
        Slot& slot = m_slots[i];
        slot.name = "value " + std::to_string(i + 1);
        if (names == nullptr)
            continue;
        const FieldName& field = (*names)[i];
        slot.header = field.header;
        slot.unit = field.unit;
        if (!field.name.empty())
            slot.name = field.name;
    }
    m_timeSlot.reset();
    m_timeGivenUp = timeWasNoTime;
    chooseTime(true);
    layOut();
}

Taken RowSink::labelled(std::span<const WireValue> values, std::optional<double> seconds,
                        std::string_view raw)
{
    lookUp(values);
    const bool known
        = std::ranges::any_of(m_found, [](std::size_t slot) { return slot != noSlot; });
    bool grows = false;
    for (std::size_t i = 0; i < values.size(); ++i)
        grows = grows || (m_found[i] == noSlot && mayGrow(values[i].label));
    const bool timeFailsNow = timeFails(values);
    if (full() || ((grows || timeFailsNow) && m_rows->rows > 0))
        return Taken::Stop;
    if (!known && !grows) {
        for (const WireValue& value : values)
            remember(value.label);
        bad(raw, "no label that was seen before");
        return Taken::Bad;
    }
    if (timeFailsNow)
        giveUpTime();
    addNew(values);
    if (grows) {
        if (!seconds)
            chooseTime(false);
        layOut();
    }
    double* const row = appendRow(seconds.value_or(nan));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (m_found[i] == noSlot)
            continue;
        const Index column = m_slots[m_found[i]].column;
        if (column >= 0)
            row[column] = values[i].value;
        else
            m_rows->deviceTime.back() = m_clock.seconds(values[i].value);
    }
    good(raw);
    return Taken::Row;
}

/// Fills m_found with the slots of the labels.
void RowSink::lookUp(std::span<const WireValue> values)
{
    m_found.clear();
    std::size_t expected = 0;
    for (const WireValue& value : values) {
        const std::size_t slot = find(value.label, expected);
        m_found.push_back(slot);
        expected = slot == noSlot ? expected : slot + 1;
    }
}

/// Adds slots for the labels that are new, or remembers them.
void RowSink::addNew(std::span<const WireValue> values)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (m_found[i] != noSlot)
            continue;
        if (!mayGrow(values[i].label)) {
            remember(values[i].label);
            continue;
        }
        // The same new label may stand twice in one sample.
        m_found[i] = find(values[i].label, 0);
        if (m_found[i] == noSlot) {
            addSlot(values[i]);
            m_found[i] = m_slots.size() - 1;
        }
    }
}

std::size_t RowSink::find(std::string_view label, std::size_t expected) const
{
    if (expected < m_slots.size() && m_slots[expected].label == label)
        return expected;
    const auto at = m_slotOf.find(label);
    return at == m_slotOf.end() ? noSlot : at->second;
}

bool RowSink::mayGrow(std::string_view label) const
{
    if (m_slots.size() >= mostLabels)
        return false;
    return m_rowsEver < youngRows || std::ranges::find(m_candidates, label) != m_candidates.end();
}

void RowSink::remember(std::string_view label)
{
    if (m_candidates.size() >= mostCandidates)
        m_candidates.erase(m_candidates.begin());
    m_candidates.emplace_back(label);
}

void RowSink::addSlot(const WireValue& value)
{
    Slot slot;
    slot.label = value.label;
    slot.header = value.label;
    slot.name = value.label;
    slot.unit = value.unit;
    m_slotOf.emplace(slot.label, m_slots.size());
    m_slots.push_back(std::move(slot));
    std::erase(m_candidates, value.label);
}

/// Takes the field that sounds most like the time. A field that is a channel already stays one.
void RowSink::chooseTime(bool allSlots)
{
    if (m_timeSlot || m_timeGivenUp)
        return;
    int best = 0;
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        const bool isNew = m_slots[i].column < 0;
        const int rank = allSlots || isNew ? deviceTimeRank(m_slots[i].header) : 0;
        if (rank > best) {
            best = rank;
            m_timeSlot = i;
        }
    }
    if (m_timeSlot) {
        m_slots[*m_timeSlot].time = true;
        m_clock = DeviceClock(m_slots[*m_timeSlot].header, m_slots[*m_timeSlot].unit);
    }
}

bool RowSink::hasTime() const { return m_timeSlot && m_slots[*m_timeSlot].column < 0; }

bool RowSink::timeFails(std::span<const WireValue> values) const
{
    if (!hasTime())
        return false;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (m_found[i] == *m_timeSlot && m_clock.wouldGiveUp(values[i].value))
            return true;
    return false;
}

void RowSink::giveUpTime()
{
    m_slots[*m_timeSlot].time = false;
    m_timeSlot.reset();
    m_timeGivenUp = true;
    layOut();
}

void RowSink::layOut()
{
    const auto channels
        = std::ranges::count_if(m_slots, [](const Slot& slot) { return !slot.time; });
    m_channels.clear();
    for (Slot& slot : m_slots) {
        // A time without any channel beside it is all there is to see.
        slot.column = slot.time && channels > 0 ? -1 : static_cast<Index>(m_channels.size());
        if (slot.column >= 0)
            m_channels.push_back({slot.name, slot.unit});
    }
    ++m_layout;
    publish();
}

double* RowSink::appendRow(double seconds)
{
    WireRows& rows = *m_rows;
    const std::size_t begin = rows.values.size();
    rows.values.resize(begin + m_channels.size(), nan);
    rows.arrival.push_back(m_arrival);
    rows.deviceTime.push_back(seconds);
    ++rows.rows;
    ++m_counts.rows;
    ++m_rowsEver;
    return rows.values.data() + begin;
}

const std::string& RowSink::unitOf(std::size_t place) const { return m_slots[place].unit; }

bool RowSink::named() const { return !m_slots.empty() && !m_slots.front().header.empty(); }

const std::string* RowSink::unitOf(std::string_view label) const
{
    const std::size_t slot = find(label, noSlot);
    return slot == noSlot ? nullptr : &m_slots[slot].unit;
}

void RowSink::bad(std::string_view raw, std::string why)
{
    ++m_counts.badLines;
    m_counts.lastBad = printableStart(raw);
    m_counts.lastBadWhy = std::move(why);
    countFit(false);
}

void RowSink::good(std::string_view raw)
{
    m_counts.sampleBytes += raw.size();
    countFit(true);
}

void RowSink::countFit(bool isGood)
{
    m_history = (m_history << 1U) | (isGood ? 1U : 0U);
    m_historyLength = std::min(m_historyLength + 1, 64);
}

double RowSink::fit() const
{
    if (m_historyLength == 0)
        return 1.0;
    const std::uint64_t mask = ~std::uint64_t {0} >> static_cast<unsigned>(64 - m_historyLength);
    return static_cast<double>(std::popcount(m_history & mask)) / m_historyLength;
}

} // namespace stint
