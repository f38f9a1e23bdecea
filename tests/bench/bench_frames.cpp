#include "ui/views/inputs_and_score_view.h"

#include <QApplication>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int frames = 60;

std::shared_ptr<const stint::Recording> noise(stint::Index rows)
{
    auto recording = std::make_shared<stint::Recording>();
    recording->time.unit = "row";
    recording->time.seconds.resize(static_cast<std::size_t>(rows));
    stint::Channel channel {"a", "", std::vector<double>(static_cast<std::size_t>(rows))};
    std::uint32_t state = 1;
    for (std::size_t row = 0; row < channel.values.size(); ++row) {
        state = state * 1'664'525U + 1'013'904'223U;
        channel.values[row]
            = std::sin(static_cast<double>(row) * 1e-5) + static_cast<double>(state >> 8U) * 1e-8;
        recording->time.seconds[row] = static_cast<double>(row);
    }
    recording->channels.push_back(std::move(channel));
    return recording;
}

double milliseconds(Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// How long frames took [ms].
struct Times {
    std::vector<double> spent; ///< ascending
    double processor = 0.0; ///< mean time of the processor, which other programs do not disturb
};

/// Times of frames in which the range is moved and drawn.
template <typename Range>
Times times(stint::ui::InputsAndScoreView& view, const Range& rangeOf)
{
    Times result;
    const std::clock_t before = std::clock();
    for (int frame = 0; frame < frames; ++frame) {
        const auto begin = Clock::now();
        view.setVisibleRange(rangeOf(static_cast<double>(frame) / frames));
        view.plot()->replot(QCustomPlot::rpImmediateRefresh);
        QApplication::processEvents();
        result.spent.push_back(milliseconds(begin));
    }
    result.processor = 1e3 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC / frames;
    std::sort(result.spent.begin(), result.spent.end());
    return result;
}

void report(stint::Index rows)
{
    const auto recording = noise(rows);
    const auto begin = Clock::now();
    const auto curves = stint::ui::makeChannelCurves(*recording);
    const double index = milliseconds(begin);
    stint::ui::InputsAndScoreView view;
    view.resize(1200, 700);
    view.show();
    view.setRecording(recording, curves);
    QApplication::processEvents();
    const auto size = static_cast<double>(rows);
    const auto pan = times(view, [size](double t) {
        return QCPRange {0.4 * size * t, 0.4 * size * t + 0.6 * size};
    });
    const auto zoom = times(view, [size](double t) {
        const double half = 0.5 * size * std::pow(1e-5, t);
        return QCPRange {0.5 * size - half, 0.5 * size + half};
    });
    std::printf("%11lld samples: index %.0f ms\n", static_cast<long long>(rows), index);
    const auto print = [](const char* name, const Times& of) {
        std::printf("            %s: %.1f ms a frame (slowest %.1f), %.1f of the processor\n", name,
                    of.spent[frames / 2], of.spent.back(), of.processor);
    };
    print("panning", pan);
    print("zooming", zoom);
}

} // namespace

/// stint_bench_frames [SAMPLES...]: how long a frame takes while a recording is panned and zoomed.
int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    std::vector<stint::Index> sizes {1'000'000, 10'000'000, 100'000'000};
    if (argc > 1)
        sizes.clear();
    for (int i = 1; i < argc; ++i)
        sizes.push_back(std::strtoll(argv[i], nullptr, 10));
    for (const stint::Index rows : sizes)
        report(rows);
    return EXIT_SUCCESS;
}
