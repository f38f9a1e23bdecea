#pragma once

#include "core/base/result.h"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace stint::app {

/// Where bytes of a played recording go: a serial port or a pseudo-terminal.
///
/// Thread safety: none; belongs to the thread that made it.
class PlayTarget {
public:
    /// \param port a path, or "pty". Errors: it cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<PlayTarget>> open(const std::string& port,
                                                                  int baud);

    PlayTarget() = default;
    virtual ~PlayTarget() = default;
    PlayTarget(const PlayTarget&) = delete;
    PlayTarget& operator=(const PlayTarget&) = delete;

    /// The path that a reader opens, or that is written to.
    [[nodiscard]] virtual const std::string& path() const = 0;
    /// Waits until somebody reads; false if stopped.
    virtual bool waitForReader(const std::stop_token& stop) = 0;
    /// Writes bytes as fast as they are taken. \returns how many: all, unless stopped or the other
    /// end went away. Errors: the port does not work any more.
    virtual Result<std::size_t> write(std::string_view bytes, const std::stop_token& stop) = 0;
    /// Waits until what was written has gone out.
    virtual void drain() = 0;
};

} // namespace stint::app
