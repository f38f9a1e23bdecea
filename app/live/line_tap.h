#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace stint::app {

/// A line as the device sent it, printable: what is not text is written as \xNN.
struct ConsoleLine {
    std::uint64_t number = 0; ///< counted from 0 since the feed was started
    double time = 0.0; ///< [s] since 1970-01-01 UTC
    std::string text; ///< at most LineTap::longest bytes and "…"
};

/// The newest raw lines of a device, for a console: a ring that the reader of the port writes and
/// a display empties at its own pace. Lines that were pushed out unseen are missing in the numbers.
/// The newest bytes are kept beside them as they came, for trying out formats.
///
/// Thread safety: every member may be called from any thread.
class LineTap {
public:
    static constexpr std::size_t newest = 500; ///< lines that are kept
    static constexpr std::size_t longest = 400; ///< bytes of a line that are kept
    static constexpr std::size_t bytesPerHexLine = 16;
    static constexpr std::size_t newestBytes = 16'384; ///< that are kept

    /// Bytes as they came in; cut anywhere. What has no end of line for long is cut into lines.
    void add(std::span<const std::uint8_t> bytes, double time);

    /// Whether bytes are shown as rows of hexadecimal numbers.
    void setHex(bool hex);

    /// Appends the lines that came in since the last call, oldest first, and forgets them.
    void take(std::vector<ConsoleLine>& lines);

    /// The newest bytes, at most `newestBytes`, oldest first.
    [[nodiscard]] std::vector<std::uint8_t> bytes() const;

    /// Forgets the bytes: those to come are of another device.
    void forgetBytes();

private:
    void keep(std::span<const std::uint8_t> bytes);
    void addText(std::uint8_t byte, double time);
    void addHex(std::uint8_t byte, double time);
    void endLine(double time);

    mutable std::mutex m_mutex;
    std::vector<std::uint8_t> m_newest; ///< at most twice `newestBytes`
    std::vector<ConsoleLine> m_ring; ///< at most `newest`
    std::size_t m_first = 0; ///< of the ring
    std::uint64_t m_number = 0;
    std::string m_line; ///< not yet ended
    std::size_t m_bytes = 0; ///< of it, as they came
    bool m_cut = false; ///< the rest of the line is left out
    bool m_hex = false;
};

} // namespace stint::app
