#include "app/commands/evaluation.h"

#include "core/cost/storage.h"
#include "core/model/adaptation.h"
#include "core/model/channel_columns.h"

#include <algorithm>

namespace stint::app {

using nlohmann::json;

PlayerOptions Evaluation::playerOptions(const Mode& mode) const
{
    PlayerOptions options;
    options.mode = mode;
    if (rescale)
        options.rescale = RowRange {rescale->first, rescale->second};
    return options;
}

void RunTotals::add(const ResultBlock& block)
{
    seconds += block.seconds;
    rows += static_cast<std::size_t>(block.rows);
}

void RunTotals::finish(const ResultBlock& last)
{
    tally.steps += last.tally.steps;
    tally.counted += last.tally.counted;
    tally.perStep = last.tally.perStep;
}

json costsOf(const Family& family, const Mode& mode, const RunTotals& run)
{
    const std::uint64_t steps = std::max<std::uint64_t>(run.tally.steps, 1);
    const OpCounts counted = run.tally.counted.total();
    const FamilyVariant& variant = *family.find(mode.variant());
    return {{"weights", name(mode.weights)},
            {"attention", name(mode.attention)},
            {"inference", name(mode.inference)},
            {"keep", variant.keep},
            {"flops_per_step", counted.operations / steps},
            {"executed_per_step", counted.executed / steps},
            {"dense_flops_per_step", run.tally.perStep.denseWindow},
            {"bits", storedBits(variant.parameters)},
            {"us_per_step",
             1e6 * run.seconds / static_cast<double>(std::max<std::size_t>(run.rows, 1))}};
}

/// The standardised values of a recording, in double.
Result<RowMatrix> standardisedRows(const Family& family, const Recording& recording,
                                   std::pair<Index, Index> rescale)
{
    const auto columns = columnsFor(family, recording);
    if (!columns)
        return columns.error();
    const auto standardiser = standardiserFor(family, *columns, rescale);
    if (!standardiser)
        return standardiser.error();
    HoldLast hold(*standardiser);
    Matrix<float> z(recording.rows(), hold.channels());
    std::vector<unsigned char> held(static_cast<std::size_t>(recording.rows()));
    hold.convert(*columns, 0, recording.rows(), z.row(0), z.stride(), held.data());
    return toRowMatrix(z, 0, z.rows());
}

} // namespace stint::app
