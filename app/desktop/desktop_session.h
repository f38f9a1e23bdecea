#pragma once

#include "app/desktop/desktop_options.h"
#include "app/desktop/file_thread.h"
#include "app/desktop/live_desk.h"
#include "app/desktop/playback_rate.h"
#include "app/desktop/playback_thread.h"
#include "app/desktop/training_thread.h"
#include "core/series/first_rows.h"
#include "ui/main_window.h"
#include "ui/panels/import_dialog.h"
#include "ui/result_store.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <memory>
#include <optional>

namespace stint::app {

/// Connects the main window to the threads that read, train and play. It owns them and the
/// results; the window only asks and shows. One timer takes what the threads have ready and
/// refreshes the views, so the GUI thread never waits.
class DesktopSession : public QObject {
    Q_OBJECT

public:
    /// \param window must outlive the session.
    explicit DesktopSession(ui::MainWindow& window, QObject* parent = nullptr);
    ~DesktopSession() override;

    /// Opens files, plays the demo, and so on, as asked on the command line.
    void begin(const DesktopOptions& options);

    void open(const QStringList& files);
    /// Shows how a recording is read before it is opened.
    void openWithOptions(const QString& file);
    /// Where choices of how to read files are remembered; nowhere if not set.
    void setImportMemory(std::unique_ptr<ImportMemory> memory)
    {
        m_files.setMemory(std::move(memory));
    }
    void playDemo();
    void train(const TrainSettings& settings);
    void saveModel(const QString& file);
    /// Rows [first, last) of the recording as a table.
    void exportTable(const QString& file, Index first, Index last);
    /// The plots as a picture.
    void exportPicture(const QString& file);
    void setPlaying(bool playing);
    void step();
    void seek(Index row);
    void setMode(const Mode& mode);
    /// Nothing: the model's own.
    void setThreshold(std::optional<float> threshold);
    /// Whether the model's own threshold moves with the rows, from the next one on; it is used
    /// then.
    void setMotion(const std::optional<ThresholdMotion>& motion);

    [[nodiscard]] bool playing() const { return m_playing; }
    [[nodiscard]] bool playable() const { return m_frame.loaded; } ///< there is a player
    [[nodiscard]] Index position() const { return m_position; } ///< the next row
    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] const ui::ResultStore& store() const { return m_store; }
    [[nodiscard]] std::shared_ptr<const Recording> recording() const { return m_recording; }
    [[nodiscard]] std::shared_ptr<const Family> family() const { return m_family; }
    [[nodiscard]] LiveDesk& liveDesk() { return m_live; }
    [[nodiscard]] bool training() const { return m_training.running(); }
    /// No file is being read or waits for it.
    [[nodiscard]] bool filesDone() const { return m_pendingFiles == 0; }

private:
    void connectWindow();
    void tick();
    void takeFiles();
    void takeFile(FileOutcome outcome);
    void takeUnread(const FileOutcome& outcome);
    void followFile(bool wanted);
    void openWithFirstRows(const QString& file, const ReadChoices& choices);
    void takePreview(const FileOutcome& outcome);
    void takeRecording(FileOutcome outcome);
    void notifyOfFile(const QString& sentence, const FileOutcome& outcome, bool mayFollow = false);
    void takeTraining();
    void takeFrames();
    void takeFrame();
    void showState();
    void showThreshold();
    void setRecording(FileOutcome outcome);
    void setFamily(std::shared_ptr<const Family> family, const QString& name);
    void showModel();
    void showDevice();
    void showWhatWasSent(const std::shared_ptr<const Recording>& recording);
    [[nodiscard]] bool keepsForecast() const;
    void startPlayer();
    void notify(const QString& sentence,
                ui::NotificationStrip::Kind kind = ui::NotificationStrip::Kind::Problem);

    ui::MainWindow& m_window;
    QTimer m_timer;
    ui::ResultStore m_store;
    PlaybackRate m_rate;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const Family> m_family;
    ui::ModelFacts m_facts; // of the family, counted once
    std::shared_ptr<const Recording> m_liveTraining; // what a device had sent when it was asked for
    std::optional<Mode> m_wantedMode; // of the command line, for the next model
    Mode m_mode;
    std::optional<float> m_wantedThreshold; // likewise
    bool m_followNext = false; // likewise, for the next recording
    std::optional<float> m_threshold; // nothing: the model's own
    std::optional<ThresholdMotion> m_motion; // of the model's own; nothing: it stands still
    bool m_playing = false;
    Index m_position = 0;
    int m_pendingFiles = 0;
    QString m_doubtfulFile; // what the button in the strip opens with options, or follows
    bool m_doubtfulMayGrow = false; // it follows
    std::optional<FollowedFile> m_rowless; // opened last, but it has no rows yet
    ReadChoices m_choices; // that the recording was opened with
    QPointer<ui::ImportDialog> m_import;
    bool m_demo = false; // the files being opened are the demo's

    // Frames before these commands took effect say nothing about what they changed.
    std::uint64_t m_placeCommand = 0;
    std::uint64_t m_playCommand = 0;
    std::uint64_t m_modeCommand = 0;
    PlaybackFrame m_frame; // the newest one

    FileThread m_files; // threads last: they end before what they fill
    TrainingThread m_training;
    PlaybackThread m_playback;
    LiveDesk m_live {m_window, m_store};
};

} // namespace stint::app
