#include "app/live/channel_names.h"

#include "core/series/csv_text.h"
#include "core/series/header_names.h"

#include <algorithm>

namespace stint::app {

std::string withoutControls(std::string name)
{
    std::ranges::replace_if(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return name;
}

std::vector<WireChannel> namesInRecordings(const std::vector<WireChannel>& channels)
{
    HeaderRows header(1);
    header.front().emplace_back("time");
    for (const WireChannel& channel : channels)
        header.front().push_back(withoutControls(nameWithUnit(channel.name, channel.unit)));
    std::vector<ColumnLayout> columns(header.front().size());
    nameColumns(header, columns);
    std::vector<WireChannel> named;
    for (std::size_t c = 1; c < columns.size(); ++c)
        named.push_back({columns[c].name, columns[c].unit});
    return named;
}

} // namespace stint::app
