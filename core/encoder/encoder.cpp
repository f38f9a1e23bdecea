#include "core/encoder/encoder.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

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

/// x Φ(x), with the exact normal distribution function.
template <typename T>
void applyGelu(Matrix<T>& z, Index rows)
{
    const T half = static_cast<T>(0.5);
    const T root = static_cast<T>(std::numbers::sqrt2 / 2.0);
    for (Index r = 0; r < rows; ++r) {
        T* unit = z.row(r);
        for (Index i = 0; i < z.cols(); ++i)
            unit[i] *= half * std::erfc(-unit[i] * root);
    }
}

template <typename T>
void maskRows(const Matrix<T>& mask, Index layer, Index window, Index rows, Matrix<T>* z)
{
    if (z == nullptr || mask.empty())
        return;
    const Index first = layer * window % mask.rows();
    for (Index r = 0; r < rows; ++r) {
        const T* keep = mask.row(first + r);
        T* token = z->row(r);
        for (Index i = 0; i < mask.cols(); ++i)
            token[i] *= keep[i];
    }
}

} // namespace

template <typename T>
Encoder<T>::Scratch::Scratch(const EncoderConfig& config, Index maxRows)
    : projected(maxRows, config.width), hidden(maxRows, config.hidden)
{ }

template <typename T>
Encoder<T>::Encoder(const EncoderConfig& config, const EncoderParameters<T>& parameters)
    : m_config(config),
      m_embed(scaledEmbedding(config, parameters.embed)),
      m_positions(parameters.positions),
      m_masks(parameters.masks),
      m_head(parameters.head),
      m_attentionScale(T {1} / std::sqrt(static_cast<T>(config.headSize())))
{
    for (const BlockParameters<T>& b : parameters.blocks) {
        m_blocks.push_back({.query = Linear<T>(b.query),
                            .key = Linear<T>(b.key),
                            .value = Linear<T>(b.value),
                            .output = Linear<T>(b.output),
                            .expand = Linear<T>(b.expand),
                            .contract = Linear<T>(b.contract),
                            .attentionNorm = BlockNorm<T>(config.norm, b.attentionNorm),
                            .feedForwardNorm = BlockNorm<T>(config.norm, b.feedForwardNorm)});
    }
    buildStandIn(parameters);
    buildLagBias(parameters.lagBias);
    if (config.positionsOfWindow())
        buildPositionProjections(parameters);
}

template <typename T>
void Encoder<T>::buildStandIn(const EncoderParameters<T>& parameters)
{
    m_standIn.assign(static_cast<std::size_t>(padded(m_config.width)), T {});
    const std::vector<T> zeroRow = scaledEmbedding(m_config, parameters.embed).bias;
    if (m_config.newest == Newest::Hidden)
        std::copy(parameters.queryToken.begin(), parameters.queryToken.end(), m_standIn.begin());
    else if (m_config.newest == Newest::Zeroed)
        std::copy(zeroRow.begin(), zeroRow.end(), m_standIn.begin());
}

template <typename T>
void Encoder<T>::buildLagBias(const Matrix<T>& byLag)
{
    if (byLag.empty())
        return;
    const Index past = m_config.past();
    m_lagBias.resize(m_config.heads, 2 * past + 1);
    for (Index h = 0; h < m_config.heads; ++h) {
        for (Index i = 0; i <= 2 * past; ++i)
            m_lagBias(h, i) = byLag(h, std::abs(i - past));
    }
}

/// Keys and values are linear in the token, so what a position adds to them can be known before.
template <typename T>
void Encoder<T>::buildPositionProjections(const EncoderParameters<T>& parameters)
{
    const Index rows = m_positions.rows();
    LinearParameters<T> key = parameters.blocks.front().key;
    LinearParameters<T> value = parameters.blocks.front().value;
    key.bias.clear();
    value.bias.clear();
    OpCounts uncounted;
    Matrix<T> keys(rows, m_config.width);
    m_positionKeys.resize(m_config.width, rows);
    m_positionValues.resize(rows, m_config.width);
    Linear<T>(key).forward(m_positions.row(0), m_positions.stride(), rows, keys.row(0),
                           keys.stride(), uncounted);
    Linear<T>(value).forward(m_positions.row(0), m_positions.stride(), rows,
                             m_positionValues.row(0), m_positionValues.stride(), uncounted);
    for (Index r = 0; r < rows; ++r) {
        for (Index i = 0; i < m_config.width; ++i)
            m_positionKeys(i, r) = keys(r, i);
    }
}

template <typename T>
void Encoder<T>::embed(const T* x, Index xRow, Index rows, T* z, Index zRow,
                       PartCounts& counts) const noexcept
{
    m_embed.forward(x, xRow, rows, z, zRow, counts[Part::Embedding]);
}

template <typename T>
void Encoder<T>::addPositions(T* z, Index zRow, Index rows, Index place,
                              PartCounts& counts) const noexcept
{
    if (m_positions.empty())
        return;
    for (Index r = 0; r < rows; ++r)
        addRows(m_positions.row((place + r) % m_positions.rows()), 0, 1, m_config.width,
                z + r * zRow, zRow, counts[Part::Embedding]);
}

template <typename T>
auto Encoder<T>::lagBias(Index lag) const noexcept -> LagBias
{
    if (m_lagBias.empty())
        return {};
    return {m_lagBias.row(0) + m_config.past() - lag, m_lagBias.stride()};
}

template <typename T>
void Encoder<T>::applyFixedMasks(Index layer, Index rows, Matrix<T>* queries, Matrix<T>* keys,
                                 Matrix<T>* values) const noexcept
{
    maskRows(m_masks.query, layer, m_config.window, rows, queries);
    maskRows(m_masks.key, layer, m_config.window, rows, keys);
    maskRows(m_masks.value, layer, m_config.window, rows, values);
}

template <typename T>
void Encoder<T>::rest(Index layer, const TokenRows<T>& attended, Index rows, T* z, Index zRow,
                      Scratch& scratch, PartCounts& counts) const noexcept
{
    const Block& b = block(layer);
    Matrix<T>& projected = scratch.projected;
    Matrix<T>& hidden = scratch.hidden;
    const Index width = m_config.width;
    const bool relu = m_config.activation == Activation::Relu;

    b.output.forward(attended.first, attended.stride, rows, projected.row(0), projected.stride(),
                     counts[Part::Output]);
    addRows(projected.row(0), projected.stride(), rows, width, z, zRow, counts[Part::Output]);
    b.attentionNorm.apply(z, zRow, rows, width, counts[Part::Output]);

    OpCounts& ops = counts[Part::FeedForward];
    b.expand.forward(z, zRow, rows, hidden.row(0), hidden.stride(), ops, relu);
    if (!relu)
        applyGelu(hidden, rows);
    b.contract.forward(hidden.row(0), hidden.stride(), rows, projected.row(0), projected.stride(),
                       ops);
    addRows(projected.row(0), projected.stride(), rows, width, z, zRow, ops);
    b.feedForwardNorm.apply(z, zRow, rows, width, ops);
}

template <typename T>
void Encoder<T>::finishTokens(T* z, Index zRow, Index rows) const noexcept
{
    if (!m_config.reluBeforeHead)
        return;
    for (Index r = 0; r < rows; ++r) {
        for (Index i = 0; i < m_config.width; ++i)
            z[r * zRow + i] = std::max(z[r * zRow + i], T {});
    }
}

template <typename T>
void Encoder<T>::head(const T* z, Index zRow, Index rows, T* answer, Index answerRow,
                      PartCounts& counts) const noexcept
{
    m_head.forward(z, zRow, rows, answer, answerRow, counts[Part::Head]);
}

template <typename T>
void Encoder<T>::pooledAnswer(T* z, Index zRow, Index rows, T* answer,
                              PartCounts& counts) const noexcept
{
    T* newest = z + (rows - 1) * zRow;
    if (m_config.pooling == Pooling::Newest) {
        finishTokens(newest, zRow, 1);
        head(newest, zRow, 1, answer, 0, counts);
        return;
    }
    finishTokens(z, zRow, rows);
    // The head is linear: the answer of the mean is the mean of the answers.
    OpCounts& ops = counts[Part::Head];
    for (Index r = 1; r < rows; ++r)
        addRows(z + r * zRow, 0, 1, m_config.width, z, zRow, ops);
    for (Index i = 0; i < m_config.width; ++i)
        z[i] /= static_cast<T>(rows);
    ops.gains += static_cast<std::uint64_t>(m_config.width);
    head(z, zRow, 1, answer, 0, counts);
}

template class Encoder<float>;
template class Encoder<double>;

} // namespace stint
