#pragma once

#include <QButtonGroup>
#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include <vector>

namespace stint::ui {

/// A row of joined buttons of which exactly one is chosen. A button that cannot be chosen says why
/// in its tool tip and in its description for screen readers.
class SegmentedControl : public QWidget {
    Q_OBJECT

public:
    /// \param title what is chosen here, shown before the buttons.
    /// \param texts one button each.
    SegmentedControl(const QString& title, const QStringList& texts, QWidget* parent = nullptr);

    /// Marks a segment as chosen, without a signal.
    void setCurrent(int segment);

    /// Lets a segment be chosen or not, with what to say about it.
    void setSegment(int segment, bool enabled, const QString& explanation);

    /// Shows or hides a segment that few models have.
    void setShown(int segment, bool shown);

    [[nodiscard]] int current() const { return m_group->checkedId(); }
    [[nodiscard]] int count() const { return static_cast<int>(m_buttons.size()); }
    [[nodiscard]] QAbstractButton* button(int segment) const;

Q_SIGNALS:
    /// The user chose a segment. The mark stays where it was until setCurrent().
    void chosen(int segment);

private:
    [[nodiscard]] QPalette chosenPalette() const;

    QButtonGroup* m_group; // child
    std::vector<QToolButton*> m_buttons; // children
    int m_current = -1;
};

} // namespace stint::ui
