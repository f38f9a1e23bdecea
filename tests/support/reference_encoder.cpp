#include "tests/support/reference_encoder.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <utility>

namespace stint::test {

namespace {

using Token = std::vector<double>;
using Table = std::vector<Token>;

/// gain ⊙ (B x) + bias.
Token linear(const LinearParameters<double>& layer, const Token& x)
{
    Token y(static_cast<std::size_t>(layer.outputs()));
    for (std::size_t r = 0; r < y.size(); ++r) {
        for (std::size_t c = 0; c < x.size(); ++c)
            y[r] += layer.weight(static_cast<Index>(r), static_cast<Index>(c)) * x[c];
        y[r] = y[r] * (layer.gain.empty() ? 1.0 : layer.gain[r])
            + (layer.bias.empty() ? 0.0 : layer.bias[r]);
    }
    return y;
}

Token relu(Token x)
{
    for (double& v : x)
        v = v > 0.0 ? v : 0.0;
    return x;
}

Token plus(Token a, const Token& b)
{
    for (std::size_t i = 0; i < a.size(); ++i)
        a[i] += b[i];
    return a;
}

Token gelu(Token x)
{
    for (double& v : x)
        v *= 0.5 * (1.0 + std::erf(v / std::sqrt(2.0)));
    return x;
}

/// (v - mean) / sqrt(variance + 1e-5) of some numbers.
Token standardised(Token x)
{
    const auto size = static_cast<double>(x.size());
    double mean = 0.0;
    for (const double v : x)
        mean += v / size;
    double variance = 0.0;
    for (const double v : x)
        variance += (v - mean) * (v - mean) / size;
    for (double& v : x)
        v = (v - mean) / std::sqrt(variance + 1e-5);
    return x;
}

Table normed(Norm kind, const NormParameters<double>& norm, Table tokens)
{
    if (kind == Norm::Token) {
        for (Token& token : tokens)
            token = standardised(token);
    }
    for (std::size_t i = 0; kind == Norm::Time && i < tokens.front().size(); ++i) {
        Token overTime;
        for (const Token& token : tokens)
            overTime.push_back(token[i]);
        overTime = standardised(overTime);
        for (std::size_t t = 0; t < tokens.size(); ++t)
            tokens[t][i] = overTime[t];
    }
    for (std::size_t t = 0; kind != Norm::None && t < tokens.size(); ++t) {
        for (std::size_t i = 0; i < tokens[t].size(); ++i) {
            const std::size_t at = kind == Norm::Time ? t : i;
            tokens[t][i] = tokens[t][i] * norm.gain[at] + norm.bias[at];
        }
    }
    return tokens;
}

/// mask[i][j]: 0 where token i of `count` attends to token j, minus infinity where it does not.
Table additiveMask(const EncoderConfig& config, std::size_t count)
{
    constexpr double never = -std::numeric_limits<double>::infinity();
    const bool queryToken = config.newest == Newest::Hidden || config.newest == Newest::Repeated;
    Table mask(count, Token(count, 0.0));
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const bool newestQuery = i == count - 1;
            const bool newestKey = j == count - 1;
            bool attends = true;
            if (config.attention == AttentionMask::SelfOnly)
                attends = i == j;
            else if (config.attention == AttentionMask::StepT && !newestQuery)
                attends = i == j;
            else if (config.attention == AttentionMask::StepT)
                attends = !newestKey || (config.newestSeesItself && !queryToken);
            else
                attends = !(queryToken && newestKey);
            mask[i][j] = attends ? 0.0 : never;
        }
    }
    return mask;
}

Token content(const EncoderConfig& config, const EncoderParameters<double>& parameters,
              const Token& x)
{
    Token z = linear(parameters.embed, x);
    for (double& v : z)
        v *= config.scaleEmbedding ? std::sqrt(static_cast<double>(config.width)) : 1.0;
    return z;
}

Table embedded(const EncoderConfig& config, const EncoderParameters<double>& parameters,
               const Table& rows, Index row)
{
    Table tokens;
    for (const Token& x : rows)
        tokens.push_back(content(config, parameters, x));
    if (config.newest == Newest::Hidden)
        tokens.push_back(parameters.queryToken);
    else if (config.newest == Newest::Zeroed)
        tokens.push_back(
            content(config, parameters, Token(static_cast<std::size_t>(config.inputs), 0.0)));
    else if (config.newest == Newest::Repeated)
        tokens.push_back(rows.empty() ? Token(static_cast<std::size_t>(config.width), 0.0)
                                      : Token(tokens.back()));
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        const auto place = static_cast<Index>(t);
        for (std::size_t i = 0; i < tokens[t].size(); ++i) {
            const auto at = static_cast<Index>(i);
            if (config.positions == Positions::WindowSine
                || config.positions == Positions::WindowLearned)
                tokens[t][i] += parameters.positions(place, at);
            else if (config.positions == Positions::Recycling
                     || config.positions == Positions::RecyclingLearned)
                tokens[t][i]
                    += parameters.positions((row + place) % parameters.positions.rows(), at);
        }
    }
    return tokens;
}

/// Turns each pair of features of each head as a complex number.
Token turned(const EncoderConfig& config, Token z, Index row)
{
    const Index size = config.width / config.heads;
    for (std::size_t i = 0; config.positions == Positions::Rotary && i < z.size(); i += 2) {
        const auto inHead = static_cast<double>(static_cast<Index>(i) % size);
        const double rate = std::pow(10000.0, -inHead / static_cast<double>(size));
        const std::complex<double> pair = std::complex<double>(z[i], z[i + 1])
            * std::polar(1.0, static_cast<double>(row) * rate);
        z[i] = pair.real();
        z[i + 1] = pair.imag();
    }
    return z;
}

Token masked(const Matrix<double>& mask, Index layer, Index window, Index place, Token z)
{
    const Index row = mask.rows() > window ? layer * window + place : place;
    for (std::size_t i = 0; !mask.empty() && i < z.size(); ++i)
        z[i] = mask(row, static_cast<Index>(i)) == 0.0 ? 0.0 : z[i];
    return z;
}

/// What attention is made from, of all tokens in one block.
struct Projections {
    Table queries, keys, values;
};

Projections projected(const EncoderConfig& config, const EncoderParameters<double>& parameters,
                      Index layer, const Table& tokens, Index row)
{
    const BlockParameters<double>& block = parameters.blocks[static_cast<std::size_t>(layer)];
    const FixedMasks<double>& masks = parameters.masks;
    Projections p;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        const auto place = static_cast<Index>(t);
        const auto kept = [&](const Matrix<double>& mask, Token z) {
            return masked(mask, layer, config.window, place, std::move(z));
        };
        p.queries.push_back(
            turned(config, kept(masks.query, linear(block.query, tokens[t])), row + place));
        p.keys.push_back(
            turned(config, kept(masks.key, linear(block.key, tokens[t])), row + place));
        p.values.push_back(kept(masks.value, linear(block.value, tokens[t])));
    }
    return p;
}

/// Softmax weights of token t over all tokens, in head h; all zero if it may see none.
Token attentionWeights(const EncoderConfig& config, const EncoderParameters<double>& parameters,
                       const Projections& p, const Token& mask, std::size_t t, std::size_t h,
                       double& largestLogit)
{
    const auto size = static_cast<std::size_t>(config.width / config.heads);
    Token logits(p.keys.size());
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < p.keys.size(); ++j) {
        for (std::size_t i = h * size; i < (h + 1) * size; ++i)
            logits[j] += p.queries[t][i] * p.keys[j][i];
        logits[j] = logits[j] / std::sqrt(static_cast<double>(size)) + mask[j];
        const auto lag = static_cast<Index>(std::max(t, j) - std::min(t, j));
        if (config.positions == Positions::LagBias)
            logits[j] += parameters.lagBias(static_cast<Index>(h), lag);
        largest = std::max(largest, logits[j]);
        if (std::isfinite(logits[j]))
            largestLogit = std::max(largestLogit, std::abs(logits[j]));
    }
    if (largest == -std::numeric_limits<double>::infinity())
        return Token(p.keys.size(), 0.0);
    double sum = 0.0;
    for (double& l : logits) {
        l = std::exp(l - largest);
        sum += l;
    }
    for (double& l : logits)
        l /= sum;
    return logits;
}

/// The newest token's weights in one head by lag; lags that a shorter window lacks get zero.
void appendByLag(const EncoderConfig& config, const Token& weights, Token& to)
{
    if (config.attention == AttentionMask::SelfOnly) {
        to.push_back(weights.back());
        return;
    }
    to.insert(to.end(), weights.rbegin() + 1, weights.rend());
    to.insert(to.end(), static_cast<std::size_t>(config.window) - weights.size(), 0.0);
    const bool queryToken = config.newest == Newest::Hidden || config.newest == Newest::Repeated;
    if (!queryToken && (config.attention != AttentionMask::StepT || config.newestSeesItself))
        to.push_back(weights.back());
}

/// One block over all tokens; appends the newest token's weights to `reference`.
Table encoded(const EncoderConfig& config, const EncoderParameters<double>& parameters, Index layer,
              const Table& tokens, Index row, ReferenceAnswer& reference)
{
    const BlockParameters<double>& block = parameters.blocks[static_cast<std::size_t>(layer)];
    const Table mask = additiveMask(config, tokens.size());
    const Projections p = projected(config, parameters, layer, tokens, row);
    const auto size = static_cast<std::size_t>(config.width / config.heads);
    Table middle;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        Token attended(tokens[t].size());
        for (std::size_t h = 0; h < static_cast<std::size_t>(config.heads); ++h) {
            double& largest = reference.largestLogit;
            const Token weights = attentionWeights(config, parameters, p, mask[t], t, h, largest);
            for (std::size_t j = 0; j < tokens.size(); ++j) {
                for (std::size_t i = h * size; i < (h + 1) * size; ++i)
                    attended[i] += weights[j] * p.values[j][i];
            }
            if (t + 1 == tokens.size())
                appendByLag(config, weights, reference.attention);
        }
        middle.push_back(plus(tokens[t], linear(block.output, attended)));
    }
    middle = normed(config.norm, block.attentionNorm, middle);
    for (Token& token : middle) {
        const Token expanded = linear(block.expand, token);
        const bool isRelu = config.activation == Activation::Relu;
        token = plus(token, linear(block.contract, isRelu ? relu(expanded) : gelu(expanded)));
    }
    return normed(config.norm, block.feedForwardNorm, middle);
}

} // namespace

ReferenceAnswer referenceAnswer(const EncoderConfig& config,
                                const EncoderParameters<double>& parameters,
                                const std::vector<std::vector<double>>& rows, Index row)
{
    ReferenceAnswer reference;
    Table tokens = embedded(config, parameters, rows, row);
    for (Index layer = 0; layer < config.layers; ++layer)
        tokens = encoded(config, parameters, layer, tokens, row, reference);
    const auto answerOf = [&](const Token& token) {
        return linear(parameters.head, config.reluBeforeHead ? relu(token) : token);
    };
    if (config.pooling == Pooling::Newest) {
        reference.answer = answerOf(tokens.back());
        return reference;
    }
    reference.answer.assign(static_cast<std::size_t>(config.outputs), 0.0);
    for (const Token& token : tokens)
        reference.answer = plus(reference.answer, answerOf(token));
    for (double& v : reference.answer)
        v /= static_cast<double>(tokens.size());
    return reference;
}

} // namespace stint::test
