#pragma once

#include "core/base/matrix.h"
#include "core/model/safetensors.h"

#include <string>
#include <utility>
#include <vector>

namespace stint {

/// Takes the tensors of a state dict out of a file by name and shape, and remembers the first thing
/// that was wrong; after that everything it gives is empty. Values may be 32 or 64-bit floats.
class TorchTensors {
public:
    explicit TorchTensors(TensorFile& file) : m_file(file) { }

    /// What was wrong and what to do, or empty.
    [[nodiscard]] const std::string& problem() const { return m_problem; }
    void fail(const std::string& problem);

    [[nodiscard]] bool has(const std::string& name) const { return m_file.tensors.contains(name); }

    /// What stands before "layers.0.self_attn.in_proj_weight"; empty if there is no such tensor.
    [[nodiscard]] std::string prefixOfLayers() const;

    /// Rows and columns of a tensor that must be there and have two dimensions.
    std::pair<Index, Index> extents(const std::string& name);

    Matrix<float> matrix(const std::string& name, Index rows, Index cols);
    std::vector<float> vector(const std::string& name, Index size);
    /// Zeros if it is not there: PyTorch leaves out what has bias=False.
    std::vector<float> optionalVector(const std::string& name, Index size);
    /// Takes a tensor out that may be there and says nothing here.
    void ignore(const std::string& name) { m_file.tensors.erase(name); }

    /// Fails if there are tensors that nothing asked for.
    void finish();

private:
    std::vector<float> take(const std::string& name, const std::vector<std::int64_t>& shape);

    TensorFile& m_file;
    std::string m_problem;
};

} // namespace stint
