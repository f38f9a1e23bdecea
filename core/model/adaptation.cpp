#include "core/model/adaptation.h"

#include "core/encoder/window_encoder.h"

#include <algorithm>

namespace stint {

namespace {

/// An encoder's error is measured on at most this many rows: window inference is dear.
constexpr Index mostRowsMeasured = 512;

double meanErrorOf(const FamilyVariant& variant, const Matrix<float>& z, Index first, Index last)
{
    const EncoderConfig& config = variant.config;
    const Encoder<float> encoder(config, variant.parameters);
    WindowEncoder<float> window(encoder);
    Matrix<float> answer(1, config.outputs);
    PartCounts uncounted;
    const Index begin = first + config.past();
    const Index skip = std::max<Index>(1, (last - begin) / mostRowsMeasured);
    double sum = 0.0;
    double count = 0.0;
    for (Index t = begin; t < last; t += skip) {
        window.answer(z.row(t - config.past()), z.stride(), t - config.past(), answer.row(0),
                      nullptr, uncounted);
        for (Index c = 0; c < config.outputs; ++c) {
            const double e = static_cast<double>(answer(0, c)) - static_cast<double>(z(t, c));
            sum += e * e;
        }
        count += static_cast<double>(config.outputs);
    }
    return count > 0.0 ? std::max(sum / count, smallestMeanError) : variant.errorMean;
}

} // namespace

RowMatrix toRowMatrix(const Matrix<float>& z, Index first, Index last)
{
    RowMatrix rows(last - first, z.cols());
    for (Index r = first; r < last; ++r) {
        for (Index c = 0; c < z.cols(); ++c)
            rows(r - first, c) = static_cast<double>(z(r, c));
    }
    return rows;
}

Adaptation adaptationOf(const Family& family, const FamilyVariant& variant)
{
    return {family.autoregression, family.autoregressionError, variant.errorMean};
}

Adaptation adaptedTo(const Family& family, const FamilyVariant& variant, const Matrix<float>& z,
                     Index first, Index last)
{
    Adaptation adaptation = adaptationOf(family, variant);
    // With fewer rows than weights of one channel the fit would be the ridge's rather than the
    // rows'.
    const Index weights = family.autoregression.order * family.autoregression.channels;
    if (last - first < std::max(2 * variant.config.window, weights))
        return adaptation;
    const std::vector<RowMatrix> rows {toRowMatrix(z, first, last)};
    const auto fitted
        = fitAutoregression(rows, family.autoregression.order, family.autoregression.ridge);
    if (!fitted)
        return adaptation;
    adaptation.autoregression = *fitted;
    adaptation.autoregressionError = meanSquaredError(*fitted, rows).mean();
    adaptation.encoderError = meanErrorOf(variant, z, first, last);
    return adaptation;
}

} // namespace stint
