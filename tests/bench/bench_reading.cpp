#include "core/series/csv_reader.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr double megabyte = 1e6;

/// Peak memory of this process [bytes].
double peakMemory()
{
    struct rusage usage { };
    static_cast<void>(getrusage(RUSAGE_SELF, &usage));
    return static_cast<double>(usage.ru_maxrss) * 1024.0;
}

/// What this process has used so far [s].
double processorTime()
{
    struct rusage usage { };
    static_cast<void>(getrusage(RUSAGE_SELF, &usage));
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Writes a table of a time and eight channels, random numbers with four decimals.
void writeTable(const std::string& path, double megabytes)
{
    constexpr std::size_t different = 20'000;
    std::mt19937 engine(1);
    std::normal_distribution<double> normal(0.0, 100.0);
    std::vector<std::string> rows(different);
    for (std::string& row : rows) {
        for (int c = 0; c < 8; ++c) {
            char cell[32];
            static_cast<void>(std::snprintf(cell, sizeof cell, ",%.4f", normal(engine)));
            row += cell;
        }
    }
    std::ofstream out(path, std::ios::binary);
    out << "time,a,b,c,d,e,f,g,h\n";
    char time[32];
    for (std::size_t r = 0; static_cast<double>(out.tellp()) < megabytes * megabyte; ++r) {
        static_cast<void>(std::snprintf(time, sizeof time, "%.3f", static_cast<double>(r) * 1e-3));
        out << time << rows[r % different] << '\n';
    }
}

/// The text of a file once, so that it lies in memory afterwards; its size [bytes].
double warmUp(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    std::vector<char> block(1U << 20U);
    double size = 0.0;
    while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0)
        size += static_cast<double>(in.gcount());
    return size;
}

int report(const std::string& path)
{
    const double size = warmUp(path);
    const double before = peakMemory();
    const auto begin = Clock::now();
    const double processorBefore = processorTime();
    const auto recording = stint::readRecording(path);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const double processor = processorTime() - processorBefore;
    if (!recording) {
        std::fprintf(stderr, "%s\n", recording.error().message.c_str());
        return EXIT_FAILURE;
    }
    const auto columns = static_cast<double>(recording->channels.size() + 1);
    const double values = 8.0 * columns * static_cast<double>(recording->rows());
    std::printf("%s: %.0f MB, %lld rows: %.2f s, %.0f MB/s (%.0f per second of "
                "processor time), %.1f million values/s; peak memory "
                "%.0f MB = %.2f x values and time (%.0f MB), %.0f MB of it before reading\n",
                path.c_str(), size / megabyte, static_cast<long long>(recording->rows()), seconds,
                size / megabyte / seconds, size / megabyte / processor, values / 8e6 / seconds,
                peakMemory() / megabyte, peakMemory() / values, values / megabyte,
                before / megabyte);
    return EXIT_SUCCESS;
}

} // namespace

/// stint_bench_reading FILE: reads a recording. stint_bench_reading --write FILE MEGABYTES: makes
/// one.
int main(int argc, char** argv)
{
    if (argc == 4 && std::string(argv[1]) == "--write") {
        writeTable(argv[2], std::strtod(argv[3], nullptr));
        return EXIT_SUCCESS;
    }
    if (argc != 2) {
        std::fprintf(stderr, "stint_bench_reading FILE | --write FILE MEGABYTES\n");
        return EXIT_FAILURE;
    }
    return report(argv[1]);
}
