#pragma once

#include "core/model/mode.h"

#include <QAction>
#include <QList>
#include <QMenuBar>
#include <QObject>

#include <array>

namespace stint::ui {

/// Everything that can be done by menu or key, in one list: menus, buttons and the page "Keys and
/// mouse" are made from it.
class WindowActions : public QObject {
    Q_OBJECT

public:
    explicit WindowActions(QObject* parent);

    /// Fills an empty menu bar.
    void addMenus(QMenuBar& bar);

    // File
    QAction* open;
    QAction* demo;
    QAction* saveModel;
    QAction* quit;
    // View
    QAction* fit;
    QAction* zoomIn;
    QAction* zoomOut;
    QAction* follow; ///< checkable
    QAction* logarithmic; ///< checkable
    // Play
    QAction* play; ///< text and icon change with the state
    QAction* step;
    QAction* toStart;
    QAction* toEnd;
    QAction* faster;
    QAction* slower;
    // Model
    QAction* train;
    std::array<QAction*, allWeightFormats.size()> weights;
    std::array<QAction*, allAttentionMasks.size()> attention;
    std::array<QAction*, allInferences.size()> inference;
    // Help
    QAction* keys;
    QAction* about;

    /// A group of actions under a menu's title.
    struct Group {
        QString title;
        QList<QAction*> actions;
    };

    /// All of them, by menu.
    [[nodiscard]] QList<Group> groups() const;

    /// Shows "Pause" or "Play".
    void setPlaying(bool playing);

    /// Allows what needs a recording and a model together; else says what is missing.
    void setCanPlay(bool can, const QString& why);

    /// Allows or forbids one action and says why not.
    static void allow(QAction& action, bool allowed, const QString& why);

private:
    QAction* make(const QString& text, const QKeySequence& key, const QString& description);
    void makeFileAndHelp();
    void makeView();
    void makePlay();
    void makeModel();
};

} // namespace stint::ui
