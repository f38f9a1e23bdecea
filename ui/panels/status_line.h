#pragma once

#include "core/base/types.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStatusBar>

#include <optional>
#include <vector>

namespace stint::ui {

/// What the status bar says about playback.
struct PlaybackStatus {
    QString state; ///< "playing", "paused", …
    Index next = 0; ///< rows before the next one
    Index rows = 0;
    QString time; ///< of the newest row
    QString answer; ///< about the newest row: its class and probability; empty: none
    double rowsPerSecond = 0.0;
    double microsecondsPerStep = 0.0; ///< of the engine
    double frameMilliseconds = 0.0; ///< of the last drawing
    std::uint64_t dropped = 0; ///< results that were not shown
    Index held = 0; ///< rows with a missing value replaced by the last one
    std::optional<double> inferenceDifference; ///< largest between inferences, if both were used
    Index comparedRows = 0;
    bool live = false; ///< rows come from a device: there is no last one
    QString device; ///< bytes, rows that were passed over, …; empty: none is connected
    QString recorded; ///< file of the recording and its size; empty: nothing is recorded
};

/// The status bar: fixed places for the numbers of playback, and the progress of reading a file.
class StatusLine : public QStatusBar {
    Q_OBJECT

public:
    explicit StatusLine(QWidget* parent = nullptr);

    void setStatus(const PlaybackStatus& status);

    /// Shows what is being read and how far it is, 0..1; an empty name hides it.
    void setLoading(const QString& name, double fraction);

    /// Everything that is written in it, for reading out.
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void cancelLoadingRequested();

private:
    QLabel* addField(const QString& name, const QString& widest);
    static void set(QLabel* field, const QString& text);

    QLabel* m_state; // children
    QLabel* m_place;
    QLabel* m_answer;
    QLabel* m_rate;
    QLabel* m_step;
    QLabel* m_frame;
    QLabel* m_lost;
    QLabel* m_difference;
    QLabel* m_device;
    QLabel* m_recorded;
    QProgressBar* m_loading;
    QPushButton* m_cancel;
};

} // namespace stint::ui
