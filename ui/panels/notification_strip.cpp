#include "ui/panels/notification_strip.h"

#include "ui/plot/theme.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QStyle>

namespace stint::ui {

NotificationStrip::NotificationStrip(QWidget* parent)
    : QFrame(parent),
      m_sign(new QLabel(this)),
      m_text(new QLabel(this)),
      m_action(new QToolButton(this))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setTextFormat(Qt::PlainText); // file names come from outside
    auto* close = new QToolButton(this);
    close->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    close->setAutoRaise(true);
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss the message"));
    m_action->setAccessibleName(tr("What can be done about the message"));
    connect(m_action, &QToolButton::clicked, this, &NotificationStrip::actionRequested);
    connect(close, &QToolButton::clicked, this, &NotificationStrip::dismiss);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->addWidget(m_sign);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    layout->addWidget(close);
    setVisible(false);
}

void NotificationStrip::show(const QString& sentence, Kind kind, const QString& action)
{
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_repeats = isVisibleTo(parentWidget()) && sentence == m_sentence && kind == m_kind
        ? m_repeats + 1
        : 1;
    m_sentence = sentence;
    m_kind = kind;
    const bool problem = kind == Kind::Problem;
    const int side = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_sign->setPixmap(style()
                          ->standardIcon(problem ? QStyle::SP_MessageBoxWarning
                                                 : QStyle::SP_MessageBoxInformation)
                          .pixmap(side));
    m_text->setText(m_repeats == 1 ? sentence : tr("%1 (%2 times)").arg(sentence).arg(m_repeats));
    setAccessibleName(problem ? tr("Problem") : tr("Note"));
    setAccessibleDescription(m_text->text());
    QPalette tinted = palette();
    QColor tint(problem ? colours::orange : colours::sky);
    tint.setAlphaF(0.35F);
    tinted.setColor(QPalette::Window, tint);
    setPalette(tinted);
    setVisible(true);
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void NotificationStrip::dismiss()
{
    setVisible(false);
    m_repeats = 0;
}

} // namespace stint::ui
