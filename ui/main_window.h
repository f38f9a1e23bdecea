#pragma once

#include "ui/panels/console.h"
#include "ui/panels/device_bar.h"
#include "ui/panels/empty_state.h"
#include "ui/panels/mode_bar.h"
#include "ui/panels/notification_strip.h"
#include "ui/panels/playback_bar.h"
#include "ui/panels/status_line.h"
#include "ui/panels/threshold_control.h"
#include "ui/panels/train_dialog.h"
#include "ui/views/attention_view.h"
#include "ui/views/confusion_view.h"
#include "ui/views/cost_view.h"
#include "ui/views/events_view.h"
#include "ui/views/inputs_and_score_view.h"
#include "ui/views/training_view.h"
#include "ui/window_actions.h"

#include <QMainWindow>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>

namespace stint::ui {

/// Arranges the views and controls and tells, by signals, what the user asks for. It owns no data,
/// no thread and no file; whoever owns those answers through the setters.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(QWidget* parent = nullptr);

    /// Shows a recording in place of what was there; null goes back to the empty state.
    void setRecording(std::shared_ptr<const Recording> recording,
                      std::shared_ptr<const ChannelCurves> curves);

    /// Shows a recording that grows in place of what was there.
    void setLiveRecording(std::shared_ptr<const Recording> recording,
                          std::shared_ptr<const ChannelCurves> curves,
                          const std::shared_ptr<const LiveExtent>& extent);

    /// Arranges for a device that is connected, or for none: the bar, the console, the actions.
    void setConnected(bool connected);

    /// Arranges for a file that is followed, or for none.
    void setFollowing(bool following);

    /// The file that was opened last has no rows yet; where nothing else is shown it can be
    /// followed all the same.
    void setRowless(bool rowless);

    [[nodiscard]] bool hasRecording() const { return m_recording != nullptr; }

    /// While the picture of a device stands still; the inputs can still be looked through.
    void setFrozen(bool frozen) { m_frozen = frozen; }

    /// Arranges for a model: what it offers, and views that suit its task. \param known what the
    /// recording says about its classes, or null.
    void setModel(const ModelFacts& facts, const std::shared_ptr<const KnownClasses>& known = {});

    /// Whether the recording can be played through the model, or why not; empty: the reason that
    /// a recording or a model is missing.
    void setPlayable(bool playable, const QString& why);

    /// Whether a training is running; another cannot be started then.
    void setTraining(bool training);

    /// Whether the demo can be played, or why not.
    void setDemoAvailable(bool available, const QString& why);

    void setPlaying(bool playing);

    /// Allows and forbids actions by what is there now; after the mode bar changed, too.
    void updateAllowed();

    /// Brings every visible view up to date with the store.
    void refresh(const ResultStore& store);

    /// Says something in the strip.
    void notify(const QString& sentence, NotificationStrip::Kind kind, const QString& action = {});

    /// Opens the settings of a training on a recording; null: the one that is shown.
    void showTrainDialog(std::shared_ptr<const Recording> recording = {});

    /// Positions of the splitters, for keeping between starts.
    [[nodiscard]] QByteArray saveLayout() const;
    void restoreLayout(const QByteArray& layout);

    [[nodiscard]] WindowActions& actions() { return *m_actions; }
    [[nodiscard]] InputsAndScoreView& inputsAndScore() { return *m_inputs; }
    [[nodiscard]] AttentionView& attentionView() { return *m_attention; }
    [[nodiscard]] CostView& costView() { return *m_cost; }
    [[nodiscard]] EventsView& eventsView() { return *m_events; }
    [[nodiscard]] ConfusionView& confusionView() { return *m_confusion; }
    [[nodiscard]] TrainingView& trainingView() { return *m_training; }
    [[nodiscard]] ModeBar& modeBar() { return *m_modes; }
    [[nodiscard]] ThresholdControl& thresholdControl() { return *m_threshold; }
    [[nodiscard]] PlaybackBar& playbackBar() { return *m_playback; }
    [[nodiscard]] NotificationStrip& strip() { return *m_strip; }
    [[nodiscard]] EmptyState& emptyState() { return *m_empty; }
    [[nodiscard]] StatusLine& statusLine() { return *m_status; }

    [[nodiscard]] DeviceBar& deviceBar() { return *m_device; }
    [[nodiscard]] Console& console() { return *m_console; }

    /// Brings the training or the attention tab to the front.
    void showTraining() { m_tabs->setCurrentWidget(m_training); }
    void showConsole() { m_tabs->setCurrentWidget(m_console); }
    void showAttention() { m_tabs->setCurrentWidget(m_attention); }

Q_SIGNALS:
    void openRequested(const QStringList& files);
    void openWithOptionsRequested(const QString& file);
    void demoRequested();
    void saveModelRequested(const QString& file);
    /// Rows [first, last) as a table.
    void exportRequested(const QString& file, stint::Index first, stint::Index last);
    /// The plots as they are seen; the ending of the name tells the kind.
    void pictureRequested(const QString& file);
    void playToggled();
    void stepRequested();
    void seekRequested(stint::Index row);
    void expectedToggled(bool shown);
    /// A training on what a device has sent so far is to be set up.
    void liveTrainingWanted();
    void trainRequested(const stint::TrainSettings& settings);

protected:
    bool event(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void showRecording(std::shared_ptr<const Recording> recording,
                       std::shared_ptr<const ChannelCurves> curves,
                       const std::shared_ptr<const LiveExtent>& extent);
    void allowLive();
    void allowFollowing();
    QWidget* makeWorkspace();
    void makeToolBar();
    void allowByTask(bool recorded);
    void connectActions();
    void connectModeActions();
    void chooseFiles();
    void chooseFileWithOptions();
    void chooseModelFile();
    void chooseExportFile();
    void requestExport(const QString& file, bool visibleOnly);
    void changeSpeed(int steps);

    WindowActions* m_actions; // all are children
    NotificationStrip* m_strip;
    QStackedWidget* m_pages;
    EmptyState* m_empty;
    InputsAndScoreView* m_inputs;
    AttentionView* m_attention;
    TrainingView* m_training;
    CostView* m_cost;
    EventsView* m_events;
    ConfusionView* m_confusion;
    ModeBar* m_modes;
    ThresholdControl* m_threshold;
    PlaybackBar* m_playback;
    StatusLine* m_status;
    DeviceBar* m_device;
    Console* m_console;
    QTabWidget* m_tabs = nullptr;
    QStackedWidget* m_lower = nullptr; ///< events, or the confusion matrix
    QSplitter* m_columns = nullptr;
    QSplitter* m_left = nullptr;
    QSplitter* m_right = nullptr;

    std::shared_ptr<const Recording> m_recording;
    bool m_hasModel = false;
    ModelTask m_task = ModelTask::Anomaly;
    bool m_isPlayable = false;
    QString m_whyNotPlayable;
    bool m_isTraining = false;
    bool m_connected = false;
    bool m_followed = false; ///< a file is followed
    bool m_rowless = false; ///< the file that was opened last has no rows yet
    bool m_live = false; ///< what is shown grows
    bool m_frozen = false;
};

} // namespace stint::ui
