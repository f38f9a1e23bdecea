#pragma once

#include "core/train/objective.h"
#include "core/train/variant_trainer.h"

namespace stint {

/// Cross entropy of the softmax of the answers (encoder that tells classes).
class ClassificationObjective : public Objective {
public:
    /// All must outlive the objective.
    ClassificationObjective(const std::vector<SeriesData>& train,
                            const std::vector<SeriesData>& validation,
                            const VariantTraining& settings);

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
    [[nodiscard]] std::size_t pieceSize() const;
    [[nodiscard]] const std::vector<SeriesData>& series(Stretch stretch) const;

    const std::vector<SeriesData>& m_train;
    const std::vector<SeriesData>& m_validation;
    const VariantTraining& m_settings;
};

} // namespace stint
