#pragma once

#include "ui/model_facts.h"
#include "ui/plot/plot.h"
#include "ui/views/view.h"

#include <QLabel>
#include <QTableWidget>

#include <optional>

namespace stint::ui {

/// What playback computed: the ratio to the dense full window in large type, the operations of
/// each part in numbers, and the operations per step as a curve.
class CostView : public View {
    Q_OBJECT

public:
    explicit CostView(QWidget* parent = nullptr);

    /// What is said about the variant beside what is counted: its size, and its way of stepping.
    void setModel(const ModelFacts& facts);

    void refresh(const ResultStore& store) override;

    [[nodiscard]] QString headline() const { return m_headline->text(); }
    [[nodiscard]] QString details() const { return m_details->text(); }
    /// Text of the table: row of a part, or the total after them; column 0 operations per step,
    /// 1 executed per step.
    [[nodiscard]] QString cellText(int row, int column) const;
    /// Points of the curve of operations per step.
    [[nodiscard]] int curvePoints() const { return m_own->dataCount(); }
    [[nodiscard]] QCustomPlot* plot() const { return m_plot; }

private:
    void buildTable();
    void buildPlot();
    void showNumbers(const CostHistory& cost, const std::optional<Mode>& mode);
    [[nodiscard]] QString variantText(const Mode& mode) const;
    void showTable(const Tally& tally);
    void showCurve(const CostHistory& cost);

    QLabel* m_headline; // children
    QLabel* m_details;
    QTableWidget* m_table;
    QCustomPlot* m_plot;
    QCPCurve* m_own = nullptr; // owned by the plot
    QCPCurve* m_dense = nullptr;
    ModelFacts m_facts;
    std::uint64_t m_shownRun = 0;
    double m_shownSteps = -1.0;
};

} // namespace stint::ui
