#pragma once

#include "ui/plot/plot.h"
#include "ui/plot/time_scale.h"

#include <QList>
#include <QString>

namespace stint::ui {

/// Axis rects on top of one another in one plot that share a horizontal axis: whatever moves one
/// moves all. Only the lowest shows the time.
class TimeStack : public QObject {
    Q_OBJECT

public:
    /// \param plot must outlive this object; its default layout is removed.
    explicit TimeStack(QCustomPlot& plot);

    /// Removes all rects and begins again on another time scale, showing `range`.
    void reset(const TimeScale& scale, const QCPRange& range);

    /// Adds a rect below the others, `stretch` times as high as one of stretch 1. The title (name
    /// and unit) stands inside, because upright text would not fit a low rect.
    QCPAxisRect* addRect(const QString& title, double stretch);

    /// Puts something as low as it can be, a legend, between the rects. The plot owns it.
    void addElement(QCPLayoutElement* element);

    /// Replaces the title of a rect of addRect().
    void setTitle(QCPAxisRect* rect, const QString& title);

    [[nodiscard]] QString title(QCPAxisRect* rect) const;

    [[nodiscard]] QCPRange range() const { return m_range; }

    /// Shows another part of the time, kept inside the recording with a little margin.
    void setRange(const QCPRange& range);

    /// The whole recording with a little margin.
    [[nodiscard]] QCPRange wholeRange() const;

    /// The whole range reaches back at least so far from its last row, in axis coordinates: room
    /// for what a recording that grows will fill.
    void setLeastSpan(double span) { m_leastSpan = span; }

    /// Columns that a curve can use at most [device independent pixels].
    [[nodiscard]] Index columns() const;

Q_SIGNALS:
    /// The visible part has changed, by setRange() or by the mouse.
    void rangeChanged();

private:
    [[nodiscard]] QCPRange bounded(QCPRange range) const;
    void showTimeOnLowestOnly();

    QCustomPlot& m_plot;
    TimeScale m_scale;
    QCPRange m_range;
    QCPMarginGroup* m_margins = nullptr; // owned by the plot
    QList<QCPAxisRect*> m_rects; // owned by the plot's layout
    QHash<QCPAxisRect*, QCPItemText*> m_titles; // owned by the plot
    double m_leastSpan = 0.0;
    bool m_changing = false;
};

} // namespace stint::ui
