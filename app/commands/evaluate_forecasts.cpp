#include "app/commands/evaluation.h"
#include "core/compare/forecast_baselines.h"
#include "core/compare/forecast_metrics.h"
#include "core/model/channel_columns.h"

#include <algorithm>
#include <limits>

namespace stint::app {

namespace {

using nlohmann::json;

json metricsOf(const Family& family, const ForecastErrors& errors)
{
    const ForecastMetrics m = errors.metrics();
    json channels = json::array();
    for (std::size_t c = 0; c < family.channels.size(); ++c)
        channels.push_back({{"name", family.channels[c].name},
                            {"mse", numberOrNull(m.channelMse(static_cast<Index>(c)))},
                            {"mae", numberOrNull(m.channelMae(static_cast<Index>(c)))}});
    return {{"mse", numberOrNull(m.mse)},
            {"mae", numberOrNull(m.mae)},
            {"rows", m.rows},
            {"rows_without_answer", m.unanswered},
            {"channels", channels}};
}

/// Rows of a recording that are judged: those asked for that have a whole window before them.
std::pair<Index, Index> judged(const Evaluation& e, Index rows)
{
    Index lead = e.family->autoregression.order;
    for (const FamilyVariant& v : e.family->variants)
        lead = std::max(lead, v.config.past() + e.family->lags - 1);
    const Index first = std::max(lead, e.rows ? e.rows->first : 0);
    return {std::min(first, rows), e.rows ? std::min(e.rows->second, rows) : rows};
}

/// The forecasts of one mode for one recording, standardised; NaN where there is none.
Result<RowMatrix> forecastBy(const Evaluation& e, const Mode& mode, std::size_t recording,
                             RunTotals& run)
{
    const Recording& from = *e.recordings[recording];
    const auto columns = columnsFor(*e.family, from);
    if (!columns)
        return columns.error();
    const auto standardiser = standardiserFor(*e.family, *columns, e.scaling());
    if (!standardiser)
        return standardiser.error();
    PlayerOptions options = e.playerOptions(mode);
    options.keepForecast = true;
    auto player = Player::create(e.recordings[recording], e.family, options);
    if (!player)
        return player.error();
    const Index channels = standardiser->channels();
    RowMatrix forecast(from.rows(), channels);
    ResultBlock block;
    while ((*player)->advance(options.maxBlock, block) > 0) {
        if (interruption().stop_requested())
            return Error {"interrupted"};
        run.add(block);
        for (Index r = 0; r < block.rows; ++r) {
            for (Index c = 0; c < channels; ++c) {
                const auto at = static_cast<std::size_t>(c);
                const auto value = static_cast<double>(
                    block.forecast[static_cast<std::size_t>(r * channels + c)]);
                forecast(block.firstRow + r, c)
                    = (value - standardiser->mean[at]) / standardiser->scale[at];
            }
        }
    }
    run.finish(block);
    return forecast;
}

Result<json> baselinesOf(const Evaluation& e, const std::vector<RowMatrix>& actual)
{
    ForecastBaselines baselines {e.family->season, e.family->autoregression};
    if (!e.fitOn.empty()) {
        std::vector<RowMatrix> parts;
        for (const auto& recording : e.fitOn) {
            auto part = standardisedRows(*e.family, *recording, e.scaling());
            if (!part)
                return part.error();
            parts.push_back(std::move(*part));
        }
        auto fitted = fitForecastBaselines(parts, e.family->season);
        if (!fitted)
            return fitted.error();
        baselines = std::move(*fitted);
    }
    std::vector<std::pair<std::string, ForecastErrors>> all;
    for (const RowMatrix& rows : actual) {
        const auto forecasts = forecastByBaselines(baselines, rows);
        const auto [first, last] = judged(e, rows.rows());
        for (std::size_t b = 0; b < forecasts.size(); ++b) {
            if (b == all.size())
                all.emplace_back(forecasts[b].name, ForecastErrors(rows.cols()));
            all[b].second.add(forecasts[b].forecast, rows, first, last);
        }
    }
    json out = json::array();
    for (const auto& [title, errors] : all)
        out.push_back({{"name", title}, {"metrics", metricsOf(*e.family, errors)}});
    return out;
}

} // namespace

Result<json> evaluateForecasts(const Evaluation& e)
{
    std::vector<RowMatrix> actual;
    for (const auto& recording : e.recordings) {
        auto rows = standardisedRows(*e.family, *recording, e.scaling());
        if (!rows)
            return rows.error();
        actual.push_back(std::move(*rows));
    }
    json document = {{"modes", json::array()}};
    for (const Mode& mode : e.modes) {
        ForecastErrors errors(static_cast<Index>(e.family->channels.size()));
        RunTotals run;
        for (std::size_t i = 0; i < actual.size(); ++i) {
            const auto forecast = forecastBy(e, mode, i, run);
            if (!forecast)
                return forecast.error();
            const auto [first, last] = judged(e, actual[i].rows());
            errors.add(*forecast, actual[i], first, last);
        }
        json one = costsOf(*e.family, mode, run);
        one["metrics"] = metricsOf(*e.family, errors);
        one["parts"] = json::array();
        document["modes"].push_back(std::move(one));
    }
    auto baselines = baselinesOf(e, actual);
    if (!baselines)
        return baselines.error();
    document["baselines"] = std::move(*baselines);
    return document;
}

} // namespace stint::app
