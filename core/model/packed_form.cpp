#include "core/model/packed_form.h"

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

} // namespace stint
