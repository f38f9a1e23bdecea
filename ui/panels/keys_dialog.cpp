#include "ui/panels/keys_dialog.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace stint::ui {

namespace {

QString row(const QString& left, const QString& right)
{
    return QStringLiteral("<tr><td><b>%1</b>&nbsp;&nbsp;</td><td>%2</td></tr>")
        .arg(left.toHtmlEscaped(), right.toHtmlEscaped());
}

QString mouseText()
{
    const auto tr
        = [](const char* text) { return QCoreApplication::translate("KeysDialog", text); };
    return row(tr("Click in a curve"), tr("goes to that row"))
        + row(tr("Drag in a curve"), tr("moves the time")) + row(tr("Wheel"), tr("zooms the time"))
        + row(tr("Double click"), tr("shows the whole recording"))
        + row(tr("Drag the threshold line"), tr("changes the threshold"))
        + row(tr("Click an event"), tr("goes to its beginning"))
        + row(tr("Drop a file"), tr("opens it"));
}

} // namespace

QString keysText(const WindowActions& actions)
{
    QString text;
    for (const WindowActions::Group& group : actions.groups()) {
        text += QStringLiteral("<h3>%1</h3><table>")
                    .arg(QString(group.title).remove(u'&').toHtmlEscaped());
        for (const QAction* action : group.actions) {
            const QString key = action->shortcut().toString(QKeySequence::NativeText);
            text += row(key.isEmpty() ? QStringLiteral("–") : key,
                        action->data().toString() + QStringLiteral(" · ")
                            + action->text().remove(u'&'));
        }
        text += QStringLiteral("</table>");
    }
    return text
        + QStringLiteral("<h3>%1</h3><table>")
              .arg(QCoreApplication::translate("KeysDialog", "Mouse"))
        + mouseText() + QStringLiteral("</table>");
}

KeysDialog::KeysDialog(const WindowActions& actions, QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("Keys and mouse"));
    auto* page = new QTextBrowser(this);
    page->setHtml(keysText(actions));
    page->setAccessibleName(windowTitle());
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(page);
    layout->addWidget(buttons);
    resize(70 * fontMetrics().averageCharWidth(), 32 * fontMetrics().height());
}

} // namespace stint::ui
