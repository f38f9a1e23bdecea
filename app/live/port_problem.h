#pragma once

#include "app/live/live_state.h"

#include <string>

namespace stint::app {

/// What the system says about a port and about who wants to open it.
struct PortAccess {
    bool exists = false;
    bool allowed = false; ///< this process may read and write it
    bool device = false; ///< it is a terminal or another character device
    std::string group; ///< that owns the very node; its number if it has no name
    bool groupMayOpen = false; ///< the node lets its group read and write
    std::string user; ///< who runs this process
    bool member = false; ///< the user is in that group by the system's list of users
};

/// Asks the system about a path.
[[nodiscard]] PortAccess accessTo(const std::string& path);

/// A failed open, explained.
struct PortProblem {
    PortFailure failure = PortFailure::Other;
    std::string sentence; ///< what is wrong and what to do
    std::string command; ///< for a shell, that helps; empty if there is none
    bool passes = false; ///< it may well work in a moment
};

/// Why a port could not be opened.
/// \param refused the system or the driver did not let this process in, for whatever reason.
/// \param reason  what the driver said, for what is not known here; without a full stop.
[[nodiscard]] PortProblem problemOf(const std::string& path, const PortAccess& access, bool refused,
                                    const std::string& reason);

} // namespace stint::app
