#include "app/commands/evaluation.h"
#include "core/compare/classification_baselines.h"
#include "core/compare/classification_metrics.h"

#include <algorithm>

namespace stint::app {

namespace {

using nlohmann::json;

/// What is classified: a whole series, or the window that ends with a row; and its true class.
struct Sample {
    std::size_t recording = 0;
    Index first = 0;
    Index last = 0; ///< exclusive; the answer is that of the row before
    Index truth = 0;
};

json metricsOf(const Family& family, const std::vector<Index>& predicted,
               const std::vector<Sample>& samples)
{
    std::vector<Index> truth;
    truth.reserve(samples.size());
    for (const Sample& sample : samples)
        truth.push_back(sample.truth);
    const auto classes = static_cast<Index>(family.classes.size());
    const ClassificationMetrics m = classificationMetrics(predicted, truth, classes);
    json confusion = json::array();
    for (Index r = 0; r < m.confusion.rows(); ++r) {
        json row = json::array();
        for (Index c = 0; c < m.confusion.cols(); ++c)
            row.push_back(m.confusion(r, c));
        confusion.push_back(std::move(row));
    }
    return {{"accuracy", numberOrNull(m.accuracy)},
            {"macro_f1", numberOrNull(m.macroF1)},
            {"samples", samples.size()},
            {"without_answer", m.unanswered},
            {"confusion", confusion}};
}

/// The class of each row of a recording as the family numbers them; -1: none that it knows.
std::vector<Index> truthOf(const Family& family, const ClassColumn& column)
{
    std::vector<Index> known;
    for (const std::string& name : column.classes) {
        const auto found = std::find(family.classes.begin(), family.classes.end(), name);
        known.push_back(found == family.classes.end() ? -1 : found - family.classes.begin());
    }
    std::vector<Index> rows;
    rows.reserve(column.values.size());
    for (const std::int32_t value : column.values)
        rows.push_back(value < 0 ? -1 : known[static_cast<std::size_t>(value)]);
    return rows;
}

/// Stretches of rows that are classified: whole series where the family was trained on such, else
/// every window, half a window apart.
std::vector<RowRange> stretchesOf(const Recording& recording, const Family& family)
{
    const Index window = family.variants.front().config.window;
    const Index step = std::max<Index>(1, window / 2);
    const std::vector<Index> bounds = recording.seriesBounds();
    std::vector<RowRange> all;
    for (std::size_t s = 0; s + 1 < bounds.size(); ++s) {
        if (family.wholeSeries) {
            all.push_back({bounds[s], bounds[s + 1]});
            continue;
        }
        for (Index last = bounds[s] + window; last <= bounds[s + 1]; last += step)
            all.push_back({last - window, last});
    }
    return all;
}

Result<std::vector<Sample>> samplesOf(const Evaluation& e)
{
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < e.recordings.size(); ++i) {
        const Recording& recording = *e.recordings[i];
        const auto column = recording.classes(e.labelColumn);
        if (!column)
            return Error {"\"" + recording.path + "\" has no column \"" + e.labelColumn
                          + "\" of classes; name it with --label-column."};
        const std::vector<Index> truth = truthOf(*e.family, *column);
        for (const RowRange& rows : stretchesOf(recording, *e.family)) {
            const Index newest = rows.last - 1;
            const bool wanted = !e.rows || (newest >= e.rows->first && newest < e.rows->second);
            const Index known = truth[static_cast<std::size_t>(newest)];
            if (wanted && known >= 0)
                samples.push_back({i, rows.first, rows.last, known});
        }
    }
    if (samples.empty())
        return Error {"The recordings hold nothing of the classes that the model knows; check "
                      "--label-column and --rows."};
    return samples;
}

Result<json> evaluateMode(const Evaluation& e, const Mode& mode, const std::vector<Sample>& samples)
{
    std::vector<std::vector<std::int16_t>> chosen;
    RunTotals run;
    ResultBlock block;
    for (const auto& recording : e.recordings) {
        const PlayerOptions options = e.playerOptions(mode);
        auto player = Player::create(recording, e.family, options);
        if (!player)
            return player.error();
        std::vector<std::int16_t> own;
        own.reserve(static_cast<std::size_t>(recording->rows()));
        while ((*player)->advance(options.maxBlock, block) > 0) {
            if (interruption().stop_requested())
                return Error {"interrupted"};
            own.insert(own.end(), block.chosenClass.begin(), block.chosenClass.end());
            run.add(block);
        }
        run.finish(block);
        chosen.push_back(std::move(own));
    }
    std::vector<Index> predicted;
    predicted.reserve(samples.size());
    for (const Sample& sample : samples)
        predicted.push_back(chosen[sample.recording][static_cast<std::size_t>(sample.last - 1)]);
    json one = costsOf(*e.family, mode, run);
    one["metrics"] = metricsOf(*e.family, predicted, samples);
    one["parts"] = json::array();
    return one;
}

Result<std::vector<RowMatrix>> seriesOf(const Evaluation& e, const std::vector<Sample>& samples)
{
    std::vector<RowMatrix> tables;
    for (const auto& recording : e.recordings) {
        auto rows = standardisedRows(*e.family, *recording, {0, 0});
        if (!rows)
            return rows.error();
        tables.push_back(std::move(*rows));
    }
    std::vector<RowMatrix> series;
    series.reserve(samples.size());
    for (const Sample& s : samples)
        series.emplace_back(tables[s.recording].middleRows(s.first, s.last - s.first));
    return series;
}

Result<json> baselinesOf(const Evaluation& e, const std::vector<Sample>& samples)
{
    std::shared_ptr<const ClassificationBaselines> baselines = e.family->classification;
    if (!e.fitOn.empty()) {
        Evaluation training = e;
        training.recordings = e.fitOn;
        training.rows.reset();
        const auto known = samplesOf(training);
        if (!known)
            return known.error();
        SeriesSet set;
        set.classes = static_cast<Index>(e.family->classes.size());
        auto series = seriesOf(training, *known);
        if (!series)
            return series.error();
        set.series = std::move(*series);
        for (const Sample& sample : *known)
            set.labels.push_back(sample.truth);
        auto fitted = fitClassificationBaselines(set);
        if (!fitted)
            return fitted.error();
        baselines = std::make_shared<const ClassificationBaselines>(std::move(*fitted));
    }
    json out = json::array();
    if (!baselines)
        return out;
    const auto series = seriesOf(e, samples);
    if (!series)
        return series.error();
    for (const BaselineClasses& one : classifyByBaselines(*baselines, *series))
        out.push_back(
            {{"name", one.name}, {"metrics", metricsOf(*e.family, one.classes, samples)}});
    return out;
}

} // namespace

Result<json> evaluateClasses(const Evaluation& e)
{
    const auto samples = samplesOf(e);
    if (!samples)
        return samples.error();
    json document = {{"classes", e.family->classes}, {"modes", json::array()}};
    for (const Mode& mode : e.modes) {
        auto one = evaluateMode(e, mode, *samples);
        if (!one)
            return one.error();
        document["modes"].push_back(std::move(*one));
    }
    auto baselines = baselinesOf(e, *samples);
    if (!baselines)
        return baselines.error();
    document["baselines"] = std::move(*baselines);
    return document;
}

} // namespace stint::app
