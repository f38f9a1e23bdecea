#include "app/desktop/desktop_session.h"

#include "app/desktop/demo_files.h"
#include "app/desktop/plot_picture.h"

#include <QFileInfo>

#include <algorithm>
#include <chrono>
#include <utility>

namespace stint::app {

using namespace std::chrono_literals;
using ui::NotificationStrip;

namespace {

/// Rows of the demo that are shown at a time, and how many come before its first fault.
constexpr Index demoShownRows = 1500;
constexpr Index demoLeadIn = 400;

Index firstLabelledRow(const Recording& recording)
{
    if (recording.labels.empty())
        return 0;
    const std::vector<unsigned char>& values = recording.labels.front().values;
    const auto found = std::find_if(values.begin(), values.end(),
                                    [](unsigned char value) { return value != 0; });
    return found == values.end() ? 0 : static_cast<Index>(found - values.begin());
}

} // namespace

DesktopSession::DesktopSession(ui::MainWindow& window, QObject* parent)
    : QObject(parent), m_window(window)
{
    const Result<DemoFiles> demo = findDemoFiles();
    m_window.setDemoAvailable(demo.ok(),
                              demo ? QString() : QString::fromStdString(demo.error().message));
    connectWindow();
    m_playback.setSpeed(m_window.playbackBar().speed());
    connect(&m_timer, &QTimer::timeout, this, &DesktopSession::tick);
    m_timer.start(33ms);
}

DesktopSession::~DesktopSession() { m_timer.stop(); }

void DesktopSession::connectWindow()
{
    const ui::MainWindow* w = &m_window;
    connect(w, &ui::MainWindow::openRequested, this, &DesktopSession::open);
    connect(w, &ui::MainWindow::openWithOptionsRequested, this, &DesktopSession::openWithOptions);
    connect(&m_window.strip(), &NotificationStrip::actionRequested, this, [this] {
        if (m_doubtfulMayGrow && m_rowless)
            m_live.awaitRows(m_rowless->path, m_rowless->choices);
        else
            openWithOptions(m_doubtfulFile);
    });
    connect(w, &ui::MainWindow::demoRequested, this, &DesktopSession::playDemo);
    connect(w, &ui::MainWindow::saveModelRequested, this, &DesktopSession::saveModel);
    connect(w, &ui::MainWindow::exportRequested, this, &DesktopSession::exportTable);
    connect(w, &ui::MainWindow::pictureRequested, this, &DesktopSession::exportPicture);
    connect(w, &ui::MainWindow::playToggled, this, [this] { setPlaying(!m_playing); });
    connect(w, &ui::MainWindow::stepRequested, this, &DesktopSession::step);
    connect(w, &ui::MainWindow::seekRequested, this, &DesktopSession::seek);
    connect(w, &ui::MainWindow::trainRequested, this, &DesktopSession::train);
    connect(w, &ui::MainWindow::expectedToggled, this, [this] {
        m_playback.setKeepForecast(keepsForecast());
        m_live.setKeepForecast(keepsForecast());
    });
    connect(m_window.actions().followFile, &QAction::triggered, this, &DesktopSession::followFile);
    connect(&m_live, &LiveDesk::hasFirstRows, this, &DesktopSession::openWithFirstRows);
    connect(&m_live, &LiveDesk::begun, this, &DesktopSession::showDevice);
    connect(&m_live, &LiveDesk::ended, this, &DesktopSession::showWhatWasSent);
    connect(&m_live, &LiveDesk::trainingWanted, this,
            [this](const std::shared_ptr<const Recording>& recording) {
                m_liveTraining = recording;
                if (recording)
                    m_window.showTrainDialog(recording);
            });
    connect(&m_window.modeBar(), &ui::ModeBar::modeRequested, this, &DesktopSession::setMode);
    connect(&m_window.playbackBar(), &ui::PlaybackBar::speedRequested, this,
            [this](double factor) { m_playback.setSpeed(factor); });
    const auto setManual = [this](double value) { setThreshold(static_cast<float>(value)); };
    connect(&m_window.inputsAndScore(), &ui::InputsAndScoreView::thresholdRequested, this,
            setManual);
    connect(&m_window.thresholdControl(), &ui::ThresholdControl::thresholdRequested, this,
            setManual);
    connect(&m_window.thresholdControl(), &ui::ThresholdControl::automaticRequested, this,
            [this] { setThreshold(std::nullopt); });
    connect(&m_window.thresholdControl(), &ui::ThresholdControl::motionRequested, this,
            &DesktopSession::setMotion);
    connect(&m_window.trainingView(), &ui::TrainingView::cancelRequested, this,
            [this] { m_training.cancel(); });
    connect(&m_window.statusLine(), &ui::StatusLine::cancelLoadingRequested, this, [this] {
        m_pendingFiles = m_files.cancel();
        m_demo = false;
    });
}

void DesktopSession::begin(const DesktopOptions& options)
{
    m_wantedMode = options.mode;
    m_wantedThreshold = options.threshold;
    m_motion = options.motion;
    m_window.thresholdControl().setMotion(m_motion);
    m_followNext = options.follow;
    if (options.demo)
        playDemo();
    open(options.files);
}

void DesktopSession::open(const QStringList& files)
{
    if (!files.isEmpty())
        m_window.strip().dismiss(); // it spoke of other files
    for (const QString& file : files) {
        ++m_pendingFiles;
        m_files.open(file.toStdString());
    }
}

void DesktopSession::openWithOptions(const QString& file)
{
    m_files.preview(file.toStdString(), std::nullopt);
}

void DesktopSession::followFile(bool wanted)
{
    if (!wanted) {
        m_followNext = false;
        m_live.disconnectDevice();
    } else if (!m_recording && m_rowless) {
        m_live.awaitRows(m_rowless->path, m_rowless->choices);
    } else if (m_recording && m_recording->rows() < FirstRows::fewestRows
               && whyNotFollowed(*m_recording).empty()) {
        m_live.awaitRows(m_recording->path, m_choices); // it is to be opened anew with more
    } else {
        m_live.follow(m_recording);
    }
}

/// Opens and follows the file whose first rows were waited for.
void DesktopSession::openWithFirstRows(const QString& file, const ReadChoices& choices)
{
    m_followNext = true;
    ++m_pendingFiles;
    if (choices == ReadChoices {})
        m_files.open(file.toStdString());
    else
        m_files.openWith(file.toStdString(), choices);
}

void DesktopSession::playDemo()
{
    const Result<DemoFiles> demo = findDemoFiles();
    if (!demo) {
        notify(QString::fromStdString(demo.error().message));
        return;
    }
    m_demo = true;
    open({QString::fromStdString(demo->model), QString::fromStdString(demo->recording)});
}

void DesktopSession::train(const TrainSettings& settings)
{
    if (!m_recording || m_training.running())
        return;
    m_training.start(m_live.live() && m_liveTraining ? m_liveTraining : m_recording, settings);
    m_window.setTraining(true);
    m_window.trainingView().begin(settings.task);
    m_window.showTraining();
}

void DesktopSession::saveModel(const QString& file)
{
    if (!m_family)
        return;
    ++m_pendingFiles;
    m_files.save(m_family, file.toStdString());
}

void DesktopSession::exportTable(const QString& file, Index first, Index last)
{
    // What grows goes on growing while it is written.
    const std::shared_ptr<const Recording> written
        = m_live.live() ? m_live.snapshot() : m_recording;
    if (!written)
        return;
    ++m_pendingFiles;
    m_files.exportTable(written, file.toStdString(), first, last);
}

void DesktopSession::exportPicture(const QString& file)
{
    // The plot can be drawn by this thread only; what takes long is the rest.
    Result<PlotPicture> picture = drawPlotPicture(*m_window.inputsAndScore().plot(), file);
    if (!picture) {
        notify(QString::fromStdString(picture.error().message));
        return;
    }
    ++m_pendingFiles;
    m_files.savePicture(std::move(*picture), file.toStdString());
}

void DesktopSession::setPlaying(bool playing)
{
    if (m_live.live()) {
        m_live.setPaused(!m_live.paused());
        return;
    }
    if (!playable())
        return;
    if (playing && m_position >= m_frame.rows)
        seek(0);
    m_playing = playing;
    m_playCommand = m_playback.setPlaying(playing);
    m_window.setPlaying(playing);
}

void DesktopSession::step()
{
    if (!playable())
        return;
    m_playing = false;
    m_playCommand = m_playback.step();
    m_window.setPlaying(false);
}

void DesktopSession::seek(Index row)
{
    if (m_live.live()) {
        m_live.goTo(row);
        return;
    }
    if (!playable())
        return;
    m_position = std::clamp<Index>(row, 0, m_frame.rows);
    m_placeCommand = m_playback.seek(m_position);
    m_playCommand = m_placeCommand;
    m_window.inputsAndScore().setPlayhead(m_position - 1);
}

void DesktopSession::setMode(const Mode& mode)
{
    m_mode = mode;
    m_window.modeBar().setMode(mode);
    m_window.updateAllowed();
    m_modeCommand = m_playback.setMode(mode);
    m_live.setMode(mode);
}

void DesktopSession::setThreshold(std::optional<float> threshold)
{
    m_threshold = threshold;
    m_playback.setThreshold(threshold);
    if (threshold)
        m_store.setThreshold(*threshold);
    m_live.setThreshold(threshold);
    m_window.thresholdControl().setAutomatic(!threshold);
}

void DesktopSession::setMotion(const std::optional<ThresholdMotion>& motion)
{
    m_motion = motion;
    m_window.thresholdControl().setMotion(motion);
    m_playback.setMotion(motion);
    m_live.setMotion(motion);
    setThreshold(std::nullopt);
}

void DesktopSession::setRecording(FileOutcome outcome)
{
    m_live.disconnectDevice(true); // it would write over what is shown
    m_recording = std::move(outcome.recording);
    m_choices = outcome.choices;
    m_rowless.reset();
    m_window.setRowless(false);
    m_position = 0;
    m_store.reset(std::move(outcome.results));
    m_window.setRecording(m_recording, std::move(outcome.curves));
    startPlayer();
}

void DesktopSession::showDevice()
{
    m_playback.unload();
    m_demo = false;
    const ui::LiveRecording& live = *m_live.recording();
    m_recording = live.recording();
    m_position = 0;
    m_store.reset(live.capacity());
    m_window.setLiveRecording(m_recording, live.curves(), live.extent());
    startPlayer();
}

void DesktopSession::showWhatWasSent(const std::shared_ptr<const Recording>& recording)
{
    m_recording = recording;
    m_store.truncate(recording->rows());
    m_window.setRecording(m_recording, ui::makeChannelCurves(*m_recording));
    startPlayer();
}

void DesktopSession::setFamily(std::shared_ptr<const Family> family, const QString& name)
{
    m_family = std::move(family);
    m_facts = ui::factsOf(*m_family, name);
    m_mode = m_family->defaultMode();
    m_threshold = std::exchange(m_wantedThreshold, std::nullopt); // another model, another scale
    const std::optional<Error> still = m_family->motionRefusal();
    m_window.thresholdControl().setMotionRefusal(still ? QString::fromStdString(still->message)
                                                       : QString());
    if (still && m_motion && m_family->task != ModelTask::Classify)
        notify(tr("%1 The calibrated threshold stands still.")
                   .arg(QString::fromStdString(still->message)));
    const std::vector<ModeStatus> modes = m_family->modes();
    if (m_wantedMode) {
        const auto wanted = std::find_if(modes.begin(), modes.end(), [this](const ModeStatus& s) {
            return s.mode == *m_wantedMode;
        });
        if (wanted != modes.end() && wanted->offered)
            m_mode = *m_wantedMode;
        else
            notify(tr("%1 is not offered by this model%2 Its %3 is used.")
                       .arg(QString::fromStdString(toString(*m_wantedMode)),
                            wanted == modes.end()
                                ? QStringLiteral(".")
                                : QStringLiteral(": ") + QString::fromStdString(wanted->why),
                            QString::fromStdString(toString(m_mode))));
        m_wantedMode.reset();
    }
    m_window.modeBar().setMode(m_mode);
    if (m_recording)
        m_store.reset(m_recording->rows());
    startPlayer();
}

void DesktopSession::showModel()
{
    std::shared_ptr<const ui::KnownClasses> known;
    // What labels say about rows that grow is not known before they are there.
    if (m_recording && !m_live.live() && m_family->task == ModelTask::Classify)
        known = std::make_shared<const ui::KnownClasses>(ui::knownClasses(*m_recording, *m_family));
    m_store.setKnownClasses(known);
    m_window.setModel(m_facts, known);
}

bool DesktopSession::keepsForecast() const
{
    return m_family
        && (m_family->task == ModelTask::Forecast
            || (m_family->task == ModelTask::Anomaly && m_window.actions().expected->isChecked()));
}

void DesktopSession::startPlayer()
{
    m_playing = false;
    m_window.setPlaying(false);
    m_frame.loaded = false; // until the engine has it
    m_window.setPlayable(false, tr("The model is being prepared."));
    if (m_family)
        showModel();
    // A device that is connected later is watched from its first row on.
    if (m_family)
        m_live.setModel({m_family,
                         {.mode = m_mode,
                          .threshold = m_threshold,
                          .motion = m_motion,
                          .keepAttention = true,
                          .keepForecast = keepsForecast()}});
    if (m_live.live()) {
        m_window.setPlayable(true, {});
        m_window.setPlaying(!m_live.paused());
        return;
    }
    if (!m_recording || !m_family)
        return;
    PlaybackJob job {m_recording, m_family, m_mode,          m_threshold,
                     0,           false,    keepsForecast(), m_motion};
    if (m_demo) {
        job.firstRow = std::max<Index>(firstLabelledRow(*m_recording) - demoLeadIn, 0);
        job.play = true;
        m_playing = true;
        m_window.setPlaying(true);
        ui::InputsAndScoreView& view = m_window.inputsAndScore();
        view.setVisibleRange({view.timeScale().position(job.firstRow - 100),
                              view.timeScale().position(job.firstRow - 100 + demoShownRows)});
        notify(tr("The demo begins shortly before the first fault. Press 1 to 9 to change the "
                  "mode, Home to go to the beginning, Space to pause."),
               NotificationStrip::Kind::Note);
    }
    // What a device sent was answered while it came in; it is played again from the start.
    if (m_store.newestRow() >= 0 && m_store.newestRow() + 1 == m_recording->rows())
        job.firstRow = m_recording->rows();
    m_position = job.firstRow;
    m_placeCommand = m_playback.load(std::move(job));
    m_playCommand = m_placeCommand;
    m_modeCommand = m_placeCommand;
}

void DesktopSession::notify(const QString& sentence, NotificationStrip::Kind kind)
{
    m_window.notify(sentence, kind);
}

} // namespace stint::app
