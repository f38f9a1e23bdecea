#include "ui/result_store.h"

#include "core/detect/alarms.h"

#include <algorithm>
#include <cmath>

namespace stint::ui {

namespace {

constexpr float noScore = std::numeric_limits<float>::quiet_NaN();
constexpr std::uint8_t noMode = 255;
constexpr int attentionMasks = static_cast<int>(allAttentionMasks.size());

std::uint8_t encode(const Mode& mode)
{
    const int code
        = (static_cast<int>(mode.weights) * attentionMasks + static_cast<int>(mode.attention)) * 2
        + static_cast<int>(mode.inference);
    return static_cast<std::uint8_t>(code);
}

Mode decode(std::uint8_t code)
{
    return {static_cast<WeightFormat>(code / (2 * attentionMasks)),
            static_cast<AttentionMask>(code / 2 % attentionMasks),
            static_cast<Inference>(code % 2)};
}

template <typename T>
bool has(const std::vector<T>& values, Index count)
{
    return values.size() >= static_cast<std::size_t>(count);
}

std::uint32_t topChannel(const ResultBlock& block, Index i)
{
    const auto begin = block.contributions.begin() + i * block.channels;
    return static_cast<std::uint32_t>(std::max_element(begin, begin + block.channels) - begin);
}

} // namespace

void ResultStore::reset(Index rows)
{
    const std::uint64_t version = m_version;
    const std::uint64_t alarmVersion = m_alarmVersion;
    const std::uint64_t oldestRun = m_oldestRun;
    *this = ResultStore {};
    m_version = version + 1;
    m_alarmVersion = alarmVersion + 1;
    m_oldestRun = oldestRun;
    const auto count = static_cast<std::size_t>(std::max<Index>(rows, 0));
    m_score.assign(count, noScore);
    m_earlier.assign(count, noScore);
    m_modeCode.assign(count, noMode);
    m_earlierCode.assign(count, noMode);
    m_alarm.assign(count, 0);
    m_held.assign(count, 0);
    m_part.assign(count, ScorePart::Encoder);
    m_topChannel.assign(count, 0);
    m_scoreIndex.build(m_score);
    m_earlierIndex.build(m_earlier);
    m_forecast.reset(rows);
    m_classAnswers.reset(rows);
}

void ResultStore::setKnownClasses(std::shared_ptr<const KnownClasses> known)
{
    m_classAnswers.setKnown(std::move(known));
    ++m_version;
}

bool ResultStore::fits(const ResultBlock& block) const
{
    const Index rows = block.rows;
    return rows > 0 && block.firstRow >= 0 && block.firstRow + rows <= this->rows()
        && has(block.score, rows) && has(block.alarm, rows) && has(block.part, rows)
        && has(block.held, rows) && (block.thresholds.empty() || has(block.thresholds, rows))
        && has(block.contributions, rows * block.channels)
        && (block.forecast.empty() || has(block.forecast, rows * block.channels))
        && m_classAnswers.fits(block);
}

bool ResultStore::append(const ResultBlock& block)
{
    if (block.run < std::max(m_run, m_oldestRun) || !fits(block))
        return false;
    ++m_version;
    m_run = block.run;
    if (!m_variant || !(*m_variant == block.mode.variant()))
        changeVariant(block.mode);
    m_mode = block.mode;
    m_task = block.task;
    storeThresholds(block);
    m_threshold = block.task == ModelTask::Classify ? noScore : block.threshold;
    const std::uint8_t code = encode(block.mode);
    for (Index i = 0; i < block.rows; ++i)
        storeRow(block, i, code);
    const Index end = block.firstRow + block.rows;
    m_scoreIndex.update(m_score, block.firstRow, end);
    m_newestRow = end - 1;
    if (!block.forecast.empty())
        m_forecast.store(block.firstRow, block.rows, block.forecast.data(), block.channels);
    m_classAnswers.append(block);
    m_attention.append(block);
    m_cost.append(block);
    return true;
}

void ResultStore::storeRow(const ResultBlock& block, Index i, std::uint8_t code)
{
    const auto from = static_cast<std::size_t>(i);
    const auto row = static_cast<std::size_t>(block.firstRow + i);
    const float before = m_score[row];
    const float now = block.score[from];
    if (std::isfinite(before) && std::isfinite(now) && m_modeCode[row] != code) {
        const double difference = std::abs(static_cast<double>(before) - static_cast<double>(now));
        m_largestDifference = std::max(m_largestDifference, difference);
        ++m_comparedRows;
    }
    m_answered
        += static_cast<Index>(std::isfinite(now)) - static_cast<Index>(std::isfinite(before));
    m_score[row] = now;
    m_modeCode[row] = std::isfinite(now) ? code : noMode;
    m_heldRows += static_cast<Index>(block.held[from] != 0) - static_cast<Index>(m_held[row] != 0);
    m_held[row] = block.held[from] != 0 ? 1 : 0;
    const std::uint8_t alarm = block.alarm[from] != 0 ? 1 : 0;
    if (alarm != 0 || m_alarm[row] != 0)
        ++m_alarmVersion;
    m_alarm[row] = alarm;
    m_part[row] = block.part[from];
    if (std::isfinite(now) && block.channels > 0)
        m_topChannel[row] = topChannel(block, i);
}

/// Before m_threshold becomes that of the block: so far it judged all rows.
void ResultStore::storeThresholds(const ResultBlock& block)
{
    m_thresholdMoves = !block.thresholds.empty();
    if (!m_thresholdMoves && m_thresholds.empty())
        return;
    if (m_thresholds.empty()) {
        m_thresholds.assign(m_score.size(), noScore);
        for (std::size_t row = 0; row < m_score.size(); ++row)
            m_thresholds[row] = std::isfinite(m_score[row]) ? m_threshold : noScore;
        m_thresholdIndex.build(m_thresholds);
    }
    const auto to = m_thresholds.begin() + block.firstRow;
    if (m_thresholdMoves)
        std::copy_n(block.thresholds.begin(), block.rows, to);
    else
        std::fill_n(to, block.rows, block.threshold);
    m_thresholdIndex.update(m_thresholds, block.firstRow, block.firstRow + block.rows);
}

void ResultStore::forgetThresholds()
{
    m_thresholds.clear();
    m_thresholdMoves = false;
}

float ResultStore::thresholdAt(Index row) const
{
    const auto r = static_cast<std::size_t>(row);
    return r < m_thresholds.size() && std::isfinite(m_thresholds[r]) ? m_thresholds[r]
                                                                     : m_threshold;
}

void ResultStore::changeVariant(const Mode& mode)
{
    m_variant = mode.variant();
    forgetThresholds(); // of another scale
    m_threshold = noScore;
    m_attention.clear();
    m_forecast.clear();
    m_answered = 0;
    std::vector<bool> returning(m_score.size());
    std::vector<bool> keeping(m_score.size());
    for (std::size_t row = 0; row < m_score.size(); ++row) {
        const bool returns
            = m_earlierCode[row] != noMode && decode(m_earlierCode[row]).variant() == *m_variant;
        returning[row] = returns;
        keeping[row] = m_modeCode[row] != noMode;
        if (returns || keeping[row]) {
            std::swap(m_score[row], m_earlier[row]);
            std::swap(m_modeCode[row], m_earlierCode[row]);
        }
        if (!returns) {
            m_score[row] = noScore;
            m_modeCode[row] = noMode;
        }
        m_answered += std::isfinite(m_score[row]) ? 1 : 0;
    }
    m_classAnswers.changeVariant(returning, keeping);
    m_scoreIndex.build(m_score);
    m_earlierIndex.build(m_earlier);
}

void ResultStore::dropFirst(Index rows)
{
    const Index by = std::clamp<Index>(rows, 0, this->rows());
    if (by == 0)
        return;
    const auto move = [by](auto& values, auto nothing) {
        std::copy(values.begin() + by, values.end(), values.begin());
        std::fill(values.end() - by, values.end(), nothing);
    };
    move(m_score, noScore);
    move(m_earlier, noScore);
    move(m_modeCode, noMode);
    move(m_earlierCode, noMode);
    move(m_alarm, std::uint8_t {0});
    move(m_held, std::uint8_t {0});
    move(m_part, ScorePart::Encoder);
    move(m_topChannel, std::uint32_t {0});
    if (!m_thresholds.empty()) {
        move(m_thresholds, noScore);
        m_thresholdIndex.build(m_thresholds);
    }
    m_scoreIndex.build(m_score);
    m_earlierIndex.build(m_earlier);
    m_newestRow = std::max<Index>(m_newestRow - by, -1);
    m_forecast.dropFirst(by);
    m_classAnswers.dropFirst(by);
    m_attention.renumber(by);
    m_cost.renumber(by);
    countAgain();
}

void ResultStore::truncate(Index rows)
{
    if (rows < 0 || rows > this->rows())
        return;
    const auto size = static_cast<std::size_t>(rows);
    m_score.resize(size);
    m_earlier.resize(size);
    m_modeCode.resize(size);
    m_earlierCode.resize(size);
    m_alarm.resize(size);
    m_held.resize(size);
    m_part.resize(size);
    m_topChannel.resize(size);
    if (!m_thresholds.empty()) {
        m_thresholds.resize(size);
        m_thresholdIndex.build(m_thresholds);
    }
    m_scoreIndex.build(m_score);
    m_earlierIndex.build(m_earlier);
    m_newestRow = std::min(m_newestRow, rows - 1);
    m_forecast.reset(rows);
    m_classAnswers.reset(rows);
    m_attention.clear();
    m_run = 0;
    m_oldestRun = 0;
    countAgain();
}

void ResultStore::countAgain()
{
    m_answered = std::count_if(m_score.begin(), m_score.end(),
                               [](float score) { return std::isfinite(score); });
    m_heldRows = std::count(m_held.begin(), m_held.end(), std::uint8_t {1});
    ++m_version;
    ++m_alarmVersion;
}

void ResultStore::setThreshold(float threshold)
{
    m_threshold = threshold;
    forgetThresholds();
    for (std::size_t row = 0; row < m_score.size(); ++row) {
        if (std::isfinite(m_score[row]))
            m_alarm[row] = m_score[row] > threshold ? 1 : 0;
    }
    ++m_alarmVersion;
    ++m_version;
}

std::optional<Mode> ResultStore::mode(Index row) const
{
    if (row < 0 || row >= rows() || m_modeCode[static_cast<std::size_t>(row)] == noMode)
        return std::nullopt;
    return decode(m_modeCode[static_cast<std::size_t>(row)]);
}

std::optional<double> ResultStore::largestInferenceDifference() const
{
    if (m_comparedRows == 0)
        return std::nullopt;
    return m_largestDifference;
}

const std::vector<AlarmSpan>& ResultStore::alarms() const
{
    if (m_alarmsMade == m_alarmVersion)
        return m_alarms;
    m_alarmsMade = m_alarmVersion;
    m_alarms.clear();
    // From the end, so that the bound keeps the newest.
    for (Index row = rows() - 1; row >= 0; --row) {
        const auto r = static_cast<std::size_t>(row);
        if (m_alarm[r] == 0)
            continue;
        const float score = m_modeCode[r] != noMode ? m_score[r] : m_earlier[r];
        if (m_alarms.empty() || m_alarms.back().first - row > alarmJoinGap) {
            if (m_alarms.size() == maxAlarms)
                break;
            m_alarms.push_back({row, row, row, score, 0, m_part[r]});
        }
        AlarmSpan& span = m_alarms.back();
        span.first = row;
        if (score >= span.peak) {
            span.peak = score;
            span.peakRow = row;
            span.topChannel = static_cast<Index>(m_topChannel[r]);
            span.part = m_part[r];
        }
    }
    std::reverse(m_alarms.begin(), m_alarms.end());
    return m_alarms;
}

} // namespace stint::ui
