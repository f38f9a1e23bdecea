#include "ui/main_window.h"

#include "core/series/table_reading.h"

#include <QAbstractItemView>
#include <QDataStream>
#include <QIODevice>
#include <QKeyEvent>
#include <QMimeData>
#include <QToolBar>
#include <QVBoxLayout>

namespace stint::ui {

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      m_actions(new WindowActions(this)),
      m_strip(new NotificationStrip(this)),
      m_pages(new QStackedWidget(this)),
      m_empty(new EmptyState(this)),
      m_inputs(new InputsAndScoreView(this)),
      m_attention(new AttentionView(this)),
      m_training(new TrainingView(this)),
      m_cost(new CostView(this)),
      m_events(new EventsView(this)),
      m_confusion(new ConfusionView(this)),
      m_modes(new ModeBar(this)),
      m_threshold(new ThresholdControl(this)),
      m_playback(new PlaybackBar(m_actions->play, m_actions->step, this)),
      m_status(new StatusLine(this)),
      m_device(
          new DeviceBar(m_actions->changeFormat, m_actions->record, m_actions->followFile, this)),
      m_console(new Console(m_actions->commands, this))
{
    setWindowTitle(tr("Stint"));
    setAcceptDrops(true);
    m_actions->addMenus(*menuBar());
    makeToolBar();
    setStatusBar(m_status);
    auto* central = new QWidget(this);
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_strip);
    layout->addWidget(m_device);
    m_device->setVisible(false);
    layout->addWidget(m_pages, 1);
    m_pages->addWidget(m_empty);
    m_pages->addWidget(makeWorkspace());
    setCentralWidget(central);
    connectActions();
    connectModeActions();
    setRecording(nullptr, nullptr);
}

QWidget* MainWindow::makeWorkspace()
{
    auto* page = new QWidget(m_pages);
    m_tabs = new QTabWidget(page);
    m_tabs->addTab(m_attention, tr("Attention"));
    m_tabs->addTab(m_training, tr("Training"));
    m_tabs->addTab(m_console, tr("Console"));
    m_tabs->setTabVisible(m_tabs->indexOf(m_console), false);
    m_tabs->setDocumentMode(true);
    m_columns = new QSplitter(Qt::Horizontal, page);
    m_left = new QSplitter(Qt::Vertical, m_columns);
    m_right = new QSplitter(Qt::Vertical, m_columns);
    m_left->addWidget(m_inputs);
    m_left->addWidget(m_tabs);
    m_left->setStretchFactor(0, 7);
    m_left->setStretchFactor(1, 3);
    m_right->addWidget(m_cost);
    m_lower = new QStackedWidget(m_right);
    m_lower->addWidget(m_events);
    m_lower->addWidget(m_confusion);
    m_right->addWidget(m_lower);
    m_right->setStretchFactor(0, 5);
    m_right->setStretchFactor(1, 3);
    m_columns->setStretchFactor(0, 1);
    m_columns->setStretchFactor(1, 0);
    for (QSplitter* splitter : {m_columns, m_left, m_right})
        splitter->setChildrenCollapsible(false);
    // Wide enough for the numbers of the right column; the rest is for the curves.
    const int side = 54 * fontMetrics().averageCharWidth();
    m_columns->setSizes({3 * side, side});
    m_left->setSizes({460, 240});
    m_right->setSizes({470, 230});
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_columns, 1);
    layout->addWidget(m_playback);
    return page;
}

void MainWindow::makeToolBar()
{
    auto* bar = new QToolBar(tr("Mode and threshold"), this);
    bar->setObjectName(QStringLiteral("mode"));
    bar->setMovable(false);
    bar->setFloatable(false);
    bar->toggleViewAction()->setVisible(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->addWidget(m_modes);
    bar->addSeparator();
    bar->addWidget(m_threshold);
    bar->addSeparator();
    bar->addAction(m_actions->connectDevice);
    bar->addAction(m_actions->disconnectDevice);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    addToolBar(bar);
    setContextMenuPolicy(Qt::NoContextMenu);
}

void MainWindow::setRecording(std::shared_ptr<const Recording> recording,
                              std::shared_ptr<const ChannelCurves> curves)
{
    showRecording(std::move(recording), std::move(curves), nullptr);
}

void MainWindow::setLiveRecording(std::shared_ptr<const Recording> recording,
                                  std::shared_ptr<const ChannelCurves> curves,
                                  const std::shared_ptr<const LiveExtent>& extent)
{
    showRecording(std::move(recording), std::move(curves), extent);
}

void MainWindow::showRecording(std::shared_ptr<const Recording> recording,
                               std::shared_ptr<const ChannelCurves> curves,
                               const std::shared_ptr<const LiveExtent>& extent)
{
    m_recording = std::move(recording);
    m_live = extent != nullptr;
    const auto shown = m_recording ? m_recording : std::make_shared<const Recording>();
    m_inputs->setRecording(shown, std::move(curves), extent);
    m_events->setRecording(m_inputs->timeScale());
    m_playback->setRows(m_live ? 0 : shown->rows());
    m_pages->setCurrentIndex(m_recording ? 1 : 0);
    setWindowTitle(m_recording ? tr("%1 – Stint").arg(QString::fromStdString(m_recording->name))
                               : tr("Stint"));
    updateAllowed();
}

void MainWindow::setConnected(bool connected)
{
    m_connected = connected;
    m_device->setVisible(connected);
    m_tabs->setTabVisible(m_tabs->indexOf(m_console), connected || m_console->shownLines() > 0);
    m_actions->setConnected(connected);
    // The console is there for what comes in before anything could be recognised.
    m_pages->setCurrentIndex(m_recording || connected ? 1 : 0);
    updateAllowed();
}

void MainWindow::setFollowing(bool following)
{
    m_followed = following;
    m_device->setFile(following);
    m_device->setVisible(following || m_connected);
    updateAllowed();
}

void MainWindow::setRowless(bool rowless)
{
    m_rowless = rowless;
    updateAllowed();
}

void MainWindow::setModel(const ModelFacts& facts, const std::shared_ptr<const KnownClasses>& known)
{
    m_hasModel = !facts.modes.empty();
    // A matrix needs more height than a list, and the curve of costs less.
    if (m_task != facts.task)
        m_right->setSizes(facts.task == ModelTask::Classify ? QList<int> {440, 260}
                                                            : QList<int> {470, 230});
    m_task = facts.task;
    m_modes->setModes(facts.modes);
    m_modes->setToolTip(m_hasModel ? tr("Model: %1").arg(facts.name) : QString());
    m_events->setModel(facts);
    m_inputs->setModel(facts, known);
    m_confusion->setModel(facts);
    m_cost->setModel(facts);
    m_lower->setCurrentWidget(m_task == ModelTask::Classify ? static_cast<QWidget*>(m_confusion)
                                                            : m_events);
    updateAllowed();
}

void MainWindow::setPlayable(bool playable, const QString& why)
{
    if (playable == m_isPlayable && why == m_whyNotPlayable)
        return;
    m_isPlayable = playable;
    m_whyNotPlayable = why;
    updateAllowed();
}

void MainWindow::setTraining(bool training)
{
    m_isTraining = training;
    updateAllowed();
}

void MainWindow::setDemoAvailable(bool available, const QString& why)
{
    m_empty->setDemoAvailable(available, why);
    WindowActions::allow(*m_actions->demo, available, why);
}

void MainWindow::updateAllowed()
{
    const bool recorded = m_recording != nullptr;
    const QString noModel = tr("Open or train a model first.");
    const QString noRecording = tr("Open a recording first.");
    QString whyNot = recorded ? noModel : noRecording;
    if (recorded && m_hasModel)
        whyNot = m_whyNotPlayable;
    m_actions->setCanPlay(m_isPlayable, whyNot);
    m_playback->slider()->setEnabled(m_isPlayable);
    WindowActions::allow(*m_actions->saveModel, m_hasModel, noModel);
    WindowActions::allow(*m_actions->exportData, recorded, noRecording);
    WindowActions::allow(*m_actions->train, recorded && !m_isTraining,
                         recorded ? tr("A training is running.") : noRecording);
    for (QAction* action : {m_actions->fit, m_actions->zoomIn, m_actions->zoomOut,
                            m_actions->follow, m_actions->faster, m_actions->slower})
        WindowActions::allow(*action, recorded, noRecording);
    allowByTask(recorded);
    allowLive();
    allowFollowing();
    const auto mirror = [](QAction& action, const SegmentedControl& control, std::size_t i) {
        const QAbstractButton* button = control.button(static_cast<int>(i));
        WindowActions::allow(action, button->isEnabled(), button->toolTip());
    };
    for (std::size_t i = 0; i < m_actions->weights.size(); ++i)
        mirror(*m_actions->weights[i], *m_modes->weights(), i);
    for (std::size_t i = 0; i < m_actions->attention.size(); ++i)
        mirror(*m_actions->attention[i], *m_modes->attention(), i);
    const auto ablation = static_cast<std::size_t>(AttentionMask::SelfOnly);
    m_actions->attention[ablation]->setVisible(
        !m_modes->attention()->button(static_cast<int>(ablation))->isHidden());
    for (std::size_t i = 0; i < m_actions->inference.size(); ++i)
        mirror(*m_actions->inference[i], *m_modes->inference(), i);
}

void MainWindow::allowLive()
{
    m_playback->setLive(m_live);
    if (!m_live)
        return;
    const QString why = m_followed
        ? tr("The file sets the pace; stop following it to play what it has.")
        : tr("A device sets the pace; disconnect to play what it sent.");
    for (QAction* action : {m_actions->step, m_actions->faster, m_actions->slower})
        WindowActions::allow(*action, false, why);
    for (QAction* action : {m_actions->play, m_actions->toStart, m_actions->toEnd})
        WindowActions::allow(*action, true, {});
    m_playback->slider()->setEnabled(false);
}

void MainWindow::allowFollowing()
{
    QString why = tr("Open a recording first.");
    if (m_connected)
        why = tr("Disconnect the device first.");
    else if (m_recording)
        why = QString::fromStdString(whyNotFollowed(*m_recording));
    else if (m_rowless)
        why.clear();
    const bool can = m_followed || why.isEmpty();
    WindowActions::allow(*m_actions->followFile, can, why);
    m_actions->followFile->setChecked(m_followed);
}

void MainWindow::allowByTask(bool recorded)
{
    const QString noRecording = tr("Open a recording first.");
    const bool classifies = m_hasModel && m_task == ModelTask::Classify;
    WindowActions::allow(*m_actions->logarithmic, recorded && !classifies,
                         recorded ? tr("Probabilities have an axis from 0 to 1.") : noRecording);
    const bool scores = m_hasModel && m_task == ModelTask::Anomaly;
    QString why = recorded ? tr("Open or train a model first.") : noRecording;
    if (recorded && classifies)
        why = tr("A model that classifies expects no values.");
    else if (recorded && m_hasModel)
        why = tr("A model that forecasts always shows its forecast.");
    WindowActions::allow(*m_actions->expected, recorded && scores, why);
}

void MainWindow::setPlaying(bool playing) { m_actions->setPlaying(playing); }

void MainWindow::refresh(const ResultStore& store)
{
    for (View* view :
         {static_cast<View*>(m_inputs), static_cast<View*>(m_attention), static_cast<View*>(m_cost),
          static_cast<View*>(m_events), static_cast<View*>(m_confusion)}) {
        // What stands still can be looked through, so its curves follow the mouse.
        if (view->isVisible() && (!m_frozen || view == m_inputs))
            view->refresh(store);
    }
}

void MainWindow::notify(const QString& sentence, NotificationStrip::Kind kind,
                        const QString& action)
{
    m_strip->show(sentence, kind, action);
}

bool MainWindow::event(QEvent* event)
{
    // Space and the arrows mean playback, except on a control that needs them itself.
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const QWidget* focus = focusWidget();
        const bool onList = qobject_cast<const QAbstractItemView*>(focus) != nullptr;
        const bool onButton = qobject_cast<const QAbstractButton*>(focus) != nullptr
            || qobject_cast<const QComboBox*>(focus) != nullptr;
        if ((onList && (key == Qt::Key_Home || key == Qt::Key_End))
            || (onButton && key == Qt::Key_Space)) {
            event->accept();
            return true;
        }
    }
    return QMainWindow::event(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    QStringList files;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            files.append(url.toLocalFile());
    }
    if (files.isEmpty())
        notify(tr("Only files of this computer can be dropped."), NotificationStrip::Kind::Problem);
    else
        Q_EMIT openRequested(files);
    event->acceptProposedAction();
}

QByteArray MainWindow::saveLayout() const
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << m_columns->saveState() << m_left->saveState() << m_right->saveState();
    return bytes;
}

void MainWindow::restoreLayout(const QByteArray& layout)
{
    QDataStream stream(layout);
    for (QSplitter* splitter : {m_columns, m_left, m_right}) {
        QByteArray state;
        stream >> state;
        if (stream.status() == QDataStream::Ok && !state.isEmpty())
            splitter->restoreState(state);
    }
}

} // namespace stint::ui
