#pragma once

#include "core/base/rng.h"
#include "core/train/pass_layout.h"

#include <algorithm>
#include <vector>

namespace stint {

/// An answer that is asked for: a row of a sequence, or a whole series (row 0).
struct Target {
    std::size_t part = 0; ///< sequence or series
    Index row = 0;
};

/// Targets that go through one pass together.
struct Piece {
    std::vector<Target> targets;
    Index phase = 0; ///< added to row numbers for positions
};

enum class Stretch { Train, Validation };

/// Sums over answers.
struct LossSums {
    double answers = 0.0;
    double loss = 0.0;
    double correct = 0.0; ///< answers that name the right class
    std::vector<double> squared; ///< (outputs) sums of squared errors

    [[nodiscard]] double meanLoss() const { return answers > 0.0 ? loss / answers : 0.0; }
};

/// The rows that the tokens of a piece look at, (tokens, m); zero where one looks at none.
/// \param tableOf (part) the table that a target's rows stand in.
template <typename TableOf>
void copyLookedAt(const Piece& piece, const PassLayout& layout, Index inputs, TableOf tableOf,
                  Matrix<float>& rows)
{
    rows.resize(layout.tokens(), inputs);
    for (Index j = 0; j < layout.tokens(); ++j) {
        const auto token = static_cast<std::size_t>(j);
        const Target& owner = piece.targets[static_cast<std::size_t>(layout.owner[token])];
        if (layout.source[token] >= 0)
            std::copy_n(tableOf(owner.part).row(layout.source[token]), inputs, rows.row(j));
    }
}

/// What an encoder is trained for: which answers are asked for together and how wrong they are.
/// Pieces are fixed by data, settings and seed, so sums over them do not depend on threads.
class Objective {
public:
    Objective() = default;
    virtual ~Objective() = default;
    Objective(const Objective&) = delete;
    Objective& operator=(const Objective&) = delete;

    /// Pieces of an optimiser step.
    [[nodiscard]] virtual std::size_t piecesPerBatch() const = 0;
    /// What one epoch learns from, shuffled.
    [[nodiscard]] virtual std::vector<Piece> epochPieces(Rng& rng) const = 0;
    /// What a loss is measured on without learning; empty if there is nothing.
    [[nodiscard]] virtual std::vector<Piece> measuredPieces(Stretch stretch) const = 0;
    /// Tokens of a piece and the rows they look at, (tokens, m).
    virtual void lay(const Piece& piece, Stretch stretch, PassLayout& layout,
                     Matrix<float>& rows) const = 0;
    /// Turns answers into the gradient of the batch's mean loss. \param answersInBatch of all its
    /// pieces. \return the sum of this piece's losses.
    virtual double gradient(const Piece& piece, std::size_t answersInBatch,
                            Matrix<float>& answers) const = 0;
    /// Adds a piece's losses.
    virtual void tally(const Piece& piece, Stretch stretch, const Matrix<float>& answers,
                       LossSums& sum) const = 0;
};

} // namespace stint
