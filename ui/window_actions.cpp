#include "ui/window_actions.h"

#include "ui/panels/mode_bar.h"

#include <QApplication>
#include <QMenu>
#include <QStyle>

namespace stint::ui {

WindowActions::WindowActions(QObject* parent) : QObject(parent)
{
    makeFileAndHelp();
    makeView();
    makePlay();
    makeModel();
    makeDevice();
    setConnected(false);
    setPlaying(false);
}

QAction* WindowActions::make(const QString& text, const QKeySequence& key,
                             const QString& description)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setStatusTip(description);
    action->setData(description);
    QString tip = description;
    if (!key.isEmpty())
        tip += QStringLiteral(" (%1)").arg(key.toString(QKeySequence::NativeText));
    action->setToolTip(tip);
    return action;
}

void WindowActions::makeFileAndHelp()
{
    open = make(tr("&Open…"), QKeySequence::Open, tr("Opens recordings and models"));
    open->setIcon(QApplication::style()->standardIcon(QStyle::SP_DialogOpenButton));
    openWithOptions = make(tr("Open with o&ptions…"), Qt::CTRL | Qt::SHIFT | Qt::Key_O,
                           tr("Shows how a recording is read and lets it be changed"));
    followFile = make(tr("&Follow the file"), Qt::CTRL | Qt::SHIFT | Qt::Key_F,
                      tr("Shows rows that are appended to the file of the recording as they come"));
    followFile->setCheckable(true);
    demo = make(tr("Play the &demo"), Qt::CTRL | Qt::Key_D,
                tr("Plays the recording and the model that come with the program"));
    saveModel
        = make(tr("&Save the model…"), QKeySequence::Save, tr("Writes the model to a .stint file"));
    exportData = make(tr("&Export…"), Qt::CTRL | Qt::SHIFT | Qt::Key_E,
                      tr("Writes the recording as a table, or the plots as a picture"));
    quit = make(tr("&Quit"), QKeySequence::Quit, tr("Ends the program"));
    quit->setMenuRole(QAction::QuitRole);
    keys = make(tr("&Keys and mouse"), QKeySequence::HelpContents, tr("Lists every key"));
    about = make(tr("&About"), {}, tr("Says what this program is"));
    about->setMenuRole(QAction::AboutRole);
}

void WindowActions::makeView()
{
    fit = make(tr("&Fit the whole recording"), Qt::Key_F, tr("Shows the whole recording"));
    zoomIn = make(tr("Zoom &in"), Qt::Key_Plus, tr("Shows less time, larger"));
    zoomOut = make(tr("Zoom &out"), Qt::Key_Minus, tr("Shows more time, smaller"));
    follow = make(tr("Fo&llow playback"), Qt::Key_L, tr("Keeps the newest row in sight"));
    follow->setCheckable(true);
    follow->setChecked(true);
    logarithmic
        = make(tr("Lo&garithmic score"), Qt::Key_G, tr("Shows the score on a logarithmic axis"));
    logarithmic->setCheckable(true);
    logarithmic->setChecked(true);
    expected = make(tr("Show &expected values"), Qt::Key_E,
                    tr("Draws over each channel what the model expected there"));
    expected->setCheckable(true);
}

void WindowActions::makePlay()
{
    play = make(tr("&Play"), Qt::Key_Space, tr("Starts and pauses playback"));
    step = make(tr("&Step one row"), Qt::Key_Right, tr("Answers one row and pauses"));
    step->setIcon(QApplication::style()->standardIcon(QStyle::SP_MediaSkipForward));
    step->setIconText(tr("Step"));
    toStart = make(tr("To the &beginning"), Qt::Key_Home, tr("Goes to the first row"));
    toEnd = make(tr("To the &end"), Qt::Key_End, tr("Goes to the last row"));
    faster = make(tr("&Faster"), Qt::Key_BracketRight, tr("Plays at the next higher speed"));
    slower = make(tr("S&lower"), Qt::Key_BracketLeft, tr("Plays at the next lower speed"));
}

void WindowActions::makeModel()
{
    train = make(tr("&Train…"), Qt::CTRL | Qt::Key_T, tr("Trains a model on the recording"));
    int key = Qt::Key_1;
    const auto next = [&key] { return QKeySequence(key++); };
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = make(tr("%1 weights").arg(displayName(allWeightFormats[i])), next(),
                          tr("Uses these weights from the next row on"));
    for (std::size_t i = 0; i < attention.size(); ++i)
        // The ablation comes last: the digits 1 to 9 are for what is used every day.
        attention[i] = make(
            tr("%1 attention").arg(displayName(allAttentionMasks[i])),
            allAttentionMasks[i] == AttentionMask::SelfOnly ? QKeySequence(Qt::Key_0) : next(),
            tr("Uses this attention from the next row on"));
    for (std::size_t i = 0; i < inference.size(); ++i)
        inference[i] = make(tr("%1 inference").arg(displayName(allInferences[i])), next(),
                            tr("Changes the cost from the next row on, never the answer"));
}

void WindowActions::makeDevice()
{
    const auto icon
        = [](QStyle::StandardPixmap which) { return QApplication::style()->standardIcon(which); };
    connectDevice
        = make(tr("&Connect…"), Qt::CTRL | Qt::Key_K, tr("Reads a device at a serial port, live"));
    connectDevice->setIcon(icon(QStyle::SP_DriveNetIcon));
    connectDevice->setIconText(tr("Connect"));
    disconnectDevice = make(tr("&Disconnect"), Qt::CTRL | Qt::SHIFT | Qt::Key_K,
                            tr("Closes the port; what was received stays"));
    disconnectDevice->setIcon(icon(QStyle::SP_DialogCloseButton));
    record = make(tr("&Record"), Qt::CTRL | Qt::Key_R,
                  tr("Writes what the device sends to a file, also while paused or reconnecting"));
    record->setCheckable(true);
    changeFormat = make(tr("Change &format…"), {}, tr("Says what the bytes of the device mean"));
    changeFormat->setIconText(tr("Change…"));
    sendCommand
        = make(tr("&Send a command…"), Qt::CTRL | Qt::Key_Return, tr("Sends text to the device"));
    console = make(tr("C&onsole"), Qt::CTRL | Qt::Key_L, tr("Shows the raw lines of the device"));
    beep = make(tr("&Beep on alarms"), {}, tr("Makes a sound when an alarm begins live"));
    beep->setCheckable(true);
    desktopNotes = make(tr("Desktop &notification on alarms"), {},
                        tr("Tells the desktop when an alarm begins live"));
    desktopNotes->setCheckable(true);
    for (int key = Qt::Key_F2; key <= Qt::Key_F10; ++key) {
        commands.append(make(tr("Command"), key, tr("Sends the command that is kept on this key")));
        commands.back()->setVisible(false); // until one is kept
    }
}

void WindowActions::setConnected(bool connected)
{
    const QString why = tr("Connect a device first.");
    for (QAction* action : {disconnectDevice, record, changeFormat, sendCommand, console})
        allow(*action, connected, why);
    disconnectDevice->setVisible(connected);
    connectDevice->setVisible(!connected);
}

QList<WindowActions::Group> WindowActions::groups() const
{
    Group model {tr("&Model"), {train}};
    for (QAction* action : weights)
        model.actions.append(action);
    for (QAction* action : attention)
        model.actions.append(action);
    for (QAction* action : inference)
        model.actions.append(action);
    Group device {tr("&Device"),
                  {connectDevice, disconnectDevice, record, changeFormat, sendCommand, console,
                   beep, desktopNotes}};
    device.actions.append(commands);
    return {{tr("&File"), {open, openWithOptions, followFile, demo, saveModel, exportData, quit}},
            {tr("&View"), {fit, zoomIn, zoomOut, follow, logarithmic, expected}},
            {tr("&Play"), {play, step, toStart, toEnd, faster, slower}},
            model,
            device,
            {tr("&Help"), {keys, about}}};
}

void WindowActions::addMenus(QMenuBar& bar)
{
    for (const Group& group : groups()) {
        QMenu* menu = bar.addMenu(group.title);
        menu->setToolTipsVisible(true);
        for (QAction* action : group.actions) {
            if (action == weights.front() || action == attention.front()
                || action == inference.front() || action == quit || action == toStart
                || action == faster || action == record || action == beep
                || action == commands.front())
                menu->addSeparator();
            menu->addAction(action);
        }
    }
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes what is shown
void WindowActions::setPlaying(bool playing)
{
    play->setText(playing ? tr("&Pause") : tr("&Play"));
    play->setIconText(playing ? tr("Pause") : tr("Play"));
    play->setIcon(QApplication::style()->standardIcon(playing ? QStyle::SP_MediaPause
                                                              : QStyle::SP_MediaPlay));
}

void WindowActions::setCanPlay(bool can, const QString& why)
{
    for (QAction* action : {play, step, toStart, toEnd})
        allow(*action, can, why);
}

void WindowActions::allow(QAction& action, bool allowed, const QString& why)
{
    action.setEnabled(allowed);
    const QString description = action.data().toString();
    const QString key = action.shortcut().toString(QKeySequence::NativeText);
    QString tip = key.isEmpty() ? description : QStringLiteral("%1 (%2)").arg(description, key);
    if (!allowed && !why.isEmpty())
        tip += QStringLiteral("\n") + why;
    action.setToolTip(tip);
}

} // namespace stint::ui
