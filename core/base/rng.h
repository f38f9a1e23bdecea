#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace stint {

/// Small seeded generator (SplitMix64) with the same numbers on every platform; the standard
/// library's distributions differ between implementations, so they are not used.
class Rng {
public:
    explicit Rng(std::uint64_t seed) : m_state(seed) { }

    /// A generator of its own for a named part, so that parts do not shift each other's draws.
    [[nodiscard]] Rng fork(std::uint64_t part) const
    {
        Rng mixed(m_state ^ (0x9E3779B97F4A7C15ULL * (part + 1)));
        return Rng(mixed.next());
    }

    std::uint64_t next()
    {
        m_state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }

    /// Uniform in [0, 1).
    double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

    /// Uniform in [low, high).
    double uniform(double low, double high) { return low + (high - low) * uniform(); }

    /// Uniform in {0, …, count - 1}; count >= 1.
    std::uint64_t below(std::uint64_t count) { return next() % count; }

    /// Standard normal (Box-Muller, one of the pair).
    double normal()
    {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

private:
    std::uint64_t m_state;
};

} // namespace stint
