#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stint::test {

/// ONNX Runtime, where it is installed: loaded at run time through its C interface, whose table of
/// functions keeps its order. The environment variable STINT_ONNXRUNTIME names the library; else
/// the usual names are tried.
class OnnxRuntime {
public:
    /// Null if there is none.
    static std::unique_ptr<OnnxRuntime> load();
    ~OnnxRuntime();
    OnnxRuntime(const OnnxRuntime&) = delete;
    OnnxRuntime& operator=(const OnnxRuntime&) = delete;

    struct Outcome {
        std::vector<std::vector<float>> outputs;
        std::string error; ///< empty if it ran
    };

    /// Opens a file image and runs it once.
    /// \param rows      (batch, rowCount, columns) for the input "rows"
    /// \param rowNumber (batch) for the input "row"; not given if empty
    /// \param outputs   names and sizes per window of the wanted outputs
    Outcome run(const std::string& file, const std::vector<float>& rows, std::int64_t rowCount,
                std::int64_t columns, const std::vector<std::int64_t>& rowNumber,
                std::int64_t batch,
                const std::vector<std::pair<std::string, std::int64_t>>& outputs);

private:
    struct Table;
    explicit OnnxRuntime(std::unique_ptr<Table> table);
    std::unique_ptr<Table> m_table;
};

} // namespace stint::test
