#include "ui/plot/channel_curves.h"

#include <algorithm>
#include <cmath>

namespace stint::ui {

namespace {

ChannelCurves::Bounds boundsOf(const MinMaxIndex<double>& index, const std::vector<double>& values)
{
    std::vector<CurvePoint> points;
    index.thin(values, 0, static_cast<Index>(values.size()), 1, points);
    double low = 0.0;
    double high = 0.0;
    bool any = false;
    for (const CurvePoint& point : points) {
        if (!std::isfinite(point.value))
            continue;
        low = any ? std::min(low, point.value) : point.value;
        high = any ? std::max(high, point.value) : point.value;
        any = true;
    }
    // Far enough apart for an axis even if the channel is constant or huge.
    const double margin
        = std::max({0.12 * (high - low), 1e-9 * std::max(std::abs(low), std::abs(high)), 1e-9});
    constexpr double limit = 1e200;
    return {std::clamp(low - margin, -limit, limit), std::clamp(high + margin, -limit, limit)};
}

} // namespace

std::shared_ptr<const ChannelCurves> makeChannelCurves(const Recording& recording)
{
    auto curves = std::make_shared<ChannelCurves>();
    curves->indexes.resize(recording.channels.size());
    for (std::size_t c = 0; c < recording.channels.size(); ++c) {
        curves->indexes[c].build(recording.channels[c].values);
        curves->bounds.push_back(boundsOf(curves->indexes[c], recording.channels[c].values));
    }
    return curves;
}

} // namespace stint::ui
