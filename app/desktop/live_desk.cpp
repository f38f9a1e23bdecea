#include "app/desktop/live_desk.h"

#include "app/desktop/device_settings.h"
#include "ui/plot/channel_curves.h"

#include <QDateTime>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace stint::app {

using ui::NotificationStrip;

namespace {

/// How long a port that is in use is tried again before the dialog says so: a service that looks
/// at new modems holds every port for some seconds.
constexpr qint64 patienceMs = 4000;

/// How long a device is closed before somebody wonders.
constexpr qint64 unnoticedMs = 700;

/// Answers that wait for their rows; more would mean that their rows were lost.
constexpr std::size_t mostEarly = 64;

/// A recording with fewer rows is not worth a word when the channels change.
constexpr Index fewRows = 100;

} // namespace

LiveDesk::LiveDesk(ui::MainWindow& window, ui::ResultStore& store, QObject* parent)
    : QObject(parent), m_window(window), m_store(store), m_bell(window.actions(), this)
{
    connectWindow();
    m_window.console().setCommands(rememberedCommands());
}

LiveDesk::~LiveDesk() = default;

void LiveDesk::connectWindow()
{
    const ui::WindowActions& a = m_window.actions();
    connect(a.connectDevice, &QAction::triggered, this, &LiveDesk::showDialog);
    connect(a.disconnectDevice, &QAction::triggered, this, [this] { disconnectDevice(); });
    connect(a.record, &QAction::triggered, this, &LiveDesk::setRecording);
    connect(a.changeFormat, &QAction::triggered, this, &LiveDesk::showFormats);
    connect(&m_window, &ui::MainWindow::liveTrainingWanted, this,
            [this] { Q_EMIT trainingWanted(snapshot()); });
    connect(&m_window.deviceBar(), &ui::DeviceBar::rateRequested, this, [this](int rate) {
        m_choice.rate = rate;
        rememberChoice(m_choice);
        openFeed();
    });
    connect(&m_window.console(), &ui::Console::sendRequested, this,
            [this](const QByteArray& bytes) { m_feed.sendCommand(bytes.toStdString()); });
    connect(&m_window.console(), &ui::Console::commandsChanged, this, &rememberCommands);
    // The whole of what grows stays in sight only if it is followed as a whole.
    connect(a.fit, &QAction::triggered, this, [this] {
        if (live())
            m_window.deviceBar().setTimeWindow(0.0);
    });
}

void LiveDesk::showDialog()
{
    if (m_connected && !m_file)
        return;
    if (m_dialog) {
        m_dialog->raise();
        return;
    }
    m_dialog = new ui::ConnectDialog(&m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_dialog->setSuggestedFile(suggestedFile());
    m_ports.setWatching(true);
    connect(m_dialog, &ui::ConnectDialog::connectRequested, this, &LiveDesk::connectTo);
    connect(m_dialog, &ui::ConnectDialog::left, this, [this] {
        if (m_opening)
            disconnectDevice();
        m_ports.setWatching(false);
    });
    m_dialog->show();
}

void LiveDesk::offerPorts()
{
    if (!m_dialog)
        return;
    const std::optional<std::vector<PortInfo>> ports = m_ports.take();
    if (!ports)
        return;
    QList<ui::PortOffer> offers;
    for (const PortInfo& port : *ports) {
        const QString identity = QString::fromStdString(port.identity);
        offers.append({QString::fromStdString(port.path),
                       QString::fromStdString(stint::app::describe(port)), identity,
                       rememberedChoice(identity)});
    }
    m_dialog->setPorts(offers);
}

void LiveDesk::connectTo(const ui::ConnectChoice& choice)
{
    m_choice = choice;
    openFeed();
}

void LiveDesk::openFeed()
{
    if (m_recording || m_file)
        disconnectDevice();
    m_opening = true;
    if (!m_closing)
        startFeed();
}

void LiveDesk::startFeed()
{
    m_openingSince.start();
    m_state = {};
    m_early.clear();
    m_order = m_orders.post([this, settings = serialSettings(m_choice), format = m_choice.format] {
        m_feed.start(settings, format);
    });
}

void LiveDesk::watchOpening()
{
    if (!m_opening)
        return;
    if (m_state.phase == LivePhase::Detecting || m_state.phase == LivePhase::Running) {
        opened();
        return;
    }
    const bool passes
        = m_state.failure == PortFailure::Busy && m_openingSince.elapsed() < patienceMs;
    if (m_state.problem.empty() || passes)
        return;
    // Whoever has to act will press Connect again; nobody wants a port to open by surprise.
    disconnectDevice();
    const QString problem = QString::fromStdString(m_state.problem);
    if (m_dialog)
        m_dialog->setProblem(problem, QString::fromStdString(m_state.command));
    else
        notify(problem, NotificationStrip::Kind::Problem);
}

void LiveDesk::opened()
{
    m_opening = false;
    m_connected = true;
    m_choice.identity = QString::fromStdString(m_state.identity);
    rememberChoice(m_choice);
    if (m_dialog) {
        m_ports.setWatching(false);
        m_dialog->close();
    }
    if (!m_choice.recordFile.isEmpty() && !m_state.recorder.recording) {
        record(m_choice.recordFile);
        m_choice.recordFile.clear(); // once
    }
    m_window.strip().dismiss();
    m_window.console().clear();
    m_window.console().setCanSend(true, {});
    m_newestLine.clear();
    m_measured.invalidate();
    m_window.deviceBar().offerUsualTimeWindows();
    m_consoleFirst = !m_window.hasRecording();
    m_window.setConnected(true);
    if (m_consoleFirst)
        m_window.showConsole();
    showFacts();
}

void LiveDesk::disconnectDevice(bool quietly)
{
    m_followNext.reset();
    m_awaitNext.reset();
    if (quietly)
        m_recording.reset();
    if (!m_connected && !m_opening)
        return;
    m_order = m_orders.post([this] { m_feed.stop(); });
    m_closing = true;
    m_closingTold = false;
    m_closingSince.start();
    m_opening = false;
    m_connected = false;
    m_window.console().setCanSend(false, tr("Connect a device first."));
    m_window.setFrozen(false);
    m_window.setConnected(false);
    m_window.setFollowing(false);
    m_leftFile = std::move(m_file);
    m_file.reset();
    if (m_formats)
        m_formats->close();
    m_paused = false;
}

/// Takes the last rows of a device or a file that is being closed, and hands over what there was.
void LiveDesk::watchClosing()
{
    const bool closed = m_orders.done(m_order); // asked first: nothing comes in after that
    m_state = m_feed.state();
    if (m_recording)
        takeRows();
    if (m_recording)
        takeResults();
    watchRecorder();
    if (!closed) {
        if (!m_closingTold && m_closingSince.elapsed() > unnoticedMs)
            notify(tr("The last rows are being written and answered."));
        m_closingTold = m_closingTold || m_closingSince.elapsed() > unnoticedMs;
        return;
    }
    m_closing = false;
    const std::unique_ptr<ui::LiveRecording> left = std::move(m_recording);
    std::shared_ptr<const Recording> next = std::exchange(m_followNext, {});
    const std::optional<FollowedFile> awaited = m_awaitNext;
    m_awaitNext.reset();
    if (left) {
        const std::shared_ptr<Recording> recording = left->snapshot();
        if (m_leftFile) { // it can be followed again
            recording->path = m_leftFile->source.path;
            recording->reading = m_leftFile->source.reading;
        }
        Q_EMIT ended(recording);
        next = next ? recording : nullptr; // it was what was shown
    }
    if (m_opening)
        startFeed();
    else if (awaited)
        awaitRows(awaited->path, awaited->choices);
    else if (next)
        follow(next);
}

void LiveDesk::tick()
{
    offerPorts();
    while (const std::optional<std::string> problem = m_orders.takeProblem())
        notify(QString::fromStdString(*problem), NotificationStrip::Kind::Problem);
    if (m_closing)
        watchClosing();
    if (m_closing || !m_orders.done(m_order) || (!m_opening && !m_connected))
        return;
    m_state = m_feed.state();
    watchOpening();
    if (!m_connected)
        return;
    takeRows();
    takeResults();
    takeAlarms();
    takeLines();
    watchRecorder();
    watchEngine();
    measure();
    showFacts();
    watchFile();
}

void LiveDesk::takeRows()
{
    Index dropped = 0;
    bool any = false;
    while (m_feed.tryTakeRows(m_rows)) {
        if (m_rows.samples.rows <= 0 || m_rows.samples.channels.empty())
            continue;
        if (!m_recording || !m_recording->fits(m_rows.samples))
            begin(m_rows);
        dropped = m_recording->append(m_rows.samples, m_rows.time, m_rows.firstRow, m_rows.gap,
                                      m_rows.labels);
        m_store.dropFirst(dropped);
        any = true;
    }
    if (any)
        m_window.inputsAndScore().rowsAppended();
}

void LiveDesk::begin(const LiveRows& rows)
{
    if (m_recording && m_recording->rows() > fewRows)
        notify(tr("The device sends other channels now: %1 instead of %2. A new recording begins.")
                   .arg(rows.samples.channels.size())
                   .arg(m_recording->recording()->channels.size()));
    const QString name = tr("%1, %2").arg(
        QFileInfo(QString::fromStdString(m_state.port)).fileName(),
        QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
    m_recording = std::make_unique<ui::LiveRecording>(
        m_file ? m_file->name : name.toStdString(), rows.samples.channels, 0,
        m_file ? m_file->axis : ui::LiveAxis {}, labelNames());
    m_early.clear();
    setPaused(false);
    if (std::exchange(m_consoleFirst, false) && m_model)
        m_window.showAttention();
    Q_EMIT begun();
    m_window.inputsAndScore().setTimeWindow(m_window.deviceBar().timeWindow());
}

bool LiveDesk::place(ResultBlock& block) const
{
    const Index first = m_recording->rowOf(static_cast<std::uint64_t>(block.firstRow));
    const Index last
        = m_recording->rowOf(static_cast<std::uint64_t>(block.firstRow + block.rows - 1));
    if (first < 0 || last - first != block.rows - 1)
        return false;
    // The attention belongs to the newest rows of the block.
    block.attentionFirstRow += first - block.firstRow;
    block.firstRow = first;
    return true;
}

void LiveDesk::takeResults()
{
    if (!m_recording)
        return;
    ResultBlock block;
    while (m_early.size() < mostEarly && m_feed.tryTakeResults(block))
        m_early.push_back(std::move(block));
    while (!m_early.empty()) {
        ResultBlock& oldest = m_early.front();
        if (oldest.rows > 0) {
            const auto newest = static_cast<std::uint64_t>(oldest.firstRow + oldest.rows - 1);
            if (newest >= m_recording->nextNumber())
                return; // its rows come with the next turn
            if (place(oldest) && m_store.append(oldest)) {
                m_answerSeconds += oldest.seconds;
                m_answeredRows += oldest.rows;
            }
        }
        m_early.pop_front();
    }
}

void LiveDesk::takeAlarms()
{
    m_alarms.clear();
    m_feed.takeAlarms(m_alarms);
    for (LiveAlarm& alarm : m_alarms)
        if (isNews(alarm))
            m_bell.take(alarm);
}

std::shared_ptr<const Recording> LiveDesk::snapshot() const
{
    return m_recording && m_recording->rows() > 0 ? m_recording->snapshot() : nullptr;
}

void LiveDesk::setModel(LiveModel model)
{
    const bool same = m_model && m_model->family == model.family
        && m_model->options.mode == model.options.mode
        && m_model->options.threshold == model.options.threshold
        && m_model->options.motion == model.options.motion
        && m_model->options.keepForecast == model.options.keepForecast;
    if (same)
        return; // it would begin anew
    m_model = std::move(model);
    m_engineTold.clear();
    m_feed.setModel(*m_model);
}

void LiveDesk::setKeepForecast(bool keep)
{
    if (!m_model || m_model->options.keepForecast == keep)
        return;
    m_model->options.keepForecast = keep;
    m_feed.setModel(*m_model);
}

void LiveDesk::setMode(const Mode& mode)
{
    if (m_model)
        m_model->options.mode = mode;
    m_feed.setMode(mode);
}

void LiveDesk::setThreshold(std::optional<float> threshold)
{
    if (m_model)
        m_model->options.threshold = threshold;
    m_feed.setThreshold(threshold);
}

void LiveDesk::setMotion(const std::optional<ThresholdMotion>& motion)
{
    if (m_model)
        m_model->options.motion = motion;
    m_feed.setMotion(motion);
}

void LiveDesk::setPaused(bool paused)
{
    m_paused = paused;
    m_window.setFrozen(paused);
    m_window.setPlaying(!paused);
    m_window.actions().follow->setChecked(!paused);
}

void LiveDesk::goTo(Index row)
{
    if (!m_recording)
        return;
    if (row >= m_recording->rows()) {
        setPaused(false);
        return;
    }
    m_window.actions().follow->setChecked(false);
    ui::InputsAndScoreView& view = m_window.inputsAndScore();
    const double at = view.timeScale().position(std::max<Index>(row, 0));
    const double half = view.visibleRange().size() / 2.0;
    view.setVisibleRange({at - half, at + half});
}

void LiveDesk::notify(const QString& sentence, NotificationStrip::Kind kind)
{
    m_window.notify(sentence, kind);
}

} // namespace stint::app
