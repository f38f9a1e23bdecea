#include "core/base/mode.h"

#include "core/base/parse_name.h"

namespace stint {

std::string_view name(WeightFormat weights)
{
    switch (weights) {
    case WeightFormat::Dense:
        return "dense";
    case WeightFormat::Sparse:
        return "sparse";
    case WeightFormat::Binary:
        return "binary";
    case WeightFormat::SparseBinary:
        return "sbt";
    }
    return "";
}

std::string_view name(AttentionMask attention)
{
    switch (attention) {
    case AttentionMask::Full:
        return "full";
    case AttentionMask::StepT:
        return "step-t";
    case AttentionMask::FixedMask:
        return "fixed-mask";
    case AttentionMask::SelfOnly:
        return "self-only";
    }
    return "";
}

std::string_view name(Inference inference)
{
    switch (inference) {
    case Inference::Window:
        return "window";
    case Inference::Continual:
        return "continual";
    }
    return "";
}

Result<WeightFormat> parseWeightFormat(std::string_view text)
{
    return parseName(text, allWeightFormats, "weights");
}

Result<AttentionMask> parseAttentionMask(std::string_view text)
{
    return parseName(text, allAttentionMasks, "attention");
}

Result<Inference> parseInference(std::string_view text)
{
    return parseName(text, allInferences, "inference");
}

std::string toString(VariantName variant)
{
    return std::string(name(variant.weights)) + "/" + std::string(name(variant.attention));
}

Result<VariantName> parseVariantName(std::string_view text)
{
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return Error {"\"" + std::string(text)
                      + "\" is not a variant; write WEIGHTS/ATTENTION, for example sbt/step-t."};
    auto weights = parseWeightFormat(text.substr(0, slash));
    if (!weights)
        return weights.error();
    auto attention = parseAttentionMask(text.substr(slash + 1));
    if (!attention)
        return attention.error();
    return VariantName {*weights, *attention};
}

std::string toString(Mode mode)
{
    return toString(mode.variant()) + "/" + std::string(name(mode.inference));
}

Result<Mode> parseMode(std::string_view text)
{
    const std::size_t slash = text.rfind('/');
    if (slash == std::string_view::npos)
        return Error {"\"" + std::string(text)
                      + "\" is not a mode; write WEIGHTS/ATTENTION/INFERENCE, for example "
                        "sbt/step-t/continual."};
    auto variant = parseVariantName(text.substr(0, slash));
    if (!variant)
        return variant.error();
    auto inference = parseInference(text.substr(slash + 1));
    if (!inference)
        return inference.error();
    return Mode {variant->weights, variant->attention, *inference};
}

} // namespace stint
