#pragma once

#include "ui/plot/plot.h"

#include <QPointer>

#include <vector>

namespace stint::ui {

/// Any number of vertical lines over one axis rect, drawn as one item: where series begin. Lines
/// too close to be told apart on the screen are left out.
class BoundaryItem : public QCPAbstractItem {
    Q_OBJECT

public:
    /// The plot owns the item. \param lines ascending axis coordinates.
    BoundaryItem(QCustomPlot* plot, QCPAxisRect* rect, std::vector<double> lines);

    [[nodiscard]] const std::vector<double>& lines() const { return m_lines; }

    /// Never selected by the mouse.
    double selectTest(const QPointF& position, bool onlySelectable,
                      QVariant* details = nullptr) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    QPointer<QCPAxisRect> m_rect;
    std::vector<double> m_lines;
};

} // namespace stint::ui
