#include "tests/support/golden.h"

#include "tests/support/fixtures.h"

#include <cmath>
#include <map>

namespace stint::test {

namespace {

using nlohmann::json;

std::vector<double> vectorOf(const json& values) { return values.get<std::vector<double>>(); }

EncoderConfig configOf(const json& from)
{
    const auto index = [&from](const char* key) { return from.at(key).get<Index>(); };
    const auto word = [&from](const char* key) { return from.at(key).get<std::string>(); };
    EncoderConfig c;
    c.inputs = index("inputs");
    c.outputs = index("outputs");
    c.window = index("window");
    c.width = index("width");
    c.heads = index("heads");
    c.hidden = index("hidden");
    c.layers = index("layers");
    c.attention = parseAttentionMask(word("attention")).value();
    c.positions = parsePositions(word("positions")).value();
    c.norm = parseNorm(word("norm")).value();
    c.newest = parseNewest(word("newest")).value();
    c.newestSeesItself = from.at("newest_sees_itself").get<bool>();
    c.pooling = parsePooling(word("pooling")).value();
    c.activation = parseActivation(word("activation")).value();
    c.scaleEmbedding = from.at("scale_embedding").get<bool>();
    c.reluBeforeHead = from.at("relu_before_head").get<bool>();
    c.qkvKeep = from.at("qkv_keep").get<double>();
    return c;
}

LinearParameters<double> linearOf(const json& from)
{
    LinearParameters<double> p;
    p.format = parseWeightFormat(from.at("format").get<std::string>()).value();
    p.weight = matrixOf(from.contains("stored") ? from.at("stored") : from.at("weight"));
    if (from.contains("gain"))
        p.gain = vectorOf(from.at("gain"));
    if (from.contains("bias"))
        p.bias = vectorOf(from.at("bias"));
    return p;
}

/// \param after running statistics at the end of a training step, or null.
NormParameters<double> normOf(const json& from, const json& after)
{
    NormParameters<double> p {vectorOf(from.at("gain")), vectorOf(from.at("bias"))};
    if (!from.contains("running_mean"))
        return p;
    const auto mean = vectorOf(after.is_null() ? from.at("running_mean") : after.at("mean"));
    const auto variance
        = vectorOf(after.is_null() ? from.at("running_variance") : after.at("variance"));
    for (std::size_t i = 0; i < mean.size(); ++i) {
        p.gain[i] /= std::sqrt(variance[i] + 1e-5);
        p.bias[i] -= mean[i] * p.gain[i];
    }
    return p;
}

EncoderParameters<double> parametersOf(const json& from, const EncoderConfig& config)
{
    EncoderParameters<double> p;
    p.blocks.resize(static_cast<std::size_t>(config.layers));
    forEachLinear(p, [&from](const std::string& name, LinearParameters<double>& linear) {
        linear = linearOf(from.at("layers").at(name));
    });
    if (from.contains("norms")) {
        const json after = from.value("running_after", json::object());
        forEachNorm(p, [&](const std::string& name, NormParameters<double>& norm) {
            norm = normOf(from.at("norms").at(name), after.value(name, json()));
        });
    }
    const auto matrix = [&from](const char* key) {
        return from.contains(key) ? matrixOf(from.at(key)) : Matrix<double> {};
    };
    p.positions = matrix("positions");
    p.lagBias = matrix("lag_bias");
    if (from.contains("query_token"))
        p.queryToken = vectorOf(from.at("query_token"));
    if (from.contains("masks")) {
        const json& masks = from.at("masks");
        p.masks
            = {matrixOf(masks.at("query")), matrixOf(masks.at("key")), matrixOf(masks.at("value"))};
    }
    return p;
}

GoldenCase caseOf(const json& from)
{
    GoldenCase one;
    one.name = from.at("name").get<std::string>();
    one.config = configOf(from.at("config"));
    one.parameters = parametersOf(from, one.config);
    for (const json& w : from.value("windows", json::array())) {
        const auto trained = vectorOf(w.at("answer"));
        one.windows.push_back(
            {w.at("row").get<Index>(), matrixOf(w.at("x")),
             w.contains("answer_after") ? vectorOf(w.at("answer_after")) : trained, trained,
             vectorOf(w.at("weight"))});
    }
    if (from.contains("x")) {
        one.stream = matrixOf(from.at("x"));
        one.streamAnswers = matrixOf(from.at("answers"));
    }
    one.document = from;
    return one;
}

} // namespace

const std::vector<GoldenCase>& goldenCases(const std::string& group)
{
    static std::map<std::string, std::vector<GoldenCase>> known;
    const auto [at, isNew] = known.try_emplace(group);
    if (isNew) {
        const json file = readJson(STINT_GOLDEN_DIR "/" + group + ".json");
        if (!file.is_object())
            return at->second;
        for (const json& one : file.value("cases", json::array()))
            at->second.push_back(caseOf(one));
    }
    return at->second;
}

} // namespace stint::test
