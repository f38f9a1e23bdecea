#pragma once

#include <QLabel>
#include <QPushButton>
#include <QWidget>

namespace stint::ui {

/// What the window shows before there is a recording: three large targets.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(QWidget* parent = nullptr);

    /// Lets the demo be chosen, or says why it cannot be.
    void setDemoAvailable(bool available, const QString& why);

    [[nodiscard]] QPushButton* demoButton() const { return m_demo; }
    [[nodiscard]] QPushButton* openButton() const { return m_open; }
    [[nodiscard]] QPushButton* connectButton() const { return m_connect; }

Q_SIGNALS:
    void demoRequested();
    void openRequested();
    void connectRequested();

private:
    QPushButton* makeTarget(const QString& text, const QString& description);

    QPushButton* m_demo; // children
    QPushButton* m_open;
    QPushButton* m_connect;
};

} // namespace stint::ui
