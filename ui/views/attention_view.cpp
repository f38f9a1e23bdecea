#include "ui/views/attention_view.h"

#include "ui/plot/number_ticker.h"
#include "ui/plot/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint::ui {

namespace {

constexpr double noWeight = std::numeric_limits<double>::quiet_NaN();

} // namespace

AttentionView::AttentionView(QWidget* parent)
    : View(parent),
      m_layer(new QComboBox(this)),
      m_head(new QComboBox(this)),
      m_caption(new QLabel(this)),
      m_plot(new QCustomPlot(this))
{
    m_layer->setAccessibleName(tr("Layer whose attention is shown"));
    m_head->setAccessibleName(tr("Head whose attention is shown"));
    m_caption->setText(tr("Weight that the newest token gives to each row of its window"));
    auto* choices = new QHBoxLayout; // owned by the layout below
    choices->addWidget(m_layer);
    choices->addWidget(m_head);
    choices->addWidget(m_caption, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->addLayout(choices);
    layout->addWidget(m_plot, 1);
    m_plot->setMinimumSize(320, 120);
    m_plot->setAccessibleName(tr("Attention by lag and row"));
    buildPlot();
    for (QComboBox* box : {m_layer, m_head}) {
        box->setEnabled(false);
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        connect(box, &QComboBox::currentIndexChanged, this, [this] { m_dirty = true; });
    }
    offer(1, 1);
    clearPictures();
}

void AttentionView::buildPlot()
{
    preparePlot(*m_plot);
    m_plot->plotLayout()->clear();
    m_mapRect = new QCPAxisRect(m_plot);
    m_rowRect = new QCPAxisRect(m_plot);
    m_scale = new QCPColorScale(m_plot);
    m_plot->plotLayout()->addElement(0, 0, m_mapRect);
    m_plot->plotLayout()->addElement(0, 1, m_scale);
    m_plot->plotLayout()->addElement(0, 2, m_rowRect);
    m_plot->plotLayout()->setColumnStretchFactor(0, 2.6);
    auto* margins = new QCPMarginGroup(m_plot); // owned by the plot
    for (QCPLayoutElement* element :
         {static_cast<QCPLayoutElement*>(m_mapRect), static_cast<QCPLayoutElement*>(m_scale),
          static_cast<QCPLayoutElement*>(m_rowRect)}) {
        if (auto* rect = qobject_cast<QCPAxisRect*>(element))
            rect->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
        else
            m_scale->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    }
    styleAxis(*m_mapRect->axis(QCPAxis::atBottom), tr("Row [1]"));
    styleAxis(*m_mapRect->axis(QCPAxis::atLeft), tr("Lag [rows]"));
    styleAxis(*m_rowRect->axis(QCPAxis::atBottom), tr("Weight of the newest row [1]"));
    styleAxis(*m_rowRect->axis(QCPAxis::atLeft), tr("Lag [rows]"));
    styleAxis(*m_scale->axis(), tr("Weight [1]"));
    for (const QCPAxis* axis :
         {m_mapRect->axis(QCPAxis::atLeft), m_scale->axis(), m_rowRect->axis(QCPAxis::atBottom),
          m_rowRect->axis(QCPAxis::atLeft)})
        axis->ticker()->setTickCount(4);
    for (QCPAxisRect* rect : {m_mapRect, m_rowRect})
        rect->axis(QCPAxis::atLeft)->setRangeReversed(true); // the nearest on top
    m_mapRect->axis(QCPAxis::atBottom)->setTicker(QSharedPointer<NumberTicker>::create());
    m_scale->setBarWidth(10);

    buildMap();
    m_newest = new QCPCurve(m_rowRect->axis(QCPAxis::atBottom), m_rowRect->axis(QCPAxis::atLeft));
    m_newest->setPen(QPen(QColor(colours::blue), 1.0));
    m_newest->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 4.0));
    m_empty = new QCPItemText(m_plot);
    m_empty->position->setAxisRect(m_mapRect);
    m_empty->position->setType(QCPItemPosition::ptAxisRectRatio);
    m_empty->position->setCoords(0.5, 0.5);
    m_empty->setText(tr("Attention appears while a recording is played."));
    m_empty->setColor(m_plot->palette().color(QPalette::Text));
    m_empty->setFont(m_plot->font());
}

void AttentionView::buildMap()
{
    m_map = new QCPColorMap(m_mapRect->axis(QCPAxis::atBottom), m_mapRect->axis(QCPAxis::atLeft));
    m_map->setColorScale(m_scale);
    m_map->setGradient(weightGradient());
    m_map->setInterpolate(false);
    m_map->setTightBoundary(false);
    m_map->setVisible(false);
}

void AttentionView::offer(Index layers, Index heads)
{
    const auto fill = [](QComboBox& box, Index count, const QString& word) {
        if (box.count() == count)
            return;
        const int before = std::max(box.currentIndex(), 0);
        box.clear();
        for (Index i = 0; i < count; ++i)
            box.addItem(word.arg(i + 1));
        box.setCurrentIndex(std::min(before, static_cast<int>(count) - 1));
        box.setEnabled(count > 1);
        box.setToolTip(count > 1 ? QString() : tr("There is only one."));
    };
    fill(*m_layer, layers, tr("Layer %1"));
    fill(*m_head, heads, tr("Head %1"));
}

void AttentionView::select(Index layer, Index head)
{
    m_layer->setCurrentIndex(static_cast<int>(layer));
    m_head->setCurrentIndex(static_cast<int>(head));
    m_dirty = true;
}

void AttentionView::refresh(const ResultStore& store)
{
    const AttentionRing& ring = store.attention();
    const Index newest = ring.size() > 0 ? ring.row(ring.size() - 1) : -1;
    if (!m_dirty && newest == m_shownRow && ring.size() == m_shownSize && store.run() == m_shownRun)
        return;
    m_dirty = false;
    m_shownRow = newest;
    m_shownSize = ring.size();
    m_shownRun = store.run();
    if (ring.size() == 0) {
        clearPictures();
    } else {
        offer(ring.layers(), ring.heads());
        drawMap(ring);
        drawNewest(ring);
    }
    describe(ring);
    replotSoon(*m_plot);
}

void AttentionView::clearPictures()
{
    m_map->setVisible(false);
    m_newest->data()->clear();
    m_empty->setVisible(true);
    m_highest = 0.0;
    m_map->setDataRange(QCPRange(0.0, 1.0));
    m_rowRect->axis(QCPAxis::atBottom)->setRange(0.0, 1.0);
    for (QCPAxisRect* rect : {m_mapRect, m_rowRect})
        rect->axis(QCPAxis::atLeft)->setRange(0.5, 31.5);
}

void AttentionView::drawMap(const AttentionRing& ring)
{
    const Index rows = AttentionRing::capacity;
    const Index lags = ring.lags();
    const Index newest = ring.row(ring.size() - 1);
    const Index oldest = newest - rows + 1;
    QCPColorMapData* cells = m_map->data();
    if (cells->keySize() != rows || cells->valueSize() != lags)
        cells->setSize(static_cast<int>(rows), static_cast<int>(lags));
    m_firstLag = ring.firstLag();
    const auto nearest = static_cast<double>(m_firstLag);
    const auto farthest = static_cast<double>(m_firstLag + lags - 1);
    // A single row of cells takes the height of its whole range.
    cells->setRange(QCPRange(static_cast<double>(oldest), static_cast<double>(newest)),
                    lags > 1 ? QCPRange(nearest, farthest)
                             : QCPRange(nearest - 0.5, nearest + 0.5));
    cells->fill(noWeight);
    double highest = 0.0;
    for (Index i = 0; i < ring.size(); ++i) {
        const Index column = ring.row(i) - oldest;
        if (column < 0)
            continue;
        const std::span<const float> weights = ring.weights(i, layer(), head());
        for (Index k = 0; k < lags; ++k) {
            const auto weight = static_cast<double>(weights[static_cast<std::size_t>(k)]);
            cells->setCell(static_cast<int>(column), static_cast<int>(ring.lag(k) - m_firstLag),
                           weight);
            highest = std::max(highest, weight);
        }
    }
    // Grows at once and shrinks only when far too wide, so that colours do not flicker.
    if (highest > m_highest || highest < 0.4 * m_highest)
        m_highest = std::min(1.0, std::ceil(highest * 20.0) / 20.0);
    m_map->setDataRange(QCPRange(0.0, std::max(m_highest, 0.05)));
    m_map->setVisible(true);
    m_empty->setVisible(false);
    m_mapRect->axis(QCPAxis::atBottom)
        ->setRange(static_cast<double>(oldest) - 0.5, static_cast<double>(newest) + 0.5);
    for (QCPAxisRect* rect : {m_mapRect, m_rowRect})
        rect->axis(QCPAxis::atLeft)->setRange(nearest - 0.5, farthest + 0.5);
}

void AttentionView::drawNewest(const AttentionRing& ring)
{
    const std::span<const float> weights = ring.weights(ring.size() - 1, layer(), head());
    QVector<QCPCurveData> points;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        const Index lag = ring.lag(static_cast<Index>(k));
        points.append({static_cast<double>(lag - m_firstLag), static_cast<double>(weights[k]),
                       static_cast<double>(lag)});
    }
    m_newest->data()->set(points); // sorted by lag
    m_rowRect->axis(QCPAxis::atBottom)->setRange(0.0, std::max(m_highest, 0.05) * 1.02);
}

void AttentionView::describe(const AttentionRing& ring)
{
    if (m_described.isValid() && m_described.elapsed() < 1000)
        return;
    m_described.start();
    if (ring.size() == 0) {
        m_plot->setAccessibleDescription(m_empty->text());
        return;
    }
    const std::span<const float> weights = ring.weights(ring.size() - 1, layer(), head());
    const auto top = std::max_element(weights.begin(), weights.end());
    m_plot->setAccessibleDescription(tr("Layer %1, head %2, row %3: most weight, %4, on lag %5.")
                                         .arg(layer() + 1)
                                         .arg(head() + 1)
                                         .arg(ring.row(ring.size() - 1) + 1)
                                         .arg(shortNumber(static_cast<double>(*top)))
                                         .arg(ring.lag(top - weights.begin())));
}

Index AttentionView::mappedRows() const { return m_map->data()->keySize(); }

Index AttentionView::mappedLags() const { return m_map->data()->valueSize(); }

double AttentionView::cell(Index row, Index lag) const
{
    const QCPColorMapData* cells = m_map->data();
    const auto oldest = static_cast<Index>(std::lround(cells->keyRange().lower));
    const Index column = row - oldest;
    if (!m_map->visible() || column < 0 || column >= cells->keySize() || lag < m_firstLag
        || lag - m_firstLag >= cells->valueSize())
        return noWeight;
    return m_map->data()->cell(static_cast<int>(column), static_cast<int>(lag - m_firstLag));
}

double AttentionView::newestWeight(Index lag) const
{
    if (lag < m_firstLag || lag - m_firstLag >= m_newest->dataCount())
        return noWeight;
    return m_newest->data()->at(static_cast<int>(lag - m_firstLag))->key;
}

} // namespace stint::ui
