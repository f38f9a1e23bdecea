#pragma once

#include "ui/panels/format_editor.h"

#include <QDialog>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

namespace stint::ui {

/// Changes the format of a device that is connected. Shows at once what the newest bytes mean in
/// the format that is chosen; whoever has the bytes answers previewRequested() by setPreview().
class FormatDialog : public QDialog {
    Q_OBJECT

public:
    explicit FormatDialog(QWidget* parent = nullptr);

    void setFormat(const std::optional<WireFormat>& format) { m_editor->setFormat(format); }

    /// First rows in the chosen format, or one sentence why there are none.
    void setPreview(const QString& text);

    [[nodiscard]] FormatEditor* editor() const { return m_editor; }
    [[nodiscard]] QPushButton* useButton() const { return m_use; }
    [[nodiscard]] QString preview() const { return m_preview->toPlainText(); }

Q_SIGNALS:
    /// The fields have changed, or the dialog was just made.
    void previewRequested(const std::optional<stint::WireFormat>& format);
    void formatChosen(const std::optional<stint::WireFormat>& format);

private:
    void update();

    FormatEditor* m_editor; // all are children
    QLabel* m_problem;
    QPlainTextEdit* m_preview;
    QPushButton* m_use;
};

} // namespace stint::ui
