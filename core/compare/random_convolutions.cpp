#include "core/compare/random_convolutions.h"

#include "core/base/rng.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

namespace stint {
namespace {

/// Some of the channels, in order. Their number is uniform in logarithms, from 1 to all.
std::vector<Index> drawChannels(Rng& rng, Index channels)
{
    const double most = std::log2(static_cast<double>(channels) + 1.0);
    const auto drawn = static_cast<Index>(std::exp2(rng.uniform(0.0, most)));
    const auto count = static_cast<std::size_t>(std::clamp<Index>(drawn, 1, channels));
    std::vector<Index> all(static_cast<std::size_t>(channels));
    std::iota(all.begin(), all.end(), Index {0});
    for (std::size_t k = 0; k < count; ++k)
        std::swap(all[k], all[k + rng.below(all.size() - k)]);
    all.resize(count);
    std::sort(all.begin(), all.end());
    return all;
}

RandomKernel drawKernel(Rng rng, const RandomConvolutions& convolutions)
{
    constexpr std::array<Index, 3> lengths {7, 9, 11};
    RandomKernel kernel;
    kernel.length = lengths[rng.below(lengths.size())];
    kernel.channels = drawChannels(rng, convolutions.channels);
    kernel.weights.resize(static_cast<Index>(kernel.channels.size()), kernel.length);
    for (Index k = 0; k < kernel.weights.size(); ++k)
        kernel.weights.data()[k] = rng.normal();
    const Eigen::VectorXd means = kernel.weights.rowwise().mean();
    kernel.weights.colwise() -= means;
    kernel.bias = rng.uniform(-1.0, 1.0);
    const double widest = static_cast<double>(convolutions.referenceRows - 1)
        / static_cast<double>(kernel.length - 1);
    const double exponent = rng.uniform() * std::log2(std::max(1.0, widest));
    kernel.dilation = static_cast<Index>(std::exp2(exponent));
    kernel.padded = rng.uniform() < 0.5 || convolutions.alwaysPadded;
    return kernel;
}

/// Adds weight x the channel, shifted by `shift` rows and zero outside, to the convolution.
void addShifted(double weight, const double* channel, Index rows, Index shift,
                Eigen::VectorXd& sums, Index size)
{
    const Index first = std::max<Index>(0, -shift);
    const Index last = std::min(size, rows - shift);
    if (last > first)
        sums.segment(first, last - first)
            += weight * Eigen::Map<const Eigen::VectorXd>(channel + first + shift, last - first);
}

} // namespace

std::vector<RandomKernel> drawKernels(const RandomConvolutions& convolutions)
{
    assert(convolutions.channels >= 1);
    const Rng rng(convolutions.seed);
    std::vector<RandomKernel> kernels;
    kernels.reserve(static_cast<std::size_t>(convolutions.kernels));
    for (Index k = 0; k < convolutions.kernels; ++k)
        kernels.push_back(drawKernel(rng.fork(static_cast<std::uint64_t>(k)), convolutions));
    return kernels;
}

Eigen::VectorXd convolutionFeatures(const std::vector<RandomKernel>& kernels,
                                    const RowMatrix& series)
{
    assert(series.rows() >= 1);
    const Eigen::MatrixXd columns = series; // a channel contiguous
    const Index rows = series.rows();
    Eigen::VectorXd features(2 * static_cast<Index>(kernels.size()));
    Eigen::VectorXd sums(rows);
    Index at = 0;
    for (const RandomKernel& kernel : kernels) {
        const Index reach = (kernel.length - 1) * kernel.dilation;
        const bool padded = kernel.padded || rows <= reach;
        const Index padding = padded ? reach / 2 : 0;
        const Index size = padded ? rows : rows - reach;
        sums.head(size).setConstant(kernel.bias);
        for (std::size_t c = 0; c < kernel.channels.size(); ++c)
            for (Index tap = 0; tap < kernel.length; ++tap)
                addShifted(kernel.weights(static_cast<Index>(c), tap),
                           columns.data() + kernel.channels[c] * rows, rows,
                           tap * kernel.dilation - padding, sums, size);
        const auto result = sums.head(size).array();
        features(at++) = static_cast<double>((result > 0.0).count()) / static_cast<double>(size);
        features(at++) = result.maxCoeff();
    }
    return features;
}

} // namespace stint
