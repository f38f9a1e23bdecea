#pragma once

#include "core/base/types.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QSlider>
#include <QWidget>

namespace stint::ui {

/// Play, step, place and speed of playback.
class PlaybackBar : public QWidget {
    Q_OBJECT

public:
    /// The actions belong to the caller; their buttons stand at the left.
    PlaybackBar(QAction* play, QAction* step, QWidget* parent = nullptr);

    /// Rows that can be reached.
    void setRows(Index rows);

    /// Shows how many rows are answered before the next one, and the time of the last of them.
    void setPosition(Index next, const QString& time);

    /// While rows come from a device there is neither an end nor a speed to choose.
    void setLive(bool live);

    /// Speed as a factor of the recording's own pace; 0: as fast as it goes.
    [[nodiscard]] double speed() const;

    /// Shows a speed of the list; false if it is not in it.
    bool setSpeed(double factor);

    [[nodiscard]] Index position() const { return m_slider->value(); }
    [[nodiscard]] QString positionText() const { return m_place->text(); }
    [[nodiscard]] QSlider* slider() const { return m_slider; }
    [[nodiscard]] QComboBox* speeds() const { return m_speed; }

Q_SIGNALS:
    void seekRequested(stint::Index row);
    void speedRequested(double factor);

private:
    QSlider* m_slider; // children
    QLabel* m_place;
    QComboBox* m_speed;
    Index m_rows = 0;
    bool m_live = false;
};

} // namespace stint::ui
