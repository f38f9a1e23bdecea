#pragma once

#include "core/train/objective.h"
#include "core/train/variant_trainer.h"

namespace stint {

/// Mean squared error over rows and outputs (encoder that predicts or reconstructs).
class RegressionObjective : public Objective {
public:
    /// Both must outlive the objective.
    RegressionObjective(const std::vector<SequenceData>& data, const VariantTraining& settings);

    [[nodiscard]] std::size_t piecesPerBatch() const override;
    [[nodiscard]] std::vector<Piece> epochPieces(Rng& rng) const override;
    [[nodiscard]] std::vector<Piece> measuredPieces(Stretch stretch) const override;
    void lay(const Piece& piece, Stretch stretch, PassLayout& layout,
             Matrix<float>& rows) const override;
    double gradient(const Piece& piece, std::size_t answersInBatch,
                    Matrix<float>& answers) const override;
    void tally(const Piece& piece, Stretch stretch, const Matrix<float>& answers,
               LossSums& sum) const override;

private:
    [[nodiscard]] RowRange targets(const SequenceData& data, Stretch stretch) const;
    [[nodiscard]] bool asked(const SequenceData& data, Index row) const;
    [[nodiscard]] Index pieceSize() const;
    [[nodiscard]] std::vector<Piece> cut(const std::vector<Target>& units, Rng& rng) const;

    const std::vector<SequenceData>& m_data;
    const VariantTraining& m_settings;
    bool m_shared; // past tokens; otherwise windows of their own
};

} // namespace stint
