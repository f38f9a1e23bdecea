#pragma once

#include "core/base/result.h"

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace stint::app {

/// A device without hardware: a pseudo-terminal whose other end is opened like a serial port. Bytes
/// go through as they are.
///
/// Thread safety: none; one owner.
class PseudoTerminal {
public:
    /// Errors: the system has none left.
    [[nodiscard]] static Result<PseudoTerminal> open();

    PseudoTerminal() = default;
    ~PseudoTerminal() { close(); }
    PseudoTerminal(PseudoTerminal&& other) noexcept { swap(other); }
    PseudoTerminal& operator=(PseudoTerminal&& other) noexcept
    {
        swap(other);
        return *this;
    }

    /// The path that a reader opens, for example /dev/pts/3.
    [[nodiscard]] const std::string& path() const { return m_path; }

    /// Whether a reader has it open.
    [[nodiscard]] bool hasReader() const;

    /// Waits for a reader that has it open, and until that one is set up; false if stopped.
    [[nodiscard]] bool waitForReader(const std::stop_token& stop) const;

    /// Writes bytes, waiting for the reader to take them.
    /// \returns how many were written: all, unless stopped or the reader went away.
    [[nodiscard]] std::size_t write(std::string_view bytes, const std::stop_token& stop) const;

    /// Waits until the reader has taken everything, `patience` at most.
    void drain(std::chrono::milliseconds patience) const;

    /// What the reader has sent, without waiting.
    [[nodiscard]] std::string read() const;

    /// The device vanishes: a reader sees the end.
    void close();

private:
    void swap(PseudoTerminal& other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        std::swap(m_path, other.m_path);
    }

    int m_descriptor = -1;
    std::string m_path;
};

} // namespace stint::app
