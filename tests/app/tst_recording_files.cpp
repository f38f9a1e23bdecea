#include "app/desktop/desktop_session.h"
#include "core/series/csv_reader.h"
#include "ui/main_window.h"
#include "ui/panels/import_dialog.h"

#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

using stint::app::DesktopSession;
using stint::app::ImportMemory;
using stint::ui::ImportDialog;
using stint::ui::MainWindow;

/// Recordings into the window and out of it again, with real threads.
class TestRecordingFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theVisibleRowsAreExported();
    void thePlotsAreExportedAsPictures_data();
    void thePlotsAreExportedAsPictures();
    void aDoubtfulFileIsOpenedWithOptions();
    void optionsAreRememberedForALayout();

private:
    struct Desktop {
        MainWindow window;
        DesktopSession session {window};
    };

    QString write(const char* name, const QByteArray& text)
    {
        const QString path = m_folder->filePath(QString::fromLatin1(name));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return path;
    }

    static bool waitFor(const std::function<bool()>& condition)
    {
        return QTest::qWaitFor(condition, 20'000);
    }

    static bool open(Desktop& desktop, const QString& path)
    {
        desktop.session.open({path});
        return waitFor([&] { return desktop.session.filesDone(); });
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

QByteArray table(int rows)
{
    QByteArray text = "time,a,b\n";
    for (int row = 0; row < rows; ++row)
        text += QByteArray::number(row) + ',' + QByteArray::number(row * 0.1) + ",1\n";
    return text;
}

} // namespace

void TestRecordingFiles::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestRecordingFiles::theVisibleRowsAreExported()
{
    Desktop desktop;
    QVERIFY(open(desktop, write("in.csv", table(500))));
    desktop.window.inputsAndScore().setVisibleRange({100.0, 199.0});
    const QString out = m_folder->filePath(QStringLiteral("out.csv"));
    Q_EMIT desktop.window.exportRequested(out, 100, 200);
    QVERIFY(waitFor([&] { return desktop.session.filesDone(); }));
    const auto read = stint::readRecording(out.toStdString());
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QCOMPARE(read->rows(), stint::Index {100});
    QCOMPARE(read->channels[0].values[0], desktop.session.recording()->channels[0].values[100]);
    QVERIFY(desktop.window.strip().sentence().contains(out));
    Q_EMIT desktop.window.exportRequested(QStringLiteral("/no/such/folder/a.csv"), 0, 5);
    QVERIFY(waitFor([&] { return desktop.session.filesDone(); }));
    QVERIFY(desktop.window.strip().sentence().contains(QStringLiteral("cannot be written")));
}

void TestRecordingFiles::thePlotsAreExportedAsPictures_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("begins");
    QTest::newRow("PNG") << QStringLiteral("plots.png") << QByteArray("\x89PNG");
    QTest::newRow("SVG") << QStringLiteral("plots.svg") << QByteArray("<?xml");
    QTest::newRow("PDF") << QStringLiteral("plots.pdf") << QByteArray("%PDF");
}

void TestRecordingFiles::thePlotsAreExportedAsPictures()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, begins);
    Desktop desktop;
    desktop.window.show();
    QVERIFY(open(desktop, write("in.csv", table(500))));
    const QString out = m_folder->filePath(name);
    Q_EMIT desktop.window.pictureRequested(out);
    QVERIFY(waitFor([&] { return desktop.session.filesDone(); }));
    QVERIFY(desktop.window.strip().sentence().contains(out));
    QFile file(out);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.startsWith(begins));
    QVERIFY(bytes.size() > 2000);
    Q_EMIT desktop.window.pictureRequested(QStringLiteral("/no/such/folder/") + name);
    QVERIFY(waitFor([&] { return desktop.session.filesDone(); }));
    QCOMPARE(desktop.window.strip().kind(), stint::ui::NotificationStrip::Kind::Problem);
}

void TestRecordingFiles::aDoubtfulFileIsOpenedWithOptions()
{
    Desktop desktop;
    const QString path = write("odd.csv", "t,a\n0,1\n1,oops\n2,3\n3,4\n");
    QVERIFY(open(desktop, path));
    QToolButton* button = desktop.window.strip().actionButton();
    QVERIFY(!button->text().isEmpty());
    button->click();
    ImportDialog* dialog = nullptr;
    QVERIFY(waitFor([&] {
        dialog = desktop.window.findChild<ImportDialog*>();
        return dialog != nullptr;
    }));
    QCOMPARE(dialog->path(), path);
    QCOMPARE(dialog->badLineTable()->rowCount(), 1);
    dialog->timeField()->setCurrentText(QStringLiteral("Row number"));
    QVERIFY(waitFor([&] {
        return dialog->rowTable()->horizontalHeaderItem(0)->text() == QStringLiteral("Row");
    }));
    dialog->buttons()->button(QDialogButtonBox::Open)->click();
    QVERIFY(waitFor([&] { return desktop.session.filesDone(); }));
    QVERIFY(desktop.session.recording()->time.kind == stint::TimeKind::Row);
    QCOMPARE(desktop.session.recording()->channels.size(), std::size_t {2});
}

void TestRecordingFiles::optionsAreRememberedForALayout()
{
    const QString settings = m_folder->filePath(QStringLiteral("imports.ini"));
    const QString first = write("first.csv", table(20));
    {
        Desktop desktop;
        desktop.session.setImportMemory(std::make_unique<ImportMemory>(settings));
        desktop.session.openWithOptions(first);
        ImportDialog* dialog = nullptr;
        QVERIFY(waitFor([&] {
            dialog = desktop.window.findChild<ImportDialog*>();
            return dialog != nullptr;
        }));
        dialog->unitField()->setCurrentText(QStringLiteral("ms"));
        dialog->buttons()->button(QDialogButtonBox::Open)->click();
        QVERIFY(waitFor([&] { return desktop.session.recording() != nullptr; }));
    }
    Desktop desktop;
    desktop.session.setImportMemory(std::make_unique<ImportMemory>(settings));
    QVERIFY(open(desktop, write("second.csv", table(30))));
    QCOMPARE(desktop.session.recording()->time.unit, std::string("ms"));
    QVERIFY(open(desktop, write("other.csv", "time,z\n0,1\n1,2\n2,3\n")));
    QCOMPARE(desktop.session.recording()->time.unit, std::string("s"));
}

QTEST_MAIN(TestRecordingFiles)
#include "tst_recording_files.moc"
