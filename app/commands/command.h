#pragma once

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/series/read_choices.h"
#include "core/stream/live_player.h"
#include "core/stream/player.h"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace stint::app {

// Exit codes of every subcommand.
inline constexpr int exitDone = 0;
inline constexpr int exitFailed = 1; ///< why is on stderr, in one sentence
inline constexpr int exitUsage = 2;
inline constexpr int exitInterrupted = 130;

/// What every subcommand takes.
struct CommonOptions {
    bool json = false; ///< one JSON document on stdout and nothing else there
    bool quiet = false; ///< no progress and no messages
};

/// How a recording is run through a model.
struct ModeOptions {
    std::string mode; ///< WEIGHTS/ATTENTION/INFERENCE, or parts of it by the three below
    std::string weights, attention, inference;
    std::string threshold = "auto"; ///< or adaptive, or a number
    std::optional<Index> thresholdDrift; ///< rows of the moving mean; adaptive then
    std::string score = "combined";
    std::string rescale; ///< A:B
};

/// "A:B", "A:" or ":B" to [A, B); B is a very large number where it is left out.
[[nodiscard]] Result<std::optional<std::pair<Index, Index>>> parseRows(const std::string& text);

/// What judges rows.
struct ThresholdChoice {
    std::optional<float> value; ///< set by hand; nothing: the model's own
    std::optional<ThresholdMotion> motion; ///< of the model's own; nothing: it stands still
};

/// From "auto", "adaptive" or a finite number, and the drift.
[[nodiscard]] Result<ThresholdChoice> chosenThreshold(const ModeOptions& options);

/// Says that the calibrated threshold stands in where one that moves is asked for and the family
/// has nothing to begin it with. Returns whether it does.
bool sayIfThresholdStands(const CommonOptions& common, const Family& family,
                          const std::optional<ThresholdMotion>& motion);

/// The mode that the options choose, starting from the family's default.
[[nodiscard]] Result<Mode> chosenMode(const Family& family, const ModeOptions& options);

/// Everything a player needs, from the options.
[[nodiscard]] Result<PlayerOptions> playerOptions(const Family& family, const ModeOptions& options);

/// The same for rows that come in one after another.
[[nodiscard]] LivePlayerOptions liveOptions(const PlayerOptions& options);

/// Reads a recording, with a progress line on stderr where that is a terminal.
[[nodiscard]] Result<std::shared_ptr<const Recording>>
readForCommand(const std::string& path, const std::vector<std::string>& labelColumns,
               const CommonOptions& common, const ReadChoices& choices = {});

/// Prints the sentence to stderr and returns exitFailed.
int fail(const std::string& message);
int fail(const Error& error);

/// Prints a message to stderr unless quiet.
void say(const CommonOptions& common, const std::string& message);

/// Prints the document to stdout.
void print(const nlohmann::json& document);

/// A number as JSON; null where there is none (not finite).
[[nodiscard]] nlohmann::json numberOrNull(double value);

/// Stops when the user presses Ctrl-C; the second press ends the program at once.
[[nodiscard]] std::stop_token interruption();

/// True on a terminal, where a progress line may be rewritten.
[[nodiscard]] bool stderrIsTerminal();

} // namespace stint::app
