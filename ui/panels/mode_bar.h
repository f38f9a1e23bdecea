#pragma once

#include "core/base/mode.h"
#include "ui/panels/segmented_control.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace stint::ui {

/// The three choices that make a mode: weights, attention, inference.
///
/// It offers what it is told by setModes() and nothing else. A segment can be chosen if some
/// offered mode has it; the mode asked for is then the offered one nearest to the current mode,
/// so a choice never leads into a combination that does not exist.
class ModeBar : public QWidget {
    Q_OBJECT

public:
    explicit ModeBar(QWidget* parent = nullptr);

    /// What can be chosen; empty: nothing, because there is no model.
    void setModes(std::vector<ModeStatus> modes);

    /// Shows the mode that is at work.
    void setMode(const Mode& mode);

    [[nodiscard]] std::optional<Mode> mode() const { return m_mode; }

    [[nodiscard]] SegmentedControl* weights() const { return m_weights; }
    [[nodiscard]] SegmentedControl* attention() const { return m_attention; }
    [[nodiscard]] SegmentedControl* inference() const { return m_inference; }

    /// Chooses a segment as a click would, for keys; nothing happens if it is not enabled.
    void chooseWeights(WeightFormat weights);
    void chooseAttention(AttentionMask attention);
    void chooseInference(Inference inference);

Q_SIGNALS:
    void modeRequested(const stint::Mode& mode);

private:
    void update(SegmentedControl& control, int segment, const Mode& wanted, const QString& key);
    void updateAll();
    void request(const Mode& wanted, int fixedField);
    [[nodiscard]] std::optional<Mode> nearestOffered(const Mode& wanted, int fixedField) const;
    [[nodiscard]] const ModeStatus* status(const Mode& mode) const;

    SegmentedControl* m_weights; // children
    SegmentedControl* m_attention;
    SegmentedControl* m_inference;
    std::vector<ModeStatus> m_modes;
    std::optional<Mode> m_mode;
};

/// Words for people: "Sparse binary", "Step-T", "Continual".
[[nodiscard]] QString displayName(WeightFormat weights);
[[nodiscard]] QString displayName(AttentionMask attention);
[[nodiscard]] QString displayName(Inference inference);

} // namespace stint::ui
