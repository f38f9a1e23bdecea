#include "core/series/cell_type.h"

#include "core/series/date_text.h"
#include "core/series/table_cell.h"

namespace stint {

CellType cellType(std::string_view text, char decimal)
{
    double value = 0.0;
    switch (readTableCell(text, decimal, value)) {
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
