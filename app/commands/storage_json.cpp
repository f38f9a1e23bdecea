#include "app/commands/storage_json.h"

#include <nlohmann/json.hpp>

namespace stint::app {

namespace {

void addBits(nlohmann::json& object, const std::string& key, const StorageBits& bits)
{
    object[key] = bits.plain;
    object[key + "_packed"] = bits.packed;
    object[key + "_entropy"] = bits.entropy;
    object[key + "_paper"] = bits.paper;
}

} // namespace

void addStorage(nlohmann::json& object, const StorageReport& report)
{
    addBits(object, "bits", report.whole());
    addBits(object, "block_bits", report.blocks());
}

std::uint64_t bitsOfPart(const StorageReport& report, Part part)
{
    switch (part) {
    case Part::Embedding:
        return report.embedding.plain;
    case Part::Projection:
        return report.projection.plain;
    case Part::Output:
        return report.output.plain;
    case Part::FeedForward:
        return report.feedForward.plain;
    case Part::Head:
        return report.head.plain;
    case Part::Attention:
    case Part::LinearPath:
        break;
    }
    return 0;
}

} // namespace stint::app
