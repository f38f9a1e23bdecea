#include "app/desktop/import_memory.h"
#include "core/series/recording_preview.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using stint::ReadChoices;
using stint::app::ImportMemory;

class TestImportMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void remembersEveryChoice();
    void forgetsWhatChoosesNothing();
    void toleratesSettingsOfOthers();
    void filesOfOneLayoutShareAKey();

private:
    QTemporaryDir m_folder;
};

void TestImportMemory::remembersEveryChoice()
{
    const QString file = m_folder.filePath(QStringLiteral("all.ini"));
    ReadChoices choices;
    choices.encoding = "windows-1252";
    choices.delimiter = '\t';
    choices.decimal = ',';
    choices.preambleLines = 3;
    choices.headerLines = 0;
    choices.timeColumn = std::string();
    choices.timeUnit = "spreadsheet day";
    choices.dateOrder = stint::DateOrder::MonthFirst;
    choices.leftOut = {"a", "b\nc", "d"};
    QVERIFY(ImportMemory(file).empty());
    ImportMemory(file).remember("layout", choices);
    QVERIFY(!ImportMemory(file).empty());
    QVERIFY(ImportMemory(file).recall("layout") == choices);
    QVERIFY(ImportMemory(file).recall("another layout") == ReadChoices {});
}

void TestImportMemory::forgetsWhatChoosesNothing()
{
    const QString file = m_folder.filePath(QStringLiteral("forget.ini"));
    ReadChoices choices;
    choices.headerLines = 2;
    ImportMemory(file).remember("layout", choices);
    ImportMemory(file).remember("layout", {});
    QVERIFY(ImportMemory(file).recall("layout") == ReadChoices {});
    QVERIFY(ImportMemory(file).empty());
}

void TestImportMemory::toleratesSettingsOfOthers()
{
    const QString path = m_folder.filePath(QStringLiteral("other.ini"));
    ReadChoices choices;
    choices.headerLines = 2;
    ImportMemory(path).remember("layout", choices);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray text = file.readAll();
    file.close();
    text.replace("headerLines", "\\\"header"); // no document any more
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    QVERIFY(ImportMemory(path).recall("layout") == ReadChoices {});
}

void TestImportMemory::filesOfOneLayoutShareAKey()
{
    const auto keyOf = [this](const char* name, const char* text) {
        const QString path = m_folder.filePath(QString::fromLatin1(name));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return std::string();
        file.write(text);
        file.close();
        return stint::layoutKey(*stint::previewRecording(path.toStdString()));
    };
    const std::string first = keyOf("first.csv", "t,a,b\n0,1,2\n1,2,3\n");
    QCOMPARE(keyOf("second.csv", "t,a,b\n5,1,2\n6,2,3\n7,8,9\n"), first);
    QVERIFY(keyOf("third.csv", "t,a,c\n0,1,2\n1,2,3\n") != first);
    QVERIFY(keyOf("fourth.txt", "t,a,b\n0,1,2\n1,2,3\n") != first);
    QVERIFY(!keyOf("words.csv", "only\nwords\n").empty());
}

QTEST_APPLESS_MAIN(TestImportMemory)
#include "tst_import_memory.moc"
