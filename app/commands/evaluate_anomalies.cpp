#include "app/commands/evaluation.h"
#include "app/commands/threshold_comparison.h"
#include "core/detect/metrics.h"
#include "core/detect/smoothing.h"

#include <algorithm>
#include <cmath>

namespace stint::app {

namespace {

using nlohmann::json;
using Recordings = std::vector<std::shared_ptr<const Recording>>;
using RowsOption = std::optional<std::pair<Index, Index>>;

/// Scores of all recordings one after the other, NaN where there is no answer.
struct Pooled {
    std::vector<double> values;
    std::vector<std::size_t> starts; // first row of each recording

    void add(const std::vector<double>& more)
    {
        starts.push_back(values.size());
        values.insert(values.end(), more.begin(), more.end());
    }
};

/// Which rows count, and their labels.
struct Truth {
    std::vector<unsigned char> labels;
    std::vector<unsigned char> judged;
    PointAdjusted pointAdjusted = PointAdjusted::LeftOut;
};

Truth truthOf(const Recordings& recordings, const std::string& label, const RowsOption& rows)
{
    Truth truth;
    for (const auto& recording : recordings) {
        const std::vector<unsigned char>& values = recording->label(label)->values;
        for (std::size_t r = 0; r < values.size(); ++r) {
            const auto row = static_cast<Index>(r);
            truth.labels.push_back(values[r]);
            truth.judged.push_back(!rows || (row >= rows->first && row < rows->second) ? 1 : 0);
        }
    }
    return truth;
}

/// The judged rows of a run that have an answer; `isJudged` says of every row whether it is one.
JudgedRows judgedRows(const Pooled& scores, const Truth& truth,
                      std::vector<unsigned char>& isJudged)
{
    JudgedRows rows;
    std::size_t next = 0;
    for (std::size_t i = 0; i < scores.values.size(); ++i) {
        if (next < scores.starts.size() && scores.starts[next] == i) {
            rows.starts.push_back(rows.labels.size());
            ++next;
        }
        const bool judged = truth.judged[i] != 0 && !std::isnan(scores.values[i]);
        isJudged.push_back(judged ? 1 : 0);
        if (judged)
            rows.labels.push_back(truth.labels[i]);
    }
    return rows;
}

/// Metrics over the judged rows that have an answer.
json metricsOf(const Pooled& scores, const Truth& truth, std::optional<double> threshold)
{
    std::vector<double> values;
    std::vector<unsigned char> labels;
    std::vector<std::size_t> starts;
    std::size_t unanswered = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < scores.values.size(); ++i) {
        const bool begins = next < scores.starts.size() && scores.starts[next] == i;
        if (begins) {
            starts.push_back(values.size());
            ++next;
        }
        if (truth.judged[i] == 0)
            continue;
        if (std::isnan(scores.values[i])) {
            ++unanswered;
            continue;
        }
        values.push_back(scores.values[i]);
        labels.push_back(truth.labels[i]);
    }
    const AnomalyMetrics m
        = anomalyMetrics(values, labels, starts, defaultVusBuffer, truth.pointAdjusted);
    json out = {{"auc_roc", numberOrNull(m.rocAuc)},
                {"auc_pr", numberOrNull(m.prAuc)},
                {"vus_pr", numberOrNull(m.vusPr)},
                {"best_f1", numberOrNull(m.bestF1)},
                {"event_recall_at_1pct", numberOrNull(m.eventRecallAt1Pct)},
                {"rows", values.size()},
                {"rows_without_answer", unanswered}};
    // Random scores reach 0.9 and more in it; the name says so wherever it is read.
    if (truth.pointAdjusted == PointAdjusted::AskedFor)
        out["best_f1_point_adjusted_misleading"] = numberOrNull(m.bestPointAdjustedF1);
    if (threshold) {
        std::size_t alarms = 0;
        std::size_t normal = 0;
        std::size_t falseAlarms = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const bool alarm = values[i] > *threshold;
            alarms += alarm ? 1 : 0;
            normal += labels[i] == 0 ? 1U : 0U;
            falseAlarms += alarm && labels[i] == 0 ? 1U : 0U;
        }
        out["f1_at_threshold"] = numberOrNull(f1At(values, labels, *threshold));
        out["threshold"] = *threshold;
        out["alarm_rows"] = alarms;
        out["false_alarm_rate"] = normal == 0
            ? json(nullptr)
            : json(static_cast<double>(falseAlarms) / static_cast<double>(normal));
    }
    return out;
}

std::vector<double> toDoubles(const std::vector<float>& values)
{
    return {values.begin(), values.end()};
}

/// One mode over all recordings, with the parts of its score.
Result<json> evaluateMode(const Evaluation& e, const Mode& mode, const Truth& truth)
{
    const std::shared_ptr<const Family>& family = e.family;
    const Recordings& recordings = e.recordings;
    const PlayerOptions options = e.playerOptions(mode);
    Pooled combined;
    Pooled encoder;
    Pooled linear;
    const FamilyVariant& variant = *family->find(options.mode.variant());
    ThresholdComparison thresholds(
        variant.thresholds[static_cast<std::size_t>(ScoreKind::Combined)], e.motions);
    RunTotals run;
    ResultBlock block;
    for (const auto& recording : recordings) {
        const std::vector<Index> bounds = recording->seriesBounds();
        thresholds.beginStream();
        auto player = Player::create(recording, family, options);
        if (!player)
            return player.error();
        std::vector<double> own;
        std::vector<double> ownEncoder;
        std::vector<double> ownLinear;
        while ((*player)->advance(options.maxBlock, block) > 0) {
            if (interruption().stop_requested())
                return Error {"interrupted"};
            const auto append = [](std::vector<double>& to, const std::vector<float>& from) {
                const std::vector<double> values = toDoubles(from);
                to.insert(to.end(), values.begin(), values.end());
            };
            append(own, block.score);
            append(ownEncoder, block.encoderScore);
            append(ownLinear, block.autoregressionScore);
            run.add(block);
            if (std::find(bounds.begin(), bounds.end(), block.firstRow) != bounds.end())
                thresholds.beginStream();
            thresholds.add(block);
        }
        combined.add(own);
        encoder.add(ownEncoder);
        linear.add(ownLinear);
        run.finish(block);
    }
    const auto thresholdOf = [&variant](ScoreKind kind) {
        return static_cast<double>(variant.thresholds[static_cast<std::size_t>(kind)].value);
    };
    json out = costsOf(*family, options.mode, run);
    out["metrics"] = metricsOf(combined, truth, thresholdOf(ScoreKind::Combined));
    out["parts"]
        = {{{"name", "encoder"},
            {"metrics", metricsOf(encoder, truth, thresholdOf(ScoreKind::Encoder))}},
           {{"name", "autoregression"},
            {"metrics", metricsOf(linear, truth, thresholdOf(ScoreKind::Autoregression))}}};
    if (!e.motions.empty()) {
        std::vector<unsigned char> isJudged;
        const JudgedRows rows = judgedRows(combined, truth, isJudged);
        out["thresholds"] = thresholds.document(isJudged, rows);
    }
    return out;
}

/// Every baseline, smoothed like the model's score.
json scoreAll(const std::vector<RowMatrix>& rows, const std::vector<const Baselines*>& fitted,
              double span, const Truth& truth, const std::string& suffix)
{
    std::vector<std::pair<std::string, Pooled>> pooled;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto scores = scoreBaselines(*fitted[i], rows[i]);
        pooled.resize(scores.size());
        for (std::size_t b = 0; b < scores.size(); ++b) {
            pooled[b].first = scores[b].name + suffix;
            pooled[b].second.add(smoothed(scores[b].scores, span));
        }
    }
    json out = json::array();
    for (const auto& [title, scores] : pooled)
        out.push_back({{"name", title}, {"metrics", metricsOf(scores, truth, std::nullopt)}});
    return out;
}

Result<json> evaluateBaselines(const Family& family, const Recordings& recordings,
                               const Recordings& fitOn, std::pair<Index, Index> rescale,
                               const Truth& truth)
{
    std::vector<RowMatrix> rows;
    for (const auto& recording : recordings) {
        auto own = standardisedRows(family, *recording, rescale);
        if (!own)
            return own.error();
        rows.push_back(std::move(*own));
    }
    Baselines fitted = family.baselines;
    if (!fitOn.empty()) {
        std::vector<RowMatrix> parts;
        for (const auto& recording : fitOn) {
            auto part = standardisedRows(family, *recording, rescale);
            if (!part)
                return part.error();
            parts.push_back(std::move(*part));
        }
        auto refitted = fitBaselines(parts, family.autoregression.ridge);
        if (!refitted)
            return refitted.error();
        fitted = std::move(*refitted);
    }
    json out = json::array();
    if (fitted.fitted())
        out = scoreAll(rows, std::vector<const Baselines*>(rows.size(), &fitted),
                       family.smoothingSpan, truth, "");
    if (rescale.first == rescale.second)
        return out;
    // Where every recording brings normal rows of its own, the plain detectors could be fitted
    // to them; the table must not hide that they are better then.
    std::vector<Baselines> own;
    own.reserve(rows.size());
    for (const RowMatrix& part : rows) {
        const Index last = std::min<Index>(rescale.second, part.rows());
        auto one = fitBaselines({part.middleRows(rescale.first, last - rescale.first)});
        if (!one)
            return one.error();
        own.push_back(std::move(*one));
    }
    std::vector<const Baselines*> each;
    each.reserve(own.size());
    for (const Baselines& b : own)
        each.push_back(&b);
    const json more = scoreAll(rows, each, family.smoothingSpan, truth, " (own rows)");
    for (const json& one : more)
        out.push_back(one);
    return out;
}

} // namespace

Result<json> evaluateAnomalies(const Evaluation& e)
{
    for (const auto& recording : e.recordings) {
        if (recording->label(e.labelColumn) == nullptr)
            return Error {"\"" + recording->path + "\" has no column \"" + e.labelColumn
                          + "\" of 0 and 1; name it with --label-column."};
    }
    Truth truth = truthOf(e.recordings, e.labelColumn, e.rows);
    truth.pointAdjusted = e.pointAdjusted ? PointAdjusted::AskedFor : PointAdjusted::LeftOut;
    json document = {{"modes", json::array()}, {"baselines", json::array()}};
    for (const Mode& mode : e.modes) {
        auto one = evaluateMode(e, mode, truth);
        if (!one)
            return one.error();
        document["modes"].push_back(std::move(*one));
    }
    auto baselines = evaluateBaselines(*e.family, e.recordings, e.fitOn, e.scaling(), truth);
    if (!baselines)
        return baselines.error();
    document["baselines"] = std::move(*baselines);
    return document;
}

} // namespace stint::app
