#include "ui/views/training_view.h"

#include "ui/plot/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace stint::ui {

TrainingView::TrainingView(QWidget* parent)
    : QWidget(parent),
      m_plot(new QCustomPlot(this)),
      m_bar(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel training"), this)),
      m_status(new QLabel(tr("No training yet. Model ▸ Train starts one."), this))
{
    m_plot->setMinimumSize(320, 120);
    m_plot->setAccessibleName(tr("Training and validation loss by epoch"));
    m_bar->setRange(0, 100);
    m_bar->setValue(0);
    m_bar->setAccessibleName(tr("Training progress"));
    m_cancel->setEnabled(false);
    m_cancel->setToolTip(tr("Available while a training runs."));
    m_status->setWordWrap(true);
    m_status->setAccessibleName(tr("State of training"));
    connect(m_cancel, &QPushButton::clicked, this, &TrainingView::cancelRequested);
    auto* top = new QHBoxLayout; // owned by the layout below
    top->addWidget(m_status, 1);
    top->addWidget(m_bar, 1);
    top->addWidget(m_cancel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->addLayout(top);
    layout->addWidget(m_plot, 1);

    preparePlot(*m_plot);
    styleAxis(*m_plot->xAxis, tr("Epoch [1]"));
    styleAxis(*m_plot->yAxis, tr("Mean squared error [1]"));
    m_plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
    auto ticker = QSharedPointer<QCPAxisTickerLog>::create();
    ticker->setLogBase(2.0);
    m_plot->yAxis->setTicker(ticker);
    m_plot->yAxis->setNumberPrecision(3);
    auto epochs = QSharedPointer<QCPAxisTickerFixed>::create(); // there are no half epochs
    epochs->setTickStep(1.0);
    epochs->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    m_plot->xAxis->setTicker(epochs);
    styleAxis(*m_plot->yAxis2, tr("Validation accuracy [%]"));
    m_plot->yAxis2->setTickLabels(true);
    m_plot->yAxis2->setRange(0.0, 102.0);
    m_plot->yAxis2->ticker()->setTickCount(4);
    m_plot->xAxis->setRange(0.5, 10.5);
    m_plot->yAxis->setRange(0.1, 1.0);
    // Beside the curves, so that it never covers them.
    auto* legend = new QCPLayoutGrid; // owned by the plot's layout
    m_plot->plotLayout()->addElement(0, 1, legend);
    legend->addElement(0, 0, m_plot->legend);
    legend->addElement(1, 0, new QCPLayoutElement(m_plot));
    legend->setRowStretchFactor(0, 0.001);
    m_plot->plotLayout()->setColumnStretchFactor(1, 0.001);
    m_plot->legend->setFont(m_plot->font());
    m_plot->legend->setTextColor(m_plot->palette().color(QPalette::Text));
    m_plot->legend->setBrush(Qt::NoBrush);
    m_plot->legend->setBorderPen(Qt::NoPen);
    m_plot->legend->setVisible(true);
}

void TrainingView::begin(ModelTask task)
{
    m_task = task;
    const bool classifies = task == ModelTask::Classify;
    m_plot->yAxis->setLabel(classifies ? tr("Cross entropy [1]") : tr("Mean squared error [1]"));
    m_plot->yAxis2->setVisible(classifies);
    m_plot->setAccessibleName(classifies ? tr("Training loss and validation accuracy by epoch")
                                         : tr("Training and validation loss by epoch"));
    m_plot->clearGraphs();
    m_curves.clear();
    m_bar->setValue(0);
    m_cancel->setEnabled(true);
    m_cancel->setToolTip(tr("Stops; what was trained so far is not kept."));
    m_status->setText(tr("Training has started …"));
    replotSoon(*m_plot);
}

void TrainingView::add(const TrainProgress& progress)
{
    Curves& curves = curvesOf(progress.variant);
    curves.train->addData(progress.epoch, progress.trainLoss);
    const bool classifies = m_task == ModelTask::Classify;
    const double accuracy = 100.0 * progress.validationAccuracy;
    curves.validation->addData(progress.epoch, classifies ? accuracy : progress.validationLoss);
    m_bar->setValue(static_cast<int>(std::clamp(progress.fraction, 0.0, 1.0) * 100.0));
    m_status->setText(tr("%1 (%2 of %3), epoch %4 of %5: training %6, validation %7")
                          .arg(QString::fromStdString(toString(progress.variant)))
                          .arg(progress.variantIndex + 1)
                          .arg(progress.variantCount)
                          .arg(progress.epoch)
                          .arg(progress.epochs)
                          .arg(progress.trainLoss, 0, 'g', 4)
                          .arg(progress.validationLoss, 0, 'g', 4)
                      + (classifies ? tr(", accuracy %1 %").arg(accuracy, 0, 'f', 1) : QString()));
    m_plot->setAccessibleDescription(m_status->text());
    rescale();
    replotSoon(*m_plot);
}

void TrainingView::finish(const QString& sentence, const QStringList& remarks)
{
    m_cancel->setEnabled(false);
    m_cancel->setToolTip(tr("Available while a training runs."));
    m_status->setText((QStringList {sentence} + remarks).join(QChar(u'\n')));
}

int TrainingView::curves() const { return m_plot->graphCount(); }

int TrainingView::epochs(int variant, bool validation) const
{
    const Curves& curves = m_curves.at(static_cast<std::size_t>(variant));
    return (validation ? curves.validation : curves.train)->dataCount();
}

TrainingView::Curves& TrainingView::curvesOf(VariantName variant)
{
    const auto known = std::find_if(m_curves.begin(), m_curves.end(),
                                    [&](const Curves& c) { return c.variant == variant; });
    if (known != m_curves.end())
        return *known;
    const QString name = QString::fromStdString(toString(variant));
    const auto index = static_cast<int>(m_curves.size());
    QCPGraph* train = addCurve(index, false, tr("%1 training").arg(name));
    QCPGraph* validation = addCurve(index, true,
                                    m_task == ModelTask::Classify ? tr("%1 accuracy").arg(name)
                                                                  : tr("%1 validation").arg(name));
    m_curves.push_back({variant, train, validation});
    return m_curves.back();
}

QCPGraph* TrainingView::addCurve(int variant, bool validation, const QString& name)
{
    const bool accuracy = validation && m_task == ModelTask::Classify;
    QCPGraph* graph = m_plot->addGraph(m_plot->xAxis, accuracy ? m_plot->yAxis2 : m_plot->yAxis);
    graph->setName(name);
    QPen pen(curvePen(variant).color(), 1.0, validation ? Qt::SolidLine : Qt::DashLine);
    graph->setPen(pen);
    if (validation)
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 4.0));
    graph->addToLegend();
    return graph;
}

void TrainingView::rescale()
{
    double epochs = 5.0;
    double low = 1e300;
    double high = 0.0;
    for (int i = 0; i < m_plot->graphCount(); ++i) {
        const bool loss = m_plot->graph(i)->valueAxis() == m_plot->yAxis;
        for (const QCPGraphData& point : *m_plot->graph(i)->data()) {
            epochs = std::max(epochs, point.key);
            if (!loss || !std::isfinite(point.value) || !(point.value > 0.0))
                continue;
            low = std::min(low, point.value);
            high = std::max(high, point.value);
        }
    }
    m_plot->xAxis->setRange(0.5, epochs + 0.5);
    if (high > 0.0)
        m_plot->yAxis->setRange(low / 1.3, high * 1.3);
}

} // namespace stint::ui
