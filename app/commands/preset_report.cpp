#include "app/commands/preset_report.h"

#include "app/commands/storage_json.h"
#include "core/cost/closed_forms.h"
#include "core/cost/continual_paper_rules.h"
#include "core/cost/sbt_paper_rules.h"
#include "core/cost/state_floats.h"
#include "core/presets/drawn_parameters.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

namespace stint::app {

namespace {

using nlohmann::json;

/// A variant with what does not depend on the inference.
struct Measured {
    const PresetVariant& variant;
    StorageReport storage;
    std::uint64_t parameters = 0;
};

Measured measured(const PresetVariant& variant)
{
    const EncoderParameters<float> drawn = drawnParameters(variant, 1);
    return {variant, storageReport(variant.config, drawn), parameterCount(variant.config, drawn)};
}

const char* title(Paper paper)
{
    return paper == Paper::SparseBinary ? "Sparse Binary Transformers" : "Continual Transformers";
}

/// The rules that a paper's published figures follow.
CostRules rulesOf(Paper paper)
{
    return paper == Paper::SparseBinary ? CostRules::SbtPaper : CostRules::ContinualPaper;
}

json variantOf(const Measured& m)
{
    const EncoderConfig& c = m.variant.config;
    return {{"name", toString(VariantName {m.variant.weights, c.attention})},
            {"keep", m.variant.keep},
            {"parameters", m.parameters},
            {"inputs", c.inputs},
            {"outputs", c.outputs},
            {"window", c.window},
            {"width", c.width},
            {"heads", c.heads},
            {"hidden", c.hidden},
            {"layers", c.layers},
            {"positions", name(c.positions)},
            {"norm", name(c.norm)},
            {"newest", name(c.newest)},
            {"pooling", name(c.pooling)},
            {"fixed_mask_keep", c.qkvKeep}};
}

json emptyMode(const Measured& m, Inference inference)
{
    json mode {
        {"weights", name(m.variant.weights)}, {"attention", name(m.variant.config.attention)},
        {"inference", name(inference)},       {"keep", m.variant.keep},
        {"parameters", m.parameters},         {"parts", json::array()}};
    for (const PublishedCosts& p : m.variant.published) {
        if (p.inference != inference)
            continue;
        json published {{"flops_per_step", p.flops}, {"rounded_to", p.flopsRoundedTo}};
        if (p.parameters > 0)
            published["parameters"] = p.parameters;
        if (p.bits > 0)
            published["bits"] = p.bits;
        mode["published"] = published;
    }
    return mode;
}

void addPart(json& mode, Part part, std::uint64_t flops, const StorageReport& storage)
{
    mode["parts"].push_back(
        {{"name", name(part)}, {"flops", flops}, {"bits", bitsOfPart(storage, part)}});
}

void setFlops(json& mode, std::uint64_t flops, std::uint64_t denseWindow)
{
    mode["flops_per_step"] = flops;
    mode["ratio_to_dense_window"] = static_cast<double>(denseWindow) / static_cast<double>(flops);
}

json operationsOf(const Measured& m, Inference inference)
{
    const EncoderConfig& c = m.variant.config;
    const AnswerOperations all
        = inference == Inference::Window ? windowOperations(c) : continualOperations(c);
    const bool pruned = m.variant.weights == WeightFormat::Sparse
        || m.variant.weights == WeightFormat::SparseBinary;
    const AnswerOperations kept
        = pruned ? keptParts(all, KeptFractions::everywhere(m.variant.keep)) : all;
    json mode = emptyMode(m, inference);
    const Denominators dense = denominators(c);
    setFlops(mode, kept.total(), dense.denseWindow);
    mode["dense_window"] = dense.denseWindow;
    mode["dense_window_newest"] = dense.denseWindowNewest;
    mode["dense_step_t_window"] = dense.denseStepTWindow;
    mode["state_floats"] = stateFloats(c, inference);
    if (inference == Inference::Continual)
        mode["form"] = continualName(c);
    addStorage(mode, m.storage);
    addPart(mode, Part::Embedding, kept.embedding, m.storage);
    addPart(mode, Part::Projection, kept.projection, m.storage);
    addPart(mode, Part::Attention, kept.attention, m.storage);
    addPart(mode, Part::Output, kept.output, m.storage);
    addPart(mode, Part::FeedForward, kept.feedForward, m.storage);
    addPart(mode, Part::Head, kept.head, m.storage);
    return mode;
}

/// The paper compares with the preset's dense model, whose norm may be another.
json sbtPaperOf(const Measured& m, const Preset& preset)
{
    const EncoderConfig& c = m.variant.config;
    const bool dense = m.variant.weights == WeightFormat::Dense;
    const SbtPaperCosts costs = dense ? sbtPaperDense(c) : sbtPaperSparse(c, m.variant.keep);
    json mode = emptyMode(m, Inference::Window);
    setFlops(mode, costs.flops, sbtPaperDense(preset.variants.front().config).flops);
    mode["parameters"] = costs.parameters;
    mode["bits"] = costs.bits;
    mode["state_floats"] = stateFloats(c, Inference::Window);
    return mode;
}

json continualPaperOf(const Measured& m, Inference inference)
{
    const EncoderConfig& c = m.variant.config;
    const std::uint64_t regular = continualPaperRegularFlops(c);
    const bool window = inference == Inference::Window;
    json mode = emptyMode(m, inference);
    setFlops(mode, window ? regular : continualPaperFlops(c), regular);
    mode["bits"] = 32 * m.parameters;
    mode["state_floats"]
        = window ? stateFloats(c, Inference::Window) : continualPaperStateFloats(c);
    return mode;
}

/// Why the rules have no figure for a mode, or nothing.
std::optional<std::string> refusal(const Preset& preset, const PresetVariant& variant,
                                   Inference inference, CostRules rules)
{
    const bool continual = inference == Inference::Continual;
    const bool dense = variant.weights == WeightFormat::Dense;
    const AttentionMask attention = variant.config.attention;
    if (rules == CostRules::SbtPaper) {
        if (continual)
            return "The Sparse Binary Transformers paper counts whole windows only.";
        if (dense && attention != AttentionMask::Full)
            return "The Sparse Binary Transformers paper counts dense models with full attention "
                   "only.";
        return std::nullopt;
    }
    if (rules == CostRules::ContinualPaper) {
        if (!dense || attention != AttentionMask::Full)
            return "The Continual Transformers paper counts dense models with full attention only.";
        // Its own models stream as they are published.
        if (preset.paper == Paper::Continual)
            return std::nullopt;
    }
    return continual ? continualRefusal(variant.config) : std::nullopt;
}

json modeOf(const Preset& preset, const Measured& m, Inference inference, CostRules rules)
{
    switch (rules) {
    case CostRules::SbtPaper:
        return sbtPaperOf(m, preset);
    case CostRules::ContinualPaper:
        return continualPaperOf(m, inference);
    case CostRules::Operations:
    case CostRules::Executed:
        break;
    }
    return operationsOf(m, inference);
}

std::string text(const json& object, const char* key) { return object[key].get<std::string>(); }

unsigned long long number(const json& object, const char* key)
{
    return static_cast<unsigned long long>(object[key].get<std::uint64_t>());
}

/// The published FLOPs as far as they were published, "-" where they were not.
std::string publishedFlops(const json& mode)
{
    if (!mode.contains("published"))
        return "-";
    const json& published = mode["published"];
    if (published["rounded_to"].get<std::uint64_t>() == 1)
        return std::to_string(number(published, "flops_per_step"));
    std::array<char, 40> line {};
    std::snprintf(line.data(), line.size(), "%.1f M",
                  1e-6 * static_cast<double>(number(published, "flops_per_step")));
    return line.data();
}

void printVariant(const json& v)
{
    std::printf("%-14s window %llu, layers %llu, width %llu, heads %llu, hidden %llu, inputs %llu, "
                "outputs %llu\n",
                text(v, "name").c_str(), number(v, "window"), number(v, "layers"),
                number(v, "width"), number(v, "heads"), number(v, "hidden"), number(v, "inputs"),
                number(v, "outputs"));
    std::printf("%-14s positions %s, norm %s, newest row %s, %s, keep %g, %llu parameters\n", "",
                text(v, "positions").c_str(), text(v, "norm").c_str(), text(v, "newest").c_str(),
                text(v, "pooling") == "mean" ? "mean over tokens" : "newest token",
                v["keep"].get<double>(), number(v, "parameters"));
}

void printMode(const json& m)
{
    const std::string title
        = text(m, "weights") + "/" + text(m, "attention") + "/" + text(m, "inference");
    std::printf("%-28s %14llu %14s %10.2fx %12llu %12s %11llu\n", title.c_str(),
                number(m, "flops_per_step"), publishedFlops(m).c_str(),
                m["ratio_to_dense_window"].get<double>(), number(m, "bits"),
                m.contains("bits_packed") ? std::to_string(number(m, "bits_packed")).c_str() : "-",
                number(m, "state_floats"));
}

/// Parameters and bits by the paper's rules beside those that it published.
void printStored(const json& m)
{
    if (!m.contains("published") || !m["published"].contains("bits"))
        return;
    const json& published = m["published"];
    std::printf("%-28s %llu parameters (published %llu), %llu bits (published %llu)\n", "",
                number(m, "parameters"), number(published, "parameters"), number(m, "bits"),
                number(published, "bits"));
}

} // namespace

json presetDocument(const Preset& preset, CostRules rules)
{
    json document {{"preset", preset.name},        {"title", preset.title},
                   {"paper", title(preset.paper)}, {"remark", preset.remark},
                   {"rules", name(rules)},         {"published_rules", name(rulesOf(preset.paper))},
                   {"variants", json::array()},    {"modes", json::array()},
                   {"not_offered", json::array()}};
    for (const PresetVariant& variant : preset.variants) {
        const Measured m = measured(variant);
        document["variants"].push_back(variantOf(m));
        for (const Inference inference : allInferences) {
            const auto why = refusal(preset, variant, inference, rules);
            if (!why) {
                document["modes"].push_back(modeOf(preset, m, inference, rules));
                continue;
            }
            const Mode mode {variant.weights, variant.config.attention, inference};
            document["not_offered"].push_back({{"mode", toString(mode)}, {"why", *why}});
        }
    }
    document["parameters"] = document["variants"][0]["parameters"]; // of the dense model
    return document;
}

void printPreset(const json& d)
{
    std::printf("%s: %s (%s)\n", text(d, "preset").c_str(), text(d, "title").c_str(),
                text(d, "paper").c_str());
    if (!text(d, "remark").empty())
        std::printf("%s\n", text(d, "remark").c_str());
    for (const json& v : d["variants"])
        printVariant(v);
    std::printf("Costs by the rules \"%s\"\n", text(d, "rules").c_str());
    std::printf("%-28s %14s %14s %11s %12s %12s %11s\n", "mode", "FLOPs per step", "published",
                "dense/this", "bits", "packed", "state");
    const bool ownRules = d["rules"] == d["published_rules"];
    for (const json& m : d["modes"]) {
        printMode(m);
        if (ownRules)
            printStored(m);
    }
    if (!ownRules)
        std::printf("Published figures follow the rules \"%s\".\n",
                    text(d, "published_rules").c_str());
    for (const json& r : d["not_offered"])
        std::printf("%-28s not offered: %s\n", text(r, "mode").c_str(), text(r, "why").c_str());
}

} // namespace stint::app
