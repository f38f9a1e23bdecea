// What InputsAndScoreView shows beside measured curves and scores: forecasts and classes.

#include "ui/plot/theme.h"
#include "ui/views/inputs_and_score_view.h"

#include <algorithm>

namespace stint::ui {

namespace {

/// A word in the upper right corner of a rect, left of `other` if there is one.
QCPItemText* addCornerText(QCustomPlot& plot, QCPAxisRect* rect, const QString& text, QRgb colour,
                           QCPItemText* other)
{
    auto* item = new QCPItemText(&plot); // owned by the plot
    item->setLayer(QStringLiteral("overlay"));
    item->setClipAxisRect(rect);
    if (other != nullptr) {
        item->position->setParentAnchor(other->topLeft);
        item->position->setCoords(-8.0, 0.0);
    } else {
        item->position->setAxisRect(rect);
        item->position->setType(QCPItemPosition::ptAxisRectRatio);
        item->position->setCoords(1.0, 0.0);
    }
    item->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
    item->setPadding(QMargins(4, 0, 4, 0));
    QColor background = plot.palette().color(QPalette::Base);
    background.setAlphaF(0.75F);
    item->setBrush(background);
    item->setColor(QColor(colour));
    item->setFont(plot.font());
    item->setText(text);
    item->setSelectable(false);
    return item;
}

QString shortened(const QString& name)
{
    constexpr int longest = 16;
    return name.size() <= longest ? name : name.left(longest - 1) + QChar(u'…');
}

} // namespace

bool InputsAndScoreView::showsForecast() const
{
    return m_facts.task == ModelTask::Forecast
        || (m_facts.task == ModelTask::Anomaly && m_expectedShown && !m_facts.name.isEmpty());
}

void InputsAndScoreView::addForecastLegend()
{
    if (m_channels.empty())
        return;
    const QString text = m_facts.task == ModelTask::Forecast ? tr("╌ forecast") : tr("╌ expected");
    QCPAxisRect* rect = m_channels.front().rect;
    QCPItemText* forecast = addCornerText(*m_plot, rect, text, colours::forecast, nullptr);
    addCornerText(*m_plot, rect, tr("— measured"), colours::blue, forecast);
}

void InputsAndScoreView::addClassCurves()
{
    m_legend = new QCPLegend; // owned by the plot's layout
    m_stack.addElement(m_legend);
    m_legend->setLayer(QStringLiteral("legend"));
    m_legend->setFont(m_plot->font());
    m_legend->setTextColor(m_plot->palette().color(QPalette::Text));
    m_legend->setBrush(Qt::NoBrush);
    m_legend->setBorderPen(Qt::NoPen);
    m_legend->setMargins(QMargins(8, 1, 8, 1));
    m_legend->setRowSpacing(0);
    m_legend->setFillOrder(QCPLegend::foColumnsFirst);
    m_legend->setWrap(legendEntriesAtMost + 1);
    addScoreRect();
    m_score->setVisible(false); // the curve of the chosen class says the same
    m_earlier->setVisible(false);
    const auto count = static_cast<int>(m_facts.classes.size());
    for (int k = 0; k < std::min(count, classCurvesAtMost); ++k) {
        QCPGraph* curve = m_plot->addGraph(m_scoreRect->axis(QCPAxis::atBottom),
                                           m_scoreRect->axis(QCPAxis::atLeft));
        curve->setPen(curvePen(k));
        curve->setName(shortened(m_facts.classes[k]));
        m_classCurves.push_back(curve);
        if (k < legendEntriesAtMost)
            m_legend->addItem(new QCPPlottableLegendItem(m_legend, curve));
    }
    if (count > legendEntriesAtMost) {
        auto* more = new QCPTextElement(m_plot, QStringLiteral("…"), m_plot->font());
        more->setTextColor(m_plot->palette().color(QPalette::Text));
        m_legend->addElement(more);
    }
    addClassStrips();
}

void InputsAndScoreView::addClassStrips()
{
    const bool known = m_known && !m_known->column.isEmpty();
    const double lanes = known ? 2.0 : 1.0;
    QCPAxisRect* rect = m_stack.addRect({}, 1.0);
    const int height = static_cast<int>(lanes * 1.35 * m_plot->fontMetrics().height());
    rect->setMinimumSize(10, height);
    rect->setMaximumSize(QWIDGETSIZE_MAX, height);
    QCPAxis* left = rect->axis(QCPAxis::atLeft);
    left->setRange(0.0, lanes);
    left->grid()->setVisible(false);
    rect->axis(QCPAxis::atBottom)->grid()->setVisible(false);
    auto names = QSharedPointer<QCPAxisTickerText>::create();
    names->addTick(lanes - 0.5, tr("chosen"));
    if (known)
        names->addTick(0.5, tr("known"));
    left->setTicker(names);
    left->setTickLength(0);
    m_chosenStrip = new ClassStrip(m_plot, rect, {lanes - 0.95, lanes - 0.05}, m_facts.classes);
    if (known)
        m_knownStrip = new ClassStrip(m_plot, rect, {0.05, 0.95}, m_facts.classes);
    addOverlays(rect);
    m_alarmItems.pop_back(); // there are no alarms
}

void InputsAndScoreView::redrawClasses(const ResultStore& store)
{
    const ClassAnswers& answers = store.classAnswers();
    const RowSpan rows = visibleRows();
    for (std::size_t k = 0; k < m_classCurves.size(); ++k) {
        answers.probabilities().thin(static_cast<Index>(k), rows.first, rows.last,
                                     m_stack.columns(), m_points);
        fill(*m_classCurves[k]);
    }
    m_chosenStrip->setSegments(
        classSegments(answers.chosen(), rows.first, rows.last, m_stack.columns(), m_scale));
    if (m_knownStrip != nullptr)
        m_knownStrip->setSegments(
            classSegments(m_known->known, rows.first, rows.last, m_stack.columns(), m_scale));
}

const QCPGraphDataContainer& InputsAndScoreView::forecastPoints(Index shown) const
{
    static const QCPGraphDataContainer none;
    const QCPGraph* graph = m_channels[static_cast<std::size_t>(shown)].forecast;
    return graph == nullptr ? none : *graph->data();
}

const QCPGraphDataContainer& InputsAndScoreView::classPoints(int number) const
{
    return *m_classCurves[static_cast<std::size_t>(number)]->data();
}

QStringList InputsAndScoreView::legendTexts() const
{
    QStringList texts;
    for (int i = 0; m_legend != nullptr && i < m_legend->elementCount(); ++i) {
        QCPLayoutElement* element = m_legend->elementAt(i);
        if (auto* item = qobject_cast<QCPPlottableLegendItem*>(element))
            texts.append(item->plottable()->name());
        else if (auto* text = qobject_cast<QCPTextElement*>(element))
            texts.append(text->text());
    }
    return texts;
}

} // namespace stint::ui
