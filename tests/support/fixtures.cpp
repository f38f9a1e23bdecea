#include "tests/support/fixtures.h"

#include <algorithm>
#include <cmath>
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
    config.attention = cfg.at("qkv_keep") < 1.0 ? AttentionMask::FixedMask
        : cfg.at("attn") == "stept"             ? AttentionMask::StepT
        : cfg.at("attn") == "self"              ? AttentionMask::SelfOnly
                                                : AttentionMask::Full;
    config.qkvKeep = cfg.at("qkv_keep").get<double>();
    config.newestSeesItself = cfg.at("causal_self").get<bool>();
    config.positions = cfg.at("pe") == "sin" ? Positions::WindowSine
        : cfg.at("pe") == "recycle"          ? Positions::Recycling
                                             : Positions::None;
    config.norm = cfg.at("norm") == "ln" ? Norm::Token
        : cfg.at("norm") == "bn"         ? Norm::Batch
        : cfg.at("norm") == "lntime"     ? Norm::Time
                                         : Norm::None;
    config.pooling = cfg.at("task") == "cls" ? Pooling::Mean : Pooling::Newest;
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
    // A batch norm is stored with its running statistics, which become part of gain and bias.
    const auto norm = [&vector](const std::string& name) {
        const std::string inner = vector(name + ".n.weight").empty() ? name : name + ".n";
        NormParameters<double> n {vector(inner + ".weight"), vector(inner + ".bias")};
        const std::vector<double> mean = vector(inner + ".running_mean");
        const std::vector<double> variance = vector(inner + ".running_var");
        for (std::size_t i = 0; i < mean.size(); ++i) {
            n.gain[i] /= std::sqrt(variance[i] + 1e-5);
            n.bias[i] -= mean[i] * n.gain[i];
        }
        return n;
    };
    EncoderParameters<double> p;
    const auto appendMask = [&params](Matrix<double>& to, const std::string& name) {
        if (!params.contains(name))
            return;
        const Matrix<double> block = matrixOf(params.at(name));
        const Matrix<double> before = to;
        to.resize(before.rows() + block.rows(), block.cols());
        std::copy(before.row(0), before.row(before.rows()), to.row(0));
        std::copy(block.row(0), block.row(block.rows()), to.row(before.rows()));
    };
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
                            .attentionNorm = norm(b + "n1"),
                            .feedForwardNorm = norm(b + "n2")});
        appendMask(p.masks.query, b + "mq");
        appendMask(p.masks.key, b + "mk");
        appendMask(p.masks.value, b + "mv");
    }
    return p;
}

} // namespace stint::test
