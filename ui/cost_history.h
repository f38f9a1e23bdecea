#pragma once

#include "core/detect/result_block.h"

#include <vector>

namespace stint::ui {

/// What a step cost around a row: the mean of one block.
struct CostPoint {
    Index row = 0; ///< the last row of the block
    double operations = 0.0; ///< per step
    double denseWindow = 0.0; ///< per step, of the dense full window
};

/// The tally over time: the newest one, the sum of all runs, and a thinned-out curve of the cost
/// per step. Bounded in size, however long it is fed.
class CostHistory {
public:
    static constexpr std::size_t maxPoints = 2048;

    /// Takes over the tally of a block; one without steps is ignored.
    void append(const ResultBlock& block);

    void clear();

    /// Rows have other numbers from now on, smaller by `rows`; points before the first are dropped.
    void renumber(Index rows);

    /// Tally of the run that is going on.
    [[nodiscard]] const Tally& tally() const { return m_tally; }

    /// Steps, operations and dense-window operations of all runs since clear().
    [[nodiscard]] double allSteps() const { return m_allSteps; }
    [[nodiscard]] double allOperations() const { return m_allOperations; }
    [[nodiscard]] double allDenseWindow() const { return m_allDenseWindow; }

    /// In the order in which they were computed; neighbouring points of equal cost are one.
    [[nodiscard]] const std::vector<CostPoint>& points() const { return m_points; }

private:
    void addPoint(const CostPoint& point);

    std::uint64_t m_run = 0;
    Tally m_tally;
    double m_allSteps = 0.0;
    double m_allOperations = 0.0;
    double m_allDenseWindow = 0.0;
    std::vector<CostPoint> m_points;
};

} // namespace stint::ui
