#pragma once

#include "app/commands/command.h"
#include "app/live/serial_settings.h"

#include <string>

namespace stint::app {

struct ListenOptions {
    SerialSettings serial;
    std::string parity = "none"; ///< none, even, odd, mark or space
    std::string stopBits = "1"; ///< 1, 1.5 or 2
    std::string flow = "none"; ///< none, hardware or software
    bool noDtr = false;
    bool noRts = false;
    std::string format = "auto"; ///< or a word that parseWireFormat() takes
    std::string model; ///< empty: rows are only received
    ModeOptions mode;
    std::string record; ///< empty: nothing is recorded
    std::string raw; ///< every byte as it came; empty: nowhere
    double seconds = 0.0; ///< 0: until interrupted
};

/// `stint listen --port P`: a live device without a window: detects its format, records it, scores
/// its rows and tells alarms on stderr as they happen. With --json a document at the end, in which
/// every one of `samples` is either `scored`, or `skipped` (the model could not keep up), or was
/// `filling` the window (the first rows, and those after rows that were skipped or lost), or was
/// `unwatched` (no model, or not its channels): samples = scored + skipped + filling + unwatched.
int runListen(const ListenOptions& options, const CommonOptions& common);

} // namespace stint::app
