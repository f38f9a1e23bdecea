#pragma once

#include "ui/panels/console_lines.h"

#include <QAction>
#include <QByteArray>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStringList>
#include <QToolButton>
#include <QWidget>

namespace stint::ui {

/// The bytes of a command as it was typed: \n, \r, \t, \\ and \xNN stand for what they do in C,
/// everything else for itself in UTF-8.
[[nodiscard]] QByteArray commandBytes(const QString& text);

/// The newest raw lines of a device with a search, and a line for commands to it. Up to nine
/// commands can be kept under keys.
class Console : public QWidget {
    Q_OBJECT

public:
    static constexpr int keptCommands = 9; ///< on F2 to F10

    /// \param commands keptCommands actions that send the kept commands.
    explicit Console(const QList<QAction*>& commands, QWidget* parent = nullptr);

    void append(const QList<ConsoleEntry>& entries);
    /// Tells of lines that were no samples: how many there are by now, and the newest of them.
    void setBad(quint64 count, const QString& beginning, const QString& why);
    void clear();

    /// Whether commands can be sent, and why not.
    void setCanSend(bool can, const QString& why);

    /// Commands by key, empty where there is none.
    void setCommands(const QStringList& commands);
    [[nodiscard]] QStringList commands() const { return m_kept; }

    void focusInput();

    [[nodiscard]] QLineEdit* searchField() const { return m_search; }
    [[nodiscard]] QLineEdit* inputField() const { return m_input; }
    [[nodiscard]] QComboBox* lineEnds() const { return m_lineEnd; }
    [[nodiscard]] QPushButton* sendButton() const { return m_send; }
    /// Actions that keep the command of the input line under a key, F2 first.
    [[nodiscard]] QList<QAction*> keepActions() const { return m_keep->menu()->actions(); }
    [[nodiscard]] int shownLines() const { return m_found->rowCount(); }
    [[nodiscard]] QString lineText(int row) const;
    [[nodiscard]] QString countText() const { return m_count->text(); }

Q_SIGNALS:
    void sendRequested(const QByteArray& bytes);
    void commandsChanged(const QStringList& commands);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeSendRow(const QList<QAction*>& commands);
    void send(const QString& text);
    void keep(int key);
    void showCommands();
    void updateCount();

    ConsoleLines* m_lines; // all are children
    QSortFilterProxyModel* m_found;
    QLineEdit* m_search;
    QLabel* m_count;
    QListView* m_list;
    QLineEdit* m_input = nullptr;
    QComboBox* m_lineEnd = nullptr;
    QPushButton* m_send = nullptr;
    QToolButton* m_keep = nullptr;
    QList<QAction*> m_keys;
    QStringList m_kept;
    quint64 m_bad = 0;
    bool m_toMark = false;
    bool m_canSend = false;
};

} // namespace stint::ui
