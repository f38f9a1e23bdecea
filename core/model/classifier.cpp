#include "core/model/classifier.h"

#include "core/cost/closed_forms.h"

#include <algorithm>
#include <cmath>

namespace stint {

namespace {

/// Softmax of one row of logits.
void toProbabilities(const float* logits, Index classes, float* probabilities)
{
    const float largest = *std::max_element(logits, logits + classes);
    double sum = 0.0;
    for (Index k = 0; k < classes; ++k)
        sum += std::exp(static_cast<double>(logits[k] - largest));
    for (Index k = 0; k < classes; ++k)
        probabilities[k]
            = static_cast<float>(std::exp(static_cast<double>(logits[k] - largest)) / sum);
}

} // namespace

Classifier::Classifier(std::shared_ptr<const Family> family, Mode mode, Index maxBlock)
    : m_family(std::move(family)),
      m_mode(mode),
      m_maxBlock(maxBlock),
      m_encoder(*m_family->find(mode.variant()), static_cast<Index>(m_family->channels.size()),
                m_family->lags, mode.inference, maxBlock),
      m_logits(maxBlock, m_encoder.config().outputs),
      m_perStep(denominators(m_encoder.config()))
{ }

void Classifier::reset(Index row) noexcept
{
    m_row = row;
    m_encoder.reset(row);
}

void Classifier::warmUp(const float* z, Index zRow, Index rows) noexcept
{
    while (rows > 0) {
        const Index block = std::min(rows, m_maxBlock);
        m_encoder.take(z, zRow, block);
        m_encoder.absorb(0, block);
        m_encoder.advance(block);
        m_row += block;
        z += block * zRow;
        rows -= block;
    }
}

/// Logits of the whole block to what a result block holds.
void Classifier::fill(Index rows, ResultBlock& out) const
{
    const Index classes = m_encoder.config().outputs;
    const auto size = static_cast<std::size_t>(rows);
    out.classes = classes;
    out.score.resize(size);
    out.chosenClass.resize(size);
    out.probabilities.resize(size * static_cast<std::size_t>(classes));
    for (Index r = 0; r < rows; ++r) {
        float* p = out.probabilities.data() + r * classes;
        toProbabilities(m_logits.row(r), classes, p);
        const float* best = std::max_element(p, p + classes);
        out.chosenClass[static_cast<std::size_t>(r)] = static_cast<std::int16_t>(best - p);
        out.score[static_cast<std::size_t>(r)] = *best;
    }
    out.encoderScore = out.score;
    out.autoregressionScore.assign(size, std::numeric_limits<float>::quiet_NaN());
    out.alarm.assign(size, 0);
    out.part.assign(size, ScorePart::Encoder);
    out.held.assign(size, 0);
    out.contributions.assign(size * m_family->channels.size(), 0.0F);
    out.forecast.clear();
}

void Classifier::step(const float* z, Index zRow, Index rows, bool keepAttention, ResultBlock& out)
{
    out.task = ModelTask::Classify;
    out.mode = m_mode;
    out.firstRow = m_row;
    out.rows = rows;
    out.channels = static_cast<Index>(m_family->channels.size());
    out.threshold = std::numeric_limits<float>::max();

    const Index kept = keepAttention ? std::min(rows, attentionHistory) : 0;
    m_encoder.take(z, zRow, rows);
    PartCounts counts;
    m_encoder.answer(0, rows, m_logits, kept, m_attention, counts);
    m_encoder.advance(rows);
    fill(rows, out);
    m_encoder.handOver(m_attention, kept, m_row + rows, out);
    out.tally.steps += static_cast<std::uint64_t>(rows);
    out.tally.counted += counts;
    out.tally.perStep = m_perStep;
    m_row += rows;
}

} // namespace stint
