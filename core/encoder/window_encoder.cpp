#include "core/encoder/window_encoder.h"

#include <algorithm>
#include <cassert>

namespace stint {

namespace {

/// Whether no other token has any part in the answer.
bool newestStandsAlone(const EncoderConfig& config)
{
    return config.attention == AttentionMask::SelfOnly && config.pooling == Pooling::Newest
        && config.norm != Norm::Time;
}

} // namespace

template <typename T>
WindowEncoder<T>::WindowEncoder(const Encoder<T>& encoder, Outputs outputs)
    : m_encoder(encoder),
      m_outputs(outputs),
      m_blocks(encoder, outputs == Outputs::All),
      m_tokens(encoder.config().window, encoder.config().width),
      m_answers(encoder.config().window, encoder.config().outputs)
{ }

template <typename T>
Index WindowEncoder<T>::embedAll(const T* x, Index xRow, Index rows, Index place,
                                 PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    m_encoder.embed(x, xRow, rows, m_tokens.row(0), m_tokens.stride(), counts);
    Index count = rows;
    if (config.newest != Newest::Visible) {
        const T* content = config.newest == Newest::Repeated && rows > 0 ? m_tokens.row(rows - 1)
                                                                         : m_encoder.standIn();
        std::copy(content, content + config.width, m_tokens.row(rows));
        ++count;
    }
    m_encoder.addPositions(m_tokens.row(0), m_tokens.stride(), count, place, counts);
    return count;
}

/// The newest token alone, of a window whose other tokens nobody asks for.
template <typename T>
Index WindowEncoder<T>::embedNewest(const T* x, Index xRow, Index rows, Index place,
                                    PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    std::copy(m_encoder.standIn(), m_encoder.standIn() + config.width, m_tokens.row(0));
    if (config.newest != Newest::Zeroed && rows > 0)
        m_encoder.embed(x + (rows - 1) * xRow, xRow, 1, m_tokens.row(0), m_tokens.stride(), counts);
    const Index newest = config.newest == Newest::Visible ? rows - 1 : rows;
    m_encoder.addPositions(m_tokens.row(0), m_tokens.stride(), 1, place + newest, counts);
    return 1;
}

template <typename T>
void WindowEncoder<T>::answer(const T* x, Index xRow, Index row, T* answer, T* attention,
                              PartCounts& counts) noexcept
{
    this->answer(x, xRow, m_encoder.config().realRows(), row, answer, attention, counts);
}

template <typename T>
void WindowEncoder<T>::answer(const T* x, Index xRow, Index rows, Index row, T* answer,
                              T* attention, PartCounts& counts) noexcept
{
    const EncoderConfig& config = m_encoder.config();
    assert(rows >= (config.newest == Newest::Visible ? 1 : 0) && rows <= config.realRows());
    assert(config.norm != Norm::Time || rows == config.realRows());
    const Index place = config.positionsOfWindow() ? 0 : row;
    const bool alone = newestStandsAlone(config) && m_outputs == Outputs::Newest;
    const Index count = alone ? embedNewest(x, xRow, rows, place, counts)
                              : embedAll(x, xRow, rows, place, counts);
    m_blocks.run(0, m_tokens, count, row, attention, counts);
    if (m_outputs == Outputs::All && config.pooling == Pooling::Newest)
        answerForOthers(count);
    m_encoder.pooledAnswer(m_tokens.row(0), m_tokens.stride(), count, answer, counts);
}

/// The papers' models answer for every token and read the last; their FLOPs count one head.
template <typename T>
void WindowEncoder<T>::answerForOthers(Index count) noexcept
{
    PartCounts uncounted;
    m_encoder.finishTokens(m_tokens.row(0), m_tokens.stride(), count - 1);
    m_encoder.head(m_tokens.row(0), m_tokens.stride(), count - 1, m_answers.row(0),
                   m_answers.stride(), uncounted);
}

template class WindowEncoder<float>;
template class WindowEncoder<double>;

} // namespace stint
