#include "ui/plot/channel_curves.h"

#include "ui/plot/time_scale.h"

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

std::vector<RowSpan> labelledRows(const Recording& recording)
{
    std::vector<RowSpan> spans;
    if (recording.labels.empty())
        return spans;
    const std::vector<unsigned char>& values = recording.labels.front().values;
    for (auto at = values.begin(); at != values.end();) {
        const auto marked = [](unsigned char value) { return value != 0; };
        const auto first = std::find_if(at, values.end(), marked);
        at = std::find_if_not(first, values.end(), marked);
        if (first != at)
            spans.push_back({first - values.begin(), at - values.begin()});
    }
    return spans;
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
    curves->timeGrows = growsStrictly(recording.time.seconds);
    curves->labelled = labelledRows(recording);
    return curves;
}

} // namespace stint::ui
