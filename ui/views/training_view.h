#pragma once

#include "core/train/trainer.h"
#include "ui/plot/plot.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QWidget>

#include <vector>

namespace stint::ui {

/// How training goes, after each epoch of each variant: the losses on training and validation rows,
/// or, when classifying, the training loss and the accuracy on validation series; progress, and a
/// way to stop.
class TrainingView : public QWidget {
    Q_OBJECT

public:
    explicit TrainingView(QWidget* parent = nullptr);

    /// Empties the curves for a run that begins.
    void begin(ModelTask task);

    /// Adds a finished epoch.
    void add(const TrainProgress& progress);

    /// Shows how the run ended: a sentence, and remarks if any.
    void finish(const QString& sentence, const QStringList& remarks);

    [[nodiscard]] bool running() const { return m_cancel->isEnabled(); }
    [[nodiscard]] int curves() const; ///< two for each variant seen
    /// Points of the training or validation curve (loss, or accuracy when classifying) of the i-th
    /// variant seen.
    [[nodiscard]] int epochs(int variant, bool validation) const;
    [[nodiscard]] int percent() const { return m_bar->value(); }
    [[nodiscard]] QString status() const { return m_status->text(); }

Q_SIGNALS:
    void cancelRequested();

private:
    struct Curves {
        VariantName variant;
        QCPGraph* train = nullptr; // owned by the plot
        QCPGraph* validation = nullptr;
    };

    Curves& curvesOf(VariantName variant);
    QCPGraph* addCurve(int variant, bool validation, const QString& name);
    void rescale();

    QCustomPlot* m_plot; // children
    QProgressBar* m_bar;
    QPushButton* m_cancel;
    QLabel* m_status;
    ModelTask m_task = ModelTask::Anomaly;
    std::vector<Curves> m_curves;
};

} // namespace stint::ui
