#include "core/train/series_rows.h"

#include "core/model/channel_columns.h"
#include "core/series/standardiser.h"

#include <algorithm>
#include <limits>

namespace stint {

namespace {

using Recordings = std::vector<std::shared_ptr<const Recording>>;

constexpr Index longestWindow = 1024;
constexpr Index usualWindow = 64; ///< of windows of a stream, unless asked for
/// Windows of a stream overlap by half; the last tenth of the rows validates.
constexpr Index windowsPerLength = 2;
constexpr Index validationPart = 10;

/// A stretch of rows that belong together, and its class.
struct Labelled {
    std::size_t recording = 0;
    Index first = 0;
    Index last = 0;
    int label = 0;
    bool validates = false;
};

/// The classes of all recordings, and the class of each of their rows.
struct RowClasses {
    std::vector<std::string> names;
    std::vector<std::vector<int>> rows; ///< (recordings)(rows), -1: none
};

Result<RowClasses> classesOf(const Recordings& recordings, const std::string& column)
{
    RowClasses all;
    for (const auto& recording : recordings) {
        const auto own = recording->classes(column);
        if (!own)
            return Error {"\"" + recording->name + "\" has no column \"" + column
                          + "\" of classes; name one with --label-column."};
        std::vector<int> to;
        for (const std::string& name : own->classes) {
            const auto found = std::find(all.names.begin(), all.names.end(), name);
            to.push_back(static_cast<int>(found - all.names.begin()));
            if (found == all.names.end())
                all.names.push_back(name);
        }
        std::vector<int> rows;
        rows.reserve(own->values.size());
        for (const std::int32_t value : own->values)
            rows.push_back(value < 0 ? -1 : to[static_cast<std::size_t>(value)]);
        all.rows.push_back(std::move(rows));
    }
    if (all.names.size() < 2)
        return Error {"The column \"" + column
                      + "\" names fewer than two classes; there is nothing to tell apart."};
    return all;
}

/// Whole series: the class is that of its last row.
std::vector<Labelled> wholeSeries(const Recordings& recordings, const RowClasses& classes)
{
    std::vector<Labelled> all;
    for (std::size_t r = 0; r < recordings.size(); ++r) {
        const std::vector<Index> bounds = recordings[r]->seriesBounds();
        for (std::size_t s = 0; s + 1 < bounds.size(); ++s) {
            const int label = classes.rows[r][static_cast<std::size_t>(bounds[s + 1] - 1)];
            if (label >= 0)
                all.push_back({r, bounds[s], bounds[s + 1], label, false});
        }
    }
    return all;
}

/// Windows of rows that all have the class of the newest.
std::vector<Labelled> windowsOfStreams(const Recordings& recordings, const RowClasses& classes,
                                       const TrainSettings& settings, Index window)
{
    std::vector<Labelled> all;
    const Index step = std::max<Index>(1, window / windowsPerLength);
    for (std::size_t r = 0; r < recordings.size(); ++r) {
        const Index rows = recordings[r]->rows();
        const Index begin = settings.rows ? settings.rows->first : 0;
        const Index end = settings.rows ? std::min(settings.rows->second, rows) : rows;
        const Index trainEnd = end - (end - begin) / validationPart;
        for (Index last = begin + window; last <= end; last += step) {
            const auto of = classes.rows[r].begin() + (last - window);
            const int label = *(of + window - 1);
            const bool pure = std::all_of(of, of + window, [label](int l) { return l == label; });
            const bool straddles = last > trainEnd && last - window < trainEnd;
            if (label >= 0 && pure && !straddles)
                all.push_back({r, last - window, last, label, last > trainEnd});
        }
    }
    return all;
}

void fitChannels(const Recordings& recordings, const TrainSettings& settings, Family& family)
{
    const Recording& first = *recordings.front();
    for (const Channel& channel : first.channels) {
        const auto& wanted = settings.channels;
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), channel.name) != wanted.end())
            family.channels.push_back({channel.name, channel.unit});
    }
}

} // namespace

Result<SeriesRows> prepareSeries(const Recordings& recordings, const TrainSettings& settings,
                                 Family& family)
{
    const auto classes = classesOf(recordings, settings.labelColumn);
    if (!classes)
        return classes.error();
    family.classes = classes->names;
    fitChannels(recordings, settings, family);
    if (family.channels.empty()
        || (!settings.channels.empty() && family.channels.size() != settings.channels.size()))
        return Error {"\"" + recordings.front()->name
                      + "\" lacks channels to train on; name those that it has."};
    family.wholeSeries = std::any_of(recordings.begin(), recordings.end(),
                                     [](const auto& r) { return !r->seriesStarts.empty(); });
    const Index asked = settings.window > 0 ? settings.window : usualWindow;
    const std::vector<Labelled> labelled = family.wholeSeries
        ? wholeSeries(recordings, *classes)
        : windowsOfStreams(recordings, *classes, settings, asked);

    SeriesRows rows;
    std::vector<std::vector<std::span<const double>>> columns;
    for (const auto& recording : recordings) {
        auto own = columnsToTrainOn(family, *recording);
        if (!own)
            return own.error();
        columns.push_back(std::move(*own));
    }
    family.standardiser = fitPooledStandardiser(columns);
    for (std::size_t r = 0; r < recordings.size(); ++r) {
        HoldLast hold(family.standardiser);
        rows.tables.push_back(
            std::make_unique<Matrix<float>>(recordings[r]->rows(), hold.channels()));
        Matrix<float>& z = *rows.tables.back();
        std::vector<unsigned char> held(static_cast<std::size_t>(z.rows()));
        hold.convert(columns[r], 0, z.rows(), z.row(0), z.stride(), held.data());
    }
    rows.window = family.wholeSeries && settings.window == 0 ? 2 : asked;
    if (family.wholeSeries && settings.window == 0) {
        for (const Labelled& series : labelled)
            rows.window
                = std::max(rows.window, std::min(series.last - series.first, longestWindow));
    }
    for (const Labelled& series : labelled) {
        const Index first = std::max(series.first, series.last - rows.window);
        auto& to = series.validates ? rows.validation : rows.train;
        to.push_back({rows.tables[series.recording].get(), first, series.last, series.label});
    }
    if (rows.train.size() < family.classes.size())
        return Error {"There are " + std::to_string(rows.train.size())
                      + " series or windows of one class to train on, fewer than the "
                      + std::to_string(family.classes.size())
                      + " classes; use more rows or a shorter window."};
    return rows;
}

} // namespace stint
