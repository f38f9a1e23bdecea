#include "ui/views/inputs_and_score_view.h"

#include "ui/plot/inner_ticker.h"
#include "ui/plot/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint::ui {

namespace {

constexpr double noValue = std::numeric_limits<double>::quiet_NaN();

/// Labelled rows as bands, one row wide at least.
std::vector<QCPRange> labelledBands(const std::vector<RowSpan>& spans, const TimeScale& scale)
{
    std::vector<QCPRange> bands;
    bands.reserve(spans.size());
    const double half = scale.step() / 2.0;
    for (const RowSpan& rows : spans)
        bands.emplace_back(scale.position(rows.first) - half, scale.position(rows.last - 1) + half);
    return bands;
}

/// Where series begin, between two rows.
std::vector<double> seriesBoundaries(const Recording& recording, const TimeScale& scale)
{
    std::vector<double> lines;
    for (const Index start : recording.seriesStarts) {
        if (start > 0)
            lines.push_back(scale.position(start) - scale.step() / 2.0);
    }
    return lines;
}

} // namespace

InputsAndScoreView::InputsAndScoreView(QWidget* parent)
    : View(parent),
      m_plot(new QCustomPlot(this)),
      m_scroll(new QScrollBar(Qt::Vertical, this)),
      m_stack(*m_plot),
      m_thresholdValue(noValue)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_plot);
    layout->addWidget(m_scroll);
    preparePlot(*m_plot);
    m_plot->addLayer(QStringLiteral("behind"), m_plot->layer(QStringLiteral("main")),
                     QCustomPlot::limBelow);
    m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    m_plot->setMouseTracking(true);
    m_plot->setFocusPolicy(Qt::StrongFocus);
    m_plot->setMinimumSize(320, 160);
    m_plot->setAccessibleName(tr("Inputs and answers over time"));
    m_plot->installEventFilter(this);
    m_scroll->setAccessibleName(tr("First channel shown"));
    m_scroll->setVisible(false);
    connect(m_scroll, &QScrollBar::valueChanged, this, &InputsAndScoreView::buildRects);
    connect(&m_stack, &TimeStack::rangeChanged, this, [this] {
        m_channelsDirty = true;
        m_scoreDirty = true;
        replotSoon(*m_plot);
    });
    // The curves are thinned for what is visible, right before it is drawn.
    connect(m_plot, &QCustomPlot::beforeReplot, this, &InputsAndScoreView::redrawChannels);
    connect(m_plot, &QCustomPlot::afterReplot, this,
            [this] { m_frameMs = m_plot->replotTime(true); });
    connectMouse();
    setRecording(std::make_shared<Recording>(), nullptr);
}

void InputsAndScoreView::setRecording(std::shared_ptr<const Recording> recording,
                                      std::shared_ptr<const ChannelCurves> curves,
                                      std::shared_ptr<const LiveExtent> extent)
{
    m_recording = std::move(recording);
    m_curves = curves ? std::move(curves) : makeChannelCurves(*m_recording);
    m_extent = std::move(extent);
    m_stack.setLeastSpan(m_extent ? m_timeWindow : 0.0);
    m_scale
        = m_extent ? TimeScale(m_recording, m_extent) : TimeScale(m_recording, m_curves->timeGrows);
    m_labelBands = labelledBands(m_curves->labelled, m_scale);
    m_labelChanges = m_extent ? m_extent->labelChanges : 0;
    m_boundaries = seriesBoundaries(*m_recording, m_scale);
    m_known.reset();
    m_labelName = m_recording->labels.empty()
        ? QString()
        : QString::fromStdString(m_recording->labels.front().name);
    m_alarmBands.clear();
    m_thresholdValue = noValue;
    m_thresholdMoves = false;
    m_playheadRow = -1;
    m_shownNewest = -1;
    const auto channels = static_cast<Index>(m_recording->channels.size());
    const QSignalBlocker blocker(m_scroll);
    m_scroll->setRange(0, static_cast<int>(std::max<Index>(channels - shownChannelsAtMost, 0)));
    m_scroll->setPageStep(static_cast<int>(shownChannelsAtMost));
    m_scroll->setValue(0);
    m_scroll->setVisible(m_scroll->maximum() > 0);
    m_stack.reset(m_scale, {0.0, 1.0});
    buildRects();
    fitAll();
}

void InputsAndScoreView::setModel(const ModelFacts& facts,
                                  std::shared_ptr<const KnownClasses> known)
{
    m_facts = facts;
    m_known = std::move(known);
    buildRects();
}

void InputsAndScoreView::setExpectedShown(bool shown)
{
    if (shown == m_expectedShown)
        return;
    m_expectedShown = shown;
    buildRects();
}

void InputsAndScoreView::buildRects()
{
    m_stack.reset(m_scale, m_stack.range());
    m_channels.clear();
    m_classCurves.clear();
    m_legend = nullptr;
    m_chosenStrip = nullptr;
    m_knownStrip = nullptr;
    m_playheads.clear();
    m_alarmItems.clear();
    m_labelItems.clear();
    const auto channels = static_cast<Index>(m_recording->channels.size());
    const Index first = m_scroll->value();
    for (Index c = first; c < std::min(channels, first + shownChannelsAtMost); ++c)
        addChannelRect(c);
    if (showsForecast())
        addForecastLegend();
    if (classifies())
        addClassCurves();
    else
        addScoreRect();
    m_channelsDirty = true;
    m_scoreDirty = true;
    m_alarmVersion = 0;
    for (BandItem* item : m_alarmItems)
        item->setBands(m_alarmBands);
    placeThreshold();
    setPlayhead(m_playheadRow);
    replotSoon(*m_plot);
}

void InputsAndScoreView::addChannelRect(Index channel)
{
    const auto c = static_cast<std::size_t>(channel);
    const Channel& source = m_recording->channels[c];
    QString title = QString::fromStdString(source.name);
    if (!source.unit.empty())
        title += QStringLiteral(" [%1]").arg(QString::fromStdString(source.unit));
    QCPAxisRect* rect = m_stack.addRect(title, 1.0);
    QCPAxis* left = rect->axis(QCPAxis::atLeft);
    left->setRange(m_curves->bounds[c].low, m_curves->bounds[c].high);
    left->setTicker(QSharedPointer<InnerTicker>::create());
    left->setNumberPrecision(4);
    addOverlays(rect);
    QCPGraph* graph = m_plot->addGraph(rect->axis(QCPAxis::atBottom), left);
    graph->setPen(QPen(QColor(colours::blue), 1.0));
    ChannelRow row {channel, rect, graph, -1, nullptr};
    if (showsForecast()) {
        row.forecastChannel = m_facts.channels.indexOf(QString::fromStdString(source.name));
        row.forecast = m_plot->addGraph(rect->axis(QCPAxis::atBottom), left);
        row.forecast->setPen(forecastPen(false));
    }
    m_channels.push_back(row);
}

void InputsAndScoreView::addScoreRect()
{
    const double stretch = std::clamp(static_cast<double>(m_channels.size()) * 0.4, 1.5, 3.5);
    m_scoreRect = m_stack.addRect(scoreTitle(false), stretch);
    addOverlays(m_scoreRect);
    QCPAxis* bottom = m_scoreRect->axis(QCPAxis::atBottom);
    QCPAxis* left = m_scoreRect->axis(QCPAxis::atLeft);
    left->setNumberPrecision(4);
    m_earlier = m_plot->addGraph(bottom, left);
    m_earlier->setPen(QPen(QColor(colours::grey), 1.0, Qt::DotLine));
    m_score = m_plot->addGraph(bottom, left);
    m_score->setPen(QPen(m_plot->palette().color(QPalette::Text), 1.0));
    m_course = m_plot->addGraph(bottom, left);
    // Over many rows dashes of two extremes per column would be dots.
    m_course->setPen(QPen(QColor(colours::vermilion), 1.0));
    m_threshold = new QCPItemStraightLine(m_plot);
    m_threshold->setClipAxisRect(m_scoreRect);
    m_threshold->point1->setAxes(bottom, left);
    m_threshold->point2->setAxes(bottom, left);
    m_threshold->point1->setTypeX(QCPItemPosition::ptAxisRectRatio);
    m_threshold->point2->setTypeX(QCPItemPosition::ptAxisRectRatio);
    m_threshold->point1->setAxisRect(m_scoreRect);
    m_threshold->point2->setAxisRect(m_scoreRect);
    m_threshold->setPen(QPen(QColor(colours::vermilion), 1.0, Qt::DashLine));
    m_threshold->setSelectable(false);
    m_thresholdText = new QCPItemText(m_plot);
    m_thresholdText->setLayer(QStringLiteral("overlay"));
    m_thresholdText->setClipAxisRect(m_scoreRect);
    m_thresholdText->position->setAxes(bottom, left);
    m_thresholdText->position->setAxisRect(m_scoreRect);
    m_thresholdText->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
    m_thresholdText->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
    m_thresholdText->setColor(QColor(colours::vermilion).darker(115));
    m_thresholdText->setFont(m_plot->font());
    QColor behind = m_plot->palette().color(QPalette::Base);
    behind.setAlpha(235); // to be read over a dense score
    m_thresholdText->setBrush(behind);
    m_thresholdText->setSelectable(false);
    setLogarithmic(m_logarithmic);
}

QString InputsAndScoreView::scoreTitle(bool earlier) const
{
    if (classifies())
        return m_known && !m_known->column.isEmpty()
            ? tr("Class probability [1]    known: column %1").arg(m_known->column)
            : tr("Class probability [1]");
    QString title = m_facts.task == ModelTask::Forecast
        ? tr("Forecast error [squared standard deviations]    ▀ above the threshold")
        : tr("Anomaly score [1]    ▀ alarm: bar above");
    if (!m_labelName.isEmpty())
        title += tr("    ▄ known %1: hatched, bar below").arg(m_labelName);
    if (earlier)
        title += tr("    ┄ dotted: variant before");
    return title;
}

void InputsAndScoreView::addOverlays(QCPAxisRect* rect)
{
    auto* labels = new BandItem(m_plot, rect,
                                {QColor(colours::purple), Qt::BDiagPattern, 0.6, Qt::BottomEdge});
    labels->setBands(m_labelBands);
    m_labelItems.push_back(labels);
    auto* alarms = new BandItem(m_plot, rect,
                                {QColor(colours::vermilion), Qt::SolidPattern, 0.18, Qt::TopEdge});
    m_alarmItems.push_back(alarms);
    auto* series = new BoundaryItem(m_plot, rect, m_boundaries);
    for (QCPAbstractItem* item :
         {static_cast<QCPAbstractItem*>(labels), static_cast<QCPAbstractItem*>(alarms),
          static_cast<QCPAbstractItem*>(series)})
        item->setLayer(QStringLiteral("background"));
    auto* line = new QCPItemStraightLine(m_plot);
    line->setLayer(QStringLiteral("overlay"));
    line->setClipAxisRect(rect);
    for (QCPItemPosition* point : {line->point1, line->point2}) {
        point->setAxes(rect->axis(QCPAxis::atBottom), rect->axis(QCPAxis::atLeft));
        point->setAxisRect(rect);
        point->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    line->setPen(QPen(QColor(colours::green), 1.0));
    line->setSelectable(false);
    m_playheads.push_back(line);
}

void InputsAndScoreView::setPlayhead(Index row)
{
    m_playheadRow = row;
    const bool shown = row >= 0 && m_scale.rows() > 0;
    const double at = shown ? m_scale.position(row) : 0.0;
    for (QCPItemStraightLine* line : m_playheads) {
        line->setVisible(shown);
        line->point1->setCoords(at, 0.0);
        line->point2->setCoords(at, 1.0);
    }
    replotSoon(*m_plot);
    if (!shown || !m_following || m_extent)
        return;
    const QCPRange range = m_stack.range();
    const double room = 0.85 * range.size();
    if (at > range.lower + room)
        m_stack.setRange({at - room, at - room + range.size()});
    else if (at < range.lower)
        m_stack.setRange({at - 0.15 * range.size(), at + 0.85 * range.size()});
}

double InputsAndScoreView::playhead() const
{
    return m_playheadRow < 0 ? noValue : m_playheads.front()->point1->coords().x();
}

double InputsAndScoreView::thresholdLine() const
{
    return m_threshold->visible() ? m_threshold->point1->coords().y() : noValue;
}

QString InputsAndScoreView::thresholdText() const
{
    return m_thresholdText->visible() ? m_thresholdText->text() : QString();
}

void InputsAndScoreView::setFollowing(bool following)
{
    m_following = following;
    setPlayhead(m_playheadRow);
    showNewest();
    replotSoon(*m_plot);
}

void InputsAndScoreView::setLogarithmic(bool logarithmic)
{
    m_logarithmic = logarithmic;
    logarithmic = logarithmic && !classifies(); // probabilities have no decades
    QCPAxis* left = m_scoreRect->axis(QCPAxis::atLeft);
    left->setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (logarithmic)
        left->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    else
        left->setTicker(QSharedPointer<QCPAxisTicker>::create());
    left->ticker()->setTickCount(4);
    left->setNumberFormat(logarithmic ? QStringLiteral("eb") : QStringLiteral("gb"));
    left->setNumberPrecision(logarithmic ? 0 : 4);
    updateScoreRange();
    replotSoon(*m_plot);
}

void InputsAndScoreView::fitAll()
{
    m_stack.setRange(m_stack.wholeRange());
    replotSoon(*m_plot);
}

void InputsAndScoreView::zoom(double factor)
{
    const QCPRange range = m_stack.range();
    const double at = playhead();
    const double centre = range.contains(at) ? at : range.center();
    m_stack.setRange(
        {centre + (range.lower - centre) * factor, centre + (range.upper - centre) * factor});
}

void InputsAndScoreView::rowsAppended()
{
    m_channelsDirty = true;
    m_scoreDirty = true;
    if (m_extent && m_extent->labelChanges != m_labelChanges) {
        m_labelChanges = m_extent->labelChanges;
        m_labelBands = labelledBands(m_curves->labelled, m_scale);
        for (BandItem* item : m_labelItems)
            item->setBands(m_labelBands);
    }
    showNewest();
    replotSoon(*m_plot);
}

void InputsAndScoreView::setTimeWindow(double seconds)
{
    m_timeWindow = seconds;
    m_stack.setLeastSpan(m_extent ? m_timeWindow : 0.0);
    showNewest();
}

void InputsAndScoreView::showNewest()
{
    if (!m_extent || !m_following || m_extent->rows == 0)
        return;
    const double newest = m_scale.position(m_extent->rows - 1);
    const double whole = newest - m_scale.position(0);
    // From the first row on with the same scale, so that nothing jumps while the window fills.
    const double size = m_timeWindow > 0.0 ? m_timeWindow : std::max(whole, m_scale.step());
    m_stack.setRange({newest - size, newest});
}

QString InputsAndScoreView::channelTitle(Index shown) const
{
    return m_stack.title(m_channels[static_cast<std::size_t>(shown)].rect);
}

const QCPGraphDataContainer& InputsAndScoreView::channelPoints(Index shown) const
{
    return *m_channels[static_cast<std::size_t>(shown)].graph->data();
}

void InputsAndScoreView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        preparePlot(*m_plot);
        buildRects();
    }
    View::changeEvent(event);
}

} // namespace stint::ui
