#pragma once

#include "ui/plot/plot.h"
#include "ui/plot/time_scale.h"

#include <QPointer>
#include <QStringList>

#include <cstdint>
#include <span>
#include <vector>

namespace stint::ui {

/// A stretch of time with one class.
struct ClassSegment {
    double begin = 0.0; ///< axis coordinates
    double end = 0.0;
    int classNumber = 0;

    friend bool operator==(const ClassSegment&, const ClassSegment&) = default;
};

/// Rows [first, last) as stretches of equal class; rows without one (-1) are left out. With more
/// rows than columns, each of `columns` parts has the class that most of its rows have.
[[nodiscard]] std::vector<ClassSegment> classSegments(std::span<const std::int16_t> classes,
                                                      Index first, Index last, Index columns,
                                                      const TimeScale& scale);

/// A coloured strip in one lane of an axis rect, with the names of the classes where they fit.
class ClassStrip : public QCPAbstractItem {
    Q_OBJECT

public:
    /// The plot owns the item. The strip lies between two values of the rect's left axis.
    ClassStrip(QCustomPlot* plot, QCPAxisRect* rect, const QCPRange& lane, QStringList names);

    void setSegments(std::vector<ClassSegment> segments);

    [[nodiscard]] const std::vector<ClassSegment>& segments() const { return m_segments; }

    /// Never selected by the mouse.
    double selectTest(const QPointF& position, bool onlySelectable,
                      QVariant* details = nullptr) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    QPointer<QCPAxisRect> m_rect;
    QCPRange m_lane;
    QStringList m_names;
    std::vector<ClassSegment> m_segments;
};

} // namespace stint::ui
