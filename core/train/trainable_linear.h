#pragma once

#include "core/base/matrix.h"
#include "core/base/rng.h"
#include "core/base/row_range.h"
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

/// Numbers that the optimiser moves, and their gradient.
template <typename T>
struct TrainedSlot {
    std::span<T> value;
    std::span<const T> gradient;
    bool score = false; ///< scores have a learning rate of their own
};

/// A linear layer that learns: y = gain ⊙ (X Bᵀ) + bias.
///
/// * dense: B is the weight, trained; gated: with a trained gain per output that starts at 0;
/// * sparse: B is the weight where it is kept, else 0;
/// * binary, sparse binary: B is its sign, with a gain.
///
/// Which weights are kept, and what the gradient does there: WeightSearch. With G the gradient with
/// respect to gain ⊙ B, a score has G * weight * sign(score) and a weight trained straight through
/// has G, kept or not.
///
/// Thread safety: forward() and backward() may run on several threads between prepare() calls.
template <typename T>
class TrainableLinear {
public:
    TrainableLinear() = default;
    /// Uniform in ±1/sqrt(inputs) for weights, scores and biases; draws of its own from `rng`.
    TrainableLinear(Index outputs, Index inputs, const LinearRecipe& recipe, Rng& rng);
    /// With given numbers: weights, and scores where they are trained (else empty). The gains
    /// start at the paper's alpha, a gate at 0.
    TrainableLinear(const LinearRecipe& recipe, Matrix<T> weight, Matrix<T> score,
                    const std::vector<T>& bias);

    [[nodiscard]] Index inputs() const { return m_weight.cols(); }
    [[nodiscard]] Index outputs() const { return m_weight.rows(); }

    /// Chooses the kept weights anew and lays out what the passes need; after each optimiser step.
    void prepare();

    /// gain ⊙ B, (outputs, inputs).
    [[nodiscard]] const Matrix<T>& effective() const { return m_effective; }

    /// Rows of x (…, inputs) to the same rows of y (…, outputs), overwritten.
    void forward(const Matrix<T>& x, RowRange rows, Matrix<T>& y, bool relu = false) const;

    /// \param dY (…, outputs)
    /// \param dX (…, inputs) the same rows overwritten, or added to; none if null.
    void backward(const Matrix<T>& x, const Matrix<T>& dY, RowRange rows, Matrix<T>* dX,
                  bool addToDx, LinearGradient<T>& gradient) const;

    [[nodiscard]] LinearGradient<T> zeroGradient() const;

    /// Turns the gradient of the effective weights into that of what is trained.
    void collect(const LinearGradient<T>& gradient);

    /// What the optimiser moves, and its gradients after collect(): weight or score, gain, bias.
    [[nodiscard]] std::vector<TrainedSlot<T>> slots();

    /// As it is stored and run.
    [[nodiscard]] LinearParameters<T> parameters() const;

private:
    [[nodiscard]] T meanKeptMagnitude(const Matrix<T>& mask) const;
    void keepMask(Matrix<T>& mask) const;

    LinearRecipe m_recipe;
    Matrix<T> m_weight; // (outputs, inputs), frozen if scored
    Matrix<T> m_score; // (outputs, inputs) or empty
    AlignedVector<T> m_gain; // padded, or empty
    T m_layerGain {}; // trained for all rows together
    AlignedVector<T> m_bias; // padded, or empty
    Matrix<T> m_signs; // B
    Matrix<T> m_signsTransposed; // (inputs, outputs)
    Matrix<T> m_effective; // gain ⊙ B
    Matrix<T> m_dTrained; // of weight or score
    AlignedVector<T> m_dGain, m_dBias;
    T m_dLayerGain {};
};

extern template class TrainableLinear<float>;
extern template class TrainableLinear<double>;

} // namespace stint
