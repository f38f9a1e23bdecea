#include "app/commands/train_options.h"

namespace stint::app {

namespace {

template <typename T>
void take(const std::optional<T>& given, T& to)
{
    if (given)
        to = *given;
}

/// Takes a word by its parser; remembers the first one that is not known.
template <typename Enum, typename To>
void takeWord(const std::optional<std::string>& given, Result<Enum> (*parse)(std::string_view),
              To& to, std::optional<Error>& wrong)
{
    if (!given || wrong)
        return;
    const Result<Enum> value = parse(*given);
    if (value)
        to = *value;
    else
        wrong = value.error();
}

std::optional<Error> takeWords(const TrainOptions& o, TrainSettings& s)
{
    std::optional<Error> wrong;
    takeWord(o.positions, &parsePositions, s.positions, wrong);
    takeWord(o.norm, &parseNorm, s.norm, wrong);
    if (o.norm)
        s.denseNorm.reset();
    takeWord(o.newest, &parseNewest, s.newest, wrong);
    takeWord(o.pooling, &parsePooling, s.pooling, wrong);
    takeWord(o.skip, &parseSkipPath, s.skip, wrong);
    takeWord(o.search, &parseWeightSearch, s.search, wrong);
    takeWord(o.gain, &parseGainKind, s.gain, wrong);
    takeWord(o.start, &parseWeightStart, s.start, wrong);
    takeWord(o.thresholdRule, &parseThresholdRule, s.thresholdRule, wrong);
    return wrong;
}

void takeNumbers(const TrainOptions& o, TrainSettings& s)
{
    take(o.window, s.window);
    take(o.layers, s.layers);
    take(o.heads, s.heads);
    take(o.width, s.width);
    take(o.hidden, s.hidden);
    take(o.lags, s.lags);
    take(o.season, s.season);
    take(o.batch, s.batch);
    take(o.stride, s.stride);
    take(o.keep, s.keep);
    take(o.qkvKeep, s.qkvKeep);
    // Scores follow the rate of the weights unless they are given one of their own.
    if (o.learningRate)
        s.scoreRate *= *o.learningRate / s.learningRate;
    take(o.learningRate, s.learningRate);
    take(o.scoreRate, s.scoreRate);
    take(o.clip, s.clip);
    take(o.falseAlarms, s.falseAlarmTarget);
    take(o.epochs, s.epochs);
    take(o.patience, s.patience);
    take(o.threads, s.threads);
    take(o.seed, s.seed);
}

} // namespace

Result<TrainSettings> settingsOf(const TrainOptions& o)
{
    const auto task = parseModelTask(o.task);
    if (!task)
        return task.error();
    auto settings = TrainSettings::preset(o.preset, *task);
    if (!settings)
        return settings;
    for (const std::string& text : o.variants) {
        const auto variant = parseVariantName(text);
        if (!variant)
            return variant.error();
        settings->variants.push_back(*variant);
    }
    const auto rows = parseRows(o.rows);
    if (!rows)
        return rows.error();
    settings->rows = *rows;
    const auto rescale = parseRows(o.rescale);
    if (!rescale)
        return rescale.error();
    settings->rescale = *rescale;
    settings->channels = o.channels;
    if (!o.labelColumns.empty())
        settings->labelColumn = o.labelColumns.front();
    takeNumbers(o, *settings);
    if (auto wrong = takeWords(o, *settings))
        return std::move(*wrong);
    settings->floatEnds = settings->floatEnds && !o.binaryEnds;
    settings->packed = o.packed;
    settings->baselines = !o.noBaselines;
    settings->cosine = settings->cosine && !o.constantRate;
    settings->gated = settings->gated && !o.ungated;
    if (auto wrong = settings->validate())
        return std::move(*wrong);
    return settings;
}

} // namespace stint::app
