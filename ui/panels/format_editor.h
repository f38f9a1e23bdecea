#pragma once

#include "core/wire/wire_format.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QSpinBox>
#include <QWidget>

#include <optional>

namespace stint::ui {

/// Fields for the format of a device: recognised by itself, or a kind with what belongs to it.
/// Fields that say nothing about the chosen kind are hidden.
class FormatEditor : public QWidget {
    Q_OBJECT

public:
    explicit FormatEditor(QWidget* parent = nullptr);

    /// Fills the fields; nothing: recognised by itself.
    void setFormat(const std::optional<WireFormat>& format);

    /// What the fields say; nothing: recognised by itself.
    [[nodiscard]] std::optional<WireFormat> format() const;

    /// What is wrong with the fields, one sentence; empty if they can be used.
    [[nodiscard]] QString problem() const;

    [[nodiscard]] QComboBox* kinds() const { return m_kind; }
    [[nodiscard]] QComboBox* numbers() const { return m_number; }
    [[nodiscard]] QSpinBox* channels() const { return m_channels; }
    [[nodiscard]] QLineEdit* sync() const { return m_sync; }

Q_SIGNALS:
    void changed();

private:
    QComboBox* addChoice(const QString& label, const QStringList& texts);
    void addFields();
    void showFitting();
    void setShown(QWidget* field, bool shown);
    [[nodiscard]] std::optional<WireKind> kind() const;

    QFormLayout* m_layout; // all are children
    QComboBox* m_kind;
    QComboBox* m_delimiter = nullptr;
    QComboBox* m_decimal = nullptr;
    QComboBox* m_number = nullptr;
    QComboBox* m_order = nullptr;
    QSpinBox* m_channels = nullptr;
    QLineEdit* m_sync = nullptr;
    QComboBox* m_size = nullptr;
    QSpinBox* m_payload = nullptr;
    QComboBox* m_checksum = nullptr;
};

} // namespace stint::ui
