#pragma once

#include "core/base/mode.h"
#include "core/base/result.h"
#include "core/encoder/encoder_config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stint {

/// The paper that an architecture comes from, and with it the rules of its published costs.
enum class Paper {
    SparseBinary, ///< Sparse Binary Transformers (KDD 2023)
    Continual, ///< Continual Transformers (ICLR 2023)
};

/// Which linear layers have a bias.
enum class Biases {
    All,
    AllButProjections, ///< not query, key and value (Continual paper)
    AttentionOnly, ///< query, key, value and output; frozen (sparse binary models)
};

/// Costs that a paper, its logs or its counters state; 0 where they state none.
struct PublishedCosts {
    Inference inference = Inference::Window;
    std::uint64_t flops = 0;
    std::uint64_t flopsRoundedTo = 1; ///< the last digit that was published
    std::uint64_t parameters = 0; ///< of a sparse binary model: those not zero
    std::uint64_t bits = 0;
};

/// One model of a preset.
struct PresetVariant {
    WeightFormat weights = WeightFormat::Dense; ///< of every linear layer, as in the papers
    double keep = 1.0; ///< fraction of the weights kept in every linear layer
    EncoderConfig config;
    Biases biases = Biases::All;
    std::vector<PublishedCosts> published;
};

/// An architecture of one of the papers: as published, or in a form that can be streamed.
struct Preset {
    std::string name;
    std::string title; ///< data set and task
    Paper paper = Paper::SparseBinary;
    /// What differs from the published model; empty for a published one.
    std::string remark;
    std::vector<PresetVariant> variants; ///< the dense one first
};

/// All names, published forms before their "-stream" forms: smd, msl, smap, ecl, wth, ettm1,
/// arabic, face-detection, heartbeat, insect, japanese-vowels, thumos14, thumos14-b2 (each also
/// with -kinetics, -audio and -kinetics-audio for its four inputs), gtzan, gtzan-b2; smd-stream, …
[[nodiscard]] std::vector<std::string> presetNames();

/// The preset of that name. Errors: an unknown name; the sentence lists the known ones.
[[nodiscard]] Result<Preset> findPreset(const std::string& name);

/// The same preset with another fraction kept in its sparse variants, which then have no published
/// costs. \param keep in (0, 1].
[[nodiscard]] Preset withKeep(Preset preset, double keep);

} // namespace stint
