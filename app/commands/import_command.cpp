#include "app/commands/import_command.h"

#include "core/exchange/import_calibration.h"
#include "core/exchange/torch_import.h"
#include "core/model/channel_columns.h"

#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

using nlohmann::json;

/// Rows of a recording as the family sees them.
Result<Matrix<float>> standardisedRows(const Family& family, const Recording& recording)
{
    const auto columns = columnsFor(family, recording);
    if (!columns)
        return columns.error();
    HoldLast hold(family.standardiser);
    Matrix<float> z(recording.rows(), hold.channels());
    std::vector<unsigned char> held(static_cast<std::size_t>(recording.rows()));
    hold.convert(*columns, 0, recording.rows(), z.row(0), z.stride(), held.data());
    return z;
}

Result<Done> calibrate(Family& family, const ImportOptions& options, const CommonOptions& common,
                       const std::optional<std::pair<Index, Index>>& rows)
{
    const auto recording = readForCommand(options.calibrate, options.labelColumns, common);
    if (!recording)
        return recording.error();
    const auto z = standardisedRows(family, **recording);
    if (!z)
        return z.error();
    const Index first = rows ? std::min(rows->first, (*recording)->rows()) : 0;
    const Index last = rows ? std::min(rows->second, (*recording)->rows()) : (*recording)->rows();
    auto done
        = calibrateImported(family, *z, first, last, options.falseAlarmTarget, interruption());
    if (done)
        family.training.recordings = {(*recording)->name};
    return done;
}

json documentOf(const Family& family, const ImportOptions& options)
{
    json channels = json::array();
    for (const FamilyChannel& c : family.channels)
        channels.push_back({{"name", c.name}, {"unit", c.unit}});
    const FamilyVariant& v = family.variants.front();
    json modes = json::array();
    for (const ModeStatus& status : family.modes()) {
        if (status.offered)
            modes.push_back(toString(status.mode));
    }
    return {{"task", name(family.task)},
            {"channels", channels},
            {"variants",
             {{{"name", toString(v.name)},
               {"window", v.config.window},
               {"width", v.config.width},
               {"heads", v.config.heads},
               {"hidden", v.config.hidden},
               {"layers", v.config.layers},
               {"positions", name(v.config.positions)},
               {"norm", name(v.config.norm)}}}},
            {"modes", modes},
            {"calibrated", !options.calibrate.empty()},
            {"threshold", v.thresholds[0].value},
            {"model", options.out},
            {"remarks", family.training.remarks}};
}

} // namespace

int runImport(const ImportOptions& options, const CommonOptions& common)
{
    const auto rows = parseRows(options.rows);
    if (!rows) {
        fail(rows.error());
        return exitUsage;
    }
    if (!(options.falseAlarmTarget > 0.0 && options.falseAlarmTarget < 1.0)) {
        fail("The false-alarm target is a fraction of rows between 0 and 1.");
        return exitUsage;
    }
    Result<Family> family = importTorch(options.parameters, options.config);
    if (!family)
        return fail(family.error());
    if (!options.calibrate.empty()) {
        const auto done = calibrate(*family, options, common, *rows);
        if (!done)
            return fail(done.error());
    }
    const std::string& remark = family->variants.front().thresholds[0].remark;
    if (!remark.empty() && family->task == ModelTask::Anomaly)
        family->training.remarks.push_back(remark);
    const auto saved = saveFamily(*family, options.out);
    if (!saved)
        return fail(saved.error());
    for (const std::string& text : family->training.remarks)
        say(common, "note: " + text);
    if (common.json)
        print(documentOf(*family, options));
    else
        say(common,
            "imported " + toString(family->variants.front().name) + "; written to " + options.out);
    return exitDone;
}

} // namespace stint::app
