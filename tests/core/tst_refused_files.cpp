#include "core/series/csv_reader.h"
#include "core/series/first_rows.h"
#include "core/series/growing_table.h"
#include "tests/support/small_family.h"
#include "tests/support/without_privileges.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

using namespace stint;
namespace fs = std::filesystem;

/// Files that may not be read, before and while they are followed. Root may read everything, so the
/// checks run without privileges and tell by a number what was not as expected.
class TestRefusedFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aFileThatTookThePlaceIsWaitedFor();
    void aFileThatIsOpenIsReadOn();
    void firstRowsAreNotWaitedForWhereNobodyMayLook();
    void openingItSaysWhy();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_name;
};

namespace {

void write(const std::string& name, std::string_view text,
           std::ios::openmode mode = std::ios::trunc)
{
    std::ofstream(name, std::ios::binary | mode) << text;
}

void allow(const std::string& name, bool allowed)
{
    fs::permissions(
        name, allowed ? fs::perms::owner_read | fs::perms::owner_write : fs::perms::owner_write);
}

/// Looks often enough for a file that was moved away to be left. Counts rows.
struct Looks {
    explicit Looks(const std::string& name)
        : table(name, std::shared_ptr<const TableReading>(readRecording(name)->reading))
    { }

    void look()
    {
        for (int i = 0; i < 4 * GrowingFile::quietLooks; ++i) {
            GrownRows grown;
            const auto found = table.look(grown);
            failed = failed || !found.ok();
            last = found.ok() ? *found : GrowingTable::Found::Nothing;
            gaps += grown.gap ? 1 : 0;
        }
    }

    GrowingTable table;
    GrowingTable::Found last = GrowingTable::Found::Nothing;
    int gaps = 0;
    bool failed = false;
};

bool speaksOf(const std::string& sentence, const char* what)
{
    return test::isSentenceAbout(sentence, what);
}

} // namespace

void TestRefusedFiles::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    fs::permissions(m_folder->path().toStdString(), fs::perms::all);
    m_name = m_folder->filePath(QStringLiteral("log.csv")).toStdString();
}

void TestRefusedFiles::aFileThatTookThePlaceIsWaitedFor()
{
    const int wrong = test::withoutPrivileges([name = m_name] {
        write(name, "time,a\n0,1\n1,2\n");
        Looks looks(name);
        looks.look();
        if (looks.table.rows() != 2)
            return 1;
        fs::rename(name, name + ".1");
        write(name, "time,a\n2,3\n");
        allow(name, false);
        looks.look();
        if (looks.failed || looks.last != GrowingTable::Found::Away)
            return 2;
        if (!speaksOf(looks.table.problem(), "cannot be opened"))
            return 3;
        allow(name, true);
        looks.look();
        if (looks.table.rows() != 3 || looks.gaps != 1 || !looks.table.problem().empty())
            return 4;
        return 0;
    });
    QCOMPARE(wrong, 0);
}

void TestRefusedFiles::aFileThatIsOpenIsReadOn()
{
    const int wrong = test::withoutPrivileges([name = m_name] {
        write(name, "time,a\n0,1\n1,2\n");
        Looks looks(name);
        looks.look();
        allow(name, false);
        write(name, "2,3\n3,4\n", std::ios::app);
        looks.look();
        if (looks.table.rows() != 4 || looks.failed || !looks.table.problem().empty())
            return 1;
        return 0;
    });
    QCOMPARE(wrong, 0);
}

void TestRefusedFiles::firstRowsAreNotWaitedForWhereNobodyMayLook()
{
    const int wrong = test::withoutPrivileges([name = m_name] {
        write(name, "time,a\n");
        FirstRows waiting(name);
        if (const auto found = waiting.look(); !found.ok() || *found)
            return 1;
        // What took its place may not be read: it could be, so it is waited for.
        fs::rename(name, name + ".1");
        write(name, "time,a\n0,1\n1,2\n");
        allow(name, false);
        FirstRows refused(name);
        const auto found = refused.look();
        if (found.ok() || !speaksOf(found.error().message, "check who may read it"))
            return 2;
        for (int i = 0; i < 2 * GrowingFile::quietLooks; ++i)
            if (const auto none = waiting.look(); !none.ok() || *none)
                return 3;
        if (!speaksOf(waiting.problem(), "cannot be opened"))
            return 4;
        allow(name, true);
        for (int i = 0; i < 2 * GrowingFile::quietLooks; ++i)
            if (const auto rows = waiting.look(); rows.ok() && *rows)
                return (*rows)->rows() == 2 ? 0 : 5;
        return 6;
    });
    QCOMPARE(wrong, 0);
}

void TestRefusedFiles::openingItSaysWhy()
{
    const int wrong = test::withoutPrivileges([name = m_name] {
        write(name, "time,a\n0,1\n1,2\n");
        allow(name, false);
        const auto read = readRecording(name);
        return !read.ok() && speaksOf(read.error().message, "check its permissions") ? 0 : 1;
    });
    QCOMPARE(wrong, 0);
}

QTEST_APPLESS_MAIN(TestRefusedFiles)
#include "tst_refused_files.moc"
