#pragma once

#include "core/base/types.h"
#include "core/detect/row_matrix.h"

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace stint {

/// Kernels drawn at random, never trained (ROCKET, Dempster et al. 2020). All that a file has to
/// hold: the same numbers draw the same kernels.
struct RandomConvolutions {
    Index kernels = 0;
    Index channels = 0; ///< C
    Index referenceRows = 0; ///< of the longest training series: bounds the dilation
    std::uint64_t seed = 1;
    /// Of series that differ in length, else of every other kernel: so the length alone does not
    /// decide how much of a series a wide kernel sees.
    bool alwaysPadded = false;
};

/// One of them. Of a drawn subset of the channels; each channel has weights of its own, with mean
/// zero.
struct RandomKernel {
    Index length = 0; ///< 7, 9 or 11 taps
    Index dilation = 1; ///< rows between two taps
    bool padded = false; ///< with zeros, so that the result is as long as the series
    double bias = 0.0;
    std::vector<Index> channels;
    RowMatrix weights; ///< (channels.size(), length)
};

/// Draws them; the k-th does not depend on how many there are.
[[nodiscard]] std::vector<RandomKernel> drawKernels(const RandomConvolutions& convolutions);

/// Two numbers per kernel, (2 x kernels): the share of positive values in the convolution of the
/// series with it, and the largest value. A series that is shorter than a kernel is padded.
///
/// \param series (rows, C), rows >= 1, finite
[[nodiscard]] Eigen::VectorXd convolutionFeatures(const std::vector<RandomKernel>& kernels,
                                                  const RowMatrix& series);

} // namespace stint
