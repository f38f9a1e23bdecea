#include "core/kernels/kernels.h"
#include "core/series/csv_reader.h"
#include "core/stream/player.h"
#include "resources/demo/simulator.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;
using FamilyPointer = std::shared_ptr<const stint::Family>;
using RecordingPointer = std::shared_ptr<const stint::Recording>;

constexpr stint::Index tiledRows = 200'000;
/// A mode is left after this time; slow ones do not see all rows [s].
constexpr double mostSeconds = 3.0;
/// The fastest of some runs is the least disturbed one.
constexpr int repetitions = 3;

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The recording again and again, until it has so many rows. Its times go on.
RecordingPointer tiled(const stint::Recording& once, stint::Index rows)
{
    auto many = std::make_shared<stint::Recording>(once);
    many->labels.clear();
    const auto size = static_cast<std::size_t>(rows);
    const auto period = static_cast<std::size_t>(once.rows());
    for (stint::Channel& channel : many->channels) {
        channel.values.reserve(size);
        for (std::size_t row = period; row < size; ++row)
            channel.values.push_back(channel.values[row - period]);
    }
    const double duration = static_cast<double>(period) * once.time.step;
    for (std::size_t row = period; row < size; ++row)
        many->time.seconds.push_back(many->time.seconds[row - period] + duration);
    return many;
}

/// Plays one mode from the start and prints how fast.
void benchMode(const RecordingPointer& recording, const FamilyPointer& family, stint::Mode mode,
               bool keepAttention)
{
    double fastest = 0.0;
    stint::Index played = 0;
    for (int run = 0; run < repetitions; ++run) {
        stint::PlayerOptions options;
        options.mode = mode;
        options.keepAttention = keepAttention;
        const auto player = stint::Player::create(recording, family, options);
        if (!player)
            return;
        stint::ResultBlock block;
        const Clock::time_point begin = Clock::now();
        double seconds = 0.0;
        while (seconds < mostSeconds && (*player)->advance(options.maxBlock, block) > 0)
            seconds = secondsSince(begin);
        played = (*player)->position();
        fastest = std::max(fastest, static_cast<double>(played) / seconds);
    }
    std::printf("%-28s %-10s %10.0f rows/s %8.2f us/row %8lld rows\n",
                stint::toString(mode).c_str(), keepAttention ? "kept" : "not kept", fastest,
                1e6 / fastest, static_cast<long long>(played));
}

/// Reads a file some times and prints the shortest time from its path to a recording.
void benchReading(const char* path)
{
    double shortest = std::numeric_limits<double>::max();
    stint::Index rows = 0;
    std::size_t channels = 0;
    for (int run = 0; run < 10 * repetitions; ++run) {
        const Clock::time_point begin = Clock::now();
        const auto recording = stint::readRecording(path);
        if (!recording) {
            std::fprintf(stderr, "%s\n", recording.error().message.c_str());
            return;
        }
        shortest = std::min(shortest, secondsSince(begin));
        rows = recording->rows();
        channels = recording->channels.size();
    }
    std::printf("reading %s: %lld rows, %zu channels, %.2f ms\n", path,
                static_cast<long long>(rows), channels, 1e3 * shortest);
}

} // namespace

/// Prints how fast every mode of the bundled family plays, without a window, and how long files
/// take to open. Further files to open are given as arguments.
int main(int argc, char** argv)
{
    std::array<double, 3> load {};
    if (getloadavg(load.data(), static_cast<int>(load.size())) > 0)
        std::printf("load average %.2f %.2f %.2f (a busy machine shows lower numbers)\n", load[0],
                    load[1], load[2]);
    std::printf("kernels: %s\n", stint::floatKernels().name);

    const auto family = stint::loadFamily(STINT_DEMO_DIR "/demo.stint");
    if (!family) {
        std::fprintf(stderr, "%s\n", family.error().message.c_str());
        return EXIT_FAILURE;
    }
    const RecordingPointer recording = tiled(stint::demo::simulateMachine(), tiledRows);
    std::printf("%-28s %-10s\n", "mode", "attention");
    for (const stint::ModeStatus& status : (*family)->modes()) {
        for (const bool keepAttention : {false, true}) {
            if (status.offered)
                benchMode(recording, *family, status.mode, keepAttention);
        }
    }
    benchReading(STINT_DEMO_DIR "/demo.csv");
    for (int i = 1; i < argc; ++i)
        benchReading(argv[i]);
    return EXIT_SUCCESS;
}
