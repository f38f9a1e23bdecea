#include "core/stream/row_scorer.h"

#include <limits>
#include <utility>

namespace stint {

float thresholdFor(const Family& family, Mode mode, ScoreKind score)
{
    if (family.task == ModelTask::Classify)
        return std::numeric_limits<float>::max();
    return family.find(mode.variant())->thresholds[static_cast<std::size_t>(score)].value;
}

std::unique_ptr<RowJudge> judgeFor(const Family& family, Mode mode, ScoreKind score,
                                   std::optional<float> byHand,
                                   const std::optional<ThresholdMotion>& motion)
{
    if (!motion || byHand || family.task == ModelTask::Classify)
        return nullptr;
    const Threshold& own = family.find(mode.variant())->thresholds[static_cast<std::size_t>(score)];
    return RowJudge::canMove(own) ? std::make_unique<RowJudge>(own, *motion) : nullptr;
}

RowScorer::RowScorer(const std::shared_ptr<const Family>& family, Mode mode, ScoreKind score,
                     Index maxBlock, Standardiser standardiser,
                     const std::optional<Adaptation>& adaptation)
    : m_standardiser(std::move(standardiser))
{
    if (family->task == ModelTask::Classify)
        m_classifier = std::make_unique<Classifier>(family, mode, maxBlock);
    else if (adaptation)
        m_detector = std::make_unique<Detector>(family, mode, score, maxBlock, *adaptation);
    else
        m_detector = std::make_unique<Detector>(family, mode, score, maxBlock);
}

Index RowScorer::memory() const
{
    return m_classifier ? m_classifier->memory() : m_detector->memory();
}

void RowScorer::reset(Index row)
{
    if (m_classifier)
        m_classifier->reset(row);
    else
        m_detector->reset(row);
}

void RowScorer::warmUp(const float* z, Index zRow, Index rows)
{
    if (m_classifier)
        m_classifier->warmUp(z, zRow, rows);
    else
        m_detector->warmUp(z, zRow, rows);
}

void RowScorer::step(const float* z, Index zRow, Index rows, float threshold, const Keep& keep,
                     ResultBlock& out)
{
    if (m_classifier) {
        m_classifier->step(z, zRow, rows, keep.attention, out);
        return;
    }
    m_detector->step(z, zRow, rows, threshold, keep, out);
    restoreForecast(out);
}

/// From standard deviations to the units of the channels.
void RowScorer::restoreForecast(ResultBlock& out) const
{
    const Index channels = m_standardiser.channels();
    for (std::size_t i = 0; i < out.forecast.size(); ++i) {
        const auto c = static_cast<Index>(i) % channels;
        out.forecast[i]
            = static_cast<float>(m_standardiser.restore(c, static_cast<double>(out.forecast[i])));
    }
}

} // namespace stint
