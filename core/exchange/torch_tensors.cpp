#include "core/exchange/torch_tensors.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

std::string shapeText(const std::vector<std::int64_t>& shape)
{
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text.empty() ? "a single number" : text;
}

} // namespace

void TorchTensors::fail(const std::string& problem)
{
    if (m_problem.empty())
        m_problem = problem;
}

std::string TorchTensors::prefixOfLayers() const
{
    const std::string end = "layers.0.self_attn.in_proj_weight";
    for (const auto& [name, tensor] : m_file.tensors) {
        if (name.ends_with(end))
            return name.substr(0, name.size() - end.size());
    }
    return {};
}

std::pair<Index, Index> TorchTensors::extents(const std::string& name)
{
    const auto found = m_file.tensors.find(name);
    if (found == m_file.tensors.end()) {
        fail("tensor \"" + name
             + "\" is missing; save the whole state dict, and name its modules in the "
               "configuration");
        return {};
    }
    const std::vector<std::int64_t>& shape = found->second.shape;
    if (shape.size() != 2) {
        fail("tensor \"" + name + "\" is " + shapeText(shape)
             + " where a linear layer has rows and columns");
        return {};
    }
    return {static_cast<Index>(shape[0]), static_cast<Index>(shape[1])};
}

std::vector<float> TorchTensors::take(const std::string& name,
                                      const std::vector<std::int64_t>& shape)
{
    if (!m_problem.empty())
        return {};
    const auto found = m_file.tensors.find(name);
    if (found == m_file.tensors.end()) {
        fail("tensor \"" + name
             + "\" is missing; save the whole state dict, or correct the configuration");
        return {};
    }
    const Tensor tensor = std::move(found->second);
    m_file.tensors.erase(found);
    if (tensor.shape != shape) {
        fail("tensor \"" + name + "\" is " + shapeText(tensor.shape) + " where " + shapeText(shape)
             + " is needed; correct the configuration");
        return {};
    }
    std::vector<float> values = tensor.floats();
    if (tensor.type == TensorType::F64) {
        const std::vector<double> wide = tensor.doubles();
        values.resize(wide.size());
        std::transform(wide.begin(), wide.end(), values.begin(),
                       [](double v) { return static_cast<float>(v); });
    } else if (tensor.type != TensorType::F32) {
        fail("tensor \"" + name + "\" does not hold floats; save the state dict as float32");
        return {};
    }
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
        fail("tensor \"" + name
             + "\" holds a value that is not a finite number; the training went wrong there");
        return {};
    }
    return values;
}

Matrix<float> TorchTensors::matrix(const std::string& name, Index rows, Index cols)
{
    const std::vector<float> values = take(name, {rows, cols});
    Matrix<float> m;
    if (values.empty())
        return m;
    m.resize(rows, cols);
    for (Index r = 0; r < rows; ++r)
        std::copy_n(values.begin() + r * cols, cols, m.row(r));
    return m;
}

std::vector<float> TorchTensors::vector(const std::string& name, Index size)
{
    return take(name, {size});
}

std::vector<float> TorchTensors::optionalVector(const std::string& name, Index size)
{
    if (!has(name))
        return std::vector<float>(static_cast<std::size_t>(m_problem.empty() ? size : 0));
    return vector(name, size);
}

void TorchTensors::finish()
{
    if (!m_problem.empty() || m_file.tensors.empty())
        return;
    const std::string& name = m_file.tensors.begin()->first;
    const bool finalNorm = name.ends_with("norm.weight") || name.ends_with("norm.bias");
    fail("tensor \"" + name + "\" is not part of the architecture"
         + (finalNorm ? ", which has no norm after the last layer" : "")
         + "; leave it out or correct the configuration");
}

} // namespace stint
