#include "core/encoder/encoder.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

/// The embedding times sqrt(d), folded into gain and bias so that it costs nothing per step.
template <typename T>
LinearParameters<T> scaledEmbedding(const EncoderConfig& config,
                                    const LinearParameters<T>& parameters)
{
    LinearParameters<T> scaled = parameters;
    if (!config.scaleEmbedding)
        return scaled;
    const T scale = std::sqrt(static_cast<T>(config.width));
    if (scaled.gain.empty())
        scaled.gain.assign(static_cast<std::size_t>(scaled.outputs()), T {1});
    for (T& g : scaled.gain)
        g *= scale;
    for (T& b : scaled.bias)
        b *= scale;
    return scaled;
}

template <typename T>
void addRows(const T* from, Index fromRow, Index rows, Index cols, T* to, Index toRow,
             OpCounts& ops)
{
    for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < cols; ++c)
            to[r * toRow + c] += from[r * fromRow + c];
    }
    ops.additions += static_cast<std::uint64_t>(rows * cols);
}

} // namespace

template <typename T>
void TokenNorm<T>::apply(T* z, Index zRow, Index rows, OpCounts& ops) const noexcept
{
    if (m_parameters.gain.empty())
        return;
    const auto width = static_cast<Index>(m_parameters.gain.size());
    for (Index r = 0; r < rows; ++r) {
        T* token = z + r * zRow;
        T mean {};
        for (Index i = 0; i < width; ++i)
            mean += token[i];
        mean /= static_cast<T>(width);
        T variance {};
        for (Index i = 0; i < width; ++i)
            variance += (token[i] - mean) * (token[i] - mean);
        variance /= static_cast<T>(width);
        const T inverse = T {1} / std::sqrt(variance + static_cast<T>(1e-5));
        for (Index i = 0; i < width; ++i) {
            const auto at = static_cast<std::size_t>(i);
            token[i] = (token[i] - mean) * inverse * m_parameters.gain[at] + m_parameters.bias[at];
        }
    }
    ops.norms += static_cast<std::uint64_t>(rows * width);
}

template <typename T>
Encoder<T>::Scratch::Scratch(const EncoderConfig& config, Index maxRows)
    : projected(maxRows, config.width), hidden(maxRows, config.hidden)
{ }

template <typename T>
Encoder<T>::Encoder(const EncoderConfig& config, const EncoderParameters<T>& parameters)
    : m_config(config),
      m_embed(scaledEmbedding(config, parameters.embed)),
      m_positions(parameters.positions),
      m_head(parameters.head),
      m_attentionScale(T {1} / std::sqrt(static_cast<T>(config.headSize())))
{
    m_queryToken.assign(static_cast<std::size_t>(padded(config.width)), T {});
    std::copy(parameters.queryToken.begin(), parameters.queryToken.end(), m_queryToken.begin());
    for (const BlockParameters<T>& b : parameters.blocks) {
        m_blocks.push_back({.query = Linear<T>(b.query),
                            .key = Linear<T>(b.key),
                            .value = Linear<T>(b.value),
                            .output = Linear<T>(b.output),
                            .expand = Linear<T>(b.expand),
                            .contract = Linear<T>(b.contract),
                            .attentionNorm = TokenNorm<T>(b.attentionNorm),
                            .feedForwardNorm = TokenNorm<T>(b.feedForwardNorm)});
    }
}

template <typename T>
void Encoder<T>::addPositions(T* z, Index zRow, Index rows, Index place,
                              OpCounts& ops) const noexcept
{
    if (m_positions.empty())
        return;
    for (Index r = 0; r < rows; ++r)
        addRows(m_positions.row((place + r) % m_positions.rows()), 0, 1, m_config.width,
                z + r * zRow, zRow, ops);
}

template <typename T>
void Encoder<T>::embed(const T* x, Index xRow, Index rows, Index place, T* z, Index zRow,
                       PartCounts& counts) const noexcept
{
    OpCounts& ops = counts[Part::Embedding];
    m_embed.forward(x, xRow, rows, z, zRow, ops);
    addPositions(z, zRow, rows, place, ops);
}

template <typename T>
void Encoder<T>::embedHidden(Index rows, Index place, T* z, Index zRow,
                             PartCounts& counts) const noexcept
{
    for (Index r = 0; r < rows; ++r)
        std::copy(m_queryToken.begin(), m_queryToken.end(), z + r * zRow);
    addPositions(z, zRow, rows, place, counts[Part::Embedding]);
}

template <typename T>
void Encoder<T>::rest(Index layer, const TokenRows<T>& attended, Index rows, T* z, Index zRow,
                      Scratch& scratch, PartCounts& counts) const noexcept
{
    const Block& b = block(layer);
    Matrix<T>& projected = scratch.projected;
    Matrix<T>& hidden = scratch.hidden;

    b.output.forward(attended.first, attended.stride, rows, projected.row(0), projected.stride(),
                     counts[Part::Output]);
    addRows(projected.row(0), projected.stride(), rows, m_config.width, z, zRow,
            counts[Part::Output]);
    b.attentionNorm.apply(z, zRow, rows, counts[Part::Output]);

    OpCounts& ops = counts[Part::FeedForward];
    b.expand.forward(z, zRow, rows, hidden.row(0), hidden.stride(), ops, /*relu=*/true);
    b.contract.forward(hidden.row(0), hidden.stride(), rows, projected.row(0), projected.stride(),
                       ops);
    addRows(projected.row(0), projected.stride(), rows, m_config.width, z, zRow, ops);
    b.feedForwardNorm.apply(z, zRow, rows, ops);
}

template <typename T>
void Encoder<T>::answer(T* z, Index zRow, Index rows, T* answer, Index answerRow,
                        PartCounts& counts) const noexcept
{
    if (m_config.reluBeforeHead) {
        for (Index r = 0; r < rows; ++r) {
            for (Index i = 0; i < m_config.width; ++i)
                z[r * zRow + i] = std::max(z[r * zRow + i], T {});
        }
    }
    m_head.forward(z, zRow, rows, answer, answerRow, counts[Part::Head]);
}

template class TokenNorm<float>;
template class TokenNorm<double>;
template class Encoder<float>;
template class Encoder<double>;

} // namespace stint
