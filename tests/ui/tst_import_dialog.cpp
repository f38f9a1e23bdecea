#include "ui/panels/import_dialog.h"

#include <QFile>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using stint::ReadChoices;
using stint::RecordingPreview;
using stint::ui::ImportDialog;

Q_DECLARE_METATYPE(stint::ReadChoices)

class TestImportDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void showsLinesRowsAndWhatDoesNotFit();
    void asksForAPreviewWhenAFieldChanges();
    void givesBackTheChoicesItBeganWith();
    void leavesOutColumnsWithoutATick();
    void saysWhyThereIsNoTable();

private:
    [[nodiscard]] RecordingPreview previewOf(const QByteArray& text,
                                             const ReadChoices& choices = {})
    {
        const QString path = m_folder.filePath(QStringLiteral("table.csv"));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write(text);
        file.close();
        stint::ReadOptions options;
        options.choices = choices;
        return *stint::previewRecording(path.toStdString(), options);
    }

    QTemporaryDir m_folder;
};

void TestImportDialog::initTestCase() { qRegisterMetaType<ReadChoices>("stint::ReadChoices"); }

void TestImportDialog::showsLinesRowsAndWhatDoesNotFit()
{
    ImportDialog dialog;
    dialog.begin(previewOf("t;a [V];b\n0;1,5;2\n1;x;3\n2;2,5;4\n3;3,5;5\n"), {});
    QCOMPARE(dialog.rowTable()->rowCount(), 4);
    QCOMPARE(dialog.rowTable()->horizontalHeaderItem(1)->text(), QStringLiteral("a [V]"));
    QCOMPARE(dialog.rowTable()->item(2, 1)->text(), QStringLiteral("2.5"));
    QCOMPARE(dialog.badLineTable()->rowCount(), 1);
    QCOMPARE(dialog.badLineTable()->item(0, 0)->text(), QStringLiteral("3"));
    QVERIFY(dialog.badLineTable()->item(0, 1)->text().contains(QStringLiteral("not a number")));
    QCOMPARE(dialog.delimiterField()->currentText(), QStringLiteral("Automatic: Semicolon"));
    QCOMPARE(dialog.timeField()->currentText(), QStringLiteral("Automatic: t"));
    QVERIFY(dialog.choices() == ReadChoices {});
}

void TestImportDialog::asksForAPreviewWhenAFieldChanges()
{
    ImportDialog dialog;
    dialog.begin(previewOf("t,a\n0,1\n1,2\n2,3\n"), {});
    QSignalSpy asked(&dialog, &ImportDialog::previewRequested);
    dialog.headerField()->setValue(0);
    dialog.preambleField()->setValue(1);
    QVERIFY(asked.wait(5000));
    QCOMPARE(asked.count(), 1); // both changes at once
    const auto choices = asked.front().at(1).value<ReadChoices>();
    QVERIFY(choices.headerLines == std::size_t {0});
    QVERIFY(choices.preambleLines == std::size_t {1});
    dialog.showPreview(previewOf("t,a\n0,1\n1,2\n2,3\n", choices));
    QCOMPARE(dialog.rowTable()->horizontalHeaderItem(1)->text(), QStringLiteral("column 1"));
}

void TestImportDialog::givesBackTheChoicesItBeganWith()
{
    ReadChoices choices;
    choices.encoding = "latin-1";
    choices.delimiter = ',';
    choices.decimal = '.';
    choices.preambleLines = 0;
    choices.headerLines = 1;
    choices.timeColumn = "b";
    choices.timeUnit = "ms";
    choices.dateOrder = stint::DateOrder::DayFirst;
    choices.leftOut = {"c"};
    ImportDialog dialog;
    dialog.begin(previewOf("a,b,c,d\n0,1,2,3\n1,2,3,4\n2,3,4,5\n", choices), choices);
    QVERIFY(dialog.choices() == choices);
    choices.timeColumn = "";
    dialog.begin(previewOf("a,b,c,d\n0,1,2,3\n1,2,3,4\n2,3,4,5\n", choices), choices);
    QVERIFY(dialog.choices() == choices);
}

void TestImportDialog::leavesOutColumnsWithoutATick()
{
    ImportDialog dialog;
    dialog.begin(previewOf("t,a,b\n0,1,2\n1,2,3\n2,3,4\n"), {});
    QSignalSpy opened(&dialog, &ImportDialog::openRequested);
    const auto items = dialog.columnList()->findItems(QStringLiteral("b"), Qt::MatchExactly);
    QCOMPARE(items.size(), 1);
    items.front()->setCheckState(Qt::Unchecked);
    dialog.buttons()->button(QDialogButtonBox::Open)->click();
    QCOMPARE(opened.count(), 1);
    QCOMPARE(opened.front().at(1).value<ReadChoices>().leftOut, std::vector<std::string> {"b"});
}

void TestImportDialog::saysWhyThereIsNoTable()
{
    ImportDialog dialog;
    dialog.begin(previewOf("only\nwords\nhere\n"), {});
    QVERIFY(dialog.summary().contains(QStringLiteral("no column of numbers")));
    QVERIFY(!dialog.buttons()->button(QDialogButtonBox::Open)->isEnabled());
}

QTEST_MAIN(TestImportDialog)
#include "tst_import_dialog.moc"
