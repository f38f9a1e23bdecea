#include "core/presets/preset.h"

#include "core/presets/continual_presets.h"
#include "core/presets/sbt_presets.h"

#include <algorithm>

namespace stint {

namespace {

std::vector<Preset> publishedPresets()
{
    std::vector<Preset> all = sbtPresets();
    for (Preset& preset : continualPresets())
        all.push_back(std::move(preset));
    return all;
}

/// The same shape with what survives sliding: recycling positions, no norm over time, no fixed
/// mask, and a newest row that is visible.
EncoderConfig streamed(EncoderConfig config, Paper paper, AttentionMask attention)
{
    if (paper == Paper::SparseBinary) {
        config.positions = Positions::Recycling;
        config.positionRows = 0;
        config.newest = Newest::Visible;
        config.qkvKeep = 1.0;
    }
    if (config.norm == Norm::Time)
        config.norm = Norm::None;
    config.attention = attention;
    config.newestSeesItself = paper == Paper::Continual && attention == AttentionMask::StepT;
    return config;
}

std::string streamRemark(const Preset& published)
{
    if (published.paper == Paper::Continual)
        return "As published, and with Step-T attention in which the newest token sees itself.";
    const EncoderConfig& sparse = published.variants.back().config;
    if (sparse.newest == Newest::Zeroed)
        return "Recycling positions and no norm over time; the newest row is seen and the one "
               "after "
               "it is forecast.";
    if (sparse.pooling == Pooling::Mean)
        return "Recycling positions, and Step-T attention in place of the fixed mask.";
    return "Recycling positions and no norm over time.";
}

Preset streamForm(const Preset& published)
{
    Preset stream {.name = published.name + "-stream",
                   .title = published.title,
                   .paper = published.paper,
                   .remark = streamRemark(published),
                   .variants = {}};
    const PresetVariant& dense = published.variants.front();
    const auto add = [&](const PresetVariant& from, AttentionMask attention) {
        PresetVariant variant = from;
        variant.config = streamed(from.config, published.paper, attention);
        variant.published.clear();
        stream.variants.push_back(std::move(variant));
    };
    add(dense, AttentionMask::Full);
    add(dense, AttentionMask::StepT);
    for (std::size_t i = 1; i < published.variants.size(); ++i)
        add(published.variants[i], AttentionMask::StepT);
    return stream;
}

std::vector<Preset> allPresets()
{
    std::vector<Preset> all = publishedPresets();
    const std::size_t published = all.size();
    for (std::size_t i = 0; i < published; ++i)
        all.push_back(streamForm(all[i]));
    return all;
}

} // namespace

std::vector<std::string> presetNames()
{
    std::vector<std::string> names;
    for (const Preset& preset : allPresets())
        names.push_back(preset.name);
    return names;
}

Result<Preset> findPreset(const std::string& name)
{
    std::string known;
    for (Preset& preset : allPresets()) {
        if (preset.name == name)
            return std::move(preset);
        // Each published name has a form that ends in "-stream"; the list says so once.
        if (preset.remark.empty())
            known += (known.empty() ? "" : ", ") + preset.name;
    }
    return Error {"There is no preset \"" + name + "\"; use one of " + known
                  + ", or one of them with -stream added."};
}

Preset withKeep(Preset preset, double keep)
{
    for (PresetVariant& variant : preset.variants) {
        if (variant.weights == WeightFormat::Dense || variant.weights == WeightFormat::Binary)
            continue;
        variant.keep = keep;
        variant.published.clear();
    }
    return preset;
}

} // namespace stint
