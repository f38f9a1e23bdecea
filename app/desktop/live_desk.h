#pragma once

#include "app/desktop/alarm_bell.h"
#include "app/desktop/order_thread.h"
#include "app/desktop/port_watch.h"
#include "app/live/live_feed.h"
#include "ui/live_recording.h"
#include "ui/main_window.h"
#include "ui/panels/connect_dialog.h"
#include "ui/panels/format_dialog.h"
#include "ui/result_store.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>

#include <deque>
#include <memory>
#include <optional>

namespace stint::app {

/// A file that is followed in place of a device.
struct FollowedRecording {
    FollowedFile source;
    std::string name; ///< for people
    ui::LiveAxis axis;
};

/// Everything about a device in the window: asks for the port, shows what comes in, and lets a
/// model watch it; or a file that grows, which is shown and watched alike. Polled by the timer of
/// DesktopSession, which shows the recording that begins and plays the one that is left when the
/// device is disconnected.
class LiveDesk : public QObject {
    Q_OBJECT

public:
    /// \param window,store must outlive it.
    LiveDesk(ui::MainWindow& window, ui::ResultStore& store, QObject* parent = nullptr);
    ~LiveDesk() override;

    /// Opens a port, as the dialog does.
    void connectTo(const ui::ConnectChoice& choice);

    /// Follows the file of a recording from its first row on. Where that cannot be, a sentence says
    /// why.
    void follow(const std::shared_ptr<const Recording>& recording);

    /// Waits for the first rows of a file that has too few to be opened, in place of a file that is
    /// followed. hasFirstRows() tells that they are there; the bar stays until something else is
    /// shown. \param choices that the file is to be opened with.
    void awaitRows(const std::string& path, const ReadChoices& choices);

    /// Begins to close the port, or to let go of the file. Once what was received is written and
    /// answered it is handed over by ended(), unless `quietly`, when something else is about to be
    /// shown.
    void disconnectDevice(bool quietly = false);

    /// Takes over what has come in and brings bar, console and recording up to date.
    void tick();

    /// A port is open, or is being opened again, or a file is followed.
    [[nodiscard]] bool connected() const { return m_connected; }
    [[nodiscard]] bool following() const { return m_file.has_value(); } ///< a file
    /// A file is followed that has no rows to show yet.
    [[nodiscard]] bool awaiting() const { return m_file && !m_file->source.reading; }
    /// A recording that grows is shown.
    [[nodiscard]] bool live() const { return m_recording != nullptr; }
    [[nodiscard]] const ui::LiveRecording* recording() const { return m_recording.get(); }

    /// A copy of what has come in so far; null before the first row.
    [[nodiscard]] std::shared_ptr<const Recording> snapshot() const;

    /// What watches the device, from the next row on; what is set already goes on.
    void setModel(LiveModel model);
    void setMode(const Mode& mode);
    void setThreshold(std::optional<float> threshold);
    void setMotion(const std::optional<ThresholdMotion>& motion);
    void setKeepForecast(bool keep);

    /// Lets the picture stand still, or follow the newest rows again.
    void setPaused(bool paused);
    [[nodiscard]] bool paused() const { return m_paused; }

    /// Shows the rows around one; the end means to follow again.
    void goTo(Index row);

    /// Starts or ends a recording to a file that is named by place and time.
    void setRecording(bool recording);

    /// Fills what the status line says about a device.
    void describe(ui::PlaybackStatus& status) const;

    [[nodiscard]] const LiveState& state() const { return m_state; }
    [[nodiscard]] const AlarmBell& bell() const { return m_bell; }
    [[nodiscard]] ui::ConnectDialog* dialog() const { return m_dialog; }
    [[nodiscard]] ui::FormatDialog* formatDialog() const { return m_formats; }

Q_SIGNALS:
    /// The first rows are here: recording() is to be shown.
    void begun();
    /// The rows that were waited for are there: the file can be opened.
    void hasFirstRows(const QString& path, const stint::ReadChoices& choices);
    /// A training on this, what has come in so far, is to be set up.
    void trainingWanted(const std::shared_ptr<const stint::Recording>& recording);
    /// The device was disconnected, or the file let go: this is what had come in.
    void ended(const std::shared_ptr<const stint::Recording>& recording);

private:
    void connectWindow();
    void showDialog();
    void offerPorts();
    void openFeed();
    void startFeed();
    void watchClosing();
    void watchOpening();
    void opened();
    void takeRows();
    void begin(const LiveRows& rows);
    /// Whether the rows of a block are on show; its place is put into it.
    [[nodiscard]] bool place(ResultBlock& block) const;
    void takeResults();
    void takeAlarms();
    void takeLines();
    [[nodiscard]] bool deviceInTheWay();
    [[nodiscard]] std::vector<std::string> labelNames() const;
    void startFollowing(FollowedRecording file);
    void offerTimeWindows(double step);
    [[nodiscard]] bool isNews(LiveAlarm& alarm) const;
    void watchFile();
    void showFacts();
    [[nodiscard]] ui::DeviceFacts fileFacts() const;
    void describeFile(ui::PlaybackStatus& status) const;
    [[nodiscard]] ui::DeviceFacts facts() const;
    [[nodiscard]] QString runningSentence() const;
    void showFormats();
    void preview(const std::optional<WireFormat>& format);
    void record(const QString& file);
    void watchRecorder();
    void measure();
    void watchEngine();
    void tellOnce(const std::string& problem, QString& told);
    [[nodiscard]] QString suggestedFile() const;
    void notify(const QString& sentence,
                ui::NotificationStrip::Kind kind = ui::NotificationStrip::Kind::Note);

    ui::MainWindow& m_window;
    ui::ResultStore& m_store;
    AlarmBell m_bell;
    QPointer<ui::ConnectDialog> m_dialog; // deletes itself
    QPointer<ui::FormatDialog> m_formats; // likewise
    ui::ConnectChoice m_choice;
    std::optional<FollowedRecording> m_file; // nothing: a device
    std::optional<FollowedRecording> m_leftFile; // that is, or was, let go of
    std::shared_ptr<const Recording> m_followNext; // once what went before is closed
    std::optional<FollowedFile> m_awaitNext; // likewise
    bool m_firstRowsTold = false;
    bool m_opening = false; // the port was never open yet
    QElapsedTimer m_openingSince;
    bool m_connected = false;
    bool m_closing = false; // its last rows are still to come
    bool m_closingTold = false;
    QElapsedTimer m_closingSince;
    bool m_paused = false;
    LiveState m_state;
    std::unique_ptr<ui::LiveRecording> m_recording;
    std::optional<LiveModel> m_model;
    LiveRows m_rows;
    std::deque<ResultBlock> m_early; // answers whose rows are not here yet
    std::vector<ConsoleLine> m_lines;
    std::vector<LiveAlarm> m_alarms;
    QString m_newestLine;
    QElapsedTimer m_lineShown;
    QElapsedTimer m_measured;
    std::uint64_t m_measuredBytes = 0;
    double m_bytesPerSecond = 0.0;
    double m_answerSeconds = 0.0; // of the engine, and the rows it answered in them
    Index m_answeredRows = 0;
    double m_microsecondsPerStep = 0.0;
    bool m_consoleFirst = false; // there was nothing else to see
    QString m_recordedText;
    QString m_recorderTold; // problems are told once
    QString m_engineTold;
    bool m_wasRecording = false;

    PortWatch m_ports; // threads last: they end before what they fill
    LiveFeed m_feed;
    std::uint64_t m_order = 0; // the newest that starts or stops the feed
    OrderThread m_orders; // whatever begins or ends something may wait for a disk
};

} // namespace stint::app
