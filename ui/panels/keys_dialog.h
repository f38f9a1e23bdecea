#pragma once

#include "ui/window_actions.h"

#include <QDialog>

namespace stint::ui {

/// Lists every key, made from the actions themselves, and what the mouse does.
class KeysDialog : public QDialog {
    Q_OBJECT

public:
    explicit KeysDialog(const WindowActions& actions, QWidget* parent = nullptr);
};

/// The list as rich text.
[[nodiscard]] QString keysText(const WindowActions& actions);

} // namespace stint::ui
