#include "ui/panels/segmented_control.h"

#include <QHBoxLayout>
#include <QStringList>

namespace stint::ui {

SegmentedControl::SegmentedControl(const QString& title, const QStringList& texts, QWidget* parent)
    : QWidget(parent), m_group(new QButtonGroup(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* label = new QLabel(title, this);
    label->setContentsMargins(0, 0, label->fontMetrics().averageCharWidth(), 0);
    layout->addWidget(label);
    for (int i = 0; i < texts.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setText(texts[i]);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::TabFocus); // a click leaves Space to playback
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setAccessibleName(title + QStringLiteral(": ") + texts[i]);
        m_group->addButton(button, i);
        m_buttons.push_back(button);
        layout->addWidget(button);
    }
    setAccessibleName(title);
    connect(m_group, &QButtonGroup::idClicked, this, [this](int segment) {
        const int before = m_current;
        setCurrent(before);
        if (segment != before)
            Q_EMIT chosen(segment);
    });
}

void SegmentedControl::setCurrent(int segment)
{
    m_current = segment;
    // An exclusive group cannot be without a choice, but nothing is chosen before a model is.
    m_group->setExclusive(false);
    for (int i = 0; i < count(); ++i) {
        QToolButton* button = m_buttons[static_cast<std::size_t>(i)];
        button->setChecked(i == segment);
        button->setPalette(i == segment ? chosenPalette() : palette());
    }
    m_group->setExclusive(segment >= 0);
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes what is shown
void SegmentedControl::setSegment(int segment, bool enabled, const QString& explanation)
{
    QAbstractButton* target = button(segment);
    target->setEnabled(enabled);
    target->setToolTip(explanation);
    target->setAccessibleDescription(explanation);
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes what is shown
void SegmentedControl::setShown(int segment, bool shown) { button(segment)->setVisible(shown); }

QPalette SegmentedControl::chosenPalette() const
{
    // The style only darkens a checked button; what is chosen here must be seen at a glance.
    QPalette chosen = palette();
    chosen.setColor(QPalette::Button, chosen.color(QPalette::Highlight));
    chosen.setColor(QPalette::ButtonText, chosen.color(QPalette::HighlightedText));
    return chosen;
}

QAbstractButton* SegmentedControl::button(int segment) const
{
    return m_buttons.at(static_cast<std::size_t>(segment));
}

} // namespace stint::ui
