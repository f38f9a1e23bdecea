#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stint {

/// What one part of a model computed, counted by the kernels from the variables that bound their
/// own loops.
struct OpCounts {
    /// One per multiply-add, or per kept binary weight, in matrix products and attention; a pruned
    /// weight costs nothing. The papers' unit, shown as FLOPs.
    std::uint64_t operations = 0;
    /// Multiply-adds that the chosen kernel carried out, zeros and padding included.
    std::uint64_t executed = 0;
    std::uint64_t exponentials = 0; ///< of softmax
    std::uint64_t gains = 0; ///< multiplications by a gain of a binary row, or by a scale
    std::uint64_t additions = 0; ///< biases, residuals, positions
    std::uint64_t norms = 0; ///< elements normalised

    OpCounts& operator+=(const OpCounts& other)
    {
        operations += other.operations;
        executed += other.executed;
        exponentials += other.exponentials;
        gains += other.gains;
        additions += other.additions;
        norms += other.norms;
        return *this;
    }

    friend bool operator==(const OpCounts&, const OpCounts&) = default;
};

/// The parts that costs are reported by.
enum class Part { Embedding, Projection, Attention, Output, FeedForward, Head, LinearPath };

inline constexpr std::size_t partCount = 7;

/// "embedding", "query, key, value", "attention", "output", "feed-forward", "head", "linear path".
[[nodiscard]] std::string_view name(Part part);

/// OpCounts of every part.
struct PartCounts {
    std::array<OpCounts, partCount> parts {};

    OpCounts& operator[](Part part) { return parts[static_cast<std::size_t>(part)]; }
    const OpCounts& operator[](Part part) const { return parts[static_cast<std::size_t>(part)]; }

    [[nodiscard]] OpCounts total() const
    {
        OpCounts sum;
        for (const OpCounts& part : parts)
            sum += part;
        return sum;
    }

    PartCounts& operator+=(const PartCounts& other)
    {
        for (std::size_t i = 0; i < partCount; ++i)
            parts[i] += other.parts[i];
        return *this;
    }

    friend bool operator==(const PartCounts&, const PartCounts&) = default;
};

} // namespace stint
