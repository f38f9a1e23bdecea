#pragma once

#include "core/encoder/retroactive_stream.h"
#include "core/encoder/two_path_stream.h"

#include <variant>

namespace stint {

/// Continual inference in the cheapest exact way that continualStepping() names.
///
/// Thread safety: none; owned by the stepping thread.
template <typename T>
class ContinualStream {
public:
    /// \param encoder  one that can be stepped continually; must outlive the stream.
    /// \param maxBlock most rows of one step(). All memory is allocated here.
    ContinualStream(const Encoder<T>& encoder, Index maxBlock) : m_stream(made(encoder, maxBlock))
    { }

    /// Forgets all rows; the next one has this number in its recording.
    void reset(Index row) noexcept
    {
        visit([&](auto& stream) { stream.reset(row); });
    }

    /// Rows still missing before an answer is that of a whole window.
    [[nodiscard]] Index warmUpRemaining() const noexcept
    {
        return visit([](const auto& stream) { return stream.warmUpRemaining(); });
    }

    /// Rows that the next one has before it in its window, at most n - 1.
    [[nodiscard]] Index held() const noexcept
    {
        return visit([](const auto& stream) { return stream.held(); });
    }

    /// Takes in rows without answering; not counted, as a tally is of answers.
    void absorb(const T* x, Index xRow, Index rows) noexcept
    {
        visit([&](auto& stream) { stream.absorb(x, xRow, rows); });
    }

    /// Answers each row from the up to n - 1 rows before it (and itself if it is visible), then
    /// takes it in. Before the warm-up is over the window is that of the rows there are.
    /// \param x         (rows, m), rows `xRow` apart.
    /// \param answer    (rows, outputs), rows `answerRow` apart, padded; overwritten.
    /// \param attention (rows, L, H, newestKeys()) without padding, lag 1 first, lag 0 last if the
    ///                  newest token is its own key; overwritten if not null.
    void step(const T* x, Index xRow, Index rows, T* answer, Index answerRow, T* attention,
              PartCounts& counts) noexcept
    {
        visit([&](auto& stream) {
            stream.step(x, xRow, rows, answer, answerRow, attention, counts);
        });
    }

private:
    using Stream = std::variant<TwoPathStream<T>, RetroactiveStream<T>>;

    static Stream made(const Encoder<T>& encoder, Index maxBlock)
    {
        if (continualStepping(encoder.config()) == Stepping::Retroactive)
            return Stream(std::in_place_type<RetroactiveStream<T>>, encoder, maxBlock);
        return Stream(std::in_place_type<TwoPathStream<T>>, encoder, maxBlock);
    }

    // Not std::visit, which may throw by its signature.
    template <typename Visit>
    decltype(auto) visit(Visit visitor) noexcept
    {
        if (auto* twoPath = std::get_if<TwoPathStream<T>>(&m_stream))
            return visitor(*twoPath);
        return visitor(*std::get_if<RetroactiveStream<T>>(&m_stream));
    }
    template <typename Visit>
    decltype(auto) visit(Visit visitor) const noexcept
    {
        if (const auto* twoPath = std::get_if<TwoPathStream<T>>(&m_stream))
            return visitor(*twoPath);
        return visitor(*std::get_if<RetroactiveStream<T>>(&m_stream));
    }

    Stream m_stream;
};

} // namespace stint
