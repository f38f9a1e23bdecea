#pragma once

#include "core/base/matrix.h"

#include <cmath>
#include <span>
#include <vector>

namespace stint {

/// The Adam optimiser (Kingma & Ba 2015) over a fixed list of parameter arrays.
template <typename T>
class Adam {
public:
    /// \param sizes of the arrays, in the order they are given to step().
    explicit Adam(const std::vector<std::size_t>& sizes)
    {
        for (const std::size_t size : sizes)
            m_moments.push_back({std::vector<T>(size), std::vector<T>(size)});
    }

    /// Moves every array of `slots` (value, gradient, score) against its gradient.
    /// \param scoreRate learning rate of the arrays that are scores.
    /// \param factor that every gradient is multiplied with.
    template <typename Slots>
    void step(Slots& slots, T learningRate, T scoreRate, T factor = T {1})
    {
        ++m_steps;
        const auto steps = static_cast<T>(m_steps);
        const T firstBias = T {1} - std::pow(firstDecay, steps);
        const T secondBias = T {1} - std::pow(secondDecay, steps);
        for (std::size_t s = 0; s < slots.size(); ++s) {
            Moments& m = m_moments[s];
            const T rate = slots[s].score ? scoreRate : learningRate;
            for (std::size_t i = 0; i < slots[s].value.size(); ++i) {
                const T g = factor * slots[s].gradient[i];
                m.first[i] = firstDecay * m.first[i] + (T {1} - firstDecay) * g;
                m.second[i] = secondDecay * m.second[i] + (T {1} - secondDecay) * g * g;
                slots[s].value[i] -= rate * (m.first[i] / firstBias)
                    / (std::sqrt(m.second[i] / secondBias) + epsilon);
            }
        }
    }

private:
    static constexpr T firstDecay = static_cast<T>(0.9);
    static constexpr T secondDecay = static_cast<T>(0.999);
    static constexpr T epsilon = static_cast<T>(1e-8);

    struct Moments {
        std::vector<T> first, second;
    };
    std::vector<Moments> m_moments;
    long m_steps = 0;
};

} // namespace stint
