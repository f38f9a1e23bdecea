#include "ui/cost_history.h"

#include <algorithm>

namespace stint::ui {

void CostHistory::append(const ResultBlock& block)
{
    const Tally& now = block.tally;
    // A run that began again, or another one, starts counting from zero.
    const bool continues = block.run == m_run && now.steps >= m_tally.steps;
    const std::uint64_t stepsBefore = continues ? m_tally.steps : 0;
    const std::uint64_t operationsBefore = continues ? m_tally.counted.total().operations : 0;
    m_run = block.run;
    m_tally = now;
    const auto steps = static_cast<double>(now.steps - stepsBefore);
    if (now.steps == stepsBefore)
        return;
    const auto operations = static_cast<double>(now.counted.total().operations - operationsBefore);
    const auto dense = static_cast<double>(now.perStep.denseWindow);
    m_allSteps += steps;
    m_allOperations += operations;
    m_allDenseWindow += dense * steps;
    addPoint({block.firstRow + block.rows - 1, operations / steps, dense});
}

void CostHistory::clear() { *this = CostHistory {}; }

void CostHistory::renumber(Index rows)
{
    for (CostPoint& point : m_points)
        point.row -= rows;
    std::erase_if(m_points, [](const CostPoint& point) { return point.row < 0; });
}

void CostHistory::addPoint(const CostPoint& point)
{
    const auto same = [](const CostPoint& a, const CostPoint& b) {
        return !(a.operations < b.operations) && !(b.operations < a.operations)
            && !(a.denseWindow < b.denseWindow) && !(b.denseWindow < a.denseWindow);
    };
    // A level stretch needs its two ends only.
    const std::size_t count = m_points.size();
    if (count >= 2 && same(m_points[count - 1], point) && same(m_points[count - 2], point)
        && m_points[count - 1].row <= point.row) {
        m_points.back().row = point.row;
        return;
    }
    m_points.push_back(point);
    if (m_points.size() < maxPoints)
        return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_points.size(); i += 2)
        m_points[kept++] = m_points[i];
    m_points.resize(kept);
}

} // namespace stint::ui
