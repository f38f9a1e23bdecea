#include "core/presets/continual_presets.h"

namespace stint {

namespace {

EncoderConfig architecture(Index inputs, Index layers)
{
    EncoderConfig config;
    config.inputs = inputs;
    config.layers = layers;
    config.attention = AttentionMask::Full;
    config.positions = Positions::Recycling;
    config.norm = Norm::Token;
    config.newest = Newest::Visible;
    config.activation = Activation::Gelu;
    config.scaleEmbedding = false;
    config.reluBeforeHead = false;
    return config;
}

Preset preset(std::string name, std::string title, const EncoderConfig& config,
              std::vector<PublishedCosts> published)
{
    return {.name = std::move(name),
            .title = std::move(title),
            .paper = Paper::Continual,
            .remark = {},
            .variants = {{.weights = WeightFormat::Dense,
                          .keep = 1.0,
                          .config = config,
                          .biases = Biases::AllButProjections,
                          .published = std::move(published)}}};
}

/// A kind of features of THUMOS14, with FLOPs of one and of two blocks.
struct Features {
    const char* suffix;
    const char* title;
    Index inputs;
    PublishedCosts oneWindow, one, twoWindow, two;
};

PublishedCosts flops(Inference inference, std::uint64_t count, std::uint64_t roundedTo = 1)
{
    return {.inference = inference,
            .flops = count,
            .flopsRoundedTo = roundedTo,
            .parameters = 0,
            .bits = 0};
}

/// Published in millions with one decimal.
PublishedCosts millions(Inference inference, std::uint64_t tenths)
{
    return flops(inference, tenths * 100'000, 100'000);
}

std::vector<Features> thumosFeatures()
{
    constexpr Inference window = Inference::Window;
    constexpr Inference continual = Inference::Continual;
    return {{"", "ActivityNet features", 3072, millions(window, 6057), flops(continual, 9'598'998),
             millions(window, 10081), flops(continual, 410'939'416)},
            {"-kinetics", "Kinetics features", 4096, millions(window, 6730),
             flops(continual, 10'647'574), millions(window, 10757), flops(continual, 411'987'992)},
            {"-audio", "ActivityNet and audio features", 7168, millions(window, 8741),
             flops(continual, 13'793'302), millions(window, 12770), millions(continual, 4150)},
            {"-kinetics-audio", "Kinetics and audio features", 8192, millions(window, 9412),
             flops(continual, 14'841'878), millions(window, 13441), millions(continual, 4160)}};
}

EncoderConfig thumos(Index inputs, Index layers)
{
    EncoderConfig config = architecture(inputs, layers);
    config.outputs = 22;
    config.window = 64;
    config.width = 1024;
    config.heads = 8;
    config.hidden = 1024;
    config.positionRows = 127;
    return config;
}

EncoderConfig gtzan(Index layers)
{
    EncoderConfig config = architecture(128, layers);
    config.outputs = 10;
    config.window = 120;
    config.width = 192;
    config.heads = 16;
    config.hidden = 192;
    config.positionRows = 192;
    return config;
}

} // namespace

std::vector<Preset> continualPresets()
{
    std::vector<Preset> all;
    for (const Features& f : thumosFeatures())
        all.push_back(preset(std::string("thumos14") + f.suffix,
                             std::string("THUMOS14 actions, one block, ") + f.title,
                             thumos(f.inputs, 1), {f.oneWindow, f.one}));
    for (const Features& f : thumosFeatures())
        all.push_back(preset(std::string("thumos14-b2") + f.suffix,
                             std::string("THUMOS14 actions, two blocks, ") + f.title,
                             thumos(f.inputs, 2), {f.twoWindow, f.two}));
    all.push_back(preset("gtzan", "GTZAN music genres, one block", gtzan(1), {}));
    all.push_back(preset("gtzan-b2", "GTZAN music genres, two blocks", gtzan(2), {}));
    return all;
}

} // namespace stint
