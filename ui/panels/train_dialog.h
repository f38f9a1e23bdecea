#pragma once

#include "core/series/recording.h"
#include "core/train/train_settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStringList>
#include <QToolButton>

#include <memory>
#include <vector>

namespace stint::ui {

/// Asks what to train: the task, a recipe, the variants, and below a fold what is rarely changed.
/// Opens with settings that suit the recording, and suggests anew with another task or recipe; what
/// cannot be used is told beneath, and the Train button waits until it is right.
class TrainDialog : public QDialog {
    Q_OBJECT

public:
    /// \param recording that will be trained on; not null.
    explicit TrainDialog(std::shared_ptr<const Recording> recording, QWidget* parent = nullptr);

    /// What the fields say now.
    [[nodiscard]] Result<TrainSettings> settings() const;

    /// Chooses a task, and suggests its settings; nothing happens if the recording does not allow
    /// it.
    void setTask(ModelTask task);

    [[nodiscard]] QComboBox* taskField() const { return m_task; }
    [[nodiscard]] QComboBox* classField() const { return m_class; } ///< column of the classes
    [[nodiscard]] QComboBox* recipeField() const { return m_recipe; }
    [[nodiscard]] QComboBox* positionsField() const { return m_positions; }
    [[nodiscard]] QComboBox* normField() const { return m_norm; }
    [[nodiscard]] QLineEdit* rowsField() const { return m_rows; }
    [[nodiscard]] QSpinBox* epochsField() const { return m_epochs; }
    [[nodiscard]] QSpinBox* windowField() const { return m_window; }
    [[nodiscard]] QDoubleSpinBox* keepField() const { return m_keep; }
    [[nodiscard]] QToolButton* advancedButton() const { return m_advanced; }
    [[nodiscard]] QCheckBox* variantBox(VariantName variant) const;
    [[nodiscard]] QString problem() const { return m_problem->text(); }

Q_SIGNALS:
    void trainRequested(const stint::TrainSettings& settings);

private:
    struct VariantBox {
        VariantName variant;
        QCheckBox* box = nullptr; // child
    };

    void fillChoices();
    QWidget* makeVariants();
    QWidget* makeAdvanced();
    void connectFields();
    void suggest();
    void offerVariants();
    void check();
    [[nodiscard]] ModelTask task() const;
    [[nodiscard]] TrainSettings withFields() const;
    [[nodiscard]] Result<TrainSettings> readRows(TrainSettings settings) const;

    std::shared_ptr<const Recording> m_recording;
    QStringList m_classColumns;
    TrainSettings m_suggested;
    std::vector<VariantBox> m_variants;
    QComboBox* m_task; // children
    QComboBox* m_class;
    QLabel* m_classLabel;
    QComboBox* m_recipe;
    QLineEdit* m_rows;
    QSpinBox* m_epochs;
    QDoubleSpinBox* m_keep;
    QToolButton* m_advanced;
    QSpinBox* m_window;
    QComboBox* m_positions;
    QComboBox* m_norm;
    QSpinBox* m_seed;
    QLabel* m_problem;
    QDialogButtonBox* m_buttons;
};

/// Names of the columns of a recording that can be classified.
[[nodiscard]] QStringList classColumnsOf(const Recording& recording);

/// Settings that suit a recording and a task: the variants of the task, the first class column, and
/// for anomalies the rows before the first label. \param recipe "recommended" or "paper".
[[nodiscard]] TrainSettings suggestedSettings(const Recording& recording, ModelTask task,
                                              const std::string& recipe = "recommended");

} // namespace stint::ui
