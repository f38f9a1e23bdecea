#pragma once

#include <limits>
#include <span>
#include <vector>

namespace stint::app {

/// Times of rows of a file as an axis needs them: each later than the one before. A time that
/// repeats comes right behind the one before; where times run backwards or are missing, they go on
/// with the newest step.
///
/// Thread safety: none.
class FileTimes {
public:
    /// \param seconds (R) as the file has them [s]. \param times (R) overwritten.
    void time(std::span<const double> seconds, std::vector<double>& times);

private:
    [[nodiscard]] double next(double seconds);

    double m_newest = -std::numeric_limits<double>::infinity();
    double m_step = 1.0; ///< between the newest times that grew [s]
    double m_offset = 0.0; ///< from the times of the file to these [s]
};

} // namespace stint::app
