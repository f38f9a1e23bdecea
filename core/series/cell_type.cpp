#include "core/series/cell_type.h"

#include "core/series/cell.h"
#include "core/series/date_text.h"

namespace stint {

CellType cellType(std::string_view text, char decimal)
{
    double value = 0.0;
    switch (readCell(text, decimal, value)) {
    case CellKind::Missing:
        return CellType::Missing;
    case CellKind::Number:
        return CellType::Number;
    case CellKind::Other:
        break;
    }
    const auto date = splitDate(text);
    if (!date)
        return CellType::Text;
    return date->hasDate ? CellType::Date : CellType::TimeOfDay;
}

} // namespace stint
