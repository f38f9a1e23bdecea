#include "core/model/adaptation.h"

#include "core/model/lagged_product.h"
#include "core/model/row_encoder.h"

#include <algorithm>

namespace stint {

namespace {

/// An encoder's error is measured on at most this many rows: window inference is dear.
constexpr Index mostRowsMeasured = 512;

double meanErrorOf(const Family& family, const FamilyVariant& variant, const Matrix<float>& z,
                   Index first, Index last, const Autoregression& autoregression)
{
    const auto channels = static_cast<Index>(family.channels.size());
    RowEncoder encoder(variant, channels, family.lags, Inference::Window, last - first);
    const LaggedProduct linear(autoregression, encoder.rowStride());
    Matrix<float> answer(1, channels);
    Matrix<float> skip(1, channels);
    AttentionRows noAttention;
    PartCounts uncounted;
    encoder.take(z.row(first), z.stride(), last - first);
    const Index skipped = std::max<Index>(1, (last - first - encoder.lead()) / mostRowsMeasured);
    double sum = 0.0;
    double count = 0.0;
    for (Index i = encoder.lead(); i < last - first; i += skipped) {
        encoder.answer(i, 1, answer, 0, noAttention, uncounted);
        if (family.skip == SkipPath::Autoregression)
            linear.predict(encoder.row(i), 1, skip, uncounted[Part::LinearPath]);
        else if (family.skip == SkipPath::LastValue)
            std::copy(encoder.row(i - 1), encoder.row(i), skip.row(0));
        for (Index c = 0; c < channels; ++c) {
            const double e = static_cast<double>(answer(0, c)) + static_cast<double>(skip(0, c))
                - static_cast<double>(z(first + i, c));
            sum += e * e;
        }
        count += static_cast<double>(channels);
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
    // The error of a forecast is shown as it is, in standard deviations.
    if (family.task == ModelTask::Forecast)
        return {family.autoregression, 1.0, 1.0};
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
        = fitAutoregression(rows, family.autoregression.order, family.autoregression.ridge,
                            family.autoregression.onDifferences);
    if (!fitted)
        return adaptation;
    adaptation.autoregression = *fitted;
    if (family.task == ModelTask::Forecast)
        return adaptation;
    adaptation.autoregressionError = meanSquaredError(*fitted, rows).mean();
    adaptation.encoderError = meanErrorOf(family, variant, z, first, last, *fitted);
    return adaptation;
}

} // namespace stint
