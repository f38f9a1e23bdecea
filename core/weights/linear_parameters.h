#pragma once

#include "core/base/matrix.h"
#include "core/base/mode.h"

#include <cstdint>
#include <vector>

namespace stint {

/// The parameters of one linear layer as they are stored: y = gain ⊙ (B x) + bias.
/// * dense: B holds the weights; a gain, if there is one, is a gate of each output;
/// * sparse: the same, pruned weights are 0;
/// * binary: B holds -1 and +1, and every output row has a gain (the paper's single alpha is the
///   case of equal gains);
/// * sparse binary: B holds -1, 0 and +1, with gains.
template <typename T>
struct LinearParameters {
    WeightFormat format = WeightFormat::Dense;
    Matrix<T> weight; ///< B, (outputs, inputs)
    std::vector<T> gain; ///< (outputs) or empty
    std::vector<T> bias; ///< (outputs) or empty

    [[nodiscard]] Index outputs() const { return weight.rows(); }
    [[nodiscard]] Index inputs() const { return weight.cols(); }

    /// Weights that take part: all of a dense layer, the kept ones of a sparse binary one.
    [[nodiscard]] std::int64_t kept() const
    {
        if (format == WeightFormat::Dense || format == WeightFormat::Binary)
            return outputs() * inputs();
        std::int64_t count = 0;
        for (Index r = 0; r < weight.rows(); ++r) {
            for (Index c = 0; c < weight.cols(); ++c)
                count += weight(r, c) != T {} ? 1 : 0;
        }
        return count;
    }

    friend bool operator==(const LinearParameters&, const LinearParameters&) = default;
};

/// The same numbers in another precision.
template <typename To, typename From>
[[nodiscard]] LinearParameters<To> convert(const LinearParameters<From>& from)
{
    LinearParameters<To> to;
    to.format = from.format;
    to.weight = convert<To>(from.weight);
    for (const From& g : from.gain)
        to.gain.push_back(static_cast<To>(g));
    for (const From& b : from.bias)
        to.bias.push_back(static_cast<To>(b));
    return to;
}

} // namespace stint
