#include "app/commands/export_command.h"

#include "core/exchange/onnx_encoder.h"
#include "core/exchange/onnx_export.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

Result<VariantName> chosenVariant(const Family& family, const ExportOptions& options)
{
    if (options.variant.empty()) {
        ModeOptions mode;
        mode.mode = options.mode;
        const auto chosen = chosenMode(family, mode);
        if (!chosen)
            return chosen.error();
        return chosen->variant();
    }
    const auto variant = parseVariantName(options.variant);
    if (!variant)
        return variant.error();
    const auto refusal = family.refusal({variant->weights, variant->attention, Inference::Window});
    if (refusal)
        return *refusal;
    return *variant;
}

/// By way of a file beside it, so that a broken write leaves the old one as it was.
Result<Done> write(const std::string& path, const std::string& bytes)
{
    const std::string temporary = path + ".part";
    std::error_code code;
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.flush();
        if (!out)
            code = std::make_error_code(std::errc::io_error);
    }
    if (!code)
        std::filesystem::rename(temporary, path, code);
    if (!code)
        return Done {};
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    return Error {"\"" + path + "\" cannot be written; choose another place with --out."};
}

json documentOf(const Family& family, const FamilyVariant& variant, const ExportOptions& options,
                std::size_t bytes)
{
    const auto channels = static_cast<Index>(family.channels.size());
    json inputs = {{{"name", "rows"}, {"shape", {"batch", onnxRows(family, variant), channels}}}};
    if (OnnxEncoder::needsRowNumber(variant.config))
        inputs.push_back({{"name", "row"}, {"shape", {"batch"}}});
    const bool classifies = family.task == ModelTask::Classify;
    const json shape = {"batch", variant.config.outputs};
    return {{"files", {options.out}},
            {"bytes", bytes},
            {"format", options.format},
            {"task", name(family.task)},
            {"variant", toString(variant.name)},
            {"inputs", inputs},
            {"outputs",
             {{{"name", "answer"}, {"shape", shape}},
              {{"name", classifies ? "probabilities" : "prediction"}, {"shape", shape}}}}};
}

} // namespace

int runExport(const ExportOptions& options, const CommonOptions& common)
{
    if (options.format != "onnx") {
        fail("The format \"" + options.format + "\" is not known; use onnx.");
        return exitUsage;
    }
    if (!options.variant.empty() && !options.mode.empty()) {
        fail("Name a variant or a mode, not both.");
        return exitUsage;
    }
    const auto family = loadFamily(options.model);
    if (!family)
        return fail(family.error());
    const auto chosen = chosenVariant(**family, options);
    if (!chosen) {
        fail(chosen.error());
        return exitUsage;
    }
    const FamilyVariant& variant = *(*family)->find(*chosen);
    const std::string bytes = onnxOf(**family, variant);
    const auto written = write(options.out, bytes);
    if (!written)
        return fail(written.error());
    if (common.json)
        print(documentOf(**family, variant, options, bytes.size()));
    else
        say(common,
            toString(variant.name) + " written to " + options.out + " ("
                + std::to_string(bytes.size()) + " bytes)");
    return exitDone;
}

} // namespace stint::app
