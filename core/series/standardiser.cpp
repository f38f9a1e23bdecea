#include "core/series/standardiser.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace stint {

namespace {

/// Mean and scale of one channel over the parts of it that several recordings hold. Everything is
/// taken relative to the first value, so that a constant channel has exactly no deviation.
std::pair<double, double> fitChannel(const std::vector<std::span<const double>>& parts)
{
    bool any = false;
    double origin = 0.0;
    double sum = 0.0;
    double count = 0.0;
    for (const std::span<const double> part : parts) {
        for (const double value : part) {
            if (!std::isfinite(value))
                continue;
            if (!std::exchange(any, true))
                origin = value;
            sum += value - origin;
            count += 1.0;
        }
    }
    if (!any)
        return {0.0, 1.0};
    const double shift = sum / count;
    const double mean = origin + shift;
    if (!std::isfinite(mean))
        return {0.0, 1.0};
    double squares = 0.0;
    for (const std::span<const double> part : parts) {
        for (const double value : part) {
            const double deviation = (value - origin) - shift;
            if (std::isfinite(value))
                squares += deviation * deviation;
        }
    }
    const double scale = std::sqrt(squares / count);
    return {mean, std::isfinite(scale) && scale > 0.0 ? scale : 1.0};
}

} // namespace

float Standardiser::standardise(Index channel, double value) const
{
    const auto c = static_cast<std::size_t>(channel);
    constexpr auto limit = static_cast<double>(standardLimit);
    return static_cast<float>(std::clamp((value - mean[c]) / scale[c], -limit, limit));
}

double Standardiser::restore(Index channel, double z) const
{
    const auto c = static_cast<std::size_t>(channel);
    return mean[c] + z * scale[c];
}

Standardiser fitStandardiser(const std::vector<std::span<const double>>& channels)
{
    return fitPooledStandardiser({channels});
}

Standardiser
fitPooledStandardiser(const std::vector<std::vector<std::span<const double>>>& recordings)
{
    Standardiser fitted;
    const std::size_t channels = recordings.empty() ? 0 : recordings.front().size();
    for (std::size_t c = 0; c < channels; ++c) {
        std::vector<std::span<const double>> parts;
        parts.reserve(recordings.size());
        for (const auto& recording : recordings) {
            assert(recording.size() == channels);
            parts.push_back(recording[c]);
        }
        const auto [mean, scale] = fitChannel(parts);
        fitted.mean.push_back(mean);
        fitted.scale.push_back(scale);
    }
    return fitted;
}

HoldLast::HoldLast(Standardiser standardiser)
    : m_standardiser(std::move(standardiser)), m_held(m_standardiser.mean.size(), 0.0F)
{ }

void HoldLast::reset() { std::ranges::fill(m_held, 0.0F); }

void HoldLast::seed(std::span<const std::span<const double>> columns, Index row)
{
    assert(std::ssize(columns) == channels());
    reset();
    for (Index c = 0; c < channels(); ++c) {
        const std::span<const double> column = columns[static_cast<std::size_t>(c)];
        const Index end = std::min(row, static_cast<Index>(column.size()));
        for (Index r = end - 1; r >= 0; --r) {
            const double value = column[static_cast<std::size_t>(r)];
            if (std::isfinite(value)) {
                m_held[static_cast<std::size_t>(c)] = m_standardiser.standardise(c, value);
                break;
            }
        }
    }
}

void HoldLast::convert(std::span<const std::span<const double>> columns, Index first, Index last,
                       float* z, Index stride, unsigned char* held)
{
    assert(std::ssize(columns) == channels() && stride >= channels());
    std::fill(held, held + (last - first), static_cast<unsigned char>(0));
    for (Index c = 0; c < channels(); ++c) {
        const double* const column = columns[static_cast<std::size_t>(c)].data();
        float& keep = m_held[static_cast<std::size_t>(c)];
        for (Index r = first; r < last; ++r) {
            if (std::isfinite(column[r]))
                keep = m_standardiser.standardise(c, column[r]);
            else
                held[r - first] = 1;
            z[(r - first) * stride + c] = keep;
        }
    }
}

bool HoldLast::convertRow(std::span<const double> values, float* z)
{
    assert(std::ssize(values) == channels());
    bool held = false;
    for (Index c = 0; c < channels(); ++c) {
        const double value = values[static_cast<std::size_t>(c)];
        float& keep = m_held[static_cast<std::size_t>(c)];
        if (std::isfinite(value))
            keep = m_standardiser.standardise(c, value);
        else
            held = true;
        z[c] = keep;
    }
    return held;
}

} // namespace stint
