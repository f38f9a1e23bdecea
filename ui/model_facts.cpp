#include "ui/model_facts.h"

#include "core/cost/state_floats.h"
#include "core/cost/storage.h"

#include <algorithm>
#include <cmath>

namespace stint::ui {

const VariantFacts* ModelFacts::find(VariantName variant) const
{
    const auto found = std::find_if(variants.begin(), variants.end(),
                                    [&](const VariantFacts& v) { return v.name == variant; });
    return found == variants.end() ? nullptr : &*found;
}

std::optional<ReadableScore> ModelFacts::levels(VariantName variant, double threshold) const
{
    const VariantFacts* facts = find(variant);
    if (facts == nullptr || !std::isfinite(threshold))
        return std::nullopt;
    return ReadableScore(facts->quantiles, threshold);
}

ModelFacts factsOf(const Family& family, const QString& name)
{
    ModelFacts facts;
    facts.name = name;
    facts.task = family.task;
    facts.wholeSeries = family.wholeSeries;
    for (const FamilyChannel& channel : family.channels)
        facts.channels.append(QString::fromStdString(channel.name));
    for (const std::string& text : family.classes)
        facts.classes.append(QString::fromStdString(text));
    facts.modes = family.modes();
    for (const FamilyVariant& variant : family.variants)
        facts.variants.push_back(
            {variant.name,
             family.packed ? storageReport(variant.config, variant.parameters).whole().packed
                           : storedBits(variant.parameters),
             stateFloats(variant.config, Inference::Window),
             stateFloats(variant.config, Inference::Continual), variant.thresholds[0].quantiles,
             QString::fromStdString(continualName(variant.config))});
    return facts;
}

} // namespace stint::ui
