#pragma once

#include "app/commands/score_command.h"

namespace stint::app {

/// `stint score FILE --follow`: scores what stands in a file and then what is appended to it, until
/// Ctrl-C or the time is over. Scores are written as they come; alarms are told on stderr.
int followAndScore(const ScoreOptions& options, const CommonOptions& common,
                   const std::shared_ptr<const Family>& family, const PlayerOptions& play);

} // namespace stint::app
