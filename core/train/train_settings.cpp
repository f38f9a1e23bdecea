#include "core/train/train_settings.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

TrainSettings forecasting()
{
    TrainSettings s;
    s.task = ModelTask::Forecast;
    s.width = 32;
    s.norm = Norm::Token;
    s.newest = Newest::Repeated;
    s.lags = 8;
    s.skip = SkipPath::Autoregression;
    s.gated = true;
    s.learningRate = 1e-3;
    s.scoreRate = 3e-3;
    s.batch = 128;
    s.epochs = 16;
    return s;
}

TrainSettings classifying()
{
    TrainSettings s;
    s.task = ModelTask::Classify;
    s.window = 0;
    s.width = 32;
    s.hidden = 256;
    s.norm = Norm::Batch;
    s.newest = Newest::Visible;
    s.pooling = Pooling::Mean;
    s.keep = 0.1;
    s.search = WeightSearch::StraightThrough;
    s.start = WeightStart::RankedScores;
    s.epochs = 80;
    s.patience = 0;
    s.learningRate = 1e-3;
    s.scoreRate = 1e-3;
    s.cosine = false;
    s.batch = 16;
    s.clip = 4.0;
    return s;
}

/// What the SBT paper has in all its tasks.
void usePaperRecipe(TrainSettings& s)
{
    s.positions = Positions::WindowSine;
    s.search = WeightSearch::Scores;
    s.gain = GainKind::Paper;
    s.start = WeightStart::Uniform;
    s.bias = BiasKind::Frozen;
    s.bareFeedForward = true;
    s.floatEnds = false;
    s.keep = 0.5;
    s.hidden = 256;
    s.learningRate = 1e-3;
    s.scoreRate = 1e-3;
    s.cosine = false;
    s.lags = 1;
    s.skip = SkipPath::None;
    s.gated = false;
    switch (s.task) {
    case ModelTask::Anomaly:
        s.newest = Newest::Visible;
        s.norm = Norm::None;
        s.denseNorm = Norm::Time;
        s.batch = 128;
        s.epochs = 50;
        break;
    case ModelTask::Forecast:
        s.newest = Newest::Zeroed;
        s.norm = Norm::Time;
        s.batch = 128;
        s.epochs = 50;
        break;
    case ModelTask::Classify:
        s.norm = Norm::Batch;
        s.batch = 8;
        s.epochs = 200;
        break;
    }
}

std::optional<Error> wrongNumbers(const TrainSettings& s)
{
    if (!(s.keep > 0.0 && s.keep <= 1.0) || !(s.qkvKeep > 0.0 && s.qkvKeep <= 1.0))
        return Error {"The fraction of weights kept must be above 0 and at most 1."};
    if (s.epochs < 1 || s.patience < 0)
        return Error {"The number of epochs must be at least 1."};
    for (const double rate : {s.learningRate, s.scoreRate}) {
        if (!(rate > 0.0) || !std::isfinite(rate))
            return Error {"The learning rate must be a positive number."};
    }
    if (!(s.falseAlarmTarget > 0.0 && s.falseAlarmTarget < 1.0))
        return Error {"The false-alarm target is a fraction of rows between 0 and 1."};
    if (s.batch < 1 || s.batch > 65536 || s.stride < 1 || !(s.clip >= 0.0))
        return Error {
            "The batch and the stride must be at least 1 row, and the clip not negative."};
    if (s.window < 3 && !(s.task == ModelTask::Classify && s.window == 0))
        return Error {"The window must be at least 3 rows."};
    if (s.lags < 1 || s.lags > 256 || s.season < 0)
        return Error {"A token stacks 1 to 256 rows, and a season is not negative."};
    if (s.threads < 0 || s.threads > 256)
        return Error {"The number of threads must be 0 (all cores) to 256."};
    if ((s.rows && s.rows->first >= s.rows->second)
        || (s.rescale && s.rescale->first >= s.rescale->second))
        return Error {"A range of rows A:B needs A smaller than B."};
    return std::nullopt;
}

/// What does not go with the task.
std::optional<Error> contradiction(const TrainSettings& s)
{
    const bool classifies = s.task == ModelTask::Classify;
    if (s.task == ModelTask::Forecast && s.newest == Newest::Visible)
        return Error {"A forecast must not see the row it predicts; use a hidden, repeated or "
                      "zeroed newest row."};
    if (classifies && s.newest != Newest::Visible)
        return Error {"Classification looks at the newest row; use a visible one."};
    if (classifies && (s.skip != SkipPath::None || s.lags != 1 || s.gated))
        return Error {"Classification has no skip path and no stacked rows."};
    if (classifies && s.rescale)
        return Error {"Classification standardises by the training rows; leave --rescale out."};
    return std::nullopt;
}

} // namespace

WeightSearch TrainSettings::usualSearch() const
{
    return keep < 0.5 ? WeightSearch::StraightThrough : WeightSearch::Scores;
}

TrainSettings TrainSettings::forTask(ModelTask task)
{
    switch (task) {
    case ModelTask::Anomaly:
        break;
    case ModelTask::Forecast:
        return forecasting();
    case ModelTask::Classify:
        return classifying();
    }
    return {};
}

Result<TrainSettings> TrainSettings::preset(std::string_view name, ModelTask task)
{
    TrainSettings settings = forTask(task);
    if (name == "recommended")
        return settings;
    if (name != "paper")
        return Error {"\"" + std::string(name)
                      + "\" is not a preset of training; use recommended or paper."};
    usePaperRecipe(settings);
    return settings;
}

std::vector<VariantName> variantsOf(const TrainSettings& settings)
{
    if (!settings.variants.empty())
        return settings.variants;
    std::vector<VariantName> all {{WeightFormat::Dense, AttentionMask::Full},
                                  {WeightFormat::Dense, AttentionMask::StepT}};
    if (settings.task == ModelTask::Classify)
        all.push_back({WeightFormat::SparseBinary, AttentionMask::Full});
    all.push_back({WeightFormat::SparseBinary, AttentionMask::StepT});
    return all;
}

EncoderConfig encoderFor(const TrainSettings& s, Index channels, Index outputs, Index window,
                         VariantName variant)
{
    EncoderConfig c;
    c.inputs = channels * s.lags;
    c.outputs = outputs;
    c.window = window;
    c.heads = s.heads;
    c.width = s.width > 0 ? s.width : std::clamp<Index>(2 * channels, 16, 128);
    if (s.width == 0)
        c.width = (c.width + c.heads - 1) / c.heads * c.heads;
    c.hidden = s.hidden;
    c.layers = s.layers;
    c.attention = variant.attention;
    c.positions = s.positions;
    c.norm = variant.weights == WeightFormat::Dense ? s.denseNorm.value_or(s.norm) : s.norm;
    c.newest = s.newest;
    c.newestSeesItself = s.newestSeesItself;
    c.pooling = s.pooling;
    c.qkvKeep = variant.attention == AttentionMask::FixedMask ? s.qkvKeep : 1.0;
    return c;
}

EncoderRecipe recipeFor(const TrainSettings& s, VariantName variant)
{
    EncoderRecipe recipe;
    recipe.blocks = {.format = variant.weights,
                     .keep = s.keep,
                     .search = s.search.value_or(s.usualSearch()),
                     .gain = s.gain,
                     .bias = s.bias,
                     .gated = false,
                     .start = s.start};
    const bool dense = variant.weights == WeightFormat::Dense;
    if (!recipe.blocks.prunes())
        recipe.blocks.keep = 1.0;
    if (dense)
        recipe.blocks.bias = BiasKind::Trained;
    recipe.bareFeedForward = s.bareFeedForward && !dense;
    if (!s.floatEnds && !dense) {
        recipe.embed = recipe.blocks;
        recipe.head = recipe.blocks;
        // Only query, key, value and output have a bias in the paper.
        if (s.bareFeedForward)
            recipe.embed.bias = recipe.head.bias = BiasKind::None;
    }
    recipe.head.gated = s.gated && recipe.head.format == WeightFormat::Dense;
    return recipe;
}

std::optional<Error> TrainSettings::validate() const
{
    for (const VariantName& v : variants) {
        if (std::count(variants.begin(), variants.end(), v) > 1)
            return Error {"The variant " + toString(v) + " is named more than once."};
    }
    auto wrong = wrongNumbers(*this);
    if (!wrong)
        wrong = contradiction(*this);
    if (wrong)
        return wrong;
    const Index some = std::max<Index>(1, static_cast<Index>(channels.size()));
    const Index outputs = task == ModelTask::Classify ? 2 : some;
    for (const VariantName& variant : variantsOf(*this)) {
        wrong = encoderFor(*this, some, outputs, window > 0 ? window : 8, variant).validate();
        if (wrong)
            return Error {"Variant " + toString(variant) + ": " + wrong->message};
    }
    return std::nullopt;
}

} // namespace stint
