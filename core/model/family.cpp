#include "core/model/family.h"

#include "core/detect/row_judge.h"

#include <algorithm>

namespace stint {

const FamilyVariant* Family::find(VariantName name) const
{
    const auto found = std::find_if(variants.begin(), variants.end(),
                                    [name](const FamilyVariant& v) { return v.name == name; });
    return found == variants.end() ? nullptr : &*found;
}

std::optional<Error> Family::refusal(Mode mode) const
{
    const FamilyVariant* variant = find(mode.variant());
    if (variant == nullptr) {
        std::string known;
        for (const FamilyVariant& v : variants)
            known += (known.empty() ? "" : ", ") + toString(v.name);
        return Error {"This model has no " + toString(mode.variant()) + " variant; it has " + known
                      + "."};
    }
    if (mode.inference == Inference::Continual) {
        const auto why = continualRefusal(variant->config);
        if (why)
            return Error {*why};
    }
    return std::nullopt;
}

std::optional<Error> Family::motionRefusal() const
{
    if (task == ModelTask::Classify)
        return Error {"A model that classifies raises no alarms, so it has no threshold to move."};
    const bool known = std::all_of(variants.begin(), variants.end(), [](const FamilyVariant& v) {
        return std::all_of(v.thresholds.begin(), v.thresholds.end(), RowJudge::canMove);
    });
    if (known)
        return std::nullopt;
    return Error {"This model was saved without the scores of its held-out rows, which a threshold "
                  "that moves begins with; train it again to have them."};
}

std::vector<ModeStatus> Family::modes() const
{
    const auto uses = [this](auto field, auto value) {
        return std::any_of(variants.begin(), variants.end(),
                           [&](const FamilyVariant& v) { return v.name.*field == value; });
    };
    std::vector<ModeStatus> all;
    for (const WeightFormat weights : allWeightFormats) {
        for (const AttentionMask attention : allAttentionMasks) {
            if (!uses(&VariantName::weights, weights) || !uses(&VariantName::attention, attention))
                continue;
            for (const Inference inference : allInferences) {
                const Mode mode {weights, attention, inference};
                const auto why = refusal(mode);
                all.push_back({mode, !why, why ? why->message : std::string {}});
            }
        }
    }
    return all;
}

Mode Family::defaultMode() const
{
    constexpr Mode preferred {WeightFormat::SparseBinary, AttentionMask::StepT,
                              Inference::Continual};
    if (!refusal(preferred))
        return preferred;
    const std::vector<ModeStatus> all = modes();
    const auto offered = [&all](Inference inference) {
        return std::find_if(all.rbegin(), all.rend(), [inference](const ModeStatus& s) {
            return s.offered && s.mode.inference == inference;
        });
    };
    const auto continual = offered(Inference::Continual);
    if (continual != all.rend())
        return continual->mode;
    const auto window = offered(Inference::Window);
    return window != all.rend() ? window->mode : Mode {};
}

} // namespace stint
