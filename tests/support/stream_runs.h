#pragma once

#include "core/encoder/two_path_stream.h"
#include "core/encoder/window_encoder.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace stint::test {

/// Answers and attention of consecutive rows.
template <typename T>
struct Answers {
    Answers(const EncoderConfig& config, Index rows)
        : attentionSize(config.layers * config.heads * config.past()),
          answers(rows, config.outputs),
          attention(static_cast<std::size_t>(rows * attentionSize))
    { }

    [[nodiscard]] T* attentionOf(Index row) { return attention.data() + row * attentionSize; }
    [[nodiscard]] const T* attentionOf(Index row) const
    {
        return attention.data() + row * attentionSize;
    }

    /// Bit for bit, padding of the answers left out; NaN equals the same NaN.
    [[nodiscard]] bool rowEquals(Index row, const Answers& other, Index otherRow) const
    {
        return std::memcmp(answers.row(row), other.answers.row(otherRow),
                           static_cast<std::size_t>(answers.cols()) * sizeof(T))
            == 0
            && std::memcmp(attentionOf(row), other.attentionOf(otherRow),
                           static_cast<std::size_t>(attentionSize) * sizeof(T))
            == 0;
    }

    [[nodiscard]] bool equals(const Answers& other) const
    {
        if (answers.rows() != other.answers.rows())
            return false;
        for (Index r = 0; r < answers.rows(); ++r) {
            if (!rowEquals(r, other, r))
                return false;
        }
        return true;
    }

    Index attentionSize; // of one row
    Matrix<T> answers; // (rows, outputs)
    std::vector<T> attention; // (rows, L, H, n - 1)
    PartCounts counts;
};

/// Feeds x from `first` on to a stream that was reset: warm-up, then blocks whose sizes go round.
template <typename T>
Answers<T> streamed(TwoPathStream<T>& stream, const EncoderConfig& config, const Matrix<T>& x,
                    Index first, const std::vector<Index>& blocks)
{
    const Index warmUp = stream.warmUpRemaining();
    stream.absorb(x.row(first), x.stride(), warmUp);
    Answers<T> result(config, x.rows() - first - warmUp);
    Index done = 0;
    for (std::size_t i = 0; done < result.answers.rows(); ++i) {
        const Index block = std::min(blocks[i % blocks.size()], result.answers.rows() - done);
        stream.step(x.row(first + warmUp + done), x.stride(), block, result.answers.row(done),
                    result.answers.stride(), result.attentionOf(done), result.counts);
        done += block;
    }
    return result;
}

template <typename T>
Answers<T> streamed(const Encoder<T>& encoder, const Matrix<T>& x, Index first,
                    const std::vector<Index>& blocks)
{
    TwoPathStream<T> stream(encoder, *std::max_element(blocks.begin(), blocks.end()));
    stream.reset(first);
    return streamed(stream, encoder.config(), x, first, blocks);
}

/// The same rows by whole windows, one by one.
template <typename T>
Answers<T> windowed(const Encoder<T>& encoder, const Matrix<T>& x)
{
    const EncoderConfig& config = encoder.config();
    WindowEncoder<T> window(encoder);
    Answers<T> result(config, x.rows() - config.past());
    for (Index r = 0; r < result.answers.rows(); ++r)
        window.answer(x.row(r), x.stride(), r, result.answers.row(r), result.attentionOf(r),
                      result.counts);
    return result;
}

} // namespace stint::test
