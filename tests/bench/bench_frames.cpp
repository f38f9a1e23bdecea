#include "ui/views/inputs_and_score_view.h"

#include <QApplication>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
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

/// Times of frames in which the range is moved and drawn, ascending [ms].
template <typename Range>
std::vector<double> times(stint::ui::InputsAndScoreView& view, const Range& rangeOf)
{
    std::vector<double> spent;
    for (int frame = 0; frame < frames; ++frame) {
        const auto begin = Clock::now();
        view.setVisibleRange(rangeOf(static_cast<double>(frame) / frames));
        view.plot()->replot(QCustomPlot::rpImmediateRefresh);
        QApplication::processEvents();
        spent.push_back(milliseconds(begin));
    }
    std::sort(spent.begin(), spent.end());
    return spent;
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
    std::printf("%11lld samples: index %.0f ms; panning %.1f ms a frame (slowest %.1f), zooming "
                "%.1f ms (slowest %.1f)\n",
                static_cast<long long>(rows), index, pan[frames / 2], pan.back(), zoom[frames / 2],
                zoom.back());
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
