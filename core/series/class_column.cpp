#include "core/series/class_column.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace stint {

namespace {

std::optional<ClassColumn> classesOfNumbers(const std::string& name,
                                            const std::vector<double>& values)
{
    constexpr double largest = 1e9;
    std::set<double> distinct;
    for (const double value : values) {
        if (std::isnan(value))
            continue;
        if (value != std::floor(value) || std::abs(value) > largest)
            return std::nullopt;
        distinct.insert(value);
        if (distinct.size() > mostClasses)
            return std::nullopt;
    }
    if (distinct.size() < 2)
        return std::nullopt;
    const std::vector<double> sorted(distinct.begin(), distinct.end());
    ClassColumn column {name, {}, {}};
    for (const double value : sorted)
        column.classes.push_back(std::to_string(static_cast<long long>(value)));
    column.values.reserve(values.size());
    for (const double value : values) {
        const auto at = std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
        column.values.push_back(std::isnan(value) ? -1 : static_cast<std::int32_t>(at));
    }
    return column;
}

} // namespace

std::optional<ClassColumn> classesOf(const std::string& name, const std::vector<double>& values,
                                     const TextColumn& texts)
{
    if (!values.empty())
        return classesOfNumbers(name, values);
    if (texts.texts.size() < 2 || texts.texts.size() > mostClasses)
        return std::nullopt;
    return ClassColumn {name, texts.texts, texts.values};
}

} // namespace stint
