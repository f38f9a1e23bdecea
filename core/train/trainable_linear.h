#pragma once

#include "core/base/matrix.h"
#include "core/base/rng.h"
#include "core/train/linear_recipe.h"
#include "core/weights/linear_parameters.h"

#include <span>

namespace stint {

/// Number of weights that stay when a fraction `keep` of `count` is kept: the lowest
/// int((1 - keep) count) go (method of Biprop; the gain divides by int(keep count), which can be
/// one less).
[[nodiscard]] Index keptCount(Index count, double keep);

/// 1 where |score| is among the top fraction, else 0; equal scores: the later one stays.
template <typename T>
void topFraction(const Matrix<T>& scores, double keep, Matrix<T>& mask);

/// Gradient of a loss with respect to one layer, summed over the rows of a batch.
template <typename T>
struct LinearGradient {
    Matrix<T> effective; ///< (outputs, inputs) with respect to gain ⊙ B
    AlignedVector<T> bias; ///< (outputs, padded)

    void setZero();
    LinearGradient& operator+=(const LinearGradient& other);
};

/// A linear layer that learns: y = gain ⊙ (X Bᵀ) + bias.
///
/// Dense: B is the weight, trained. Sparse binary (Biprop; SBT paper, section 3.1): the weight is
/// frozen at its random start; a score per weight is trained, B = sign(weight) where the score is
/// in the top fraction, and each row has a trained gain that starts at the mean kept magnitude. The
/// gradient passes straight through the choice: d/dscore = d/dW_eff * weight * sign(score).
///
/// Thread safety: forward() and backward() may run on several threads between prepare() calls.
template <typename T>
class TrainableLinear {
public:
    TrainableLinear() = default;
    /// Uniform in ±1/sqrt(inputs) for weights, scores and biases; draws of its own from `rng`.
    TrainableLinear(Index outputs, Index inputs, const LinearRecipe& recipe, Rng& rng);
    /// With given numbers: weights, and scores for a sparse binary layer (else empty). The gains
    /// start at the paper's alpha.
    TrainableLinear(const LinearRecipe& recipe, Matrix<T> weight, Matrix<T> score,
                    const std::vector<T>& bias);

    [[nodiscard]] Index inputs() const { return m_weight.cols(); }
    [[nodiscard]] Index outputs() const { return m_weight.rows(); }

    /// Chooses the kept weights anew and lays out what the passes need; after each optimiser step.
    void prepare();

    /// gain ⊙ B, (outputs, inputs).
    [[nodiscard]] const Matrix<T>& effective() const { return m_effective; }

    /// \param x (rows, inputs)  \param y (rows, outputs), overwritten.
    void forward(const Matrix<T>& x, Index rows, Matrix<T>& y, bool relu = false) const;

    /// \param dY (rows, outputs)
    /// \param dX (rows, inputs) overwritten, or added to; none if null.
    void backward(const Matrix<T>& x, const Matrix<T>& dY, Index rows, Matrix<T>* dX, bool addToDx,
                  LinearGradient<T>& gradient) const;

    [[nodiscard]] LinearGradient<T> zeroGradient() const;

    /// Turns the gradient of the effective weights into that of what is trained.
    void collect(const LinearGradient<T>& gradient);

    /// What the optimiser moves, and its gradients after collect(): weight or score, gain, bias.
    struct Slot {
        std::span<T> value;
        std::span<const T> gradient;
    };
    [[nodiscard]] std::vector<Slot> slots();

    /// As it is stored and run.
    [[nodiscard]] LinearParameters<T> parameters() const;

private:
    LinearRecipe m_recipe;
    Matrix<T> m_weight; // (outputs, inputs), frozen if sparse binary
    Matrix<T> m_score; // (outputs, inputs) or empty
    AlignedVector<T> m_gain; // padded, or empty if dense
    AlignedVector<T> m_bias; // padded, or empty
    Matrix<T> m_signs; // B
    Matrix<T> m_signsTransposed; // (inputs, outputs)
    Matrix<T> m_effective; // gain ⊙ B
    Matrix<T> m_dTrained; // of weight or score
    AlignedVector<T> m_dGain, m_dBias;
};

extern template class TrainableLinear<float>;
extern template class TrainableLinear<double>;

} // namespace stint
