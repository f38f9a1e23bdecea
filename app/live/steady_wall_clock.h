#pragma once

#include <algorithm>
#include <chrono>

namespace stint::app {

/// Time of day that goes on evenly even if somebody sets the clock.
class SteadyWallClock {
public:
    [[nodiscard]] double now() const { return m_offset + steady(); }

    /// Takes over the time of day if the steady clock fell behind, as it does while a machine
    /// sleeps.
    void catchUp() { m_offset = std::max(m_offset, wall() - steady()); }

private:
    static double steady()
    {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration<double>(now).count();
    }
    static double wall()
    {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration<double>(now).count();
    }

    double m_offset = wall() - steady();
};

} // namespace stint::app
