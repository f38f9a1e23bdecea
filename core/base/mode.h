#pragma once

#include "core/base/result.h"

#include <array>
#include <string>
#include <string_view>

namespace stint {

/// How the weights of the blocks are stored and multiplied.
enum class WeightFormat {
    Dense, ///< float
    Sparse, ///< mask x float
    Binary, ///< gain x sign
    SparseBinary, ///< gain x sign x mask ("sbt")
};

/// Which tokens a token attends to.
enum class AttentionMask {
    Full, ///< every real token to every real token
    StepT, ///< past tokens to themselves only, the newest to the past
    FixedMask, ///< full, with fixed entries of query, key and value set to zero
    SelfOnly, ///< every token to itself: no mixing over time, what attention is compared with
};

/// What is computed when a row arrives. Changes cost, never the answer.
enum class Inference {
    Window, ///< every token of the window again: the definition
    Continual, ///< cached keys and values, only what the new row changes
};

inline constexpr std::array allWeightFormats {WeightFormat::Dense, WeightFormat::Sparse,
                                              WeightFormat::Binary, WeightFormat::SparseBinary};
inline constexpr std::array allAttentionMasks {AttentionMask::Full, AttentionMask::StepT,
                                               AttentionMask::FixedMask, AttentionMask::SelfOnly};
inline constexpr std::array allInferences {Inference::Window, Inference::Continual};

/// The words of the command line and of the files: "dense", "sparse", "binary", "sbt";
/// "full", "step-t", "fixed-mask", "self-only"; "window", "continual".
[[nodiscard]] std::string_view name(WeightFormat weights);
[[nodiscard]] std::string_view name(AttentionMask attention);
[[nodiscard]] std::string_view name(Inference inference);

[[nodiscard]] Result<WeightFormat> parseWeightFormat(std::string_view text);
[[nodiscard]] Result<AttentionMask> parseAttentionMask(std::string_view text);
[[nodiscard]] Result<Inference> parseInference(std::string_view text);

/// What has trained parameters of its own: `WEIGHTS/ATTENTION`, for example `sbt/step-t`.
struct VariantName {
    WeightFormat weights = WeightFormat::Dense;
    AttentionMask attention = AttentionMask::Full;

    friend bool operator==(const VariantName&, const VariantName&) = default;
};

[[nodiscard]] std::string toString(VariantName variant);
[[nodiscard]] Result<VariantName> parseVariantName(std::string_view text);

/// A variant and the way it is stepped: `WEIGHTS/ATTENTION/INFERENCE`. A plain value; the three
/// fields are orthogonal.
struct Mode {
    WeightFormat weights = WeightFormat::Dense;
    AttentionMask attention = AttentionMask::Full;
    Inference inference = Inference::Window;

    [[nodiscard]] VariantName variant() const { return {weights, attention}; }

    friend bool operator==(const Mode&, const Mode&) = default;
};

[[nodiscard]] std::string toString(Mode mode);
[[nodiscard]] Result<Mode> parseMode(std::string_view text);

/// Whether a mode can be chosen, and if not, the sentence that says why.
struct ModeStatus {
    Mode mode;
    bool offered = false;
    std::string why; ///< empty when offered
};

} // namespace stint
