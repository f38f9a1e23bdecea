#pragma once

#include "core/base/matrix.h"
#include "core/detect/row_matrix.h"
#include "core/model/safetensors.h"
#include "core/weights/packed_weights.h"

#include <cmath>
#include <string>
#include <vector>

namespace stint {

/// Takes tensors out of a file by name and shape; remembers the first thing that was wrong.
class TensorReader {
public:
    explicit TensorReader(TensorFile& file) : m_file(file) { }

    [[nodiscard]] const std::string& problem() const { return m_problem; }

    Matrix<float> matrix(const std::string& name, Index rows, Index cols)
    {
        // Memory is taken only once the file has shown that it holds so much.
        Matrix<float> m;
        const std::vector<float> values = floats(name, {rows, cols});
        if (values.empty())
            return m;
        m.resize(rows, cols);
        for (Index r = 0; r < rows; ++r)
            std::copy_n(values.begin() + r * cols, cols, m.row(r));
        return m;
    }

    std::vector<float> vector(const std::string& name, Index size) { return floats(name, {size}); }

    RowMatrix doubles(const std::string& name, Index rows, Index cols)
    {
        RowMatrix m(0, cols);
        const std::vector<double> values = doublesOf(name, {rows, cols});
        checkFinite(name, values);
        if (!m_problem.empty())
            return m;
        m.resize(rows, cols);
        std::copy(values.begin(), values.end(), m.data());
        return m;
    }

    /// (rows, columns) of a matrix whose number of rows the file decides.
    RowMatrix doublesOfAnyHeight(const std::string& name, Index cols)
    {
        const auto found = m_file.tensors.find(name);
        const bool fits = found != m_file.tensors.end() && found->second.shape.size() == 2;
        return doubles(name, fits ? found->second.shape[0] : 0, cols);
    }

    [[nodiscard]] bool has(const std::string& name) const
    {
        return m_file.tensors.find(name) != m_file.tensors.end();
    }

    /// A plane of bits as a table of 0 and 1. Empty if something was wrong with it or before it.
    Matrix<float> bits(const std::string& name, Index rows, Index cols)
    {
        const std::vector<std::uint8_t> bytes
            = take(name, TensorType::U8, {rows, (cols + 7) / 8}).bytes;
        Matrix<float> m;
        if (!m_problem.empty())
            return m;
        m.resize(rows, cols);
        const Index rowBytes = (cols + 7) / 8;
        for (Index r = 0; r < rows; ++r) {
            for (Index c = 0; c < rowBytes * 8; ++c) {
                const auto at = static_cast<std::size_t>(r * rowBytes + c / 8);
                if ((bytes[at] & (1U << static_cast<unsigned>(c % 8))) == 0)
                    continue;
                if (c >= cols) {
                    fail("tensor \"" + name + "\" marks weights beyond its last column");
                    return m;
                }
                m(r, c) = 1.0F;
            }
        }
        return m;
    }

    /// All bytes of a tensor of bytes, however many.
    std::vector<std::uint8_t> bytes(const std::string& name)
    {
        const auto found = m_file.tensors.find(name);
        const std::int64_t size = found == m_file.tensors.end()
            ? 0
            : static_cast<std::int64_t>(found->second.bytes.size());
        return take(name, TensorType::U8, {size}).bytes;
    }

    /// Fails if there are tensors that nothing asked for.
    void finish()
    {
        if (m_problem.empty() && !m_file.tensors.empty())
            m_problem = "tensor \"" + m_file.tensors.begin()->first + "\" does not belong there";
    }

    void fail(const std::string& problem)
    {
        if (m_problem.empty())
            m_problem = problem;
    }

private:
    using Shape = std::vector<std::int64_t>;

    Tensor take(const std::string& name, TensorType type, const Shape& shape)
    {
        const auto found = m_file.tensors.find(name);
        if (found == m_file.tensors.end()) {
            fail("tensor \"" + name + "\" is missing");
            return {};
        }
        Tensor t = std::move(found->second);
        m_file.tensors.erase(found);
        if (t.type != type || t.shape != shape) {
            fail("tensor \"" + name + "\" has another type or shape than its architecture");
            return {};
        }
        return t;
    }

    /// A packed file holds them in fewer bits, where these do.
    std::vector<double> doublesOf(const std::string& name, const Shape& shape)
    {
        const auto found = m_file.tensors.find(name);
        if (found == m_file.tensors.end() || found->second.type == TensorType::F64)
            return take(name, TensorType::F64, shape).doubles();
        const std::vector<float> values = floats(name, shape);
        return {values.begin(), values.end()};
    }

    std::vector<float> floats(const std::string& name, const Shape& shape)
    {
        const auto found = m_file.tensors.find(name);
        if (found != m_file.tensors.end() && found->second.type == TensorType::F16) {
            const auto halves = unpackHalves(take(name, TensorType::F16, shape).bytes);
            if (halves)
                return *halves;
            fail("tensor \"" + name + "\" cannot be read: " + halves.error().message);
            return {};
        }
        std::vector<float> values = take(name, TensorType::F32, shape).floats();
        checkFinite(name, values);
        return values;
    }

    template <typename T>
    void checkFinite(const std::string& name, const std::vector<T>& values)
    {
        for (const T v : values) {
            if (!std::isfinite(v)) {
                fail("tensor \"" + name + "\" holds a value that is not a number");
                return;
            }
        }
    }

    TensorFile& m_file;
    std::string m_problem;
};

} // namespace stint
