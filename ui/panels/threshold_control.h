#pragma once

#include <QDoubleSpinBox>
#include <QToolButton>
#include <QWidget>

namespace stint::ui {

/// The threshold of the anomaly score as a number, and the way back to the model's own.
class ThresholdControl : public QWidget {
    Q_OBJECT

public:
    explicit ThresholdControl(QWidget* parent = nullptr);

    /// Shows the threshold at work; NaN: there is none.
    void setThreshold(double threshold);

    /// Whether the threshold at work is the model's own.
    void setAutomatic(bool automatic);

    [[nodiscard]] double threshold() const { return m_value->value(); }
    [[nodiscard]] QDoubleSpinBox* field() const { return m_value; }
    [[nodiscard]] QToolButton* automaticButton() const { return m_automatic; }

Q_SIGNALS:
    void thresholdRequested(double threshold);
    void automaticRequested();

private:
    QDoubleSpinBox* m_value; // children
    QToolButton* m_automatic;
    bool m_isAutomatic = true;
};

} // namespace stint::ui
