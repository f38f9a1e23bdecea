#pragma once

#include "core/base/result.h"
#include "core/series/growing_file.h"
#include "core/series/read_choices.h"
#include "core/series/recording.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace stint {

/// Waits for the rows that tell how a file is read which is empty, or holds no more than a header,
/// because its program has only begun to write it. A line counts when its end has come. Two rows
/// are enough: one says nothing about whether a time grows.
///
/// Memory is bounded by the part that is read. Thread safety: none.
class FirstRows {
public:
    static constexpr Index fewestRows = 2;
    static constexpr std::size_t mostBytes = std::size_t {1} << 18U; ///< without a table: refused

    explicit FirstRows(std::string path, ReadChoices choices = {});

    /// The recording that the first lines are, as soon as there are enough; null before. Errors:
    /// the file cannot be opened when it is looked at first, it can never be followed, or there is
    /// much text in it and no table.
    [[nodiscard]] Result<std::shared_ptr<const Recording>> look();

    /// Why nothing can be read now, in one sentence; empty if something can.
    [[nodiscard]] const std::string& problem() const { return m_file.problem(); }

    /// Why the lines that are there are no table yet, in one sentence; empty without lines.
    [[nodiscard]] const std::string& doubt() const { return m_doubt; }

    [[nodiscard]] std::uint64_t bytes() const { return m_bytes.size(); } ///< read so far
    [[nodiscard]] std::size_t lines() const; ///< that have ended, of these

private:
    [[nodiscard]] Result<bool> readOn();
    [[nodiscard]] Error notOpened() const;

    std::string m_path;
    ReadChoices m_choices;
    GrowingFile m_file;
    std::string m_bytes;
    std::string m_doubt;
    bool m_opened = false; ///< it could be, once
};

} // namespace stint
