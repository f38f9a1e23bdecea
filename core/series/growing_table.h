#pragma once

#include "core/base/result.h"
#include "core/series/growing_file.h"
#include "core/series/recording.h"
#include "core/series/table_reading.h"
#include "core/series/table_rows.h"
#include "core/series/text_decoder.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace stint {

/// Rows that were read on.
struct GrownRows {
    /// Channels, labels and time as those of the recording that the file was opened as. Without a
    /// column of time the rows are counted from the first one on. Bad lines are those of these
    /// rows.
    Recording rows;
    bool gap = false; ///< the file began anew before the first of them
};

/// The rows of a file that grows, from its first one on, as its layout was settled when it was
/// opened. A line counts when its end has come. Where the file begins anew (cut short, or another
/// one in its place) so do the rows, after a gap; what stood above the first row must be the same.
///
/// Memory is bounded by a block and the longest line. Thread safety: none.
class GrowingTable {
public:
    static constexpr std::size_t blockBytes = std::size_t {1} << 17U; ///< that are read at a time
    static constexpr std::size_t longestLine = std::size_t {1} << 24U; ///< [bytes]

    enum class Found : std::uint8_t {
        Nothing, ///< nothing has come: look again in a while
        More, ///< there may be rows, and more at once
        Away, ///< there is no file that can be read: problem() says why
    };

    /// \param reading of the recording that the file was opened as.
    GrowingTable(std::string path, std::shared_ptr<const TableReading> reading);

    /// Looks for what has come; `out` is replaced. Errors, after which nothing more can be read: it
    /// is compressed or no file, it begins anew with another header, or it holds no lines.
    [[nodiscard]] Result<Found> look(GrownRows& out);

    /// Why nothing can be read now, in one sentence; empty if something can.
    [[nodiscard]] const std::string& problem() const { return m_file.problem(); }

    [[nodiscard]] std::uint64_t offset() const { return m_file.offset(); } ///< read so far [bytes]
    [[nodiscard]] std::uint64_t size() const { return m_file.size(); } ///< of the file [bytes]
    [[nodiscard]] std::uint64_t restarts() const { return m_restarts; }
    [[nodiscard]] std::uint64_t rows() const { return m_rows; } ///< all of them
    [[nodiscard]] std::uint64_t badLines() const { return m_badLines; } ///< all of them

private:
    void beginAnew();
    void decode();
    [[nodiscard]] Result<bool> passHead();
    void take(GrownRows& out);
    [[nodiscard]] TimeAxis timeOf(TableRows& rows);
    void continueDays(TimeAxis& time);

    std::string m_path;
    std::string m_name; ///< without its folder
    std::shared_ptr<const TableReading> m_reading;
    GrowingFile m_file;
    std::string m_bytes; ///< not decoded yet
    std::optional<TextDecoder> m_decoder; ///< nothing: the first bytes have not come
    std::string m_text; ///< not read yet
    std::optional<RowReader> m_reader; ///< nothing: the head has not come
    bool m_gap = false; ///< before the next row
    bool m_torn = false; ///< the end of a line never came
    std::uint64_t m_rows = 0;
    std::uint64_t m_badLines = 0;
    std::uint64_t m_restarts = 0;
    double m_newestTime = 0.0; ///< of times of day that go on over midnight [s]
};

} // namespace stint
