#pragma once

#include "ui/panels/connect_choice.h"
#include "ui/panels/format_editor.h"

#include <QDialog>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QToolButton>

namespace stint::ui {

/// Asks for a port and how to open it. The list of ports is told from outside as often as it
/// changes; what is chosen stays chosen, and a port that was just plugged in comes first. The
/// dialog stays while the port is being opened and says why it cannot be.
class ConnectDialog : public QDialog {
    Q_OBJECT

public:
    explicit ConnectDialog(QWidget* parent = nullptr);

    /// The ports there are now.
    void setPorts(const QList<PortOffer>& ports);

    /// Fills all fields, for example with what was used last.
    void setChoice(const ConnectChoice& choice);
    [[nodiscard]] ConnectChoice choice() const;

    /// File that is proposed for a recording.
    void setSuggestedFile(const QString& file);

    /// Why the port could not be opened. \param command for a shell, that would help; may be empty.
    void setProblem(const QString& sentence, const QString& command);

    /// Whether the port is being opened.
    void setConnecting(bool connecting);

    void setAdvancedShown(bool shown) { m_fold->setChecked(shown); }

    [[nodiscard]] QListWidget* portList() const { return m_ports; }
    [[nodiscard]] QLineEdit* portField() const { return m_path; }
    [[nodiscard]] QComboBox* rates() const { return m_rate; }
    [[nodiscard]] QToolButton* advancedButton() const { return m_fold; }
    [[nodiscard]] QWidget* advanced() const { return m_advanced; }
    [[nodiscard]] FormatEditor* formatEditor() const { return m_format; }
    [[nodiscard]] QPushButton* connectButton() const { return m_connect; }
    [[nodiscard]] QPushButton* copyButton() const { return m_copy; }
    [[nodiscard]] QLineEdit* commandField() const { return m_command; }
    [[nodiscard]] QString problem() const { return m_problem->text(); }
    [[nodiscard]] QCheckBox* recordBox() const { return m_record; }

Q_SIGNALS:
    void connectRequested(const stint::ui::ConnectChoice& choice);
    /// The dialog was left without connecting.
    void left();

private:
    QWidget* makeAdvanced();
    QWidget* makeProblem();
    QWidget* makeRecording(QWidget* parent);
    void choosePort(int row);
    void chooseFile();
    void fold(bool shown);
    void updateAllowed();
    void showProblem(const QString& sentence, const QString& command);
    [[nodiscard]] const PortOffer* offerOf(const QString& path) const;

    QList<PortOffer> m_offers; // in the order of the list
    bool m_portChosen = false; // by the user; else the first of the list is proposed
    bool m_connecting = false;

    QListWidget* m_ports; // all are children
    QLineEdit* m_path;
    QComboBox* m_rate;
    QToolButton* m_fold;
    QWidget* m_advanced = nullptr;
    QComboBox* m_dataBits = nullptr;
    QComboBox* m_parity = nullptr;
    QComboBox* m_stopBits = nullptr;
    QComboBox* m_flow = nullptr;
    QCheckBox* m_dtr = nullptr;
    QCheckBox* m_rts = nullptr;
    FormatEditor* m_format = nullptr;
    QCheckBox* m_record = nullptr;
    QLineEdit* m_file = nullptr;
    QWidget* m_trouble = nullptr;
    QLabel* m_problem = nullptr;
    QLineEdit* m_command = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_connect;
};

} // namespace stint::ui
