#pragma once

#include "ui/result_store.h"

#include <QWidget>

namespace stint::ui {

/// A picture of the results. Views pull: one timer appends what is new to the store and then
/// refreshes the visible views, so nothing is sent per row.
class View : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Brings the picture up to date. Called on the GUI thread at the pace of the display while
    /// the view is visible; keeps no reference to the store.
    virtual void refresh(const ResultStore& store) = 0;
};

} // namespace stint::ui
