#include "ui/known_classes.h"

#include <algorithm>
#include <optional>

namespace stint::ui {

namespace {

constexpr std::int16_t unknown = -1;

/// Number in the model of each class of a column; unknown where it has none of that name.
std::vector<std::int16_t> numbersOf(const ClassColumn& column, const Family& family)
{
    std::vector<std::int16_t> numbers;
    for (const std::string& text : column.classes) {
        const auto found = std::find(family.classes.begin(), family.classes.end(), text);
        numbers.push_back(found == family.classes.end()
                              ? unknown
                              : static_cast<std::int16_t>(found - family.classes.begin()));
    }
    return numbers;
}

/// The column that names most classes of the model.
std::optional<ClassColumn> bestColumn(const Recording& recording, const Family& family)
{
    std::optional<ClassColumn> best;
    std::ptrdiff_t most = 0;
    const auto judge = [&](const std::string& name) {
        std::optional<ClassColumn> column = recording.classes(name);
        if (!column)
            return;
        const std::vector<std::int16_t> numbers = numbersOf(*column, family);
        const auto named = std::count_if(numbers.begin(), numbers.end(),
                                         [](std::int16_t number) { return number != unknown; });
        if (named > most) {
            most = named;
            best = std::move(column);
        }
    };
    for (const ClassColumn& column : recording.classColumns)
        judge(column.name);
    for (const LabelColumn& label : recording.labels)
        judge(label.name);
    return best;
}

} // namespace

KnownClasses knownClasses(const Recording& recording, const Family& family)
{
    KnownClasses result;
    result.classes = static_cast<Index>(family.classes.size());
    const auto rows = static_cast<std::size_t>(recording.rows());
    result.known.assign(rows, unknown);
    result.judged.assign(rows, unknown);
    const std::optional<ClassColumn> column = bestColumn(recording, family);
    if (!column)
        return result;
    result.column = QString::fromStdString(column->name);
    const std::vector<std::int16_t> numbers = numbersOf(*column, family);
    for (std::size_t row = 0; row < std::min(rows, column->values.size()); ++row) {
        const std::int32_t value = column->values[row];
        if (value >= 0 && static_cast<std::size_t>(value) < numbers.size())
            result.known[row] = numbers[static_cast<std::size_t>(value)];
    }
    if (!family.wholeSeries) {
        result.judged = result.known;
        return result;
    }
    for (const Index bound : recording.seriesBounds()) {
        if (bound > 0 && bound <= recording.rows())
            result.judged[static_cast<std::size_t>(bound - 1)]
                = result.known[static_cast<std::size_t>(bound - 1)];
    }
    return result;
}

} // namespace stint::ui
