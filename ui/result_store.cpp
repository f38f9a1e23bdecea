#include "ui/result_store.h"

#include "core/detect/alarms.h"

#include <algorithm>
#include <cmath>

namespace stint::ui {

namespace {

constexpr float noScore = std::numeric_limits<float>::quiet_NaN();
constexpr std::uint8_t noMode = ResultRows::noMode;
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
    ResultRows kept = std::move(m_rows);
    if (kept.rows() == rows)
        kept.clear();
    else
        kept = ResultRows(rows);
    reset(std::move(kept));
}

void ResultStore::reset(ResultRows rows)
{
    const std::uint64_t version = m_version;
    const std::uint64_t alarmVersion = m_alarmVersion;
    const std::uint64_t oldestRun = m_oldestRun;
    *this = ResultStore {};
    m_version = version + 1;
    m_alarmVersion = alarmVersion + 1;
    m_oldestRun = oldestRun;
    m_rows = std::move(rows);
    m_forecast.reset(m_rows.rows());
    m_classAnswers.reset(m_rows.rows());
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
    m_rows.include(block.firstRow, end);
    m_rows.scoreIndex.update(m_rows.score, block.firstRow, end);
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
    const float before = m_rows.score[row];
    const float now = block.score[from];
    if (std::isfinite(before) && std::isfinite(now) && m_rows.modeCode[row] != code) {
        const double difference = std::abs(static_cast<double>(before) - static_cast<double>(now));
        m_largestDifference = std::max(m_largestDifference, difference);
        ++m_comparedRows;
    }
    m_answered
        += static_cast<Index>(std::isfinite(now)) - static_cast<Index>(std::isfinite(before));
    m_rows.score[row] = now;
    m_rows.modeCode[row] = std::isfinite(now) ? code : noMode;
    m_heldRows
        += static_cast<Index>(block.held[from] != 0) - static_cast<Index>(m_rows.held[row] != 0);
    m_rows.held[row] = block.held[from] != 0 ? 1 : 0;
    const std::uint8_t alarm = block.alarm[from] != 0 ? 1 : 0;
    if (alarm != 0 || m_rows.alarm[row] != 0)
        ++m_alarmVersion;
    m_rows.alarm[row] = alarm;
    m_rows.part[row] = block.part[from];
    if (std::isfinite(now) && block.channels > 0)
        m_rows.topChannel[row] = topChannel(block, i);
}

/// Before m_threshold becomes that of the block: so far it judged all rows.
void ResultStore::storeThresholds(const ResultBlock& block)
{
    m_thresholdMoves = !block.thresholds.empty();
    if (!m_thresholdMoves && m_rows.threshold.empty())
        return;
    if (m_rows.threshold.empty())
        m_rows.startThresholds(m_threshold);
    const auto to = m_rows.threshold.begin() + block.firstRow;
    if (m_thresholdMoves)
        std::copy_n(block.thresholds.begin(), block.rows, to);
    else
        std::fill_n(to, block.rows, block.threshold);
    m_rows.thresholdIndex.update(m_rows.threshold, block.firstRow, block.firstRow + block.rows);
}

void ResultStore::forgetThresholds()
{
    m_rows.threshold.clear();
    m_thresholdMoves = false;
}

float ResultStore::thresholdAt(Index row) const
{
    const auto r = static_cast<std::size_t>(row);
    const std::vector<float>& known = m_rows.threshold;
    return r < known.size() && std::isfinite(known[r]) ? known[r] : m_threshold;
}

void ResultStore::changeVariant(const Mode& mode)
{
    m_variant = mode.variant();
    forgetThresholds(); // of another scale
    m_threshold = noScore;
    m_attention.clear();
    m_forecast.clear();
    m_answered = 0;
    std::vector<bool> returning(m_rows.score.size());
    std::vector<bool> keeping(m_rows.score.size());
    const auto last = static_cast<std::size_t>(m_rows.used.last);
    for (auto row = static_cast<std::size_t>(m_rows.used.first); row < last; ++row) {
        const bool returns = m_rows.earlierCode[row] != noMode
            && decode(m_rows.earlierCode[row]).variant() == *m_variant;
        returning[row] = returns;
        keeping[row] = m_rows.modeCode[row] != noMode;
        if (returns || keeping[row]) {
            std::swap(m_rows.score[row], m_rows.earlier[row]);
            std::swap(m_rows.modeCode[row], m_rows.earlierCode[row]);
        }
        if (!returns) {
            m_rows.score[row] = noScore;
            m_rows.modeCode[row] = noMode;
        }
        m_answered += std::isfinite(m_rows.score[row]) ? 1 : 0;
    }
    m_classAnswers.changeVariant(returning, keeping);
    m_rows.updateIndexes();
}

void ResultStore::dropFirst(Index rows)
{
    const Index by = std::clamp<Index>(rows, 0, this->rows());
    if (by == 0)
        return;
    m_rows.dropFirst(by);
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
    m_rows.truncate(rows);
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
    const auto [first, last] = m_rows.used;
    m_answered = std::count_if(m_rows.score.begin() + first, m_rows.score.begin() + last,
                               [](float score) { return std::isfinite(score); });
    m_heldRows
        = std::count(m_rows.held.begin() + first, m_rows.held.begin() + last, std::uint8_t {1});
    ++m_version;
    ++m_alarmVersion;
}

void ResultStore::setThreshold(float threshold)
{
    m_threshold = threshold;
    forgetThresholds();
    const auto last = static_cast<std::size_t>(m_rows.used.last);
    for (auto row = static_cast<std::size_t>(m_rows.used.first); row < last; ++row) {
        if (std::isfinite(m_rows.score[row]))
            m_rows.alarm[row] = m_rows.score[row] > threshold ? 1 : 0;
    }
    ++m_alarmVersion;
    ++m_version;
}

std::optional<Mode> ResultStore::mode(Index row) const
{
    if (row < 0 || row >= rows() || m_rows.modeCode[static_cast<std::size_t>(row)] == noMode)
        return std::nullopt;
    return decode(m_rows.modeCode[static_cast<std::size_t>(row)]);
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
    for (Index row = m_rows.used.last - 1; row >= m_rows.used.first; --row) {
        const auto r = static_cast<std::size_t>(row);
        if (m_rows.alarm[r] == 0)
            continue;
        const float score = m_rows.modeCode[r] != noMode ? m_rows.score[r] : m_rows.earlier[r];
        if (m_alarms.empty() || m_alarms.back().first - row > alarmJoinGap) {
            if (m_alarms.size() == maxAlarms)
                break;
            m_alarms.push_back({row, row, row, score, 0, m_rows.part[r]});
        }
        AlarmSpan& span = m_alarms.back();
        span.first = row;
        if (score >= span.peak) {
            span.peak = score;
            span.peakRow = row;
            span.topChannel = static_cast<Index>(m_rows.topChannel[r]);
            span.part = m_rows.part[r];
        }
    }
    std::reverse(m_alarms.begin(), m_alarms.end());
    return m_alarms;
}

} // namespace stint::ui
