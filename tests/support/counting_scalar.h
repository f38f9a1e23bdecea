#pragma once

#include <cmath>
#include <cstdint>

namespace stint::test {

/// What has been done with counting scalars.
struct ScalarCounts {
    std::uint64_t adds = 0; ///< and subtractions
    std::uint64_t multiplies = 0;
    std::uint64_t divisions = 0;
    std::uint64_t exponentials = 0;

    friend bool operator==(const ScalarCounts&, const ScalarCounts&) = default;
};

/// A number that counts what is done with it. Run through the plain kernels it says what an
/// operation count must be, without anybody's formula.
class CountingScalar {
public:
    CountingScalar() = default;
    explicit CountingScalar(double value) : m_value(value) { }

    /// Of all counting scalars of this thread together.
    static ScalarCounts& counts()
    {
        thread_local ScalarCounts all;
        return all;
    }

    [[nodiscard]] double value() const { return m_value; }

    CountingScalar& operator+=(const CountingScalar& other)
    {
        ++counts().adds;
        m_value += other.m_value;
        return *this;
    }
    CountingScalar& operator-=(const CountingScalar& other)
    {
        ++counts().adds;
        m_value -= other.m_value;
        return *this;
    }
    CountingScalar& operator*=(const CountingScalar& other)
    {
        ++counts().multiplies;
        m_value *= other.m_value;
        return *this;
    }
    CountingScalar& operator/=(const CountingScalar& other)
    {
        ++counts().divisions;
        m_value /= other.m_value;
        return *this;
    }

    friend CountingScalar operator-(CountingScalar a, const CountingScalar& b) { return a -= b; }
    friend CountingScalar operator*(CountingScalar a, const CountingScalar& b) { return a *= b; }
    friend bool operator<(const CountingScalar& a, const CountingScalar& b)
    {
        return a.m_value < b.m_value;
    }
    friend bool operator>(const CountingScalar& a, const CountingScalar& b) { return b < a; }
    friend CountingScalar exp(const CountingScalar& x)
    {
        ++counts().exponentials;
        return CountingScalar(std::exp(x.m_value));
    }

private:
    double m_value = 0.0;
};

} // namespace stint::test
