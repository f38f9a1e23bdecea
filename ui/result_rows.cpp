#include "ui/result_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint::ui {

namespace {

constexpr float noScore = std::numeric_limits<float>::quiet_NaN();

/// Has every array of rows done the same to; `action` gets it and what stands for nothing in it.
template <typename Action>
void forEachArray(ResultRows& rows, const Action& action)
{
    action(rows.score, noScore);
    action(rows.earlier, noScore);
    action(rows.modeCode, ResultRows::noMode);
    action(rows.earlierCode, ResultRows::noMode);
    action(rows.alarm, std::uint8_t {0});
    action(rows.held, std::uint8_t {0});
    action(rows.part, ScorePart::Encoder);
    action(rows.topChannel, std::uint32_t {0});
}

} // namespace

ResultRows::ResultRows(Index rows)
{
    const auto count = static_cast<std::size_t>(std::max<Index>(rows, 0));
    forEachArray(*this, [count](auto& values, auto nothing) { values.assign(count, nothing); });
    scoreIndex.build(score);
    earlierIndex.build(earlier);
}

void ResultRows::include(Index first, Index last)
{
    const bool any = used.first < used.last;
    used = {any ? std::min(used.first, first) : first, any ? std::max(used.last, last) : last};
}

void ResultRows::updateIndexes()
{
    scoreIndex.update(score, used.first, used.last);
    earlierIndex.update(earlier, used.first, used.last);
}

void ResultRows::startThresholds(float soFar)
{
    threshold.assign(score.size(), noScore);
    std::transform(score.begin() + used.first, score.begin() + used.last,
                   threshold.begin() + used.first,
                   [soFar](float value) { return std::isfinite(value) ? soFar : noScore; });
    thresholdIndex.build(threshold);
}

void ResultRows::clear()
{
    threshold.clear();
    forEachArray(*this, [this](auto& values, auto nothing) {
        std::fill(values.begin() + used.first, values.begin() + used.last, nothing);
    });
    updateIndexes();
    used = {};
}

void ResultRows::dropFirst(Index count)
{
    forEachArray(*this, [count](auto& values, auto nothing) {
        std::copy(values.begin() + count, values.end(), values.begin());
        std::fill(values.end() - count, values.end(), nothing);
    });
    if (!threshold.empty()) {
        std::copy(threshold.begin() + count, threshold.end(), threshold.begin());
        std::fill(threshold.end() - count, threshold.end(), noScore);
        thresholdIndex.build(threshold);
    }
    updateIndexes(); // where something stood
    used = {std::max<Index>(used.first - count, 0), std::max<Index>(used.last - count, 0)};
    updateIndexes(); // and where it stands now
}

void ResultRows::truncate(Index count)
{
    forEachArray(*this,
                 [count](auto& values, auto) { values.resize(static_cast<std::size_t>(count)); });
    if (!threshold.empty()) {
        threshold.resize(static_cast<std::size_t>(count));
        thresholdIndex.build(threshold);
    }
    used = {std::min(used.first, count), std::min(used.last, count)};
    scoreIndex.build(score);
    earlierIndex.build(earlier);
}

} // namespace stint::ui
