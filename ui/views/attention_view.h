#pragma once

#include "ui/plot/plot.h"
#include "ui/views/view.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>

#include <optional>

namespace stint::ui {

/// Attention of one layer and head: a map of lag by row, and beside it the weights of the newest
/// row over the lags.
class AttentionView : public View {
    Q_OBJECT

public:
    explicit AttentionView(QWidget* parent = nullptr);

    void refresh(const ResultStore& store) override;

    /// Chooses what is shown, counted from 0.
    void select(Index layer, Index head);

    [[nodiscard]] Index layer() const { return m_layer->currentIndex(); }
    [[nodiscard]] Index head() const { return m_head->currentIndex(); }
    [[nodiscard]] Index mappedRows() const; ///< columns of the map
    [[nodiscard]] Index mappedLags() const; ///< rows of the map
    /// Weight that the map shows for a row of the recording and a lag; NaN if none.
    [[nodiscard]] double cell(Index row, Index lag) const;
    /// Weight of the newest row at a lag; NaN if none.
    [[nodiscard]] double newestWeight(Index lag) const;
    [[nodiscard]] QCustomPlot* plot() const { return m_plot; }

private:
    void buildPlot();
    void buildMap();
    void offer(Index layers, Index heads);
    void drawMap(const AttentionRing& ring);
    void drawNewest(const AttentionRing& ring);
    void describe(const AttentionRing& ring);
    void clearPictures();

    QComboBox* m_layer; // children
    QComboBox* m_head;
    QLabel* m_caption;
    QCustomPlot* m_plot;
    QCPAxisRect* m_mapRect = nullptr; // owned by the plot
    QCPAxisRect* m_rowRect = nullptr;
    QCPColorMap* m_map = nullptr;
    QCPColorScale* m_scale = nullptr;
    QCPCurve* m_newest = nullptr;
    QCPItemText* m_empty = nullptr;
    double m_highest = 0.0; ///< upper end of the colour scale
    Index m_firstLag = 1; ///< the nearest key of what is shown
    // What the pictures show, so that nothing is drawn twice.
    Index m_shownRow = -1;
    Index m_shownSize = 0;
    std::uint64_t m_shownRun = 0;
    bool m_dirty = true;
    QElapsedTimer m_described;
};

} // namespace stint::ui
