// The timer of DesktopSession: takes what the threads have ready and shows it.

#include "app/desktop/desktop_session.h"

#include <QElapsedTimer>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace stint::app {

using ui::NotificationStrip;

void DesktopSession::tick()
{
    takeFiles();
    takeTraining();
    takeFrames();
    m_live.tick();
    showState();
    m_window.refresh(m_store);
}

void DesktopSession::takeFiles()
{
    while (std::optional<FileOutcome> outcome = m_files.takeOutcome())
        takeFile(std::move(*outcome));
    const QString name = QFileInfo(QString::fromStdString(m_files.current())).fileName();
    m_window.statusLine().setLoading(name, m_files.fraction());
}

void DesktopSession::takeFile(FileOutcome outcome)
{
    if (!outcome.forPreview)
        m_pendingFiles = std::max(m_pendingFiles - 1, 0);
    const QString path = QString::fromStdString(outcome.path);
    if (!outcome.error.empty()) {
        m_demo = false;
        if (outcome.toRead)
            takeUnread(outcome);
        else if (!outcome.cancelled)
            notify(QString::fromStdString(outcome.error));
    } else if (outcome.saved) {
        notify(tr("The model was saved to %1.").arg(path), NotificationStrip::Kind::Note);
    } else if (outcome.exported) {
        notify(tr("The table was written to %1.").arg(path), NotificationStrip::Kind::Note);
    } else if (outcome.pictured) {
        notify(tr("The plots were written to %1.").arg(path), NotificationStrip::Kind::Note);
    } else if (outcome.family) {
        // A demo is complete, and begins, with its recording.
        const bool demo = std::exchange(m_demo, false);
        if (demo)
            m_recording.reset();
        setFamily(std::move(outcome.family), QFileInfo(path).fileName());
        m_demo = demo;
    } else if (outcome.preview) {
        takePreview(outcome);
    } else if (outcome.recording) {
        takeRecording(std::move(outcome));
    }
}

/// A recording that could not be read: says why, or waits for its rows if it is to be followed.
void DesktopSession::takeUnread(const FileOutcome& outcome)
{
    if (outcome.lacksRows && m_followNext) {
        m_followNext = false;
        m_live.awaitRows(outcome.path, outcome.choices);
        return;
    }
    if (m_live.awaiting() && m_followNext) { // the file that had its first rows
        m_followNext = false;
        m_live.disconnectDevice();
    }
    if (outcome.cancelled)
        return;
    m_rowless.reset();
    if (outcome.lacksRows)
        m_rowless = FollowedFile {outcome.path, nullptr, false, outcome.choices};
    m_window.setRowless(outcome.lacksRows);
    notifyOfFile(QString::fromStdString(outcome.error), outcome,
                 outcome.lacksRows && outcome.fewLines);
}

/// A file that was not read as expected may be read better with options, or once it has grown.
void DesktopSession::notifyOfFile(const QString& sentence, const FileOutcome& outcome,
                                  bool mayFollow)
{
    m_doubtfulFile = QString::fromStdString(outcome.path);
    m_doubtfulMayGrow = mayFollow;
    QString action;
    if (mayFollow)
        action = tr("Follow the file");
    else if (outcome.exists && !outcome.path.ends_with(".stint"))
        action = tr("Open with options…");
    m_window.notify(sentence, NotificationStrip::Kind::Problem, action);
}

void DesktopSession::takeRecording(FileOutcome outcome)
{
    constexpr double doubtful = 0.9; // of the sampled lines; fewer: perhaps another table
    const Recording& recording = *outcome.recording;
    const QString name = QString::fromStdString(recording.name);
    QString sentence;
    if (recording.badLineCount > 0) {
        const BadLine& first = recording.badLines.front();
        sentence = tr("%1: %n lines could not be read in full, the first is line %2: %3.", nullptr,
                      static_cast<int>(recording.badLineCount))
                       .arg(name)
                       .arg(first.line)
                       .arg(QString::fromStdString(first.why));
    } else if (recording.dialect.regularity < doubtful) {
        sentence = tr("%1: %2 % of its lines have other numbers of cells than the table.")
                       .arg(name)
                       .arg(100.0 * (1.0 - recording.dialect.regularity), 0, 'f', 0);
    }
    if (sentence.isEmpty() && recording.time.nonMonotonic > 0)
        sentence = tr("%1: time does not grow at %n rows (%2 of them repeat the time before), so "
                      "the axis counts rows.",
                      nullptr, static_cast<int>(recording.time.nonMonotonic))
                       .arg(name)
                       .arg(recording.time.duplicates);
    if (sentence.isEmpty() && recording.time.dateOrderGuessed)
        sentence = tr("%1: its dates fit both orders of day and month; the month is taken to come "
                      "first.")
                       .arg(name);
    if (!sentence.isEmpty())
        notifyOfFile(sentence, outcome);
    const bool waited = m_live.awaiting();
    setRecording(std::move(outcome));
    m_demo = false;
    if (!std::exchange(m_followNext, false))
        return;
    if (waited)
        m_live.follow(m_recording); // however many rows it was read with
    else
        followFile(true);
}

/// The dialog asks for previews while it is open, and for the file at its end.
void DesktopSession::takePreview(const FileOutcome& outcome)
{
    if (m_import && m_import->path() == QString::fromStdString(outcome.path)) {
        m_import->showPreview(*outcome.preview);
        return;
    }
    delete m_import;
    m_import = new ui::ImportDialog(&m_window);
    m_import->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_import, &ui::ImportDialog::previewRequested, this,
            [this](const QString& file, const ReadChoices& choices) {
                m_files.preview(file.toStdString(), choices);
            });
    connect(m_import, &ui::ImportDialog::openRequested, this,
            [this](const QString& file, const ReadChoices& choices) {
                m_window.strip().dismiss();
                ++m_pendingFiles;
                m_files.openWith(file.toStdString(), choices);
            });
    m_import->begin(*outcome.preview, outcome.choices);
    m_import->open();
}

void DesktopSession::takeTraining()
{
    for (const TrainProgress& progress : m_training.takeProgress())
        m_window.trainingView().add(progress);
    const bool cancelled = m_training.running() && m_training.cancelled();
    std::optional<Result<TrainOutcome>> outcome = m_training.takeOutcome();
    if (!outcome)
        return;
    m_window.setTraining(false);
    if (!*outcome) {
        const QString why = QString::fromStdString(outcome->error().message);
        m_window.trainingView().finish(
            cancelled ? tr("Training was cancelled.") : tr("Training failed: %1").arg(why), {});
        if (!cancelled)
            notify(why);
        return;
    }
    TrainOutcome& trained = **outcome;
    QStringList remarks;
    for (const std::string& remark : trained.remarks)
        remarks.append(QString::fromStdString(remark));
    m_window.trainingView().finish(tr("Trained in %1 s.").arg(trained.seconds, 0, 'f', 1), remarks);
    setFamily(std::move(trained.family), tr("trained here, not saved yet"));
    const QString watches = m_live.following()
        ? tr("The model is trained and watches the file from now on. Ctrl+S saves the model.")
        : tr("The model is trained and watches the device now. Ctrl+S saves the model.");
    notify(m_live.live()
               ? watches
               : tr("The model is trained. Space plays the recording, Ctrl+S saves the model."),
           NotificationStrip::Kind::Note);
}

void DesktopSession::takeFrames()
{
    // The display must not fall behind, nor stop: what does not fit waits for the next turn.
    QElapsedTimer timer;
    timer.start();
    constexpr qint64 budgetMs = 15;
    while (timer.elapsed() < budgetMs && m_playback.tryTake(m_frame))
        takeFrame();
    if (m_threshold && std::isfinite(m_store.threshold())
        && (m_store.thresholdMoves() || std::abs(m_store.threshold() - *m_threshold) > 0.0F))
        m_store.setThreshold(*m_threshold); // rows that were on their way when it was changed
}

void DesktopSession::takeFrame()
{
    PlaybackFrame& frame = m_frame;
    if (m_live.live())
        return; // of what was played before
    if (!frame.error.empty()) {
        m_playing = false;
        m_window.setPlaying(false);
        notify(QString::fromStdString(frame.error));
    }
    if (frame.generation < m_placeCommand)
        return;
    if (frame.loaded)
        m_window.setPlayable(true, {});
    else if (!frame.error.empty())
        m_window.setPlayable(false, QString::fromStdString(frame.error));
    m_position = frame.position;
    if (frame.generation >= m_playCommand && frame.playing != m_playing) {
        m_playing = frame.playing;
        m_window.setPlaying(m_playing);
    }
    if (frame.loaded && frame.generation >= m_modeCommand && !(frame.mode == m_mode)) {
        m_mode = frame.mode;
        m_window.modeBar().setMode(m_mode);
        m_window.updateAllowed();
    }
    if (frame.block.rows == 0) {
        if (frame.loaded)
            showThreshold();
        return;
    }
    if (frame.again)
        frame.block.attentionRows = 0; // is shown already, and must not be cut off there
    if (m_store.append(frame.block))
        m_rate.add(frame.block.rows, frame.block.seconds);
    showThreshold();
}

void DesktopSession::showThreshold()
{
    if (m_family && m_family->task == ModelTask::Classify) {
        m_window.thresholdControl().setThreshold(std::numeric_limits<double>::quiet_NaN());
        return;
    }
    m_window.thresholdControl().setThreshold(static_cast<double>(m_frame.threshold));
    m_window.thresholdControl().setAutomatic(!m_threshold);
    // One that moves is known by row; before the first, what it begins with is shown.
    const bool standsStill = !m_frame.thresholdMoves || m_store.answered() == 0;
    if (!m_threshold && m_frame.block.rows == 0 && standsStill
        && (m_store.thresholdMoves()
            || !(std::abs(m_store.threshold() - m_frame.threshold) <= 0.0F)))
        m_store.setThreshold(m_frame.threshold);
}

void DesktopSession::showState()
{
    m_rate.update(PlaybackRate::Clock::now());
    const QString time
        = m_recording ? m_window.inputsAndScore().timeScale().text(m_position - 1) : QString();
    ui::PlaybackStatus status;
    if (!m_recording)
        status.state = tr("no recording");
    else if (!m_family)
        status.state = tr("no model");
    else if (m_playing)
        status.state = tr("playing");
    else
        status.state = playable() && m_position >= m_frame.rows ? tr("at the end") : tr("paused");
    status.next = m_position;
    status.rows = m_recording ? m_recording->rows() : 0;
    status.time = m_position > 0 ? time : QString();
    // Of the row before the place of playback: after a seek there is none until the next answer.
    if (m_family && m_family->task == ModelTask::Classify)
        status.answer = m_store.classAnswers().text(m_position - 1, m_facts.classes);
    status.rowsPerSecond = m_rate.rowsPerSecond();
    status.microsecondsPerStep = m_rate.microsecondsPerStep();
    status.frameMilliseconds = m_window.inputsAndScore().frameMilliseconds();
    status.dropped = m_playback.dropped();
    status.held = m_store.heldRows();
    status.inferenceDifference = m_store.largestInferenceDifference();
    status.comparedRows = m_store.comparedRows();
    if (m_live.connected())
        m_live.describe(status);
    m_window.statusLine().setStatus(status);
    m_window.playbackBar().setPosition(m_live.live() ? status.next : m_position, status.time);
}

} // namespace stint::app
