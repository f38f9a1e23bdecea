#include "core/base/model_task.h"

#include "core/base/parse_name.h"

namespace stint {

std::string_view name(ModelTask task)
{
    switch (task) {
    case ModelTask::Anomaly:
        return "anomaly";
    case ModelTask::Forecast:
        return "forecast";
    case ModelTask::Classify:
        return "classify";
    }
    return "";
}

Result<ModelTask> parseModelTask(std::string_view text)
{
    return parseName(text, allModelTasks, "task");
}

std::string_view name(SkipPath skip)
{
    switch (skip) {
    case SkipPath::None:
        return "none";
    case SkipPath::LastValue:
        return "last-value";
    case SkipPath::Autoregression:
        return "autoregression";
    }
    return "";
}

Result<SkipPath> parseSkipPath(std::string_view text)
{
    return parseName(text, allSkipPaths, "skip path");
}

} // namespace stint
