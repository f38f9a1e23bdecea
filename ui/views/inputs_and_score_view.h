#pragma once

#include "ui/known_classes.h"
#include "ui/model_facts.h"
#include "ui/plot/band_item.h"
#include "ui/plot/boundary_item.h"
#include "ui/plot/channel_curves.h"
#include "ui/plot/class_strip.h"
#include "ui/plot/time_stack.h"
#include "ui/views/view.h"

#include <QElapsedTimer>
#include <QScrollBar>

#include <memory>
#include <optional>
#include <vector>

namespace stint::ui {

/// The channels of a recording and what a model answers on one time axis, with the borders of
/// series and the place of playback. Under the channels stands, by the task of the model:
/// * anomalies: the score with its threshold, the alarms and the known labels; where asked for, the
///   expected curve over each channel;
/// * forecasts: the error with its threshold, and the forecast over each channel;
/// * classes: the probability of each, and strips of the chosen and of the known class.
///
/// Mouse: a click seeks, dragging moves the time, the wheel zooms it, a double click shows the
/// whole recording, the threshold line can be dragged. A threshold that moves is a curve, and stays
/// where it is.
class InputsAndScoreView : public View {
    Q_OBJECT

public:
    /// Channels that are shown at a time; a scroll bar reaches the others.
    static constexpr Index shownChannelsAtMost = 10;
    /// Classes that get a curve, and a place in the legend; the strips know all.
    static constexpr int classCurvesAtMost = 24;
    static constexpr int legendEntriesAtMost = 10;

    explicit InputsAndScoreView(QWidget* parent = nullptr);

    /// Shows another recording; `curves` are those of makeChannelCurves(). \param extent of a
    /// recording that grows; null: it is complete.
    void setRecording(std::shared_ptr<const Recording> recording,
                      std::shared_ptr<const ChannelCurves> curves,
                      std::shared_ptr<const LiveExtent> extent = {});

    /// The recording grew, or rows at its front went away; the newest stay in sight if following.
    void rowsAppended();

    /// How much of a growing recording is shown while following it [s]; 0: all of it.
    void setTimeWindow(double seconds);

    /// Arranges for what a model answers. \param known of the recording; null: nothing.
    void setModel(const ModelFacts& facts, std::shared_ptr<const KnownClasses> known);

    /// Whether the expected curve stands over each channel where the task is anomalies.
    void setExpectedShown(bool shown);

    void refresh(const ResultStore& store) override;

    /// Marks the row that was answered last; keeps it in sight if following.
    void setPlayhead(Index row);

    /// Whether the visible part moves along with playback.
    void setFollowing(bool following);

    /// Whether the score has a logarithmic axis.
    void setLogarithmic(bool logarithmic);

    void fitAll();
    /// Zooms the time around the place of playback, or the middle; factor < 1 shows less.
    void zoom(double factor);

    [[nodiscard]] QCPRange visibleRange() const { return m_stack.range(); } ///< axis coordinates
    void setVisibleRange(const QCPRange& range) { m_stack.setRange(range); }
    [[nodiscard]] const TimeScale& timeScale() const { return m_scale; }
    [[nodiscard]] Index shownChannels() const { return static_cast<Index>(m_channels.size()); }
    [[nodiscard]] QString channelTitle(Index shown) const;
    /// Points that are drawn now, of a shown channel and of the score.
    [[nodiscard]] const QCPGraphDataContainer& channelPoints(Index shown) const;
    [[nodiscard]] const QCPGraphDataContainer& scorePoints() const { return *m_score->data(); }
    [[nodiscard]] const QCPGraphDataContainer& earlierPoints() const { return *m_earlier->data(); }
    /// Points of the forecast over a shown channel; empty where none is drawn.
    [[nodiscard]] const QCPGraphDataContainer& forecastPoints(Index shown) const;
    [[nodiscard]] QString scoreTitleText() const { return m_stack.title(m_scoreRect); }
    /// Curves of class probabilities, and their points.
    [[nodiscard]] int classCurves() const { return static_cast<int>(m_classCurves.size()); }
    [[nodiscard]] const QCPGraphDataContainer& classPoints(int number) const;
    [[nodiscard]] QStringList legendTexts() const; ///< of the classes
    [[nodiscard]] const ClassStrip* chosenStrip() const { return m_chosenStrip; }
    [[nodiscard]] const ClassStrip* knownStrip() const { return m_knownStrip; }
    [[nodiscard]] const std::vector<double>& boundaries() const { return m_boundaries; }
    [[nodiscard]] const std::vector<QCPRange>& alarmBands() const { return m_alarmBands; }
    [[nodiscard]] const std::vector<QCPRange>& labelBands() const { return m_labelBands; }
    [[nodiscard]] double playhead() const; ///< axis coordinate
    [[nodiscard]] double thresholdLine() const; ///< NaN while there is none, or it moves
    /// Points of the threshold where it moves, drawn as the curve that it is.
    [[nodiscard]] const QCPGraphDataContainer& thresholdPoints() const { return *m_course->data(); }
    [[nodiscard]] QString thresholdText() const; ///< beside the line or curve; empty: there is none
    [[nodiscard]] double frameMilliseconds() const { return m_frameMs; } ///< of the last drawing
    [[nodiscard]] QCustomPlot* plot() const { return m_plot; }

Q_SIGNALS:
    void seekRequested(stint::Index row);
    void thresholdRequested(double threshold);
    /// The user moved the picture away from playback.
    void followingStopped();
    /// A row is under the mouse, and what to say about it.
    void hovered(const QString& text);

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct ChannelRow {
        Index channel = 0;
        QCPAxisRect* rect = nullptr; // owned by the plot's layout
        QCPGraph* graph = nullptr; // owned by the plot
        Index forecastChannel = -1; // of the model; -1: it does not have the channel
        QCPGraph* forecast = nullptr; // owned by the plot
    };

    void buildRects();
    void addChannelRect(Index channel);
    void addScoreRect();
    [[nodiscard]] QString scoreTitle(bool earlier) const;
    void addOverlays(QCPAxisRect* rect);
    void addForecastLegend();
    void addClassCurves();
    void addClassStrips();
    [[nodiscard]] bool classifies() const { return m_facts.task == ModelTask::Classify; }
    [[nodiscard]] bool showsForecast() const;
    void redrawForecasts(const ResultStore& store);
    void redrawClasses(const ResultStore& store);
    void redrawChannels();
    void redrawScore(const ResultStore& store);
    void updateScoreRange();
    void updateBands(const ResultStore& store);
    void placeThreshold();
    void describe(const ResultStore& store);
    void connectMouse();
    void pressed(QMouseEvent* event);
    void moved(QMouseEvent* event);
    void released(QMouseEvent* event);
    [[nodiscard]] bool nearThreshold(const QPoint& position) const;
    void tellHovered(const ResultStore& store);
    [[nodiscard]] QString textAt(const QPoint& position, const ResultStore& store) const;
    [[nodiscard]] QString channelText(const ChannelRow& shown, Index row,
                                      const ResultStore& store) const;
    [[nodiscard]] QString answerText(Index row, const ResultStore& store) const;
    void fill(QCPGraph& graph) const;
    /// Rows that touch the visible range, one more on each side so that curves reach the edges.
    [[nodiscard]] RowSpan visibleRows() const;
    /// Keeps the newest row of a growing recording at the right edge.
    void showNewest();
    /// Scales the axis of a channel of a growing recording to what is drawn, without wobbling.
    void fitToDrawn(const ChannelRow& row) const;

    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const ChannelCurves> m_curves;
    std::shared_ptr<const LiveExtent> m_extent; // null: the recording is complete
    double m_timeWindow = 10.0;
    TimeScale m_scale;
    QCustomPlot* m_plot; // child
    QScrollBar* m_scroll; // child
    TimeStack m_stack;

    std::vector<ChannelRow> m_channels;
    QCPAxisRect* m_scoreRect = nullptr; // the following are owned by the plot
    QCPGraph* m_score = nullptr;
    QCPGraph* m_earlier = nullptr;
    QCPGraph* m_course = nullptr; // of a threshold that moves
    QCPItemStraightLine* m_threshold = nullptr;
    QCPItemText* m_thresholdText = nullptr;
    std::vector<QCPItemStraightLine*> m_playheads;
    std::vector<BandItem*> m_alarmItems;
    std::vector<QCPRange> m_alarmBands;
    std::vector<BandItem*> m_labelItems;
    std::vector<QCPRange> m_labelBands;
    std::uint64_t m_labelChanges = 0; ///< that the bands are of
    QString m_labelName;

    ModelFacts m_facts;
    std::shared_ptr<const KnownClasses> m_known;
    bool m_expectedShown = false;
    std::vector<QCPGraph*> m_classCurves; // owned by the plot, as the following
    QCPLegend* m_legend = nullptr;
    ClassStrip* m_chosenStrip = nullptr;
    ClassStrip* m_knownStrip = nullptr;
    std::vector<double> m_boundaries; // axis coordinates

    double m_thresholdValue;
    bool m_thresholdMoves = false;
    Index m_playheadRow = -1;
    std::uint64_t m_alarmVersion = 0;
    bool m_following = true;
    bool m_logarithmic = true; // scores spread over decades
    // What is drawn, so that a window at rest does no work.
    bool m_channelsDirty = true;
    bool m_scoreDirty = true;
    std::uint64_t m_storeVersion = 0;
    std::uint64_t m_shownRun = 0;
    Index m_shownNewest = -1;
    bool m_draggingThreshold = false;
    QPoint m_pressedAt;
    bool m_clicking = false;
    std::optional<QPoint> m_hoveredAt;
    QString m_hoveredText;
    double m_frameMs = 0.0;
    QElapsedTimer m_described;
    mutable std::vector<CurvePoint> m_points; // scratch
};

} // namespace stint::ui
