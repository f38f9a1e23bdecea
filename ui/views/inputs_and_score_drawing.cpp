// The drawing of InputsAndScoreView: what is put into the curves, bands and lines.

#include "ui/plot/theme.h"
#include "ui/views/inputs_and_score_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint::ui {

namespace {

double roundedUp(double value)
{
    // The next of 1, 1.5, 2, 3, 5, 7, 10 times a power of ten, so that the axis does not jitter.
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 5.0, 7.0}) {
        if (value <= step * power)
            return step * power;
    }
    return 10.0 * power;
}

/// The points of a curve with a break wherever `hasGap(row before, row)` says so.
template <typename HasGap>
void fillInPieces(const std::vector<CurvePoint>& points, const TimeScale& scale,
                  const HasGap& hasGap, QVector<QCPGraphData>& drawn)
{
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    qsizetype begin = 0; // of the piece
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i > 0 && hasGap(points[i - 1].row, points[i].row)) {
            // A row between two gaps is a line of no length, which nobody would see.
            if (drawn.size() - begin == 1)
                drawn.append({drawn.back().key + 0.3 * scale.step(), drawn.back().value});
            drawn.append({drawn.back().key, nothing});
            begin = drawn.size();
        }
        drawn.append({scale.position(points[i].row), points[i].value});
    }
}

} // namespace

RowSpan InputsAndScoreView::visibleRows() const
{
    return {std::max<Index>(m_scale.row(m_stack.range().lower) - 1, 0),
            std::min(m_scale.row(m_stack.range().upper) + 2, m_scale.rows())};
}

void InputsAndScoreView::fill(QCPGraph& graph) const
{
    QVector<QCPGraphData> drawn;
    drawn.reserve(static_cast<qsizetype>(m_points.size()));
    if (m_extent) {
        const std::vector<Index>& gaps = m_extent->gaps;
        const auto interrupted = [&gaps](Index before, Index row) {
            const auto gap = std::upper_bound(gaps.begin(), gaps.end(), before);
            return gap != gaps.end() && *gap <= row;
        };
        fillInPieces(m_points, m_scale, interrupted, drawn);
    } else {
        const auto jumps = [this](Index before, Index row) { return m_scale.hasGap(before, row); };
        fillInPieces(m_points, m_scale, jumps, drawn);
    }
    graph.data()->set(drawn, true);
    // Extremes of parts stand side by side; smooth edges would only make them slow.
    const RowSpan rows = visibleRows();
    graph.setAntialiased(rows.last - rows.first <= 2 * m_stack.columns());
}

void InputsAndScoreView::redrawChannels()
{
    if (!m_channelsDirty)
        return;
    m_channelsDirty = false;
    const RowSpan rows = visibleRows();
    for (const ChannelRow& row : m_channels) {
        const auto c = static_cast<std::size_t>(row.channel);
        m_curves->indexes[c].thin(m_recording->channels[c].values, rows.first, rows.last,
                                  m_stack.columns(), m_points);
        fill(*row.graph);
        if (m_extent)
            fitToDrawn(row);
    }
}

void InputsAndScoreView::fitToDrawn(const ChannelRow& row) const
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const CurvePoint& point : m_points) {
        if (std::isfinite(point.value)) {
            low = std::min(low, point.value);
            high = std::max(high, point.value);
        }
    }
    if (!(low <= high))
        return;
    QCPAxis* axis = row.rect->axis(QCPAxis::atLeft);
    const QCPRange shown = axis->range();
    constexpr double limit = 1e200;
    // An axis that followed every value would wobble: it gives way at once to what is outside, and
    // shrinks only where less than a third of it is used.
    const double span
        = std::max({high - low, 1e-9 * std::max(std::abs(low), std::abs(high)), 1e-9});
    if (low >= shown.lower && high <= shown.upper && shown.size() <= 3.0 * span)
        return;
    const double margin = 0.2 * span;
    axis->setRange(std::clamp(low - margin, -limit, limit),
                   std::clamp(high + margin, -limit, limit));
}

void InputsAndScoreView::refresh(const ResultStore& store)
{
    if (store.rows() != m_recording->rows())
        return;
    tellHovered(store);
    if (store.version() == m_storeVersion && !m_scoreDirty)
        return;
    // After a seek the place is ahead of what was answered, until the next answer.
    if (store.newestRow() != m_shownNewest || store.run() != m_shownRun)
        setPlayhead(store.newestRow());
    m_shownNewest = store.newestRow();
    m_shownRun = store.run();
    m_storeVersion = store.version();
    m_scoreDirty = false;
    if (!m_draggingThreshold)
        m_thresholdValue = static_cast<double>(store.threshold());
    m_thresholdMoves = store.thresholdMoves();
    if (classifies())
        redrawClasses(store);
    else
        redrawScore(store);
    redrawForecasts(store);
    updateBands(store);
    updateScoreRange();
    placeThreshold();
    describe(store);
    replotSoon(*m_plot);
}

void InputsAndScoreView::redrawScore(const ResultStore& store)
{
    const RowSpan rows = visibleRows();
    store.scoreIndex().thin(store.score(), rows.first, rows.last, m_stack.columns(), m_points);
    fill(*m_score);
    store.earlierIndex().thin(store.earlierScore(), rows.first, rows.last, m_stack.columns(),
                              m_points);
    fill(*m_earlier);
    const bool earlier = std::any_of(m_points.begin(), m_points.end(),
                                     [](const CurvePoint& p) { return std::isfinite(p.value); });
    m_stack.setTitle(m_scoreRect, scoreTitle(earlier));
    if (m_thresholdMoves) {
        store.thresholdIndex().thin(store.thresholds(), rows.first, rows.last, m_stack.columns(),
                                    m_points);
        fill(*m_course);
    } else {
        m_course->data()->clear();
    }
}

void InputsAndScoreView::redrawForecasts(const ResultStore& store)
{
    if (!showsForecast())
        return;
    const RowSpan rows = visibleRows();
    const bool thinned = rows.last - rows.first > m_stack.columns() / 3;
    for (const ChannelRow& row : m_channels) {
        store.forecast().thin(row.forecastChannel, rows.first, rows.last, m_stack.columns(),
                              m_points);
        fill(*row.forecast);
        row.forecast->setPen(forecastPen(thinned));
        // Dashes are seen on top; extremes would cover all of the measured curve there.
        row.forecast->setLayer(thinned ? QStringLiteral("behind") : QStringLiteral("main"));
    }
}

void InputsAndScoreView::updateScoreRange()
{
    if (classifies()) {
        m_scoreRect->axis(QCPAxis::atLeft)->setRange(0.0, 1.24); // the title stands above 1
        return;
    }
    double high = std::isfinite(m_thresholdValue) ? 1.5 * m_thresholdValue : 0.0;
    double low = high;
    for (const QCPGraph* graph : {m_score, m_earlier, m_course}) {
        for (const QCPGraphData& point : *graph->data()) {
            if (!std::isfinite(point.value))
                continue;
            high = std::max(high, point.value);
            if (point.value > 0.0)
                low = low > 0.0 ? std::min(low, point.value) : point.value;
        }
    }
    if (!(high > 0.0) || !std::isfinite(high))
        high = 1.0;
    QCPAxis* left = m_scoreRect->axis(QCPAxis::atLeft);
    if (m_logarithmic) {
        low = low > 0.0 ? std::max(low, 1e-6 * high) : 1e-3 * high;
        left->setRange(std::pow(10.0, std::floor(std::log10(low))),
                       std::pow(10.0, std::ceil(std::log10(1.01 * high))));
    } else {
        left->setRange(0.0, roundedUp(high * 1.02));
    }
}

void InputsAndScoreView::updateBands(const ResultStore& store)
{
    if (store.alarmVersion() == m_alarmVersion)
        return;
    m_alarmVersion = store.alarmVersion();
    m_alarmBands.clear();
    const double half = m_scale.step() / 2.0;
    for (const AlarmSpan& alarm : store.alarms())
        m_alarmBands.emplace_back(m_scale.position(alarm.first) - half,
                                  m_scale.position(alarm.last) + half);
    for (BandItem* item : m_alarmItems)
        item->setBands(m_alarmBands);
}

void InputsAndScoreView::placeThreshold()
{
    const bool shown = std::isfinite(m_thresholdValue);
    m_threshold->setVisible(shown && !m_thresholdMoves);
    m_thresholdText->setVisible(shown);
    if (!shown)
        return;
    m_threshold->point1->setCoords(0.0, m_thresholdValue);
    m_threshold->point2->setCoords(1.0, m_thresholdValue);
    m_thresholdText->position->setCoords(0.995, m_thresholdValue);
    // Above the line, or below where there is no room above.
    const double room = m_scoreRect->axis(QCPAxis::atLeft)->coordToPixel(m_thresholdValue)
        - m_scoreRect->rect().top();
    const bool above = room > m_plot->fontMetrics().height();
    m_thresholdText->setPositionAlignment(Qt::AlignRight
                                          | (above ? Qt::AlignBottom : Qt::AlignTop));
    const QString text = m_thresholdMoves ? tr("threshold %1 ↝") : tr("threshold %1 ⇕");
    m_thresholdText->setText(text.arg(shortNumber(m_thresholdValue)));
}

void InputsAndScoreView::describe(const ResultStore& store)
{
    // For screen readers; they need no more than a sentence a second.
    if (m_described.isValid() && m_described.elapsed() < 1000)
        return;
    m_described.start();
    const Index row = store.newestRow();
    if (row < 0) {
        m_plot->setAccessibleDescription(tr("No row has been answered yet."));
        return;
    }
    const auto r = static_cast<std::size_t>(row);
    const float score = store.score()[r];
    if (classifies()) {
        m_plot->setAccessibleDescription(tr("Row %1 of %2, time %3%4.")
                                             .arg(row + 1)
                                             .arg(m_scale.rows())
                                             .arg(m_scale.text(row), answerText(row, store)));
        return;
    }
    m_plot->setAccessibleDescription(
        tr("Row %1 of %2, time %3, score %4, threshold %5, %6; %n alarms so far.", nullptr,
           static_cast<int>(store.alarms().size()))
            .arg(row + 1)
            .arg(m_scale.rows())
            .arg(m_scale.text(row), shortNumber(static_cast<double>(score)),
                 shortNumber(m_thresholdValue),
                 store.alarm()[r] != 0 ? tr("alarm") : tr("no alarm")));
}

} // namespace stint::ui
