#include "core/train/training_rows.h"

#include "core/model/channel_columns.h"
#include "core/series/standardiser.h"

#include <algorithm>

namespace stint {

namespace {

using Columns = std::vector<std::span<const double>>;

/// Rows that a recording must have so that each stretch holds some answers.
Index fewestRows(Index window) { return 4 * window; }

std::vector<FamilyChannel> chosenChannels(const Recording& first,
                                          const std::vector<std::string>& names)
{
    std::vector<FamilyChannel> chosen;
    for (const Channel& c : first.channels) {
        if (names.empty())
            chosen.push_back({c.name, c.unit});
    }
    for (const std::string& name : names) {
        const auto found = std::find_if(first.channels.begin(), first.channels.end(),
                                        [&](const Channel& c) { return c.name == name; });
        chosen.push_back({name, found == first.channels.end() ? std::string {} : found->unit});
    }
    return chosen;
}

Columns part(const Columns& columns, Index first, Index last)
{
    Columns cut;
    cut.reserve(columns.size());
    for (const auto& column : columns)
        cut.push_back(column.subspan(static_cast<std::size_t>(first),
                                     static_cast<std::size_t>(last - first)));
    return cut;
}

/// One after the other, each with at least two windows to calibrate on; at most eight.
std::vector<TrainingRows> cut(Index begin, Index end, Index window)
{
    constexpr Index mostCuts = 8;
    const Index count = end - begin;
    const Shares shares = count >= longRecording * window ? longShares : shortShares;
    const double calibration = 1.0 - shares.train - shares.validation;
    const auto cuts = std::clamp<Index>(
        static_cast<Index>(calibration * static_cast<double>(count)) / (2 * window), 1, mostCuts);
    std::vector<TrainingRows> all;
    for (Index i = 0; i < cuts; ++i) {
        TrainingRows rows;
        rows.begin = begin + count * i / cuts;
        rows.calibrationEnd = begin + count * (i + 1) / cuts;
        const auto own = static_cast<double>(rows.calibrationEnd - rows.begin);
        rows.trainEnd = rows.begin + static_cast<Index>(shares.train * own);
        rows.validationEnd
            = rows.begin + static_cast<Index>((shares.train + shares.validation) * own);
        all.push_back(rows);
    }
    return all;
}

Result<std::vector<TrainingRows>> split(const Recording& recording,
                                        std::optional<std::pair<Index, Index>> rows, Index window)
{
    const Index begin = rows ? rows->first : 0;
    const Index end = rows ? std::min(rows->second, recording.rows()) : recording.rows();
    if (begin < 0 || end - begin < fewestRows(window))
        return Error {
            "\"" + recording.name + "\" gives " + std::to_string(std::max<Index>(end - begin, 0))
            + " rows for training; a window of " + std::to_string(window) + " rows needs at least "
            + std::to_string(fewestRows(window)) + ". Use more rows or a shorter window."};
    return cut(begin, end, window);
}

/// All rows of a recording up to `end`, standardised.
std::shared_ptr<const Matrix<float>> standardised(const Columns& columns,
                                                  const Standardiser& standardiser, Index end)
{
    HoldLast hold(standardiser);
    auto z = std::make_shared<Matrix<float>>(end, hold.channels());
    std::vector<unsigned char> held(static_cast<std::size_t>(end));
    hold.convert(columns, 0, end, z->row(0), z->stride(), held.data());
    return z;
}

} // namespace

Result<std::vector<TrainingRows>>
prepareRows(const std::vector<std::shared_ptr<const Recording>>& recordings,
            const std::vector<std::string>& names, std::optional<std::pair<Index, Index>> rows,
            std::optional<std::pair<Index, Index>> rescale, Index window, Family& family)
{
    family.channels = chosenChannels(*recordings.front(), names);
    if (family.channels.empty())
        return Error {"\"" + recordings.front()->name
                      + "\" has no channel to train on; choose a recording with columns of "
                        "numbers."};
    family.rescale = rescale.value_or(std::pair<Index, Index> {0, 0});
    std::vector<TrainingRows> all;
    std::vector<Columns> columns;
    std::vector<Columns> trainColumns;
    for (std::size_t i = 0; i < recordings.size(); ++i) {
        auto own = columnsToTrainOn(family, *recordings[i]);
        if (!own)
            return own.error();
        auto parts = split(*recordings[i], rows, window);
        if (!parts)
            return parts.error();
        for (TrainingRows& one : *parts) {
            one.recording = i;
            trainColumns.push_back(part(*own, one.begin, one.trainEnd));
            all.push_back(one);
        }
        columns.push_back(std::move(*own));
    }
    family.standardiser = fitPooledStandardiser(trainColumns);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::size_t r = all[i].recording;
        if (i > 0 && all[i - 1].recording == r) {
            all[i].z = all[i - 1].z;
            continue;
        }
        Standardiser standardiser = family.standardiser;
        if (rescale) {
            const Index last = std::min(rescale->second, recordings[r]->rows());
            if (rescale->first < 0 || last - rescale->first < 2)
                return Error {"\"" + recordings[r]->name
                              + "\" has too few rows to be rescaled by "
                                "the rows asked for."};
            standardiser = fitStandardiser(part(columns[r], rescale->first, last));
        }
        const Index end
            = rows ? std::min(rows->second, recordings[r]->rows()) : recordings[r]->rows();
        all[i].z = standardised(columns[r], standardiser, end);
    }
    return all;
}

} // namespace stint
