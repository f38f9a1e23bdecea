#include "core/exchange/import_config.h"

#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

namespace stint {

namespace {

using nlohmann::json;
using Problem = std::optional<Error>;

Problem wrongType(const std::string& key, const char* wanted)
{
    return Error {"\"" + key + "\" must be " + wanted};
}

Problem read(const std::string& key, const json& from, std::string& to)
{
    if (!from.is_string())
        return wrongType(key, "text");
    to = from.get<std::string>();
    return std::nullopt;
}

Problem read(const std::string& key, const json& from, bool& to)
{
    if (!from.is_boolean())
        return wrongType(key, "true or false");
    to = from.get<bool>();
    return std::nullopt;
}

Problem read(const std::string& key, const json& from, Index& to)
{
    constexpr std::int64_t largest = 1'000'000;
    if (!from.is_number_integer() || from.get<std::int64_t>() < 1
        || from.get<std::int64_t>() > largest)
        return wrongType(key, "a whole number from 1 to 1000000");
    to = static_cast<Index>(from.get<std::int64_t>());
    return std::nullopt;
}

Problem read(const std::string& key, const json& from, double& to)
{
    if (!from.is_number() || !std::isfinite(from.get<double>()))
        return wrongType(key, "a number");
    to = from.get<double>();
    return std::nullopt;
}

Problem read(const std::string& key, const json& from, std::vector<std::string>& to)
{
    if (!from.is_array())
        return wrongType(key, "a list of names");
    for (const json& name : from) {
        if (auto wrong = read(key, name, to.emplace_back()))
            return wrong;
    }
    return std::nullopt;
}

/// A word of the command line.
template <typename Enum>
Problem readWord(const std::string& key, const json& from, Enum& to,
                 Result<Enum> (*parse)(std::string_view))
{
    std::string word;
    if (auto wrong = read(key, from, word))
        return wrong;
    const Result<Enum> value = parse(word);
    if (!value) {
        std::string why = value.error().message;
        if (!why.empty() && why.back() == '.')
            why.pop_back();
        return Error {"\"" + key + "\": " + why};
    }
    to = *value;
    return std::nullopt;
}

Problem readChannel(const json& from, ImportConfig& config, bool& assumed)
{
    if (!from.is_object())
        return Error {"each of \"channels\" must be an object with a name"};
    FamilyChannel channel;
    double mean = 0.0;
    double scale = 1.0;
    assumed = assumed || !from.contains("mean") || !from.contains("scale");
    for (const auto& [key, value] : from.items()) {
        Problem wrong;
        if (key == "name")
            wrong = read(key, value, channel.name);
        else if (key == "unit")
            wrong = read(key, value, channel.unit);
        else if (key == "mean")
            wrong = read(key, value, mean);
        else if (key == "scale")
            wrong = read(key, value, scale);
        else
            wrong = Error {"a channel has the unknown key \"" + key
                           + "\"; use name, unit, mean and scale"};
        if (wrong)
            return wrong;
    }
    if (channel.name.empty())
        return Error {"every channel needs a name, by which recordings are matched"};
    if (!(scale > 0.0))
        return Error {"the scale of channel \"" + channel.name + "\" must be above zero"};
    for (const FamilyChannel& other : config.channels) {
        if (other.name == channel.name)
            return Error {"channel \"" + channel.name + "\" is named twice"};
    }
    config.channels.push_back(std::move(channel));
    config.standardiser.mean.push_back(mean);
    config.standardiser.scale.push_back(scale);
    return std::nullopt;
}

Problem readChannels(const json& from, ImportConfig& config)
{
    if (!from.is_array() || from.empty())
        return wrongType("channels", "a list with an entry for each input");
    bool assumed = false;
    for (const json& channel : from) {
        if (auto wrong = readChannel(channel, config, assumed))
            return wrong;
    }
    if (assumed)
        config.remarks.emplace_back("Channels without mean and scale are taken as standardised "
                                    "already: values beyond 20 are limited to 20.");
    return std::nullopt;
}

using Reader = std::function<Problem(const std::string& key, const json& value)>;

/// Every key of the document and what reads it.
std::map<std::string, Reader> readersFor(ImportConfig& config)
{
    EncoderConfig& e = config.encoder;
    const auto plain = [](auto& to) -> Reader {
        return [&to](const std::string& key, const json& value) { return read(key, value, to); };
    };
    const auto word = [](auto& to, auto parse) -> Reader {
        return [&to, parse](const std::string& key, const json& value) {
            return readWord(key, value, to, parse);
        };
    };
    return {{"task", word(config.task, &parseModelTask)},
            {"skip", word(config.skip, &parseSkipPath)},
            {"lags", plain(config.lags)},
            {"classes", plain(config.classes)},
            {"whole_series", plain(config.wholeSeries)},
            {"window", plain(e.window)},
            {"heads", plain(e.heads)},
            {"mask", word(e.attention, &parseAttentionMask)},
            {"newest_sees_itself", plain(e.newestSeesItself)},
            {"positions", word(e.positions, &parsePositions)},
            {"norm", word(e.norm, &parseNorm)},
            {"newest", word(e.newest, &parseNewest)},
            {"pooling", word(e.pooling, &parsePooling)},
            {"activation", word(e.activation, &parseActivation)},
            {"scale_embedding", plain(e.scaleEmbedding)},
            {"relu_before_head", plain(e.reluBeforeHead)},
            {"channels",
             [&config](const std::string& /*key*/, const json& value) {
                 return readChannels(value, config);
             }},
            {"prefix",
             [&config](const std::string& key, const json& value) {
                 config.hasPrefix = true;
                 return read(key, value, config.prefix);
             }},
            {"embedding", plain(config.embedding)},
            {"head", plain(config.head)},
            {"query_token", plain(config.queryToken)},
            {"position_table", plain(config.positionTable)},
            {"lag_bias", plain(config.lagBias)}};
}

} // namespace

Result<ImportConfig> parseImportConfig(std::string_view text)
{
    const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!document.is_object())
        return Error {"it is not a JSON object"};
    ImportConfig config;
    // What PyTorch's own encoder does unless something else is said.
    config.encoder.newest = Newest::Visible;
    config.encoder.attention = AttentionMask::Full;
    config.encoder.positions = Positions::None;
    config.encoder.norm = Norm::Token;
    config.encoder.scaleEmbedding = false;
    config.encoder.reluBeforeHead = false;
    const std::map<std::string, Reader> readers = readersFor(config);
    for (const auto& [key, value] : document.items()) {
        const auto reader = readers.find(key);
        if (reader == readers.end()) {
            std::string known;
            for (const auto& [name, unused] : readers) {
                known += known.empty() ? "" : ", ";
                known += name;
            }
            std::string why = "the key \"";
            why += key;
            why += "\" is not known; use some of ";
            why += known;
            return Error {why};
        }
        if (auto wrong = reader->second(key, value))
            return *wrong;
    }
    for (const char* needed : {"window", "heads", "channels"}) {
        if (!document.contains(needed))
            return Error {std::string("\"") + needed + "\" is missing; the tensors do not tell it"};
    }
    const bool classifies = config.task == ModelTask::Classify;
    if (classifies != (config.classes.size() >= 2))
        return Error {classifies ? "\"classes\" must name at least two classes"
                                 : "\"classes\" are for the task classify"};
    if (config.skip == SkipPath::Autoregression || (classifies && config.skip != SkipPath::None))
        return Error {"\"skip\" may be none, or last-value where rows are predicted"};
    if (config.encoder.attention == AttentionMask::FixedMask)
        return Error {"a fixed mask is no part of a state dict; use full, step-t or self-only"};
    return config;
}

} // namespace stint
