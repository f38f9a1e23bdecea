// What the actions of MainWindow do, and the dialogs that they open.

#include "ui/main_window.h"
#include "ui/panels/keys_dialog.h"

#include <QFileDialog>

#include <algorithm>

namespace stint::ui {

void MainWindow::connectActions()
{
    const WindowActions& a = *m_actions;
    connect(a.open, &QAction::triggered, this, &MainWindow::chooseFiles);
    connect(a.openWithOptions, &QAction::triggered, this, &MainWindow::chooseFileWithOptions);
    connect(m_empty, &EmptyState::openRequested, this, &MainWindow::chooseFiles);
    connect(a.demo, &QAction::triggered, this, &MainWindow::demoRequested);
    connect(m_empty, &EmptyState::demoRequested, this, &MainWindow::demoRequested);
    connect(a.saveModel, &QAction::triggered, this, &MainWindow::chooseModelFile);
    connect(a.exportData, &QAction::triggered, this, &MainWindow::chooseExportFile);
    connect(a.quit, &QAction::triggered, this, &QWidget::close);
    connect(a.fit, &QAction::triggered, m_inputs, &InputsAndScoreView::fitAll);
    connect(a.zoomIn, &QAction::triggered, this, [this] { m_inputs->zoom(0.5); });
    connect(a.zoomOut, &QAction::triggered, this, [this] { m_inputs->zoom(2.0); });
    connect(a.follow, &QAction::toggled, m_inputs, &InputsAndScoreView::setFollowing);
    connect(m_inputs, &InputsAndScoreView::followingStopped, this,
            [this] { m_actions->follow->setChecked(false); });
    connect(a.logarithmic, &QAction::toggled, m_inputs, &InputsAndScoreView::setLogarithmic);
    connect(a.expected, &QAction::toggled, m_inputs, &InputsAndScoreView::setExpectedShown);
    connect(a.expected, &QAction::toggled, this, &MainWindow::expectedToggled);
    connect(a.play, &QAction::triggered, this, &MainWindow::playToggled);
    connect(a.step, &QAction::triggered, this, &MainWindow::stepRequested);
    connect(a.toStart, &QAction::triggered, this, [this] { Q_EMIT seekRequested(0); });
    connect(a.toEnd, &QAction::triggered, this,
            [this] { Q_EMIT seekRequested(m_recording ? m_recording->rows() : 0); });
    connect(a.faster, &QAction::triggered, this, [this] { changeSpeed(1); });
    connect(a.slower, &QAction::triggered, this, [this] { changeSpeed(-1); });
    connect(a.train, &QAction::triggered, this, [this] {
        if (m_live)
            Q_EMIT liveTrainingWanted();
        else
            showTrainDialog();
    });
    connect(m_empty, &EmptyState::connectRequested, a.connectDevice, &QAction::trigger);
    connect(a.console, &QAction::triggered, this, &MainWindow::showConsole);
    connect(a.sendCommand, &QAction::triggered, this, [this] {
        showConsole();
        m_console->focusInput();
    });
    connect(m_device, &DeviceBar::timeWindowRequested, m_inputs,
            &InputsAndScoreView::setTimeWindow);
    connect(a.keys, &QAction::triggered, this, [this] {
        auto* dialog = new KeysDialog(*m_actions, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    connect(a.about, &QAction::triggered, this, [this] {
        notify(
            tr("Stint finds anomalies, forecasts and classifies sensor recordings with small "
               "Transformers and shows what each answer costs. Free software under the GNU GPL 3."),
            NotificationStrip::Kind::Note);
    });
    connect(m_playback, &PlaybackBar::seekRequested, this, &MainWindow::seekRequested);
    connect(m_inputs, &InputsAndScoreView::seekRequested, this, &MainWindow::seekRequested);
    connect(m_events, &EventsView::seekRequested, this, &MainWindow::seekRequested);
    connect(m_inputs, &InputsAndScoreView::hovered, this,
            [this](const QString& text) { m_inputs->plot()->setToolTip(text); });
}

void MainWindow::connectModeActions()
{
    for (std::size_t i = 0; i < allWeightFormats.size(); ++i)
        connect(m_actions->weights[i], &QAction::triggered, m_modes,
                [this, i] { m_modes->chooseWeights(allWeightFormats[i]); });
    for (std::size_t i = 0; i < allAttentionMasks.size(); ++i)
        connect(m_actions->attention[i], &QAction::triggered, m_modes,
                [this, i] { m_modes->chooseAttention(allAttentionMasks[i]); });
    for (std::size_t i = 0; i < allInferences.size(); ++i)
        connect(m_actions->inference[i], &QAction::triggered, m_modes,
                [this, i] { m_modes->chooseInference(allInferences[i]); });
}

void MainWindow::showTrainDialog(std::shared_ptr<const Recording> recording)
{
    if (!recording)
        recording = m_recording;
    if (!recording || m_isTraining)
        return;
    auto* dialog = new TrainDialog(std::move(recording), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TrainDialog::trainRequested, this, &MainWindow::trainRequested);
    dialog->open();
}

void MainWindow::chooseFiles()
{
    auto* dialog = new QFileDialog(this, tr("Open recordings and models"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters(
        {tr("Recordings and models (*.csv *.tsv *.txt *.dat *.gz *.stint)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::openRequested);
    dialog->open();
}

void MainWindow::chooseFileWithOptions()
{
    auto* dialog = new QFileDialog(this, tr("Open a recording with options"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Recordings (*.csv *.tsv *.txt *.dat *.gz)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openWithOptionsRequested);
    dialog->open();
}

void MainWindow::chooseModelFile()
{
    auto* dialog = new QFileDialog(this, tr("Save the model"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Models (*.stint)"));
    dialog->setDefaultSuffix(QStringLiteral("stint"));
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::saveModelRequested);
    dialog->open();
}

void MainWindow::chooseExportFile()
{
    const QString all = tr("Table of all rows (*.csv)");
    const QString visible = tr("Table of the visible rows (*.csv)");
    auto* dialog = new QFileDialog(this, tr("Export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({visible, all, tr("Picture of the plots (*.png)"),
                            tr("Drawing of the plots (*.svg)"),
                            tr("Document of the plots (*.pdf)")});
    // The ending follows the kind that is chosen.
    const auto setEnding = [dialog](const QString& filter) {
        const qsizetype dot = filter.lastIndexOf(QLatin1Char('.'));
        dialog->setDefaultSuffix(filter.mid(dot + 1).chopped(1));
    };
    setEnding(visible);
    connect(dialog, &QFileDialog::filterSelected, dialog, setEnding);
    connect(dialog, &QFileDialog::fileSelected, this, [this, dialog, visible](const QString& file) {
        requestExport(file, dialog->selectedNameFilter() == visible);
    });
    dialog->open();
}

void MainWindow::requestExport(const QString& file, bool visibleOnly)
{
    if (!m_recording)
        return;
    for (const char* ending : {".png", ".svg", ".pdf"}) {
        if (file.endsWith(QLatin1String(ending), Qt::CaseInsensitive)) {
            Q_EMIT pictureRequested(file);
            return;
        }
    }
    const TimeScale& scale = m_inputs->timeScale();
    const QCPRange range = m_inputs->visibleRange();
    const Index first = visibleOnly ? scale.row(range.lower) : 0;
    const Index last = visibleOnly ? scale.row(range.upper) + 1 : m_recording->rows();
    Q_EMIT exportRequested(file, first, last);
}

void MainWindow::changeSpeed(int steps)
{
    QComboBox* speeds = m_playback->speeds();
    speeds->setCurrentIndex(std::clamp(speeds->currentIndex() + steps, 0, speeds->count() - 1));
}

} // namespace stint::ui
