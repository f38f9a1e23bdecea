#include "ui/class_answers.h"

#include <algorithm>
#include <cmath>

namespace stint::ui {

namespace {

constexpr std::int16_t noClass = -1;

} // namespace

void ClassAnswers::reset(Index rows)
{
    *this = ClassAnswers {};
    m_rows = std::max<Index>(rows, 0);
    m_probabilities.reset(m_rows);
}

void ClassAnswers::setKnown(std::shared_ptr<const KnownClasses> known)
{
    m_known = std::move(known);
    judgeAll();
}

bool ClassAnswers::fits(const ResultBlock& block) const
{
    if (block.task != ModelTask::Classify)
        return true;
    const auto rows = static_cast<std::size_t>(std::max<Index>(block.rows, 0));
    const auto values = rows * static_cast<std::size_t>(std::max<Index>(block.classes, 0));
    return block.classes > 0 && block.classes <= Index {mostClasses}
    && block.chosenClass.size() >= rows && block.probabilities.size() >= values
        && std::all_of(block.chosenClass.begin(), block.chosenClass.begin() + block.rows,
                       [&](std::int16_t c) { return c >= noClass && c < block.classes; });
}

void ClassAnswers::append(const ResultBlock& block)
{
    if (block.task != ModelTask::Classify)
        return;
    if (block.classes != m_classes) {
        m_classes = block.classes;
        m_chosen.assign(static_cast<std::size_t>(m_rows), noClass);
        m_earlier.assign(static_cast<std::size_t>(m_rows), noClass);
        judgeAll();
    }
    for (Index i = 0; i < block.rows; ++i) {
        const auto row = static_cast<std::size_t>(block.firstRow + i);
        judge(row, -1);
        m_chosen[row] = block.chosenClass[static_cast<std::size_t>(i)];
        judge(row, 1);
    }
    m_probabilities.store(block.firstRow, block.rows, block.probabilities.data(), m_classes);
}

void ClassAnswers::changeVariant(const std::vector<bool>& returns, const std::vector<bool>& keeps)
{
    m_probabilities.clear();
    for (std::size_t row = 0; row < m_chosen.size(); ++row) {
        if (returns[row] || keeps[row])
            std::swap(m_chosen[row], m_earlier[row]);
        if (!returns[row])
            m_chosen[row] = noClass;
    }
    judgeAll();
}

void ClassAnswers::dropFirst(Index rows)
{
    for (std::vector<std::int16_t>* values : {&m_chosen, &m_earlier}) {
        const auto by = std::min(rows, static_cast<Index>(values->size()));
        std::copy(values->begin() + by, values->end(), values->begin());
        std::fill(values->end() - by, values->end(), noClass);
    }
    m_probabilities.dropFirst(rows);
    m_known.reset(); // it spoke of the rows as they were
    judgeAll();
}

void ClassAnswers::judge(std::size_t row, Index sign)
{
    if (!m_known || m_known->classes != m_classes || row >= m_known->judged.size())
        return;
    const std::int16_t known = m_known->judged[row];
    const std::int16_t chosen = m_chosen[row];
    if (known < 0 || chosen < 0)
        return;
    m_counts[static_cast<std::size_t>(known * m_classes + chosen)] += sign;
    m_judged += sign;
}

void ClassAnswers::judgeAll()
{
    m_counts.assign(static_cast<std::size_t>(m_classes * m_classes), 0);
    m_judged = 0;
    for (std::size_t row = 0; row < m_chosen.size(); ++row)
        judge(row, 1);
}

QString ClassAnswers::text(Index row, const QStringList& names) const
{
    if (row < 0 || row >= static_cast<Index>(m_chosen.size()))
        return tr("no class");
    const std::int16_t chosen = m_chosen[static_cast<std::size_t>(row)];
    if (chosen < 0)
        return tr("no class");
    const auto sure = static_cast<double>(m_probabilities.at(row, chosen));
    const QString name = tr("class %1").arg(names.value(chosen));
    return std::isfinite(sure) ? name + tr(" %1 %").arg(100.0 * sure, 0, 'f', 0) : name;
}

Index ClassAnswers::count(Index known, Index chosen) const
{
    if (known < 0 || chosen < 0 || known >= m_classes || chosen >= m_classes)
        return 0;
    return m_counts[static_cast<std::size_t>(known * m_classes + chosen)];
}

} // namespace stint::ui
