#include "core/detect/smoothing.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>

namespace stint {
namespace {

constexpr double forgotten = 1e-17;

Index memoryOf(double alpha)
{
    if (alpha >= 1.0)
        return 1;
    return static_cast<Index>(std::ceil(std::log(forgotten) / std::log1p(-alpha)));
}

} // namespace

Smoother::Smoother(Index channels, double span)
    : m_alpha(2.0 / (span + 1.0)),
      m_memory(memoryOf(m_alpha)),
      m_mean(static_cast<std::size_t>(channels), std::numeric_limits<double>::quiet_NaN())
{
    assert(channels >= 0 && span >= 1.0);
}

template <typename Scalar>
void Smoother::stepRow(std::span<Scalar> row) noexcept
{
    assert(row.size() == m_mean.size());
    for (std::size_t channel = 0; channel < m_mean.size(); ++channel) {
        const auto value = static_cast<double>(row[channel]);
        if (!std::isfinite(value)) {
            row[channel] = std::numeric_limits<Scalar>::quiet_NaN();
            continue;
        }
        double& mean = m_mean[channel];
        mean = std::isnan(mean) ? value : mean + m_alpha * (value - mean);
        row[channel] = static_cast<Scalar>(mean);
    }
}

void Smoother::step(std::span<double> row) noexcept { stepRow(row); }

void Smoother::step(std::span<float> row) noexcept { stepRow(row); }

void Smoother::reset() noexcept
{
    std::fill(m_mean.begin(), m_mean.end(), std::numeric_limits<double>::quiet_NaN());
}

std::vector<double> smoothed(std::span<const double> scores, double span)
{
    Smoother smoother(1, span);
    std::vector<double> result(scores.begin(), scores.end());
    for (double& value : result)
        smoother.step(std::span<double>(&value, 1));
    return result;
}

} // namespace stint
