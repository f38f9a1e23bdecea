#pragma once

#include "core/base/matrix.h"
#include "core/model/family.h"
#include "core/series/recording.h"
#include "core/stream/player.h"
#include "core/train/trainer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stint::test {

/// A quiet made-up machine at 10 Hz: a flow that swings, a pressure that follows it two rows later,
/// and a level that adds them up slowly; all with noise. The same seed gives the same numbers, and
/// a longer recording begins like a shorter one.
Recording madeUpRecording(Index rows, std::uint64_t seed = 1);

/// The same behind a pointer, as players and trainers take it.
std::shared_ptr<const Recording> smallRecording(Index rows, std::uint64_t seed = 1);

/// What a test can wait for: window 8, 2 blocks, 2 epochs, one thread, no norm; the three default
/// variants. Width 12 and 20 hidden units fill neither whole vectors nor whole bytes of bits.
TrainSettings smallSettings();

/// Trained once per program with smallSettings() on smallRecording(600).
const std::shared_ptr<const Family>& smallFamily();

/// A copy of smallFamily() to be changed.
Family smallFamilyCopy();

/// Standardised rows of a recording as a player would make them.
Matrix<float> standardisedRows(const Family& family, const Recording& recording);

/// All modes that a family offers.
std::vector<Mode> offeredModes(const Family& family);

/// What a player says about consecutive rows, gathered from its blocks.
struct PlayedRows {
    Index firstRow = 0;
    std::vector<float> score, encoderScore, autoregressionScore;
    std::vector<float> contributions; ///< (rows, C)
    std::vector<std::uint8_t> alarm, held;
    std::vector<float> attention; ///< of the answered rows, (…, L, H, lags), where it was kept
    std::vector<std::uint64_t> runs; ///< of each block
    std::vector<std::uint64_t> steps; ///< of the tally after each block
    Tally tally; ///< after the last block

    /// Bit for bit, NaN included.
    [[nodiscard]] bool equals(const PlayedRows& other) const;
    /// The rows from `row` of the recording on.
    [[nodiscard]] PlayedRows from(Index row) const;
};

/// Plays to `last` (a row of the recording) in blocks of at most `block` rows.
PlayedRows played(Player& player, Index block, Index last);
/// To the end.
PlayedRows played(Player& player, Index block);

/// Plays a whole recording; the player must be possible.
PlayedRows playedFromStart(const std::shared_ptr<const Recording>& recording,
                           const std::shared_ptr<const Family>& family,
                           const PlayerOptions& options);

/// Bit for bit, NaN included.
bool sameBits(const std::vector<float>& a, const std::vector<float>& b);

/// Largest |a - b| / max(1, |b|); infinity if NaN or the number of values differ.
double largestDifference(const std::vector<float>& a, const std::vector<float>& b);

/// One line that begins like a sentence, ends like one and names `what`.
bool isSentenceAbout(const std::string& message, const std::string& what);

} // namespace stint::test
