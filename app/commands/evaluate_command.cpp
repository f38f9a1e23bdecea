#include "app/commands/evaluate_command.h"

#include "core/cost/storage.h"
#include "core/detect/metrics.h"
#include "core/detect/smoothing.h"
#include "core/model/channel_columns.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

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
};

json numberOrNull(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

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
    const AnomalyMetrics m = anomalyMetrics(values, labels, starts);
    json out = {{"auc_roc", numberOrNull(m.rocAuc)},
                {"auc_pr", numberOrNull(m.prAuc)},
                {"vus_pr", numberOrNull(m.vusPr)},
                {"best_f1", numberOrNull(m.bestF1)},
                {"event_recall_at_1pct", numberOrNull(m.eventRecallAt1Pct)},
                {"rows", values.size()},
                {"rows_without_answer", unanswered}};
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
Result<json> evaluateMode(const std::shared_ptr<const Family>& family, const Recordings& recordings,
                          const PlayerOptions& options, const Truth& truth)
{
    Pooled combined;
    Pooled encoder;
    Pooled linear;
    Tally tally;
    double seconds = 0.0;
    std::size_t rows = 0;
    ResultBlock block;
    for (const auto& recording : recordings) {
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
            seconds += block.seconds;
            rows += static_cast<std::size_t>(block.rows);
        }
        combined.add(own);
        encoder.add(ownEncoder);
        linear.add(ownLinear);
        tally.steps += block.tally.steps;
        tally.counted += block.tally.counted;
        tally.perStep = block.tally.perStep;
    }
    const FamilyVariant& variant = *family->find(options.mode.variant());
    const auto thresholdOf = [&variant](ScoreKind kind) {
        return static_cast<double>(variant.thresholds[static_cast<std::size_t>(kind)].value);
    };
    const std::uint64_t steps = std::max<std::uint64_t>(tally.steps, 1);
    return json {
        {"weights", name(options.mode.weights)},
        {"attention", name(options.mode.attention)},
        {"inference", name(options.mode.inference)},
        {"flops_per_step", tally.counted.total().operations / steps},
        {"executed_per_step", tally.counted.total().executed / steps},
        {"dense_flops_per_step", tally.perStep.denseWindow},
        {"bits", storedBits(variant.parameters)},
        {"us_per_step", 1e6 * seconds / static_cast<double>(std::max<std::size_t>(rows, 1))},
        {"metrics", metricsOf(combined, truth, thresholdOf(ScoreKind::Combined))},
        {"parts",
         {{{"name", "encoder"},
           {"metrics", metricsOf(encoder, truth, thresholdOf(ScoreKind::Encoder))}},
          {{"name", "autoregression"},
           {"metrics", metricsOf(linear, truth, thresholdOf(ScoreKind::Autoregression))}}}}};
}

/// The standardised values of a recording, in double.
Result<RowMatrix> standardisedRows(const Family& family, const Recording& recording,
                                   std::pair<Index, Index> rescale)
{
    const auto columns = columnsFor(family, recording);
    if (!columns)
        return columns.error();
    const auto standardiser = standardiserFor(family, *columns, rescale);
    if (!standardiser)
        return standardiser.error();
    HoldLast hold(*standardiser);
    Matrix<float> z(recording.rows(), hold.channels());
    std::vector<unsigned char> held(static_cast<std::size_t>(recording.rows()));
    hold.convert(*columns, 0, recording.rows(), z.row(0), z.stride(), held.data());
    RowMatrix rows(z.rows(), z.cols());
    for (Index r = 0; r < z.rows(); ++r) {
        for (Index c = 0; c < z.cols(); ++c)
            rows(r, c) = static_cast<double>(z(r, c));
    }
    return rows;
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
    json out = scoreAll(rows, std::vector<const Baselines*>(rows.size(), &fitted),
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

void printTable(const json& document)
{
    const auto line = [](const std::string& title, const json& m) {
        const auto number = [&m](const char* key) {
            return m.contains(key) && m[key].is_number() ? m[key].get<double>() : std::nan("");
        };
        std::printf("%-40s %7.3f %7.3f %7.3f %7.3f %7.3f %9.3f\n", title.c_str(), number("auc_roc"),
                    number("auc_pr"), number("vus_pr"), number("best_f1"),
                    number("event_recall_at_1pct"), number("f1_at_threshold"));
    };
    std::printf("%-40s %7s %7s %7s %7s %7s %9s\n", "", "ROC", "PR", "VUS-PR", "best F1", "recall*",
                "F1 at thr");
    for (const json& mode : document["modes"]) {
        const std::string title = mode["weights"].get<std::string>() + "/"
            + mode["attention"].get<std::string>() + "/" + mode["inference"].get<std::string>();
        line(title, mode["metrics"]);
        for (const json& part : mode["parts"])
            line("  " + part["name"].get<std::string>() + " alone", part["metrics"]);
    }
    for (const json& baseline : document["baselines"])
        line(baseline["name"].get<std::string>(), baseline["metrics"]);
    std::printf("* of labelled events, at 1 %% false alarms\n");
}

Result<Recordings> readAll(const std::vector<std::string>& paths,
                           const std::vector<std::string>& labels, const CommonOptions& common)
{
    Recordings recordings;
    for (const std::string& path : paths) {
        auto recording = readForCommand(path, labels, common);
        if (!recording)
            return recording.error();
        recordings.push_back(std::move(*recording));
    }
    return recordings;
}

Result<std::vector<Mode>> chosenModes(const Family& family, const std::vector<std::string>& texts)
{
    std::vector<Mode> modes;
    for (const std::string& text : texts) {
        ModeOptions options;
        options.mode = text;
        const auto mode = chosenMode(family, options);
        if (!mode)
            return mode.error();
        modes.push_back(*mode);
    }
    for (const ModeStatus& status : family.modes()) {
        if (texts.empty() && status.offered)
            modes.push_back(status.mode);
    }
    return modes;
}

} // namespace

int runEvaluate(const EvaluateOptions& options, const CommonOptions& common)
{
    const auto family = loadFamily(options.model);
    if (!family)
        return fail(family.error());
    const auto recordings = readAll(options.recordings, {options.labelColumn}, common);
    if (!recordings)
        return fail(recordings.error());
    for (const auto& recording : *recordings) {
        if (recording->label(options.labelColumn) == nullptr)
            return fail("\"" + recording->path + "\" has no column \"" + options.labelColumn
                        + "\" of 0 and 1; name it with --label-column.");
    }
    const auto fitOn = readAll(options.fit, {options.labelColumn}, common);
    const auto rows = parseRows(options.rows);
    const auto rescale = parseRows(options.rescale);
    const auto modes = chosenModes(**family, options.modes);
    if (!fitOn)
        return fail(fitOn.error());
    if (!rows || !rescale || !modes) {
        fail(!rows ? rows.error() : !rescale ? rescale.error() : modes.error());
        return exitUsage;
    }
    const Truth truth = truthOf(*recordings, options.labelColumn, *rows);
    const std::pair<Index, Index> scaling = *rescale ? **rescale : (*family)->rescale;

    json document = {{"modes", json::array()}, {"baselines", json::array()}};
    for (const Mode& mode : *modes) {
        PlayerOptions player;
        player.mode = mode;
        if (*rescale)
            player.rescale = RowRange {(*rescale)->first, (*rescale)->second};
        auto one = evaluateMode(*family, *recordings, player, truth);
        if (!one)
            return fail(one.error());
        document["modes"].push_back(std::move(*one));
    }
    auto baselines = evaluateBaselines(**family, *recordings, *fitOn, scaling, truth);
    if (!baselines)
        return fail(baselines.error());
    document["baselines"] = std::move(*baselines);
    if (common.json)
        print(document);
    else
        printTable(document);
    return exitDone;
}

} // namespace stint::app
