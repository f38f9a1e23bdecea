#include "core/series/csv_reader.h"
#include "core/series/csv_writer.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using stint::Index;
using stint::Recording;
using stint::WriteOptions;

class TestCsvWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBackTheSame_data();
    void readsBackTheSame();
    void readsBackTheSameDoubles();
    void writesARangeOfRows();
    void saysWhatCannotBeWritten();
    void leavesNothingBehindWhenStopped();

private:
    [[nodiscard]] std::string path(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }

    QTemporaryDir m_folder;
};

namespace {

bool sameValues(const std::vector<double>& a, const std::vector<double>& b)
{
    return std::ranges::equal(a, b, [](double x, double y) {
        return std::isnan(x) ? std::isnan(y)
                             : std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
    });
}

void verifySame(const Recording& written, const Recording& read)
{
    QCOMPARE(read.rows(), written.rows());
    QCOMPARE(read.channels.size(), written.channels.size());
    for (std::size_t c = 0; c < read.channels.size(); ++c) {
        QCOMPARE(read.channels[c].name, written.channels[c].name);
        QCOMPARE(read.channels[c].unit, written.channels[c].unit);
        QVERIFY(sameValues(read.channels[c].values, written.channels[c].values));
    }
    QVERIFY(read.time.kind == written.time.kind);
    QVERIFY(sameValues(read.time.seconds, written.time.seconds));
    for (Index row = 0; row < read.rows(); ++row)
        QCOMPARE(stint::timeText(read, row), stint::timeText(written, row));
    QCOMPARE(read.labels.size(), written.labels.size());
    for (std::size_t l = 0; l < read.labels.size(); ++l)
        QVERIFY(read.labels[l].values == written.labels[l].values);
    QCOMPARE(read.classColumns.size(), written.classColumns.size());
    for (std::size_t l = 0; l < read.classColumns.size(); ++l) {
        QVERIFY(read.classColumns[l].classes == written.classColumns[l].classes);
        QVERIFY(read.classColumns[l].values == written.classColumns[l].values);
    }
    QVERIFY(read.seriesStarts == written.seriesStarts);
    QVERIFY(read.seriesNames == written.seriesNames);
    QCOMPARE(read.badLineCount, std::size_t {0});
}

} // namespace

void TestCsvWriter::readsBackTheSame_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("numbers as time") << QByteArray("t_ms,a [V],b\n0,1.5,2\n10,,3\n20,1e-9,inf\n");
    QTest::newRow("no time") << QByteArray("a,b\n3,1\n,\n,NaN\n1,2\n0,5\n");
    QTest::newRow("dates") << QByteArray("when;a\n01.02.2024 10:00:00,5;1,5\n"
                                         "01.02.2024 10:00:01,5;2,5\n02.02.2024 10:00:01,5;2,5\n");
    QTest::newRow("a rate above the table") << QByteArray("# fs = 250 Hz\na,b\n1,5\n5,4\n3,3\n");
    QTest::newRow("days of a spreadsheet")
        << QByteArray("Date,a\n43374.25,1\n43374.5,2\n43374.75,3\n");
    QTest::newRow("labels and classes")
        << QByteArray("t,a,anomaly,class\n0,1,0,rest\n1,2,1,\"walk, fast\"\n2,3,0,rest\n");
    QTest::newRow("names that need quotes")
        << QByteArray("t,\"a, b\",\"say \"\"c\"\"\"\n0,1,2\n1,2,3\n2,3,4\n");
    QTest::newRow("series") << QByteArray("series_id,a\nx,1\nx,2\ny,3\ny,4\nz,5\nz,6\n");
}

void TestCsvWriter::readsBackTheSame()
{
    QFETCH(QByteArray, text);
    const auto first = stint::parseRecording(text.toStdString(), "text");
    QVERIFY2(first.ok(), first.ok() ? "" : first.error().message.c_str());
    const auto done = stint::writeRecording(*first, path("same.csv"));
    QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
    const auto again = stint::readRecording(path("same.csv"));
    QVERIFY2(again.ok(), again.ok() ? "" : again.error().message.c_str());
    verifySame(*first, *again);
}

void TestCsvWriter::readsBackTheSameDoubles()
{
    Recording recording;
    recording.channels = {{"a", "", {}}, {"b", "", {}}};
    std::mt19937_64 engine(3);
    using Limits = std::numeric_limits<double>;
    auto& values = recording.channels[0].values;
    values = {0.0,
              -0.0,
              Limits::denorm_min(),
              Limits::max(),
              -Limits::max(),
              Limits::infinity(),
              -Limits::infinity(),
              0.1,
              1.0 / 3.0,
              Limits::quiet_NaN()};
    while (values.size() < 20'000) {
        const double value = std::bit_cast<double>(engine());
        if (std::isfinite(value))
            values.push_back(value);
    }
    for (std::size_t row = 0; row < values.size(); ++row) {
        recording.channels[1].values.push_back(static_cast<double>(engine() % 100));
        recording.time.seconds.push_back(static_cast<double>(row));
    }
    recording.time.unit = "row";
    QVERIFY(stint::writeRecording(recording, path("doubles.csv")).ok());
    const auto read = stint::readRecording(path("doubles.csv"));
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    verifySame(recording, *read);
}

void TestCsvWriter::writesARangeOfRows()
{
    const auto first = stint::parseRecording("t,a\n0,1\n1,2\n2,3\n3,4\n4,5\n", "text");
    WriteOptions options;
    options.first = 1;
    options.last = 4;
    QVERIFY(stint::writeRecording(*first, path("range.csv"), options).ok());
    const auto read = stint::readRecording(path("range.csv"));
    QVERIFY(read.ok());
    QCOMPARE(read->rows(), Index {3});
    QCOMPARE(read->channels[0].values.front(), 2.0);
    QCOMPARE(stint::timeText(*read, 0), std::string("1"));
}

void TestCsvWriter::saysWhatCannotBeWritten()
{
    const auto first = stint::parseRecording("t,a\n0,1\n1,2\n2,3\n", "text");
    const auto done = stint::writeRecording(*first, path("no_such_folder/a.csv"));
    QVERIFY(!done.ok());
    QVERIFY(done.error().message.find("no_such_folder/a.csv cannot be written")
            != std::string::npos);
}

void TestCsvWriter::leavesNothingBehindWhenStopped()
{
    const auto first = stint::parseRecording("t,a\n0,1\n1,2\n2,3\n", "text");
    WriteOptions options;
    options.progress = [](double) { return false; };
    QVERIFY(!stint::writeRecording(*first, path("stopped.csv"), options).ok());
    QVERIFY(QDir(m_folder.path()).entryList({QStringLiteral("stopped*")}).isEmpty());
}

QTEST_APPLESS_MAIN(TestCsvWriter)
#include "tst_csv_writer.moc"
