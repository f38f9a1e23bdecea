#pragma once

#include "core/detect/result_block.h"
#include "core/model/row_encoder.h"

#include <memory>

namespace stint {

/// Classifies standardised rows with one mode of a family: each row gets the probabilities of the
/// classes for the window that ends with it. Before the window is full, the rows so far are the
/// window, so a series shorter than the window is classified by exactly its own rows.
///
/// Shapes: C channels, K classes. Thread safety: none; owned by the stepping thread.
class Classifier {
public:
    /// \param family must offer the mode. \param maxBlock most rows of one step().
    Classifier(std::shared_ptr<const Family> family, Mode mode, Index maxBlock);

    /// Rows before row t that must be given to warmUp() so that row t and all after it get the
    /// numbers of a run from the start.
    [[nodiscard]] Index memory() const { return m_encoder.lead(); }

    /// Forgets everything; the next row begins a series. \param row its number, for positions.
    void reset(Index row) noexcept;

    /// Takes in rows whose answers are not wanted; nothing is counted.
    void warmUp(const float* z, Index zRow, Index rows) noexcept;

    /// Classifies rows and takes them in: probabilities, chosenClass, score (the probability of the
    /// chosen class), attention if asked for; adds to out.tally.
    /// \param z (rows, C) standardised, padded with zeros to `zRow`.
    void step(const float* z, Index zRow, Index rows, bool keepAttention, ResultBlock& out);

private:
    void fill(Index rows, ResultBlock& out) const;

    std::shared_ptr<const Family> m_family;
    Mode m_mode;
    Index m_maxBlock;
    RowEncoder m_encoder;
    Matrix<float> m_logits; // (maxBlock, K)
    AttentionRows m_attention;
    Denominators m_perStep;
    Index m_row = 0;
};

} // namespace stint
