#pragma once

#include "core/base/mode.h"
#include "core/wire/wire_detection.h"
#include "core/wire/wire_format.h"
#include "core/wire/wire_rows.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stint::app {

/// What a feed is doing about its port.
enum class LivePhase : std::uint8_t {
    Idle, ///< not started, or stopped
    Opening, ///< the port is not open yet: `problem` says why if it was tried
    Detecting, ///< open; the format of what comes in, or the layout of a file, is not known yet
    Running, ///< rows come in
    Away, ///< the device went away; it is opened again when it is back
    Ended, ///< of a file: it is not followed any more, `problem` says why
};

/// Why a port could not be opened.
enum class PortFailure : std::uint8_t { None, Missing, Permission, Busy, Other };

/// Counted since the feed was started.
struct LiveCounts {
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    std::uint64_t badLines = 0; ///< lines or frames that were not samples
    std::uint64_t reconnects = 0; ///< of a file: how often it began anew
    std::uint64_t portErrors = 0; ///< errors that the port reported
    std::uint64_t unseenBlocks = 0; ///< blocks of rows that no view took in time
};

/// What the recorder has done.
struct RecorderState {
    bool recording = false;
    std::string path; ///< of the file that is written now, or was last
    std::vector<std::string> files; ///< all of this recording, in order
    std::uint64_t rows = 0; ///< written
    std::uint64_t fileBytes = 0; ///< size of the file at `path`
    std::uint64_t waiting = 0; ///< rows in memory
    std::uint64_t unwritten = 0; ///< rows that could not be kept
    std::string remark; ///< for example that another name was chosen; one sentence
    std::string problem; ///< why nothing can be written now; one sentence, empty if it can
};

/// What the engine has done. Once a feed has ended every row that came in was counted exactly once:
/// rows = scored + skipped + filling + unwatched; before, some still wait.
struct EngineState {
    bool active = false; ///< a model is set
    std::optional<Mode> mode;
    float threshold = 0.0F;
    std::uint64_t scored = 0; ///< rows with an answer
    std::uint64_t alarms = 0; ///< of these, rows above the threshold
    std::uint64_t skipped = 0; ///< rows that were passed over because it could not keep up
    /// Rows without an answer because the window was being filled: the first ones of a model, and
    /// those after rows that were skipped or lost.
    std::uint64_t filling = 0;
    std::uint64_t unwatched = 0; ///< rows that came in without a model, or without its channels
    std::uint64_t droppedBlocks = 0; ///< blocks of answers that nobody took in time
    std::string problem; ///< why rows have no answers, one sentence; empty if they have
};

/// What is known about a file that is followed.
struct FileState {
    bool hasFirstRows = false; ///< that were waited for; it can be opened, and is not read further
    bool caughtUp = false; ///< all that stood in it when following began has been read
    std::uint64_t rowsBefore = 0; ///< that it had then
    double fraction = 0.0; ///< how much of it has been read, 0..1
};

/// Everything a display shows about a feed; a plain value.
struct LiveState {
    LivePhase phase = LivePhase::Idle;
    std::string port; ///< where it is, or was, open; path of a file that is followed
    std::string identity; ///< of its adapter, as PortInfo has it; empty before it was open
    std::optional<FileState> file; ///< of a file; nothing: it is a device
    PortFailure failure = PortFailure::None;
    std::string problem; ///< why the port is not open or nothing is read; one sentence
    std::string command; ///< for a shell, that would help; empty if there is none
    WireGuess guess; ///< newest decision about the format, with its sentence
    std::optional<WireFormat> format; ///< in use
    bool formatDoubtful = false; ///< for two seconds most lines did not fit
    std::string lastBad; ///< start of the newest line that was not a sample
    std::string lastBadWhy;
    std::vector<WireChannel> channels; ///< of the newest rows
    double rate = 0.0; ///< rows per second, 0 before it is known
    LiveCounts counts;
    RecorderState recorder;
    EngineState engine;
};

} // namespace stint::app
