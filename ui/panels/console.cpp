#include "ui/panels/console.h"

#include <QDateTime>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLocale>
#include <QScrollBar>
#include <QVBoxLayout>

#include <array>

namespace stint::ui {

namespace {

constexpr std::array commandEnds {"\n", "\r\n", "\r", ""};

} // namespace

QByteArray commandBytes(const QString& text)
{
    const QByteArray typed = text.toUtf8();
    QByteArray bytes;
    for (qsizetype i = 0; i < typed.size(); ++i) {
        const char next = typed[i] == '\\' && i + 1 < typed.size() ? typed[i + 1] : '\0';
        bool isHex = false;
        const int value = next == 'x' ? typed.mid(i + 2, 2).toInt(&isHex, 16) : 0;
        if (isHex && i + 3 < typed.size()) {
            bytes.append(static_cast<char>(value));
            i += 3;
        } else if (next == 'n' || next == 'r' || next == 't' || next == '\\') {
            bytes.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : '\\');
            ++i;
        } else {
            bytes.append(typed[i]);
        }
    }
    return bytes;
}

Console::Console(const QList<QAction*>& commands, QWidget* parent)
    : QWidget(parent),
      m_lines(new ConsoleLines(this)),
      m_found(new QSortFilterProxyModel(this)),
      m_search(new QLineEdit(this)),
      m_count(new QLabel(this)),
      m_list(new QListView(this)),
      m_keys(commands)
{
    m_found->setSourceModel(m_lines);
    m_found->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_search->setPlaceholderText(tr("Search"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Search in the raw lines"));
    for (QToolButton* clear : m_search->findChildren<QToolButton*>())
        clear->setAccessibleName(tr("Clear the search"));
    m_list->setModel(m_found);
    m_list->setUniformItemSizes(true);
    m_list->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setTextElideMode(Qt::ElideNone);
    m_list->setAccessibleName(tr("Raw lines of the device, newest last"));
    auto* top = new QHBoxLayout; // owned by the layout below
    top->addWidget(m_search, 1);
    top->addWidget(m_count);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->setSpacing(4);
    layout->addLayout(top);
    layout->addWidget(m_list, 1);
    layout->addWidget(makeSendRow(commands));
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_found->setFilterFixedString(text);
        m_list->scrollToBottom();
        updateCount();
    });
    setCommands({});
    setCanSend(false, tr("Connect a device first."));
    updateCount();
}

void Console::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_list->scrollToBottom(); // what came in while it was hidden
}

QWidget* Console::makeSendRow(const QList<QAction*>& commands)
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    m_input = new QLineEdit(row);
    m_input->setPlaceholderText(tr("Command to the device; \\xNN stands for a byte"));
    m_input->setAccessibleName(tr("Command to the device"));
    m_lineEnd = new QComboBox(row);
    m_lineEnd->addItems({tr("LF"), tr("CR LF"), tr("CR"), tr("no end")});
    m_lineEnd->setAccessibleName(tr("End of a command"));
    m_lineEnd->setToolTip(tr("What is sent after a command"));
    m_send = new QPushButton(tr("Send"), row);
    m_keep = new QToolButton(row);
    m_keep->setText(tr("Keep on key"));
    m_keep->setToolTip(tr("Keeps the command under a key"));
    m_keep->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_keep);
    for (int key = 0; key < static_cast<int>(commands.size()); ++key) {
        QAction* keep = menu->addAction(QStringLiteral("F%1").arg(key + 2));
        connect(keep, &QAction::triggered, this, [this, key] { this->keep(key); });
        connect(commands[key], &QAction::triggered, this, [this, key] { send(m_kept.value(key)); });
    }
    m_keep->setMenu(menu);
    layout->addWidget(m_input, 1);
    layout->addWidget(m_lineEnd);
    layout->addWidget(m_send);
    layout->addWidget(m_keep);
    const auto sendTyped = [this] {
        if (!m_canSend)
            return;
        send(m_input->text());
        m_input->selectAll();
    };
    connect(m_send, &QPushButton::clicked, this, sendTyped);
    connect(m_input, &QLineEdit::returnPressed, this, sendTyped);
    return row;
}

void Console::send(const QString& text)
{
    if (!m_canSend)
        return;
    const auto end = static_cast<std::size_t>(m_lineEnd->currentIndex());
    append({{1e-3 * static_cast<double>(QDateTime::currentMSecsSinceEpoch()), text, true, {}, 1}});
    Q_EMIT sendRequested(commandBytes(text) + QByteArray(commandEnds[end]));
}

void Console::keep(int key)
{
    m_kept[key] = m_input->text();
    showCommands();
    Q_EMIT commandsChanged(m_kept);
}

void Console::setCommands(const QStringList& commands)
{
    m_kept = commands.mid(0, keptCommands);
    while (m_kept.size() < keptCommands)
        m_kept.append(QString());
    showCommands();
}

void Console::showCommands()
{
    const QList<QAction*> menu = m_keep->menu()->actions();
    for (int key = 0; key < static_cast<int>(m_keys.size()); ++key) {
        const QString command = m_kept.value(key);
        QString shown = command.size() > 30 ? command.left(29) + QChar(u'…') : command;
        shown.replace(QChar(u'&'), QStringLiteral("&&"));
        m_keys[key]->setVisible(!command.isEmpty());
        m_keys[key]->setEnabled(!command.isEmpty() && m_canSend);
        m_keys[key]->setText(tr("Send “%1”").arg(shown));
        menu[key]->setText(command.isEmpty() ? QStringLiteral("F%1").arg(key + 2)
                                             : tr("F%1, now “%2”").arg(key + 2).arg(shown));
    }
}

void Console::append(const QList<ConsoleEntry>& entries)
{
    if (entries.isEmpty())
        return;
    const QScrollBar* bar = m_list->verticalScrollBar();
    const bool atEnd = bar->value() >= bar->maximum() - 1;
    m_lines->append(entries);
    if (atEnd && isVisible())
        m_list->scrollToBottom();
    updateCount();
}

void Console::setBad(quint64 count, const QString& beginning, const QString& why)
{
    if (count != m_bad) {
        m_bad = count;
        m_toMark = count > 0 && !beginning.isEmpty();
        updateCount();
    }
    // A line that has not arrived here yet is looked for again with the next call.
    if (m_toMark && m_lines->markBad(beginning, why))
        m_toMark = false;
}

void Console::clear()
{
    m_lines->clear();
    m_bad = 0;
    m_toMark = false;
    updateCount();
}

void Console::updateCount()
{
    const QLocale locale;
    QString text = m_search->text().isEmpty()
        ? tr("newest %1 lines").arg(locale.toString(m_lines->rowCount()))
        : tr("%1 of %2 lines")
              .arg(locale.toString(m_found->rowCount()), locale.toString(m_lines->rowCount()));
    if (m_bad > 0)
        text += tr(" · %1 were no samples").arg(locale.toString(m_bad));
    m_count->setText(text);
}

void Console::setCanSend(bool can, const QString& why)
{
    m_canSend = can;
    m_send->setEnabled(can);
    m_send->setToolTip(can ? tr("Sends the command (Enter)") : why);
    showCommands();
}

void Console::focusInput() { m_input->setFocus(Qt::ShortcutFocusReason); }

QString Console::lineText(int row) const
{
    return m_found->data(m_found->index(row, 0), Qt::DisplayRole).toString();
}

} // namespace stint::ui
