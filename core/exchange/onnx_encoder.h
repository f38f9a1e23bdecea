#pragma once

#include "core/encoder/encoder_config.h"
#include "core/encoder/encoder_parameters.h"
#include "core/exchange/onnx_graph.h"

#include <string>

namespace stint {

/// Adds the window form of an encoder to a graph: all tokens of one window, one answer, as
/// WindowEncoder computes it. Weights are written as the floats they stand for (gain times -1, 0 or
/// +1 for binary ones), so the file says nothing of how they are stored here.
///
/// Shapes: B windows at once, n tokens, m inputs, d width.
class OnnxEncoder {
public:
    /// \param prefix of the names of its constants, for example "sbt/step-t/".
    OnnxEncoder(OnnxGraph& graph, const EncoderConfig& config,
                const EncoderParameters<float>& parameters, std::string prefix);

    /// \param rows (B, real rows, m) standardised.
    /// \param row  (B) int64, number of each answered row in its recording; looked at only where
    ///             needsRowNumber().
    /// \return (B, outputs)
    OnnxValue answer(const OnnxValue& rows, const OnnxValue& row);

    /// Whether the answer depends on where in its recording a window stands. Rotary positions do
    /// not: only distances matter.
    [[nodiscard]] static bool needsRowNumber(const EncoderConfig& config);

private:
    OnnxValue linear(const std::string& name, const LinearParameters<float>& layer,
                     const OnnxValue& x, float scale = 1.0F);
    OnnxValue norm(const std::string& name, const NormParameters<float>& parameters,
                   const OnnxValue& z);
    OnnxValue tokens(const OnnxValue& rows, const OnnxValue& row);
    OnnxValue newestContent(const OnnxValue& embedded);
    OnnxValue withPositions(const OnnxValue& content, const OnnxValue& row);
    OnnxValue block(std::size_t layer, const OnnxValue& z);
    OnnxValue heads(const OnnxValue& projected, Index tokens, const Matrix<float>& mask);
    OnnxValue turned(const OnnxValue& heads, Index first);
    OnnxValue weights(const OnnxValue& query, const OnnxValue& key, Index first);
    OnnxValue activated(const OnnxValue& hidden);
    /// Token n - 1 of each window, still with three dimensions.
    OnnxValue newestOf(const OnnxValue& z);
    OnnxValue constant(const std::string& name, const Matrix<float>& values,
                       const std::vector<std::int64_t>& shape);

    OnnxGraph& m_graph;
    const EncoderConfig& m_config;
    const EncoderParameters<float>& m_parameters;
    std::string m_prefix;
};

} // namespace stint
