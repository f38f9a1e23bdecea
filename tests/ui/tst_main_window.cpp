#include "tests/support/made_up_blocks.h"
#include "ui/main_window.h"
#include "ui/panels/keys_dialog.h"

#include <QMimeData>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace stint;
using namespace stint::test;
using namespace stint::ui;

namespace {

/// Keys go to the active window; without a window manager nobody makes it so.
void activate(MainWindow& window)
{
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QApplication::setActiveWindow(&window);
    QVERIFY(window.isActiveWindow());
}

} // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itBeginsEmpty();
    void whatCannotBeDoneSaysWhy();
    void keysAskForPlayback();
    void keysAskForModes();
    void droppedFilesAreOpened();
    void everyActionHasItsOwnKeyAndIsListed();
    void everyCustomWidgetHasAName();
    void theLayoutComesBack();
    void viewsSuitTheTask();
    void itFitsASmallScreen_data();
    void itFitsASmallScreen();

private:
    static void fill(MainWindow& window, ModelTask task = ModelTask::Anomaly);
};

void TestMainWindow::fill(MainWindow& window, ModelTask task)
{
    window.setRecording(makeRecording(1000, 4, 300, 340), nullptr);
    ModelFacts facts;
    facts.name = QStringLiteral("m.stint");
    facts.task = task;
    facts.classes = {QStringLiteral("walking"), QStringLiteral("running")};
    for (const Mode& mode : {denseWindow, denseContinual, binaryContinual})
        facts.modes.push_back({mode, true, {}});
    // As wide as it gets: every mask has a segment.
    facts.modes.push_back(
        {{WeightFormat::Dense, AttentionMask::SelfOnly, Inference::Window}, true, {}});
    window.modeBar().setMode(denseContinual);
    window.setModel(facts);
    window.setPlayable(true, {});
}

void TestMainWindow::itBeginsEmpty()
{
    MainWindow window;
    window.show();
    QVERIFY(window.emptyState().isVisible());
    QVERIFY(!window.inputsAndScore().isVisible());
    const QSignalSpy demo(&window, &MainWindow::demoRequested);
    window.emptyState().demoButton()->click();
    QCOMPARE(demo.count(), 1);
    fill(window);
    QVERIFY(!window.emptyState().isVisible());
    QVERIFY(window.inputsAndScore().isVisible());
}

void TestMainWindow::whatCannotBeDoneSaysWhy()
{
    MainWindow window;
    for (const QAction* action : {window.actions().play, window.actions().step,
                                  window.actions().train, window.actions().saveModel}) {
        QVERIFY(!action->isEnabled());
        QVERIFY2(action->toolTip().contains(QStringLiteral("first")),
                 qPrintable(action->toolTip()));
    }
    fill(window);
    for (const QAction* action : {window.actions().play, window.actions().step,
                                  window.actions().train, window.actions().saveModel})
        QVERIFY(action->isEnabled());
    window.setPlayable(false, QStringLiteral("The recording lacks flow."));
    QVERIFY(!window.actions().play->isEnabled());
    QVERIFY(window.actions().play->toolTip().contains(QStringLiteral("lacks flow")));
}

void TestMainWindow::keysAskForPlayback()
{
    MainWindow window;
    fill(window);
    activate(window);
    const QSignalSpy play(&window, &MainWindow::playToggled);
    const QSignalSpy step(&window, &MainWindow::stepRequested);
    QList<Index> seeks;
    connect(&window, &MainWindow::seekRequested, this, [&](Index row) { seeks.append(row); });
    window.inputsAndScore().plot()->setFocus();
    QTest::keyClick(&window, Qt::Key_Space);
    QTest::keyClick(&window, Qt::Key_Right);
    QTest::keyClick(&window, Qt::Key_End);
    QTest::keyClick(&window, Qt::Key_Home);
    QCOMPARE(play.count(), 1);
    QCOMPARE(step.count(), 1);
    QCOMPARE(seeks, (QList<Index> {1000, 0}));
}

void TestMainWindow::keysAskForModes()
{
    MainWindow window;
    fill(window);
    activate(window);
    std::vector<Mode> asked;
    connect(&window.modeBar(), &ModeBar::modeRequested, this,
            [&](const Mode& mode) { asked.push_back(mode); });
    QTest::keyClick(&window, Qt::Key_4); // sparse binary weights
    QTest::keyClick(&window, Qt::Key_8); // window inference
    QTest::keyClick(&window, Qt::Key_3); // binary weights are not offered
    QCOMPARE(asked.size(), std::size_t {2});
    QVERIFY(asked[0] == binaryContinual);
    QVERIFY(asked[1] == denseWindow);
    QVERIFY(!window.actions().weights[2]->isEnabled());
}

void TestMainWindow::droppedFilesAreOpened()
{
    MainWindow window;
    QStringList opened;
    connect(&window, &MainWindow::openRequested, this,
            [&](const QStringList& files) { opened += files; });
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QStringLiteral("/somewhere/a.csv")),
                  QUrl(QStringLiteral("https://example.org/b.csv"))});
    // A drop goes to the widget that was entered.
    QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &drop);
    QCOMPARE(opened, QStringList {QStringLiteral("/somewhere/a.csv")});
    data.setUrls({QUrl(QStringLiteral("https://example.org/b.csv"))});
    QCoreApplication::sendEvent(&window, &enter);
    QDropEvent remote(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &remote);
    QCOMPARE(opened.size(), 1);
    QVERIFY(!window.strip().sentence().isEmpty());
}

void TestMainWindow::everyActionHasItsOwnKeyAndIsListed()
{
    MainWindow window;
    const QString page = keysText(window.actions());
    QSet<QKeySequence> keys;
    for (const WindowActions::Group& group : window.actions().groups()) {
        for (const QAction* action : group.actions) {
            QVERIFY(page.contains(action->data().toString().toHtmlEscaped()));
            if (action->shortcut().isEmpty())
                continue;
            QVERIFY2(!keys.contains(action->shortcut()), qPrintable(action->text()));
            keys.insert(action->shortcut());
            QVERIFY(page.contains(
                action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped()));
        }
    }
}

void TestMainWindow::everyCustomWidgetHasAName()
{
    MainWindow window;
    fill(window);
    for (const QCustomPlot* plot : window.findChildren<QCustomPlot*>())
        QVERIFY(!plot->accessibleName().isEmpty());
    for (const QAbstractButton* button : window.findChildren<QToolButton*>()) {
        const bool internal = button->objectName().startsWith(QStringLiteral("qt_"))
            || button->parent()->inherits("QTabBar");
        QVERIFY2(internal || !button->accessibleName().isEmpty() || !button->text().isEmpty(),
                 qPrintable(button->objectName()));
    }
    for (const QComboBox* box : window.findChildren<QComboBox*>())
        QVERIFY(!box->accessibleName().isEmpty());
}

void TestMainWindow::theLayoutComesBack()
{
    MainWindow window;
    window.resize(1280, 800);
    fill(window);
    window.show();
    const QByteArray before = window.saveLayout();
    MainWindow other;
    other.resize(1280, 800);
    other.restoreLayout(before);
    QCOMPARE(other.saveLayout().size(), before.size());
    other.restoreLayout(QByteArrayLiteral("nonsense")); // must do no harm
    other.restoreLayout({});
}

void TestMainWindow::viewsSuitTheTask()
{
    MainWindow window;
    window.show();
    fill(window);
    QVERIFY(window.eventsView().isVisible());
    QVERIFY(window.actions().expected->isEnabled());
    QVERIFY(!window.actions().expected->isChecked());
    const QSignalSpy expected(&window, &MainWindow::expectedToggled);
    window.actions().expected->trigger();
    QCOMPARE(expected.count(), 1);
    fill(window, ModelTask::Forecast);
    QVERIFY(window.eventsView().isVisible());
    QVERIFY(!window.actions().expected->isEnabled());
    QVERIFY(window.actions().expected->toolTip().contains(QStringLiteral("always")));
    fill(window, ModelTask::Classify);
    QVERIFY(!window.eventsView().isVisible());
    QVERIFY(window.confusionView().isVisible());
    QVERIFY(!window.actions().logarithmic->isEnabled());
    QVERIFY(!window.actions().expected->isEnabled());
}

void TestMainWindow::itFitsASmallScreen_data()
{
    QTest::addColumn<ModelTask>("task");
    QTest::newRow("anomaly") << ModelTask::Anomaly;
    QTest::newRow("forecast") << ModelTask::Forecast;
    QTest::newRow("classify") << ModelTask::Classify;
}

void TestMainWindow::itFitsASmallScreen()
{
    QFETCH(ModelTask, task);
    MainWindow window;
    fill(window, task);
    window.show();
    QVERIFY2(window.minimumSizeHint().width() <= 1280 && window.minimumSizeHint().height() <= 760,
             qPrintable(QStringLiteral("%1 x %2")
                            .arg(window.minimumSizeHint().width())
                            .arg(window.minimumSizeHint().height())));
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
