#pragma once

#include "core/detect/row_judge.h"

#include <QActionGroup>
#include <QDoubleSpinBox>
#include <QToolButton>
#include <QWidget>

#include <optional>

namespace stint::ui {

/// The threshold of the anomaly score as a number, the way back to the model's own, and whether
/// that stands as calibrated or moves with the rows.
class ThresholdControl : public QWidget {
    Q_OBJECT

public:
    using Motion = std::optional<ThresholdMotion>; ///< nothing: it stands still

    explicit ThresholdControl(QWidget* parent = nullptr);

    /// Shows the threshold at work; NaN: there is none.
    void setThreshold(double threshold);

    /// Whether the threshold at work is the model's own.
    void setAutomatic(bool automatic);

    /// Shows how the model's own threshold moves.
    void setMotion(const Motion& motion);

    /// \param whyNot the threshold of this model cannot move; empty: it can.
    void setMotionRefusal(const QString& whyNot);

    [[nodiscard]] double threshold() const { return m_value->value(); }
    [[nodiscard]] QDoubleSpinBox* field() const { return m_value; }
    [[nodiscard]] QToolButton* automaticButton() const { return m_automatic; }
    [[nodiscard]] QToolButton* motionButton() const { return m_motionButton; }
    [[nodiscard]] QAction* stillAction() const { return m_still; }
    [[nodiscard]] QAction* adaptiveAction() const { return m_adaptive; }
    [[nodiscard]] QAction* driftAction() const { return m_drifting; }

Q_SIGNALS:
    void thresholdRequested(double threshold);
    void automaticRequested();
    void motionRequested(const std::optional<stint::ThresholdMotion>& motion);

private:
    void addMotions();
    void showMotion();

    QDoubleSpinBox* m_value; // children
    QToolButton* m_automatic;
    QToolButton* m_motionButton;
    QAction* m_still = nullptr;
    QAction* m_adaptive = nullptr;
    QAction* m_drifting = nullptr;
    bool m_isAutomatic = true;
    Motion m_motion;
    Index m_drift = usualDrift; // of the third choice
    QString m_refusal;
};

} // namespace stint::ui
