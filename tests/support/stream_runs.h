#pragma once

#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace stint::test {

/// Answers and attention of consecutive rows.
template <typename T>
struct Answers {
    Answers(const EncoderConfig& config, Index rows)
        : attentionSize(config.layers * config.heads * config.newestKeys()),
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
    std::vector<T> attention; // (rows, L, H, newestKeys())
    PartCounts counts;
};

/// Feeds x from `first` on to a stream that was reset: warm-up, then blocks whose sizes go round.
template <template <typename> typename Stream, typename T>
Answers<T> streamed(Stream<T>& stream, const EncoderConfig& config, const Matrix<T>& x, Index first,
                    const std::vector<Index>& blocks)
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
    ContinualStream<T> stream(encoder, *std::max_element(blocks.begin(), blocks.end()));
    stream.reset(first);
    return streamed(stream, encoder.config(), x, first, blocks);
}

/// Answers for all rows of x from the first on, with windows of the rows there are.
template <typename T>
Answers<T> streamedFromTheFirst(const Encoder<T>& encoder, const Matrix<T>& x, Index row,
                                Index block)
{
    ContinualStream<T> stream(encoder, block);
    stream.reset(row);
    Answers<T> result(encoder.config(), x.rows());
    for (Index r = 0; r < x.rows(); r += block)
        stream.step(x.row(r), x.stride(), std::min(block, x.rows() - r), result.answers.row(r),
                    result.answers.stride(), result.attentionOf(r), result.counts);
    return result;
}

/// The same by windows, one by one.
template <typename T>
Answers<T> windowedFromTheFirst(const Encoder<T>& encoder, const Matrix<T>& x, Index row)
{
    const EncoderConfig& config = encoder.config();
    WindowEncoder<T> window(encoder);
    Answers<T> result(config, x.rows());
    for (Index r = 0; r < x.rows(); ++r) {
        const Index before = std::min(config.past(), r);
        const Index rows = before + (config.newest == Newest::Visible ? 1 : 0);
        window.answer(x.row(r - before), x.stride(), rows, row + r - before, result.answers.row(r),
                      result.attentionOf(r), result.counts);
    }
    return result;
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

/// Difference of two numbers of any precision, relative above 1; huge for NaN.
template <typename A, typename B>
double difference(A a, B b)
{
    const double d = std::abs(static_cast<double>(a) - static_cast<double>(b))
        / std::max(1.0, std::abs(static_cast<double>(b)));
    return std::isfinite(d) ? d : 1e9;
}

/// The largest difference of answers and attention of a row.
template <typename A, typename B>
double rowDifference(const Answers<A>& a, Index rowOfA, const Answers<B>& b, Index rowOfB)
{
    double worst = 0.0;
    for (Index c = 0; c < a.answers.cols(); ++c)
        worst = std::max(worst, difference(a.answers(rowOfA, c), b.answers(rowOfB, c)));
    for (Index i = 0; i < a.attentionSize; ++i)
        worst = std::max(worst, difference(a.attentionOf(rowOfA)[i], b.attentionOf(rowOfB)[i]));
    return worst;
}

/// The largest difference of all rows.
template <typename A, typename B>
double difference(const Answers<A>& a, const Answers<B>& b)
{
    double worst = a.answers.rows() == b.answers.rows() ? 0.0 : 1e9;
    for (Index r = 0; r < std::min(a.answers.rows(), b.answers.rows()); ++r)
        worst = std::max(worst, rowDifference(a, r, b, r));
    return worst;
}

} // namespace stint::test
