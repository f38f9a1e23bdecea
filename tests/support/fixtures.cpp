#include "tests/support/fixtures.h"

#include <fstream>

namespace stint::test {

using nlohmann::json;

json readJson(const std::string& path)
{
    std::ifstream in(path);
    return json::parse(in, nullptr, /*allow_exceptions=*/false);
}

Matrix<double> matrixOf(const json& rows)
{
    Matrix<double> m(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
    for (Index r = 0; r < m.rows(); ++r) {
        for (Index c = 0; c < m.cols(); ++c)
            m(r, c) = rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)].get<double>();
    }
    return m;
}

EncoderConfig fixtureConfig(const json& model)
{
    const json& cfg = model.at("cfg");
    const auto index = [&cfg](const char* key) { return cfg.at(key).get<Index>(); };
    EncoderConfig config;
    config.inputs = index("nin");
    config.outputs = index("nout");
    config.window = index("win");
    config.width = index("d");
    config.heads = index("heads");
    config.hidden = index("ff");
    config.layers = index("layers");
    config.attention = cfg.at("attn") == "stept" ? AttentionMask::StepT : AttentionMask::Full;
    config.positions = cfg.at("pe") == "sin" ? Positions::WindowSine
        : cfg.at("pe") == "recycle"          ? Positions::Recycling
                                             : Positions::None;
    config.norm = cfg.at("norm") == "ln" ? Norm::Token : Norm::None;
    config.newest = Newest::Visible;
    config.scaleEmbedding = cfg.at("pe_scale").get<bool>();
    return config;
}

EncoderParameters<double> fixtureParameters(const json& model)
{
    const json& params = model.at("params");
    const auto vector = [&params](const std::string& name) {
        return params.contains(name) ? params.at(name).get<std::vector<double>>()
                                     : std::vector<double> {};
    };
    const auto linear = [&model, &vector](const std::string& name) {
        LinearParameters<double> l;
        l.weight = matrixOf(model.at("eff").at(name));
        l.bias = vector(name + ".bias");
        return l;
    };
    EncoderParameters<double> p;
    p.embed = linear("emb");
    p.head = linear("dec");
    if (params.contains("pe"))
        p.positions = matrixOf(params.at("pe"));
    for (int l = 0; l < model.at("cfg").at("layers").get<int>(); ++l) {
        const std::string b = "blocks." + std::to_string(l) + ".";
        p.blocks.push_back({.query = linear(b + "q"),
                            .key = linear(b + "k"),
                            .value = linear(b + "v"),
                            .output = linear(b + "o"),
                            .expand = linear(b + "f1"),
                            .contract = linear(b + "f2"),
                            .attentionNorm = {vector(b + "n1.weight"), vector(b + "n1.bias")},
                            .feedForwardNorm = {vector(b + "n2.weight"), vector(b + "n2.bias")}});
    }
    return p;
}

} // namespace stint::test
