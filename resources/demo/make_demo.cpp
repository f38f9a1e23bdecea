#include "core/model/family.h"
#include "core/series/csv_reader.h"
#include "core/train/trainer.h"
#include "resources/demo/demo_training.h"
#include "resources/demo/simulator.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace {

bool write(const std::filesystem::path& path, const std::string& text)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file)
        std::cerr << "stint-make-demo: cannot write " << path.string()
                  << "; name a folder that exists and can be written to.\n";
    return static_cast<bool>(file);
}

/// The default family, trained on the rows before the first fault.
bool train(const std::filesystem::path& recording, const std::filesystem::path& model)
{
    auto read = stint::readRecording(recording.string());
    if (!read) {
        std::cerr << "stint-make-demo: " << read.error().message << '\n';
        return false;
    }
    const auto outcome = stint::trainFamily(
        {std::make_shared<const stint::Recording>(std::move(*read))}, stint::demo::demoTraining());
    if (!outcome) {
        std::cerr << "stint-make-demo: " << outcome.error().message << '\n';
        return false;
    }
    const auto saved = stint::saveFamily(*outcome->family, model.string());
    if (!saved)
        std::cerr << "stint-make-demo: " << saved.error().message << '\n';
    return saved.ok();
}

} // namespace

/// Writes the bundled recording, the list of its faults and the model trained on it into a folder.
int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: stint-make-demo FOLDER\n"
                     "Writes demo.csv, demo_faults.csv and demo.stint into FOLDER.\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const bool written
        = write(folder / "demo.csv", stint::demo::toCsv(stint::demo::simulateMachine()))
        && write(folder / "demo_faults.csv", stint::demo::toCsv(stint::demo::simulatedFaults()))
        && train(folder / "demo.csv", folder / "demo.stint");
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
