#include "core/model/family_config.h"

#include "core/series/recording.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace stint {

namespace {

using nlohmann::json;

constexpr std::size_t mostVariants = 64;
constexpr Index largestOrder = 1024;

json configOf(const EncoderConfig& c)
{
    return {{"inputs", c.inputs},
            {"outputs", c.outputs},
            {"window", c.window},
            {"width", c.width},
            {"heads", c.heads},
            {"hidden", c.hidden},
            {"layers", c.layers},
            {"positions", name(c.positions)},
            {"position_rows", c.positionRows},
            {"norm", name(c.norm)},
            {"newest", name(c.newest)},
            {"newest_sees_itself", c.newestSeesItself},
            {"pooling", name(c.pooling)},
            {"activation", name(c.activation)},
            {"scale_embedding", c.scaleEmbedding},
            {"relu_before_head", c.reluBeforeHead},
            {"qkv_keep", c.qkvKeep}};
}

json thresholdOf(ScoreKind kind, const Threshold& t)
{
    return {{"score", name(kind)},     {"value", t.value},         {"target", t.target},
            {"rows", t.rows},          {"supported", t.supported}, {"remark", t.remark},
            {"quantiles", t.quantiles}};
}

json variantOf(const FamilyVariant& v, ModelTask task)
{
    json thresholds = json::array();
    for (std::size_t i = 0; i < scoreKindCount && task != ModelTask::Classify; ++i) {
        const ScoreKind kind = allScoreKinds.at(i);
        thresholds.push_back(thresholdOf(kind, v.thresholds.at(i)));
    }
    return {{"name", toString(v.name)},
            {"encoder", configOf(v.config)},
            {"keep", v.keep},
            {"error_mean", v.errorMean},
            {"thresholds", thresholds},
            {"epochs", v.epochs},
            {"best_epoch", v.bestEpoch},
            {"train_loss", v.trainLoss},
            {"validation_loss", v.validationLoss},
            {"validation_accuracy", v.validationAccuracy},
            {"embed", name(v.parameters.embed.format)},
            {"head", name(v.parameters.head.format)}};
}

template <typename Enum>
void readEnum(const json& from, const char* key, Enum& to,
              Result<Enum> (*parse)(std::string_view text))
{
    const auto value = parse(from.at(key).get<std::string>());
    if (!value)
        throw json::other_error::create(501, std::string(key) + ": " + value.error().message,
                                        nullptr);
    to = *value;
}

/// Where a key came with a later version of the format, what older files mean.
template <typename T>
T valueOr(const json& from, const char* key, T otherwise)
{
    return from.contains(key) ? from.at(key).get<T>() : otherwise;
}

EncoderConfig readEncoder(const json& from)
{
    EncoderConfig c;
    c.inputs = from.at("inputs").get<Index>();
    c.outputs = from.at("outputs").get<Index>();
    c.window = from.at("window").get<Index>();
    c.width = from.at("width").get<Index>();
    c.heads = from.at("heads").get<Index>();
    c.hidden = from.at("hidden").get<Index>();
    c.layers = from.at("layers").get<Index>();
    readEnum(from, "positions", c.positions, &parsePositions);
    c.positionRows = valueOr<Index>(from, "position_rows", 0);
    readEnum(from, "norm", c.norm, &parseNorm);
    readEnum(from, "newest", c.newest, &parseNewest);
    c.newestSeesItself = valueOr(from, "newest_sees_itself", false);
    if (from.contains("pooling"))
        readEnum(from, "pooling", c.pooling, &parsePooling);
    if (from.contains("activation"))
        readEnum(from, "activation", c.activation, &parseActivation);
    c.qkvKeep = valueOr(from, "qkv_keep", 1.0);
    c.scaleEmbedding = from.at("scale_embedding").get<bool>();
    c.reluBeforeHead = from.at("relu_before_head").get<bool>();
    return c;
}

FamilyVariant readVariant(const json& from)
{
    FamilyVariant v;
    const auto parsed = parseVariantName(from.at("name").get<std::string>());
    if (!parsed)
        throw json::other_error::create(501, parsed.error().message, nullptr);
    v.name = *parsed;
    v.config = readEncoder(from.at("encoder"));
    v.config.attention = v.name.attention;
    v.keep = from.at("keep").get<double>();
    v.errorMean = from.at("error_mean").get<double>();
    for (const json& t : from.at("thresholds")) {
        ScoreKind kind = ScoreKind::Combined;
        readEnum(t, "score", kind, &parseScoreKind);
        v.thresholds[static_cast<std::size_t>(kind)]
            = {.value = t.at("value").get<float>(),
               .target = t.at("target").get<double>(),
               .rows = t.at("rows").get<Index>(),
               .supported = t.at("supported").get<bool>(),
               .remark = t.at("remark").get<std::string>(),
               .quantiles = valueOr(t, "quantiles", NormalQuantiles {}),
               .heldOut = {}}; // a tensor
    }
    v.epochs = from.at("epochs").get<int>();
    v.bestEpoch = from.at("best_epoch").get<int>();
    v.trainLoss = from.at("train_loss").get<double>();
    v.validationLoss = from.at("validation_loss").get<double>();
    v.validationAccuracy = valueOr(from, "validation_accuracy", 0.0);
    if (from.contains("embed"))
        readEnum(from, "embed", v.parameters.embed.format, &parseWeightFormat);
    if (from.contains("head"))
        readEnum(from, "head", v.parameters.head.format, &parseWeightFormat);
    return v;
}

Family readFamily(const json& from)
{
    Family f;
    readEnum(from, "task", f.task, &parseModelTask);
    f.lags = valueOr<Index>(from, "lags", 1);
    if (from.contains("skip"))
        readEnum(from, "skip", f.skip, &parseSkipPath);
    f.classes = valueOr(from, "classes", std::vector<std::string> {});
    f.wholeSeries = valueOr(from, "whole_series", false);
    f.season = valueOr<Index>(from, "season", 0);
    f.packed = valueOr(from, "packed", false);
    for (const json& c : from.at("channels")) {
        f.channels.push_back({c.at("name").get<std::string>(), c.at("unit").get<std::string>()});
        f.standardiser.mean.push_back(c.at("mean").get<double>());
        f.standardiser.scale.push_back(c.at("scale").get<double>());
    }
    f.rescale = {from.at("rescale").at(0).get<Index>(), from.at("rescale").at(1).get<Index>()};
    f.smoothingSpan = from.at("smoothing_span").get<double>();
    const json& linear = from.at("autoregression");
    f.autoregression.order = linear.at("order").get<Index>();
    f.autoregression.ridge = linear.at("ridge").get<double>();
    f.autoregression.onDifferences = valueOr(linear, "on_differences", false);
    f.autoregression.channels = static_cast<Index>(f.channels.size());
    f.autoregressionError = linear.at("error_mean").get<double>();
    const json& baselines = from.at("baselines");
    f.baselines.varianceRows = baselines.at("variance_rows").get<Index>();
    f.baselines.autoregressionError = baselines.at("autoregression_error").get<double>();
    for (const json& v : from.at("variants"))
        f.variants.push_back(readVariant(v));
    const json& training = from.at("training");
    f.training = {.seed = training.at("seed").get<std::uint64_t>(),
                  .recordings = training.at("recordings").get<std::vector<std::string>>(),
                  .trainRows = training.at("train_rows").get<Index>(),
                  .validationRows = training.at("validation_rows").get<Index>(),
                  .calibrationRows = training.at("calibration_rows").get<Index>(),
                  .remarks = training.at("remarks").get<std::vector<std::string>>()};
    return f;
}

bool positive(const std::vector<double>& values)
{
    return std::all_of(values.begin(), values.end(),
                       [](double v) { return std::isfinite(v) && v > 0.0; });
}

/// A variant that could not be run on the rows of its family.
std::optional<Error> misfit(const Family& f, const FamilyVariant& v)
{
    const std::string who = "variant " + toString(v.name);
    const auto wrong = v.config.validate();
    if (wrong)
        return Error {who + ": " + wrong->message};
    const auto channels = static_cast<Index>(f.channels.size());
    const auto classes = static_cast<Index>(f.classes.size());
    const bool classifies = f.task == ModelTask::Classify;
    const bool fits = v.config.inputs == channels * f.lags
        && v.config.outputs == (classifies ? classes : channels) && positive({v.errorMean})
        && (classifies || f.autoregression.order <= v.config.past() + f.lags - 1)
        && (f.task != ModelTask::Forecast || v.config.newest != Newest::Visible)
        && (!classifies || v.config.newest == Newest::Visible);
    if (!fits)
        return Error {who + " does not fit its channels"};
    return std::nullopt;
}

/// What no running detector could live with.
std::optional<Error> contradiction(const Family& f)
{
    const std::size_t channels = f.channels.size();
    if (channels == 0 || channels > 4096)
        return Error {"it has " + std::to_string(channels) + " channels"};
    if (f.variants.empty() || f.variants.size() > mostVariants)
        return Error {"it has " + std::to_string(f.variants.size()) + " variants"};
    if (!positive(f.standardiser.scale) || !positive({f.autoregressionError}))
        return Error {"its scales are not positive numbers"};
    if (!(f.smoothingSpan >= 1.0 && f.smoothingSpan <= 1e5) || f.rescale.first < 0)
        return Error {"its smoothing or its rescaling makes no sense"};
    if (f.lags < 1 || f.lags > 1024 || f.season < 0)
        return Error {"its lags or its season make no sense"};
    if (f.task == ModelTask::Classify) {
        if (f.classes.size() < 2 || f.classes.size() > mostClasses)
            return Error {"it has " + std::to_string(f.classes.size()) + " classes"};
    } else if (f.autoregression.order < 1 || f.autoregression.order > largestOrder
               || f.baselines.varianceRows < 1 || f.baselines.varianceRows > 100'000) {
        return Error {"its autoregression or its baselines make no sense"};
    }
    for (const FamilyVariant& v : f.variants) {
        auto wrong = misfit(f, v);
        if (wrong)
            return wrong;
    }
    return std::nullopt;
}

} // namespace

std::string configText(const Family& f)
{
    json channels = json::array();
    for (std::size_t c = 0; c < f.channels.size(); ++c)
        channels.push_back({{"name", f.channels[c].name},
                            {"unit", f.channels[c].unit},
                            {"mean", f.standardiser.mean[c]},
                            {"scale", f.standardiser.scale[c]}});
    json variants = json::array();
    for (const FamilyVariant& v : f.variants)
        variants.push_back(variantOf(v, f.task));
    const json config = {{"format_version", familyFormatVersion},
                         {"task", name(f.task)},
                         {"lags", f.lags},
                         {"skip", name(f.skip)},
                         {"classes", f.classes},
                         {"whole_series", f.wholeSeries},
                         {"season", f.season},
                         {"packed", f.packed},
                         {"channels", channels},
                         {"rescale", {f.rescale.first, f.rescale.second}},
                         {"smoothing_span", f.smoothingSpan},
                         {"autoregression",
                          {{"order", f.autoregression.order},
                           {"ridge", f.autoregression.ridge},
                           {"on_differences", f.autoregression.onDifferences},
                           {"error_mean", f.autoregressionError}}},
                         {"baselines",
                          {{"variance_rows", f.baselines.varianceRows},
                           {"autoregression_error", f.baselines.autoregressionError}}},
                         {"variants", variants},
                         {"training",
                          {{"seed", f.training.seed},
                           {"recordings", f.training.recordings},
                           {"train_rows", f.training.trainRows},
                           {"validation_rows", f.training.validationRows},
                           {"calibration_rows", f.training.calibrationRows},
                           {"remarks", f.training.remarks}}}};
    return config.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Family> parseConfig(const std::string& text)
{
    // The library reports a missing key or a wrong type by throwing; this is the only place where
    // it is called on text from outside.
    try {
        const json parsed = json::parse(text);
        const auto version = parsed.at("format_version").get<std::int64_t>();
        if (version > familyFormatVersion)
            return Error {"it was written by a newer version of this program (format "
                          + std::to_string(version) + ", this one reads up to "
                          + std::to_string(familyFormatVersion) + ")"};
        if (version < 1)
            return Error {"its format version " + std::to_string(version) + " does not exist"};
        Family family = readFamily(parsed);
        const auto wrong = contradiction(family);
        if (wrong)
            return *wrong;
        return family;
    } catch (const json::exception& e) {
        return Error {std::string("its configuration cannot be read: ") + e.what()};
    }
}

} // namespace stint
