#pragma once

#include "core/base/mode.h"

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
    QAction* open = nullptr;
    QAction* openWithOptions = nullptr;
    QAction* followFile = nullptr; ///< checkable
    QAction* demo = nullptr;
    QAction* saveModel = nullptr;
    QAction* exportData = nullptr;
    QAction* quit = nullptr;
    // View
    QAction* fit = nullptr;
    QAction* zoomIn = nullptr;
    QAction* zoomOut = nullptr;
    QAction* follow = nullptr; ///< checkable
    QAction* logarithmic = nullptr; ///< checkable
    QAction* expected = nullptr; ///< checkable
    // Play
    QAction* play = nullptr; ///< text and icon change with the state
    QAction* step = nullptr;
    QAction* toStart = nullptr;
    QAction* toEnd = nullptr;
    QAction* faster = nullptr;
    QAction* slower = nullptr;
    // Model
    QAction* train = nullptr;
    std::array<QAction*, allWeightFormats.size()> weights {};
    std::array<QAction*, allAttentionMasks.size()> attention {};
    std::array<QAction*, allInferences.size()> inference {};
    // Device
    QAction* connectDevice = nullptr;
    QAction* disconnectDevice = nullptr;
    QAction* record = nullptr; ///< checkable
    QAction* changeFormat = nullptr;
    QAction* sendCommand = nullptr;
    QAction* console = nullptr;
    QAction* beep = nullptr; ///< checkable
    QAction* desktopNotes = nullptr; ///< checkable
    QList<QAction*> commands; ///< that were kept, on F2 to F10
    // Help
    QAction* keys = nullptr;
    QAction* about = nullptr;

    /// A group of actions under a menu's title.
    struct Group {
        QString title;
        QList<QAction*> actions;
    };

    /// All of them, by menu.
    [[nodiscard]] QList<Group> groups() const;

    /// Allows what needs a device that is connected.
    void setConnected(bool connected);

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
    void makeDevice();
};

} // namespace stint::ui
