#include "core/model/tensor_writer.h"

namespace stint {

Tensor tensorOf(const Matrix<float>& m)
{
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(m.rows() * m.cols()));
    for (Index r = 0; r < m.rows(); ++r)
        values.insert(values.end(), m.row(r), m.row(r) + m.cols());
    return Tensor::ofFloats({m.rows(), m.cols()}, values);
}

Tensor tensorOf(const RowMatrix& m)
{
    return Tensor::ofDoubles({m.rows(), m.cols()}, {m.data(), static_cast<std::size_t>(m.size())});
}

Tensor tensorOf(const Eigen::VectorXd& v)
{
    return Tensor::ofDoubles({v.size()}, {v.data(), static_cast<std::size_t>(v.size())});
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

Tensor columnTensor(const Eigen::VectorXd& v)
{
    Tensor t = tensorOf(v);
    t.shape.push_back(1);
    return t;
}

} // namespace stint
