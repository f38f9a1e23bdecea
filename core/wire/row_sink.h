#pragma once

#include "core/wire/device_clock.h"
#include "core/wire/wire_parser.h"
#include "core/wire/wire_rows.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stint {

/// A number that a device sent under a name. Views into the line or frame.
struct WireValue {
    std::string_view label;
    std::string_view unit; ///< empty if none was sent
    double value = 0.0;
};

/// A name that a header line gives to a place.
struct FieldName {
    std::string name; ///< without its unit
    std::string unit;
    std::string header; ///< as the device wrote it; empty: the place has no name

    friend bool operator==(const FieldName&, const FieldName&) = default;
};

/// What became of a sample.
enum class Taken {
    Row, ///< it is a row now
    Stop, ///< nothing was changed: it must come again in the next call, which starts without rows
    Bad, ///< counted as bad
};

/// Collects samples to rows: knows the channels, takes the time of the device out of them, counts
/// what is good and bad. One for the life of a parser.
class RowSink {
public:
    /// Starts a call: `rows` is emptied and filled from now on, with this time of arrival [s].
    void begin(WireRows& rows, double arrival);

    /// A sample whose channels are known by their place; `names` of a header line before it, or
    /// nullptr. Another number of values than before is bad until it has come several times in a
    /// row. `raw` is the line or frame, for the counts.
    [[nodiscard]] Taken placed(std::span<const double> values, const std::vector<FieldName>* names,
                               std::string_view raw);

    /// A sample whose channels are known by their labels. A label that appears when the channels
    /// have long been known must come twice, because a broken byte makes new labels, too.
    /// \param seconds time of the device, where the format itself marks it.
    [[nodiscard]] Taken labelled(std::span<const WireValue> values, std::optional<double> seconds,
                                 std::string_view raw);

    /// Counts a line or frame that is no sample.
    void bad(std::string_view raw, std::string why);

    /// Counts lines that became part of a sample that is not complete.
    void good(std::string_view raw);

    [[nodiscard]] double arrival() const { return m_arrival; }

    /// The unit of a place that there is.
    [[nodiscard]] const std::string& unitOf(std::size_t place) const;

    /// The unit of a label; nullptr for one that is not known.
    [[nodiscard]] const std::string* unitOf(std::string_view label) const;

    /// How many values a sample by place has; 0 before the first.
    [[nodiscard]] std::size_t places() const { return m_slots.size(); }

    /// Whether a header line has named the places.
    [[nodiscard]] bool named() const;

    /// Copies the channels into the rows if they differ.
    void publish();

    [[nodiscard]] WireCounts& counts() { return m_counts; }
    [[nodiscard]] const WireCounts& counts() const { return m_counts; }
    [[nodiscard]] double fit() const;

private:
    /// A field of the device: a channel or its time.
    struct Slot {
        std::string label; ///< empty: known by its place
        std::string name;
        std::string unit;
        std::string header;
        bool time = false;
        Index column = -1; ///< of the rows; -1 for the time
    };

    [[nodiscard]] bool full() const;
    [[nodiscard]] bool mayGrow(std::string_view label) const;
    [[nodiscard]] bool changesPlaces(std::size_t values, const std::vector<FieldName>* names) const;
    void makePlaces(std::size_t values, const std::vector<FieldName>* names);
    void lookUp(std::span<const WireValue> values);
    void addNew(std::span<const WireValue> values);
    void addSlot(const WireValue& value);
    void chooseTime(bool allSlots);
    void giveUpTime();
    [[nodiscard]] bool hasTime() const;
    [[nodiscard]] bool timeFails(std::span<const WireValue> values) const;
    void layOut();
    [[nodiscard]] std::size_t find(std::string_view label, std::size_t expected) const;
    void remember(std::string_view label);
    [[nodiscard]] double* appendRow(double seconds);
    void countFit(bool isGood);

    WireRows* m_rows = nullptr;
    double m_arrival = 0.0;
    WireCounts m_counts;
    std::uint64_t m_history = 0; ///< newest lines, one bit each, 1 = good
    int m_historyLength = 0;

    std::vector<Slot> m_slots;
    std::vector<WireChannel> m_channels;
    std::uint64_t m_layout = 0;
    std::uint64_t m_rowsEver = 0;
    std::optional<std::size_t> m_timeSlot;
    bool m_timeGivenUp = false;
    DeviceClock m_clock;

    std::size_t m_otherCount = 0; ///< another number of values, and how often in a row
    int m_otherRun = 0;
    std::vector<std::size_t> m_found; ///< slots of the labels of one sample
    std::map<std::string, std::size_t, std::less<>> m_slotOf;
    std::vector<std::string> m_candidates; ///< labels seen once, newest last
};

} // namespace stint
