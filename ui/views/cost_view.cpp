#include "ui/views/cost_view.h"

#include "ui/plot/number_ticker.h"
#include "ui/plot/theme.h"

#include <QHeaderView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace stint::ui {

namespace {

constexpr int totalRow = static_cast<int>(partCount);

QString ratioText(double dense, double own)
{
    return own > 0.0 && dense > 0.0 ? QObject::tr("%1×").arg(QString::number(dense / own, 'f', 1))
                                    : QStringLiteral("–");
}

} // namespace

CostView::CostView(QWidget* parent)
    : View(parent),
      m_headline(new QLabel(this)),
      m_details(new QLabel(this)),
      m_table(new QTableWidget(totalRow + 1, 2, this)),
      m_plot(new QCustomPlot(this))
{
    QFont large = m_headline->font();
    large.setPointSizeF(large.pointSizeF() * 1.5);
    large.setBold(true);
    m_headline->setFont(large);
    m_headline->setWordWrap(true);
    m_headline->setAccessibleName(tr("Operations saved"));
    m_details->setWordWrap(true);
    m_details->setTextFormat(Qt::PlainText);
    m_details->setAccessibleName(tr("Operations counted"));
    buildTable();
    buildPlot();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->setSpacing(2);
    layout->addWidget(m_headline);
    layout->addWidget(m_details);
    layout->addWidget(m_table);
    layout->addWidget(m_plot, 1);
    showNumbers({}, {});
    showTable({});
}

void CostView::buildTable()
{
    m_table->setHorizontalHeaderLabels({tr("Operations\nper step"), tr("Executed\nper step")});
    m_table->horizontalHeaderItem(0)->setToolTip(
        tr("Multiply-adds that the formats need; a pruned weight costs nothing. The papers call "
           "them FLOPs."));
    m_table->horizontalHeaderItem(1)->setToolTip(
        tr("Multiply-adds that the program carried out, zeros and padding included."));
    for (int part = 0; part < totalRow; ++part) {
        const std::string_view text = name(static_cast<Part>(part));
        m_table->setVerticalHeaderItem(
            part, new QTableWidgetItem(QString::fromUtf8(text.data(), qsizetype(text.size()))));
    }
    m_table->setVerticalHeaderItem(totalRow, new QTableWidgetItem(tr("total")));
    for (int row = 0; row <= totalRow; ++row) {
        for (int column = 0; column < 2; ++column) {
            auto* item = new QTableWidgetItem; // owned by the table
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_table->setItem(row, column, item);
        }
    }
    m_table->setAccessibleName(tr("Operations per step by part"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->verticalHeader()->setSectionsClickable(false);
    const int rowHeight = m_table->fontMetrics().height() + 2;
    m_table->verticalHeader()->setMinimumSectionSize(rowHeight);
    m_table->verticalHeader()->setDefaultSectionSize(rowHeight);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height()
                            + (totalRow + 1) * rowHeight + 2 * m_table->frameWidth());
}

void CostView::buildPlot()
{
    preparePlot(*m_plot);
    m_plot->setMinimumSize(200, 90);
    m_plot->setAccessibleName(tr("Operations per step over the rows"));
    QCPAxis* left = m_plot->yAxis;
    styleAxis(*m_plot->xAxis, tr("Row [1]"));
    styleAxis(*left, tr("Ops/step [1]"));
    left->setScaleType(QCPAxis::stLogarithmic);
    left->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    left->setNumberFormat(QStringLiteral("eb"));
    left->setNumberPrecision(0);
    left->setRange(1e3, 1e7);
    m_plot->xAxis->setTicker(QSharedPointer<NumberTicker>::create());
    m_plot->xAxis->ticker()->setTickCount(2); // millions are wide
    m_dense = new QCPCurve(m_plot->xAxis, left);
    m_dense->setName(tr("dense window"));
    m_dense->setPen(QPen(QColor(colours::vermilion), 1.0, Qt::DashLine));
    m_own = new QCPCurve(m_plot->xAxis, left);
    m_own->setName(tr("counted"));
    m_own->setPen(QPen(QColor(colours::blue), 1.0));
    m_dense->addToLegend();
    m_own->addToLegend();
    m_plot->legend->setVisible(true);
    m_plot->legend->setFont(m_plot->font());
    m_plot->legend->setTextColor(m_plot->palette().color(QPalette::Text));
    m_plot->legend->setBrush(Qt::NoBrush);
    m_plot->legend->setBorderPen(Qt::NoPen);
    m_plot->legend->setFillOrder(QCPLegend::foColumnsFirst);
    // Above the curves, so that it never covers them.
    m_plot->plotLayout()->insertRow(0);
    m_plot->plotLayout()->addElement(0, 0, m_plot->legend);
    m_plot->plotLayout()->setRowStretchFactor(0, 0.001);
    m_plot->plotLayout()->setRowSpacing(0);
}

void CostView::setModel(const ModelFacts& facts)
{
    m_facts = facts;
    m_shownSteps = -1.0;
}

QString CostView::variantText(const Mode& mode) const
{
    const VariantFacts* variant = m_facts.find(mode.variant());
    if (variant == nullptr)
        return {};
    const bool continual = mode.inference == Inference::Continual;
    const std::uint64_t state = continual ? variant->continualState : variant->windowState;
    return tr("\n%1 bits stored, %2 floats of state\nStepped by: %3")
        .arg(shortNumber(static_cast<double>(variant->bits)),
             shortNumber(static_cast<double>(state)),
             continual ? variant->continual : tr("the whole window"));
}

void CostView::refresh(const ResultStore& store)
{
    const CostHistory& cost = store.cost();
    const bool same = store.run() == m_shownRun && cost.allSteps() <= m_shownSteps
        && cost.allSteps() >= m_shownSteps;
    if (same)
        return;
    m_shownRun = store.run();
    m_shownSteps = cost.allSteps();
    showNumbers(cost, store.newestMode());
    showTable(cost.tally());
    showCurve(cost);
}

void CostView::showNumbers(const CostHistory& cost, const std::optional<Mode>& mode)
{
    const Tally& tally = cost.tally();
    const double own = tally.steps == 0
        ? 0.0
        : static_cast<double>(tally.counted.total().operations) / static_cast<double>(tally.steps);
    m_headline->setText(tally.steps == 0 ? tr("No step yet")
                                         : tr("%1× fewer operations than a dense window")
                                               .arg(QString::number(tally.ratio(), 'f', 1)));
    if (tally.steps == 0) {
        m_details->setText(tr("Operations are counted while a recording is played."));
        return;
    }
    const auto of = [&](std::uint64_t dense) { return ratioText(static_cast<double>(dense), own); };
    m_details->setText(
        tr("Per step: %1 operations instead of %2\n"
           "Against dense, newest token only: %3\n"
           "Against dense Step-T: %4\n"
           "This run: %5 steps, %6 operations\n"
           "All runs: %7 operations instead of %8")
            .arg(shortNumber(own), shortNumber(static_cast<double>(tally.perStep.denseWindow)),
                 of(tally.perStep.denseWindowNewest), of(tally.perStep.denseStepTWindow),
                 QString::number(tally.steps),
                 shortNumber(static_cast<double>(tally.counted.total().operations)),
                 shortNumber(cost.allOperations()), shortNumber(cost.allDenseWindow()))
        + (mode ? variantText(*mode) : QString()));
}

void CostView::showTable(const Tally& tally)
{
    const auto show = [&](int row, const OpCounts& counts) {
        const double steps = std::max(1.0, static_cast<double>(tally.steps));
        m_table->item(row, 0)->setText(shortNumber(static_cast<double>(counts.operations) / steps));
        m_table->item(row, 1)->setText(shortNumber(static_cast<double>(counts.executed) / steps));
    };
    for (int part = 0; part < totalRow; ++part)
        show(part, tally.counted[static_cast<Part>(part)]);
    show(totalRow, tally.counted.total());
}

void CostView::showCurve(const CostHistory& cost)
{
    QVector<QCPCurveData> own;
    QVector<QCPCurveData> dense;
    double low = 1e300;
    double high = 1.0;
    for (const CostPoint& point : cost.points()) {
        const auto row = static_cast<double>(point.row);
        if (!own.isEmpty() && row < own.last().key) {
            // Playback went back; a line across would claim costs that never were.
            const double gap = std::numeric_limits<double>::quiet_NaN();
            const auto between = static_cast<double>(own.size());
            own.append({between, gap, gap});
            dense.append({between, gap, gap});
        }
        const auto next = static_cast<double>(own.size());
        own.append({next, row, std::max(point.operations, 1.0)});
        dense.append({next, row, std::max(point.denseWindow, 1.0)});
        low = std::min({low, own.back().value, dense.back().value});
        high = std::max({high, own.back().value, dense.back().value});
    }
    m_own->data()->set(own, true);
    m_dense->data()->set(dense, true);
    if (!own.isEmpty()) {
        m_plot->xAxis->rescale();
        if (m_plot->xAxis->range().size() < 10.0)
            m_plot->xAxis->setRange(m_plot->xAxis->range().center(), 10.0, Qt::AlignCenter);
        m_plot->yAxis->setRange(std::pow(10.0, std::floor(std::log10(low))),
                                std::pow(10.0, std::ceil(std::log10(high * 3.0))));
        m_plot->setAccessibleDescription(m_headline->text() + QStringLiteral(". ")
                                         + m_details->text());
    }
    replotSoon(*m_plot);
}

QString CostView::cellText(int row, int column) const
{
    const QTableWidgetItem* item = m_table->item(row, column);
    return item == nullptr ? QString() : item->text();
}

} // namespace stint::ui
