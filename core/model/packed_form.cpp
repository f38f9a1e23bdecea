#include "core/model/packed_form.h"

#include "core/model/tensor_writer.h"
#include "core/weights/packed_weights.h"

#include <algorithm>
#include <optional>

namespace stint {

namespace {

/// Rounds arrays in place; remembers the first one that does not fit.
class Rounding {
public:
    void round(std::vector<float>& values)
    {
        const auto packed = packHalves(values);
        const auto unpacked
            = packed ? unpackHalves(*packed) : Result<std::vector<float>>(packed.error());
        if (unpacked)
            values = *unpacked;
        else if (!m_wrong)
            m_wrong = unpacked.error();
    }

    void round(Matrix<float>& table)
    {
        std::vector<float> row(static_cast<std::size_t>(table.cols()));
        for (Index r = 0; r < table.rows(); ++r) {
            std::copy_n(table.row(r), table.cols(), row.begin());
            round(row);
            std::copy(row.begin(), row.end(), table.row(r));
        }
    }

    [[nodiscard]] const std::optional<Error>& wrong() const { return m_wrong; }

private:
    std::optional<Error> m_wrong;
};

template <typename Table>
void narrow(Table& table, TensorType type)
{
    Table rounded = table.unaryExpr([type](double v) {
        return static_cast<double>(narrowed(v, type)); // NaN where it does not fit
    });
    if (rounded.allFinite())
        table = std::move(rounded);
}

} // namespace

Result<EncoderParameters<float>> roundedToPacked(const EncoderConfig& config,
                                                 EncoderParameters<float> parameters)
{
    Rounding rounding;
    forEachLinear(parameters, [&](const std::string&, LinearParameters<float>& linear) {
        if (linear.format == WeightFormat::Dense || linear.format == WeightFormat::Sparse)
            rounding.round(linear.weight);
        rounding.round(linear.gain);
        rounding.round(linear.bias);
    });
    forEachNorm(parameters, [&](const std::string&, NormParameters<float>& norm) {
        rounding.round(norm.gain);
        rounding.round(norm.bias);
    });
    if (!config.positionsAreMade())
        rounding.round(parameters.positions);
    rounding.round(parameters.lagBias);
    rounding.round(parameters.queryToken);
    if (rounding.wrong())
        return Error {"The model cannot be packed: " + rounding.wrong()->message};
    return parameters;
}

void roundToPacked(Autoregression& autoregression)
{
    narrow(autoregression.weights, TensorType::F16);
    narrow(autoregression.intercept, TensorType::F16);
}

void roundToPacked(Baselines& baselines)
{
    narrow(baselines.mean, TensorType::F32);
    narrow(baselines.components, TensorType::F32);
    narrow(baselines.precision, TensorType::F32);
}

void roundToPacked(ClassificationBaselines& b)
{
    narrow(b.centroids.mean, TensorType::F32);
    narrow(b.centroids.scale, TensorType::F32);
    narrow(b.centroids.centroids, TensorType::F32);
    for (RowMatrix& series : b.nearest.series)
        narrow(series, TensorType::F32);
    RidgeClassifier& ridge = b.rocket.ridge;
    narrow(ridge.mean, TensorType::F32);
    narrow(ridge.scale, TensorType::F32);
    narrow(ridge.weights, TensorType::F32);
    narrow(ridge.intercept, TensorType::F32);
}

} // namespace stint
