#include "core/model/tensor_writer.h"

#include "core/weights/half_float.h"
#include "core/weights/packed_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint {

float narrowed(double value, TensorType type)
{
    if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max())))
        return std::numeric_limits<float>::quiet_NaN();
    const auto single = static_cast<float>(value);
    if (type != TensorType::F16)
        return single;
    const auto half = halfFromFloat(single);
    return half ? floatFromHalf(*half).value_or(single) : std::numeric_limits<float>::quiet_NaN();
}

Tensor tensorOf(const Matrix<float>& m)
{
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(m.rows() * m.cols()));
    for (Index r = 0; r < m.rows(); ++r)
        values.insert(values.end(), m.row(r), m.row(r) + m.cols());
    return Tensor::ofFloats({m.rows(), m.cols()}, values);
}

Tensor tensorOf(const RowMatrix& m, TensorType type)
{
    const std::span<const double> values {m.data(), static_cast<std::size_t>(m.size())};
    const std::vector<std::int64_t> shape {m.rows(), m.cols()};
    if (type != TensorType::F64) {
        std::vector<float> floats;
        floats.reserve(values.size());
        for (const double v : values)
            floats.push_back(narrowed(v, type));
        if (std::equal(values.begin(), values.end(), floats.begin(),
                       [](double v, float f) { return v == static_cast<double>(f); })) {
            if (type == TensorType::F32)
                return Tensor::ofFloats(shape, floats);
            return Tensor::ofHalves(shape, *packHalves(floats));
        }
    }
    return Tensor::ofDoubles(shape, values);
}

Tensor tensorOf(const std::vector<float>& v)
{
    return Tensor::ofFloats({static_cast<std::int64_t>(v.size())}, v);
}

Tensor bitPlane(const Matrix<float>& m, bool (*isSet)(float))
{
    const Index rowBytes = (m.cols() + 7) / 8;
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(m.rows() * rowBytes), 0);
    for (Index r = 0; r < m.rows(); ++r) {
        for (Index c = 0; c < m.cols(); ++c) {
            if (isSet(m(r, c)))
                bytes[static_cast<std::size_t>(r * rowBytes + c / 8)]
                    |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(c % 8));
        }
    }
    return Tensor::ofBytes({m.rows(), rowBytes}, std::move(bytes));
}

} // namespace stint
