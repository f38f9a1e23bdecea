#pragma once

#include "core/train/trainer.h"

#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

#include <vector>

namespace stint::ui {

/// Asks what to train. Opens with settings that suit the recording; what cannot be used is told
/// beneath, and the Train button waits until it is right.
class TrainDialog : public QDialog {
    Q_OBJECT

public:
    /// \param recordingRows rows of the recording that will be trained on.
    TrainDialog(const TrainSettings& defaults, Index recordingRows, QWidget* parent = nullptr);

    /// What the fields say now.
    [[nodiscard]] Result<TrainSettings> settings() const;

    [[nodiscard]] QLineEdit* rowsField() const { return m_rows; }
    [[nodiscard]] QSpinBox* epochsField() const { return m_epochs; }
    [[nodiscard]] QSpinBox* windowField() const { return m_window; }
    [[nodiscard]] QCheckBox* variantBox(VariantName variant) const;
    [[nodiscard]] QString problem() const { return m_problem->text(); }

Q_SIGNALS:
    void trainRequested(const stint::TrainSettings& settings);

private:
    struct VariantBox {
        VariantName variant;
        QCheckBox* box = nullptr; // child
    };

    QWidget* makeVariants();
    void check();
    [[nodiscard]] Result<TrainSettings> readRows(TrainSettings settings) const;

    TrainSettings m_defaults;
    Index m_recordingRows;
    std::vector<VariantBox> m_variants;
    QLineEdit* m_rows; // children
    QSpinBox* m_window;
    QSpinBox* m_epochs;
    QSpinBox* m_seed;
    QLabel* m_problem;
    QDialogButtonBox* m_buttons;
};

/// Settings that suit a recording: three variants, and the rows before the first label.
[[nodiscard]] TrainSettings suggestedSettings(const Recording& recording);

} // namespace stint::ui
