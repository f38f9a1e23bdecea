#include "tests/support/onnx_file.h"

#include <functional>

namespace stint::test {

namespace {

struct Field {
    std::uint32_t number = 0;
    std::uint64_t integer = 0;
    std::string_view bytes;
};

bool varint(std::string_view& from, std::uint64_t& value)
{
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (from.empty())
            return false;
        const auto byte = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0)
            return true;
    }
    return false;
}

/// Calls take() for each field of a message; false if it or the message is not right.
bool eachField(std::string_view message, const std::function<bool(const Field&)>& take)
{
    while (!message.empty()) {
        std::uint64_t tag = 0;
        if (!varint(message, tag))
            return false;
        Field field;
        field.number = static_cast<std::uint32_t>(tag >> 3U);
        const std::uint64_t wire = tag & 7U;
        if (wire == 0) {
            if (!varint(message, field.integer))
                return false;
        } else {
            std::uint64_t length = 4;
            if (wire == 2 ? !varint(message, length) : wire != 5)
                return false;
            if (length > message.size())
                return false;
            field.bytes = message.substr(0, length);
            message.remove_prefix(length);
        }
        if (field.number == 0 || !take(field))
            return false;
    }
    return true;
}

bool readNode(std::string_view message, OnnxFile::Node& node)
{
    return eachField(message, [&node](const Field& f) {
        if (f.number == 1)
            node.inputs.emplace_back(f.bytes);
        else if (f.number == 2)
            node.outputs.emplace_back(f.bytes);
        else if (f.number == 4)
            node.operation = f.bytes;
        else if (f.number == 5)
            return eachField(f.bytes, [](const Field&) { return true; });
        return true;
    });
}

bool readConstant(std::string_view message, OnnxFile::Constant& constant)
{
    return eachField(message, [&constant](const Field& f) {
        if (f.number == 1) {
            std::string_view packed = f.bytes;
            while (!packed.empty()) {
                std::uint64_t extent = 0;
                if (!varint(packed, extent))
                    return false;
                constant.shape.push_back(static_cast<std::int64_t>(extent));
            }
        } else if (f.number == 2) {
            constant.element = static_cast<std::int64_t>(f.integer);
        } else if (f.number == 8) {
            constant.name = f.bytes;
        } else if (f.number == 9) {
            constant.bytes = f.bytes.size();
        }
        return true;
    });
}

bool readPort(std::string_view message, std::vector<std::string>& names)
{
    return eachField(message, [&names](const Field& f) {
        if (f.number == 1)
            names.emplace_back(f.bytes);
        return f.number != 2 || eachField(f.bytes, [](const Field&) { return true; });
    });
}

bool readGraph(std::string_view message, OnnxFile& file)
{
    return eachField(message, [&file](const Field& f) {
        switch (f.number) {
        case 1:
            return readNode(f.bytes, file.nodes.emplace_back());
        case 5:
            return readConstant(f.bytes, file.constants.emplace_back());
        case 11:
            return readPort(f.bytes, file.inputs);
        case 12:
            return readPort(f.bytes, file.outputs);
        default:
            return true;
        }
    });
}

} // namespace

std::optional<OnnxFile> readOnnx(std::string_view bytes)
{
    OnnxFile file;
    const bool whole = eachField(bytes, [&file](const Field& f) {
        switch (f.number) {
        case 1:
            file.irVersion = static_cast<std::int64_t>(f.integer);
            return true;
        case 2:
            file.producer = f.bytes;
            return true;
        case 6:
            file.description = f.bytes;
            return true;
        case 7:
            return readGraph(f.bytes, file);
        case 8:
            return eachField(f.bytes, [&file](const Field& inner) {
                if (inner.number == 2)
                    file.operatorSet = static_cast<std::int64_t>(inner.integer);
                return true;
            });
        default:
            return true;
        }
    });
    return whole ? std::optional(file) : std::nullopt;
}

} // namespace stint::test
