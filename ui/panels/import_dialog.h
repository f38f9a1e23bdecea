#pragma once

#include "core/series/recording_preview.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTableWidget>
#include <QTimer>

namespace stint::ui {

/// Shows how a file is read, lets each part of the decision be changed, and shows at once what
/// comes of it: the first lines as they are, the first rows as they are understood, and the lines
/// that do not fit with the reason. It reads no file: whoever does answers previewRequested() by
/// showPreview().
class ImportDialog : public QDialog {
    Q_OBJECT

public:
    explicit ImportDialog(QWidget* parent = nullptr);

    /// Begins with a file. \param choices that its preview was made with.
    void begin(const RecordingPreview& preview, const ReadChoices& choices);

    /// Shows what the choices of now lead to.
    void showPreview(const RecordingPreview& preview);

    /// What the fields say now.
    [[nodiscard]] ReadChoices choices() const;

    /// Of which file.
    [[nodiscard]] QString path() const { return m_path; }

    [[nodiscard]] QComboBox* encodingField() const { return m_encoding; }
    [[nodiscard]] QComboBox* delimiterField() const { return m_delimiter; }
    [[nodiscard]] QComboBox* decimalField() const { return m_decimal; }
    [[nodiscard]] QSpinBox* preambleField() const { return m_preamble; }
    [[nodiscard]] QSpinBox* headerField() const { return m_header; }
    [[nodiscard]] QComboBox* timeField() const { return m_time; }
    [[nodiscard]] QComboBox* unitField() const { return m_unit; }
    [[nodiscard]] QComboBox* orderField() const { return m_order; }
    [[nodiscard]] QListWidget* columnList() const { return m_columns; }
    [[nodiscard]] QTableWidget* rowTable() const { return m_rows; }
    [[nodiscard]] QTableWidget* badLineTable() const { return m_bad; }
    [[nodiscard]] QString summary() const { return m_summary->text(); }
    [[nodiscard]] QDialogButtonBox* buttons() const { return m_buttons; }

Q_SIGNALS:
    void previewRequested(const QString& path, const stint::ReadChoices& choices);
    void openRequested(const QString& path, const stint::ReadChoices& choices);

private:
    QWidget* makeFields();
    QWidget* makeViews();
    void fillChoices();
    void connectFields();
    void setFields(const ReadChoices& choices);
    void showColumns(const RecordingPreview& preview);
    void showRows(const Recording& recording);
    void showBadLines(const Recording& recording);
    void showFound(const Recording& recording);

    QString m_path;
    QTimer m_delay; ///< typing asks once, not at every key
    bool m_filling = false; ///< fields change by themselves
    QComboBox* m_encoding; // children
    QComboBox* m_delimiter;
    QComboBox* m_decimal;
    QSpinBox* m_preamble;
    QSpinBox* m_header;
    QComboBox* m_time;
    QComboBox* m_unit;
    QComboBox* m_order;
    QListWidget* m_columns;
    QPlainTextEdit* m_text;
    QTableWidget* m_rows;
    QTableWidget* m_bad;
    QLabel* m_badTitle;
    QLabel* m_summary;
    QDialogButtonBox* m_buttons;
};

} // namespace stint::ui
