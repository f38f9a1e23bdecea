#include "tests/support/reference_encoder.h"

#include <algorithm>
#include <cmath>
#include <limits>

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

Token normed(const NormParameters<double>& norm, Token x)
{
    if (norm.gain.empty())
        return x;
    const auto size = static_cast<double>(x.size());
    double mean = 0.0;
    for (const double v : x)
        mean += v / size;
    double variance = 0.0;
    for (const double v : x)
        variance += (v - mean) * (v - mean) / size;
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = (x[i] - mean) / std::sqrt(variance + 1e-5) * norm.gain[i] + norm.bias[i];
    return x;
}

/// mask[i][j]: 0 where token i attends to token j, minus infinity where it does not.
Table additiveMask(const EncoderConfig& config)
{
    const auto n = static_cast<std::size_t>(config.window);
    constexpr double never = -std::numeric_limits<double>::infinity();
    Table mask(n, Token(n, 0.0));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            const bool newestQuery = i == n - 1;
            const bool newestKey = j == n - 1;
            if (config.attention == AttentionMask::StepT)
                mask[i][j] = (newestQuery ? !newestKey : i == j) ? 0.0 : never;
            else if (config.newest == Newest::Hidden && newestKey)
                mask[i][j] = never;
        }
    }
    return mask;
}

Table embedded(const EncoderConfig& config, const EncoderParameters<double>& parameters,
               const Table& rows, Index row)
{
    Table tokens;
    for (const Token& x : rows) {
        Token z = linear(parameters.embed, x);
        for (double& v : z)
            v *= config.scaleEmbedding ? std::sqrt(static_cast<double>(config.width)) : 1.0;
        tokens.push_back(z);
    }
    if (config.newest == Newest::Hidden)
        tokens.push_back(parameters.queryToken);
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        const auto place = static_cast<Index>(t);
        for (std::size_t i = 0; i < tokens[t].size(); ++i) {
            const auto at = static_cast<Index>(i);
            if (config.positions == Positions::WindowSine)
                tokens[t][i] += parameters.positions(place, at);
            else if (config.positions == Positions::Recycling)
                tokens[t][i] += parameters.positions((row + place) % (2 * config.window), at);
        }
    }
    return tokens;
}

/// Softmax weights of token `query` over all tokens, in one head.
Token attentionWeights(const Token& query, const Table& keys, const Token& mask, std::size_t begin,
                       std::size_t size, double& largestLogit)
{
    Token logits(keys.size());
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < keys.size(); ++j) {
        for (std::size_t i = begin; i < begin + size; ++i)
            logits[j] += query[i] * keys[j][i];
        logits[j] = logits[j] / std::sqrt(static_cast<double>(size)) + mask[j];
        largest = std::max(largest, logits[j]);
        if (std::isfinite(logits[j]))
            largestLogit = std::max(largestLogit, std::abs(logits[j]));
    }
    double sum = 0.0;
    for (double& l : logits) {
        l = std::exp(l - largest);
        sum += l;
    }
    for (double& l : logits)
        l /= sum;
    return logits;
}

/// One block over all tokens; appends the newest token's weights to `reference`.
Table encoded(const EncoderConfig& config, const BlockParameters<double>& block,
              const Table& tokens, ReferenceAnswer& reference)
{
    const Table mask = additiveMask(config);
    Table keys;
    Table values;
    for (const Token& z : tokens) {
        keys.push_back(linear(block.key, z));
        values.push_back(linear(block.value, z));
    }
    const auto headSize = static_cast<std::size_t>(config.width / config.heads);
    Table next;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        const bool newest = t + 1 == tokens.size();
        const Token query = linear(block.query, tokens[t]);
        Token attended(query.size());
        double ignored = 0.0;
        for (std::size_t begin = 0; begin < attended.size(); begin += headSize) {
            const Token weights = attentionWeights(query, keys, mask[t], begin, headSize,
                                                   newest ? reference.largestLogit : ignored);
            for (std::size_t j = 0; j < tokens.size(); ++j) {
                for (std::size_t i = begin; i < begin + headSize; ++i)
                    attended[i] += weights[j] * values[j][i];
            }
            if (!newest)
                continue;
            reference.attention.insert(reference.attention.end(), weights.rbegin() + 1,
                                       weights.rend());
            if (config.attention == AttentionMask::Full && config.newest == Newest::Visible)
                reference.attention.push_back(weights.back());
        }
        const Token middle
            = normed(block.attentionNorm, plus(tokens[t], linear(block.output, attended)));
        const Token fed = linear(block.contract, relu(linear(block.expand, middle)));
        next.push_back(normed(block.feedForwardNorm, plus(middle, fed)));
    }
    return next;
}

} // namespace

ReferenceAnswer referenceAnswer(const EncoderConfig& config,
                                const EncoderParameters<double>& parameters,
                                const std::vector<std::vector<double>>& rows, Index row)
{
    ReferenceAnswer reference;
    Table tokens = embedded(config, parameters, rows, row);
    for (const BlockParameters<double>& block : parameters.blocks)
        tokens = encoded(config, block, tokens, reference);
    const Token& last = tokens.back();
    reference.answer = linear(parameters.head, config.reluBeforeHead ? relu(last) : last);
    return reference;
}

} // namespace stint::test
