// Writes the seeds of the fuzz targets:  stint_fuzz_corpus FOLDER

#include "core/train/trainer.h"
#include "tests/fuzz/fuzzed_formats.h"
#include "tests/support/small_family.h"
#include "tests/support/wire_samples.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& bytes)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

/// One file per format, in the order of the target's table.
void writeStreams(const fs::path& folder)
{
    char kind = 0;
    for (const char* const word : stint::test::fuzzedFormats) {
        const auto format = stint::parseWireFormat(word);
        const bool numbered = format->kind == stint::WireKind::SyncFrame
            || format->kind == stint::WireKind::Cobs || format->kind == stint::WireKind::Slip
            || format->kind == stint::WireKind::RawBinary;
        const stint::Index channels = numbered ? format->channels : 2;
        const auto series = stint::test::wireSeries(*format, 40, channels);
        const std::string bytes = stint::test::wireBytes(*format, series);
        std::string name = "stream_00";
        name[7] = static_cast<char>('0' + kind / 10);
        name[8] = static_cast<char>('0' + kind % 10);
        std::string head {kind, '\x07'};
        if (!numbered && kind < 5)
            head += "\n" + stint::test::wireHeader(*format, series);
        write(folder / "wire_parser" / name, head + bytes.substr(0, 300));
        write(folder / "wire_detection" / name, bytes.substr(3, 400));
        write(folder / "wire_format" / name, word);
        ++kind;
    }
    write(folder / "wire_parser" / "boot_text",
          std::string {'\x05', '\x05'} + stint::test::espBootText() + "a:1,b: 2 m/s\na:1\n");
    write(folder / "wire_detection" / "mavlink", stint::test::mavlinkBytes(12, 1));
    write(folder / "wire_detection" / "boot_text", stint::test::espBootText() + "1,2\n3,4\n5,6\n");
}

void writeTables(const fs::path& folder)
{
    write(folder / "delimited_text" / "names", "time (s),a,b\n0,1,2\n0.1,3,4\n0.2,,nan\n");
    write(folder / "delimited_text" / "decimal_comma",
          "Zeit;T [\xC2\xB0"
          "C]\n1,5;20,1\n2,5;20,2\n");
    write(
        folder / "delimited_text" / "dates",
        "# made\n\"date\",\"x\"\"y\",label\n2024-05-01 12:00:00,1,0\n2024-05-01 12:00:01,2e3,1\n");
    write(folder / "delimited_text" / "blanks", "1   2 3\r\n4   5 6\r\n7 8\r\n");
    write(folder / "delimited_text" / "units", "t\tp\ns\tbar\n1\t2\n2\t3\n");
}

/// \returns false if there is no such model.
bool writeModels(const fs::path& folder)
{
    stint::TrainSettings settings = stint::test::smallSettings();
    settings.window = 4;
    settings.width = 4;
    settings.heads = 1;
    settings.hidden = 4;
    settings.layers = 1;
    settings.epochs = 1;
    const auto outcome = stint::trainFamily({stint::test::smallRecording(200)}, settings);
    if (!outcome) {
        std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
        return false;
    }
    fs::create_directories(folder / "model_file");
    stint::Family family = *outcome->family;
    bool written = stint::saveFamily(family, (folder / "model_file" / "plain").string()).ok();
    family.packed = true;
    written
        = written && stint::saveFamily(family, (folder / "model_file" / "packed").string()).ok();
    return written;
}

} // namespace

int main(int count, char** arguments)
{
    if (count != 2) {
        std::fprintf(stderr, "usage: stint_fuzz_corpus FOLDER\n");
        return 2;
    }
    writeStreams(arguments[1]);
    writeTables(arguments[1]);
    return writeModels(arguments[1]) ? 0 : 1;
}
