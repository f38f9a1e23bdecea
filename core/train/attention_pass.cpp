#include "core/train/attention_pass.h"

#include "core/kernels/kernels.h"
#include "core/train/reuse.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

/// Columns [first, last) of `to` become those rows of `from`, or the other way round.
template <typename T>
void transposeRows(const Matrix<T>& from, RowRange rows, Matrix<T>& to)
{
    for (Index r = rows.first; r < rows.last; ++r) {
        for (Index c = 0; c < from.cols(); ++c)
            to(c, r) = from(r, c);
    }
}

template <typename T>
void transposeColumns(const Matrix<T>& from, RowRange columns, Matrix<T>& to)
{
    for (Index r = 0; r < from.rows(); ++r) {
        for (Index c = columns.first; c < columns.last; ++c)
            to(c, r) = from(r, c);
    }
}

} // namespace

std::vector<RowRange> AnsweredTokens::rows() const
{
    return newestOnly ? std::vector<RowRange> {{0, count()}} : layout->allTokens();
}

template <typename T>
bool AttentionPass<T>::selfOnly() const
{
    return m_encoder.config.attention == AttentionMask::SelfOnly;
}

/// Tokens that somebody looks at.
template <typename T>
RowRange AttentionPass<T>::keyRows(const PassLayout& layout) const
{
    return {0, m_encoder.config.newestIsKey() ? layout.tokens() : layout.past};
}

/// Rows of `who` that look at anything but themselves.
template <typename T>
std::vector<RowRange> AttentionPass<T>::askingRows(const AnsweredTokens& who) const
{
    if (selfOnly())
        return {};
    if (m_encoder.config.attention == AttentionMask::StepT && !who.newestOnly)
        return {{who.layout->past, who.layout->tokens()}};
    return who.rows();
}

/// Angle of pair i at position p: p * 10000^(-2 i / head size), in double precision.
template <typename T>
void AttentionPass<T>::start(const PassLayout& layout)
{
    const EncoderConfig& c = m_encoder.config;
    if (c.positions != Positions::Rotary)
        return;
    fit(m_turns, layout.tokens(), c.headSize());
    for (Index i = 0; i + 1 < c.headSize(); i += 2) {
        const double rate
            = std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(c.headSize()));
        for (Index t = 0; t < layout.tokens(); ++t) {
            const double angle
                = rate * static_cast<double>(layout.position[static_cast<std::size_t>(t)]);
            m_turns(t, i) = static_cast<T>(std::cos(angle));
            m_turns(t, i + 1) = static_cast<T>(std::sin(angle));
        }
    }
}

/// \param direction 1 turns forth, -1 back.
template <typename T>
void AttentionPass<T>::turn(const AnsweredTokens& who, RowRange rows, T direction,
                            Matrix<T>& x) const
{
    const EncoderConfig& c = m_encoder.config;
    if (c.positions != Positions::Rotary)
        return;
    for (Index r = rows.first; r < rows.last; ++r) {
        const T* turns = m_turns.row(who.token(r));
        for (Index begin = 0; begin < c.width; begin += c.headSize()) {
            for (Index i = 0; i + 1 < c.headSize(); i += 2) {
                const T even = x(r, begin + i);
                const T odd = x(r, begin + i + 1);
                const T sine = direction * turns[i + 1];
                x(r, begin + i) = turns[i] * even - sine * odd;
                x(r, begin + i + 1) = sine * even + turns[i] * odd;
            }
        }
    }
}

template <typename T>
void AttentionPass<T>::mask(const Matrix<T>& mask, const AnsweredTokens& who, RowRange rows,
                            Matrix<T>& x) const
{
    if (m_encoder.config.attention != AttentionMask::FixedMask)
        return;
    for (Index r = rows.first; r < rows.last; ++r) {
        const T* kept = mask.row(who.layout->place[static_cast<std::size_t>(who.token(r))]);
        for (Index i = 0; i < x.cols(); ++i)
            x(r, i) *= kept[i];
    }
}

/// Keys and values of a token that sees a stretch of others and itself, side by side.
template <typename T>
void AttentionPass<T>::gather(const PassLayout::Sight& sight, Index token,
                              const AttentionState<T>& state)
{
    const Index width = m_encoder.config.width;
    const Index count = sight.count + 1;
    for (Matrix<T>* m : {&m_nearKeys, &m_nearValuesTransposed, &m_dNearKeys, &m_dNearValues})
        fit(*m, width, count);
    fit(m_nearValues, count, width);
    const auto copyKeys = [&](const Matrix<T>& from, Matrix<T>& to) {
        for (Index i = 0; i < width; ++i) {
            std::copy_n(from.row(i) + sight.first, sight.count, to.row(i));
            to(i, sight.count) = from(i, token);
        }
    };
    copyKeys(state.keyTransposed, m_nearKeys);
    copyKeys(state.valueTransposed, m_nearValuesTransposed);
    std::copy(state.value.row(sight.first), state.value.row(sight.first + sight.count),
              m_nearValues.row(0));
    std::copy_n(state.value.row(token), width, m_nearValues.row(sight.count));
}

template <typename T>
void AttentionPass<T>::attend(const AnsweredTokens& who, Index a, AttentionState<T>& state,
                              Matrix<T>& attended)
{
    const EncoderConfig& c = m_encoder.config;
    const PassLayout::Sight& sight = who.sight(a);
    if (sight.count == 0) {
        const Index token = who.token(a);
        for (Index i = 0; i < c.width; ++i)
            attended(a, i) = sight.itself ? state.value(token, i) : T {};
        return;
    }
    if (sight.itself)
        gather(sight, who.token(a), state);
    const Matrix<T>& keys = sight.itself ? m_nearKeys : state.keyTransposed;
    const Matrix<T>& values = sight.itself ? m_nearValues : state.value;
    const Index first = sight.itself ? 0 : sight.first;
    const Kernels<T> kernel = kernels<T>();
    for (Index h = 0; h < c.heads; ++h) {
        const Index at = h * c.headSize();
        const T* bias = m_encoder.lagBias.empty()
            ? nullptr
            : m_encoder.signedLagBias.row(h) + c.past() + sight.offset;
        kernel.attend({.count = sight.count + (sight.itself ? 1 : 0),
                       .headSize = c.headSize(),
                       .scale = T {1} / std::sqrt(static_cast<T>(c.headSize())),
                       .query = state.query.row(a) + at,
                       .keys = keys.row(at) + first,
                       .keyRow = keys.stride(),
                       .values = values.row(first) + at,
                       .valueRow = values.stride(),
                       .bias = bias,
                       .weights = state.weights.row(a * c.heads + h),
                       .out = attended.row(a) + at});
    }
}

template <typename T>
void AttentionPass<T>::forward(const TrainableBlock<T>& block, const AnsweredTokens& who,
                               const Matrix<T>& in, const Matrix<T>& answered,
                               AttentionState<T>& state, Matrix<T>& attended)
{
    const EncoderConfig& c = m_encoder.config;
    const PassLayout& layout = *who.layout;
    if (selfOnly()) {
        block.value.forward(answered, {0, who.count()}, attended);
        return;
    }
    const Index tokens = layout.tokens();
    fit(state.query, who.count(), c.width);
    fit(state.weights, who.count() * c.heads, layout.mostKeys());
    fit(state.key, tokens, c.width);
    fit(state.value, tokens, c.width);
    fit(state.keyTransposed, c.width, tokens);
    fit(state.valueTransposed, c.width, tokens);

    const RowRange seen = keyRows(layout);
    const AnsweredTokens everyone {&layout, false};
    block.key.forward(in, seen, state.key);
    block.value.forward(in, seen, state.value);
    mask(m_encoder.masks.key, everyone, seen, state.key);
    mask(m_encoder.masks.value, everyone, seen, state.value);
    turn(everyone, seen, T {1}, state.key);
    transposeRows(state.key, seen, state.keyTransposed);
    transposeRows(state.value, seen, state.valueTransposed);
    for (const RowRange& asking : askingRows(who)) {
        block.query.forward(answered, asking, state.query);
        mask(m_encoder.masks.query, who, asking, state.query);
        turn(who, asking, T {1}, state.query);
    }
    for (Index a = 0; a < who.count(); ++a)
        attend(who, a, state, attended);
}

template <typename T>
void AttentionPass<T>::attendBackward(const AnsweredTokens& who, Index a,
                                      const AttentionState<T>& state, const Matrix<T>& dAttended,
                                      Matrix<T>& dLagBias)
{
    const EncoderConfig& c = m_encoder.config;
    const PassLayout::Sight& sight = who.sight(a);
    const Index token = who.token(a);
    if (sight.count == 0)
        return;
    if (sight.itself) {
        gather(sight, token, state);
        m_dNearKeys.setZero();
        m_dNearValues.setZero();
    }
    const Matrix<T>& keys = sight.itself ? m_nearKeys : state.keyTransposed;
    const Matrix<T>& values = sight.itself ? m_nearValuesTransposed : state.valueTransposed;
    Matrix<T>& dKeys = sight.itself ? m_dNearKeys : m_dKeyTransposed;
    Matrix<T>& dValues = sight.itself ? m_dNearValues : m_dValueTransposed;
    const Index first = sight.itself ? 0 : sight.first;
    const Kernels<T> kernel = kernels<T>();
    for (Index h = 0; h < c.heads; ++h) {
        const Index at = h * c.headSize();
        kernel.attendGradient(
            {.count = sight.count + (sight.itself ? 1 : 0),
             .headSize = c.headSize(),
             .scale = T {1} / std::sqrt(static_cast<T>(c.headSize())),
             .query = state.query.row(a) + at,
             .keys = keys.row(at) + first,
             .values = values.row(at) + first,
             .row = keys.stride(),
             .weights = state.weights.row(a * c.heads + h),
             .dOut = dAttended.row(a) + at,
             .dQuery = m_dQuery.row(a) + at,
             .dKeys = dKeys.row(at) + first,
             .dValues = dValues.row(at) + first,
             .dBias = dLagBias.empty() ? nullptr : dLagBias.row(h) + c.past() + sight.offset,
             .scratch = m_scratch.data()});
    }
    for (Index i = 0; sight.itself && i < c.width; ++i) {
        for (Index j = 0; j < sight.count; ++j) {
            m_dKeyTransposed(i, sight.first + j) += m_dNearKeys(i, j);
            m_dValueTransposed(i, sight.first + j) += m_dNearValues(i, j);
        }
        m_dKeyTransposed(i, token) += m_dNearKeys(i, sight.count);
        m_dValueTransposed(i, token) += m_dNearValues(i, sight.count);
    }
}

template <typename T>
void AttentionPass<T>::backwardToQueries(std::size_t layer, const AnsweredTokens& who,
                                         const Matrix<T>& answered, const AttentionState<T>& state,
                                         const Matrix<T>& dAttended, Matrix<T>& dAnswered,
                                         EncoderGradient<T>& gradient)
{
    const EncoderConfig& c = m_encoder.config;
    const TrainableBlock<T>& block = m_encoder.blocks[layer];
    BlockGradient<T>& own = gradient.blocks[layer];
    if (selfOnly()) {
        for (const RowRange& rows : who.rows())
            block.value.backward(answered, dAttended, rows, &dAnswered, true, own.value);
        return;
    }
    const PassLayout& layout = *who.layout;
    for (Matrix<T>* m : {&m_dKeyTransposed, &m_dValueTransposed}) {
        fit(*m, c.width, layout.tokens());
        m->setZero();
    }
    fit(m_dQuery, who.count(), c.width);
    m_dQuery.setZero();
    m_scratch.resize(static_cast<std::size_t>(padded(layout.mostKeys())));
    for (const RowRange& asking : askingRows(who)) {
        for (Index a = asking.first; a < asking.last; ++a)
            attendBackward(who, a, state, dAttended, gradient.lagBias);
        turn(who, asking, T {-1}, m_dQuery);
        mask(m_encoder.masks.query, who, asking, m_dQuery);
        block.query.backward(answered, m_dQuery, asking, &dAnswered, true, own.query);
    }
    const RowRange seen = keyRows(layout);
    fit(m_dKey, layout.tokens(), c.width);
    fit(m_dValue, layout.tokens(), c.width);
    transposeColumns(m_dKeyTransposed, seen, m_dKey);
    transposeColumns(m_dValueTransposed, seen, m_dValue);
    for (Index a = 0; a < who.count(); ++a) {
        if (!who.sight(a).onlyItself())
            continue;
        for (Index i = 0; i < c.width; ++i)
            m_dValue(who.token(a), i) += dAttended(a, i);
    }
}

template <typename T>
void AttentionPass<T>::backwardToTokens(const TrainableBlock<T>& block, const AnsweredTokens& who,
                                        const Matrix<T>& in, Matrix<T>& dIn,
                                        BlockGradient<T>& gradient)
{
    if (selfOnly())
        return;
    const RowRange seen = keyRows(*who.layout);
    const AnsweredTokens everyone {who.layout, false};
    turn(everyone, seen, T {-1}, m_dKey);
    mask(m_encoder.masks.key, everyone, seen, m_dKey);
    mask(m_encoder.masks.value, everyone, seen, m_dValue);
    block.key.backward(in, m_dKey, seen, &dIn, true, gradient.key);
    block.value.backward(in, m_dValue, seen, &dIn, true, gradient.value);
}

template class AttentionPass<float>;
template class AttentionPass<double>;

} // namespace stint
