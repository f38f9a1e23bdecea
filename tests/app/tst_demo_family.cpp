#include "core/detect/alarms.h"
#include "core/kernels/kernels.h"
#include "core/model/family.h"
#include "core/series/csv_reader.h"
#include "core/stream/player.h"
#include "core/train/trainer.h"
#include "resources/demo/demo_training.h"
#include "resources/demo/simulator.h"

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using stint::AlarmEvent;
using stint::Family;
using stint::FamilyVariant;
using stint::Index;
using stint::Inference;
using stint::Mode;
using stint::Recording;
using stint::VariantName;
using stint::demo::Fault;
using stint::demo::FaultKind;

namespace {

using RecordingPointer = std::shared_ptr<const Recording>;
using FamilyPointer = std::shared_ptr<const Family>;

/// Training without optimisation, or under a sanitizer, takes minutes.
constexpr bool slowBuild = STINT_SLOW_BUILD != 0;
/// After a fault the windows still hold rows of it.
constexpr Index recovery = 100;
constexpr Index tenMinutes = 6000;
/// Other kernels round differently, which flips some signs and masks of a trained model.
constexpr double alikeWithSameKernels = 0.999;
constexpr double alikeWithOtherKernels = 0.99;
/// The kernels that the bundled family was trained with.
constexpr const char* kernelsOfTheBundled = "avx512";

/// The combined score over a recording and the alarms that it raised.
struct Played {
    std::vector<double> scores; ///< (rows), NaN where there is no answer
    std::deque<AlarmEvent> events;
};

/// How the alarms compare with the faults.
struct Judgement {
    std::set<Index> found; ///< first rows of the faults within which an alarm begins
    std::set<FaultKind> foundKinds;
    std::set<FaultKind> namedKinds; ///< and the top channel is one that shows the fault
    Index falseAlarms = 0;
    Index normalRows = 0; ///< behind the training rows
};

QString demoFile(const char* name)
{
    return QStringLiteral(STINT_DEMO_DIR) + QLatin1Char('/') + QString::fromLatin1(name);
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

FamilyPointer familyIn(const QString& path)
{
    const auto family = stint::loadFamily(path.toStdString());
    return family ? *family : nullptr;
}

RecordingPointer readFrom(const QString& path)
{
    auto recording = stint::readRecording(path.toStdString());
    return recording ? std::make_shared<const Recording>(std::move(*recording)) : nullptr;
}

/// Continual where it is offered: the answers are the same and it is faster.
Mode fastestMode(const Family& family, VariantName variant)
{
    const Mode continual {variant.weights, variant.attention, Inference::Continual};
    return family.refusal(continual) ? Mode {variant.weights, variant.attention, Inference::Window}
                                     : continual;
}

Played play(const RecordingPointer& recording, const FamilyPointer& family, VariantName variant)
{
    Played played;
    stint::PlayerOptions options;
    options.mode = fastestMode(*family, variant);
    const auto player = stint::Player::create(recording, family, options);
    if (!player)
        return played;
    stint::AlarmEvents alarms(stint::alarmJoinGap);
    stint::ResultBlock block;
    while ((*player)->advance(options.maxBlock, block) > 0) {
        alarms.add(block);
        played.scores.insert(played.scores.end(), block.score.begin(), block.score.end());
    }
    played.events = alarms.events();
    return played;
}

/// Whether a row belongs to a fault or to the recovery from it.
bool disturbed(const std::vector<Fault>& faults, Index row)
{
    return std::any_of(faults.begin(), faults.end(), [row](const Fault& fault) {
        return row >= fault.firstRow && row <= fault.lastRow + recovery;
    });
}

Judgement judge(const Played& played, const std::vector<Fault>& faults, Index rows)
{
    Judgement result;
    for (Index row = stint::demo::normalRows; row < rows; ++row)
        result.normalRows += disturbed(faults, row) ? 0 : 1;
    for (const AlarmEvent& event : played.events) {
        bool touches = false;
        for (const Fault& fault : faults) {
            touches = touches || (event.first <= fault.lastRow && event.last >= fault.firstRow);
            if (event.first < fault.firstRow || event.first > fault.lastRow)
                continue;
            result.found.insert(fault.firstRow);
            result.foundKinds.insert(fault.kind);
            if (std::find(fault.channels.begin(), fault.channels.end(),
                          static_cast<std::size_t>(event.topChannel))
                != fault.channels.end())
                result.namedKinds.insert(fault.kind);
        }
        if (!touches && event.first >= stint::demo::normalRows && !disturbed(faults, event.first))
            ++result.falseAlarms;
    }
    return result;
}

/// At most one for every begun ten minutes of normal operation.
bool falseAlarmsAreFew(const Judgement& judgement)
{
    return judgement.falseAlarms <= (judgement.normalRows + tenMinutes - 1) / tenMinutes;
}

QByteArray described(const Judgement& judgement)
{
    return QStringLiteral("%1 faults and %2 kinds found, %3 kinds named, %4 false alarms in %5 "
                          "normal rows")
        .arg(judgement.found.size())
        .arg(judgement.foundKinds.size())
        .arg(judgement.namedKinds.size())
        .arg(judgement.falseAlarms)
        .arg(judgement.normalRows)
        .toLocal8Bit();
}

double correlation(const std::vector<double>& a, const std::vector<double>& b)
{
    double n = 0.0;
    double sumA = 0.0;
    double sumB = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isfinite(a[i]) && std::isfinite(b[i])) {
            n += 1.0;
            sumA += a[i];
            sumB += b[i];
        }
    }
    double ab = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isfinite(a[i]) && std::isfinite(b[i])) {
            ab += (a[i] - sumA / n) * (b[i] - sumB / n);
            aa += (a[i] - sumA / n) * (a[i] - sumA / n);
            bb += (b[i] - sumB / n) * (b[i] - sumB / n);
        }
    }
    return ab / std::sqrt(aa * bb);
}

} // namespace

class TestDemoFamily : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bundledFilesAreSmall();
    void bundledFamilyHasTheDefaultVariants();
    void mostKindsOfFaultRaiseAnAlarm_data() { variants(); }
    void mostKindsOfFaultRaiseAnAlarm();
    void falseAlarmsAreRare_data() { variants(); }
    void falseAlarmsAreRare();
    void alarmsNameAnAffectedChannel_data() { variants(); }
    void alarmsNameAnAffectedChannel();
    void commandWritesTheBundledFamilyAgain();
    void anotherRecordingIsJudgedAsWell_data();
    void anotherRecordingIsJudgedAsWell();

private:
    static void variants();
    const Played& bundledRun(const std::string& variant);
    Judgement bundledJudgement();

    RecordingPointer m_recording;
    FamilyPointer m_family;
    std::vector<Fault> m_faults;
    std::map<std::string, Played> m_runs; // of the bundled family, by variant
};

void TestDemoFamily::initTestCase()
{
    m_recording = readFrom(demoFile("demo.csv"));
    m_family = familyIn(demoFile("demo.stint"));
    m_faults = stint::demo::simulatedFaults();
    QVERIFY2(m_recording, "the bundled recording cannot be read");
    QVERIFY2(m_family, "the bundled family cannot be read");
    QCOMPARE(m_recording->rows(), Index {18000});
}

void TestDemoFamily::variants()
{
    QTest::addColumn<QString>("variant");
    for (const char* name : {"dense/full", "dense/step-t", "sbt/step-t"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

const Played& TestDemoFamily::bundledRun(const std::string& variant)
{
    const auto [run, isNew] = m_runs.try_emplace(variant);
    if (isNew)
        run->second = play(m_recording, m_family, *stint::parseVariantName(variant));
    return run->second;
}

Judgement TestDemoFamily::bundledJudgement()
{
    QFETCH(const QString, variant);
    return judge(bundledRun(variant.toStdString()), m_faults, m_recording->rows());
}

void TestDemoFamily::bundledFilesAreSmall()
{
    qint64 bytes = 0;
    for (const char* name : {"demo.csv", "demo_faults.csv", "demo.stint"}) {
        const QFileInfo file(demoFile(name));
        QVERIFY2(file.size() > 0, name);
        bytes += file.size();
    }
    QVERIFY2(bytes < 3'000'000, QByteArray::number(bytes).constData());
}

void TestDemoFamily::bundledFamilyHasTheDefaultVariants()
{
    std::vector<std::string> names;
    for (const FamilyVariant& variant : m_family->variants)
        names.push_back(stint::toString(variant.name));
    QCOMPARE(names, (std::vector<std::string> {"dense/full", "dense/step-t", "sbt/step-t"}));
    QCOMPARE(m_family->channels.size(), m_recording->channels.size());
    for (const FamilyVariant& variant : m_family->variants)
        QVERIFY(variant.epochs > 0 && variant.epochs <= stint::demo::demoTraining().epochs);
}

void TestDemoFamily::mostKindsOfFaultRaiseAnAlarm()
{
    const Judgement judgement = bundledJudgement();
    QVERIFY2(judgement.foundKinds.size() >= 5, described(judgement).constData());
}

void TestDemoFamily::falseAlarmsAreRare()
{
    const Judgement judgement = bundledJudgement();
    QVERIFY2(falseAlarmsAreFew(judgement), described(judgement).constData());
}

void TestDemoFamily::alarmsNameAnAffectedChannel()
{
    const Judgement judgement = bundledJudgement();
    QVERIFY2(judgement.namedKinds.size() >= 4, described(judgement).constData());
}

void TestDemoFamily::commandWritesTheBundledFamilyAgain()
{
    if (slowBuild)
        QSKIP("Training takes minutes in this build; the optimised build runs this.");
    const QTemporaryDir folder;
    QVERIFY(folder.isValid());
    QProcess command;
    command.start(QStringLiteral(STINT_MAKE_DEMO), {folder.path()});
    QVERIFY(command.waitForFinished(500'000));
    QCOMPARE(command.exitCode(), 0);
    for (const char* name : {"demo.csv", "demo_faults.csv"})
        QVERIFY2(contentOf(demoFile(name)) == contentOf(folder.filePath(QString::fromLatin1(name))),
                 name);

    const FamilyPointer fresh = familyIn(folder.filePath(QStringLiteral("demo.stint")));
    QVERIFY(fresh);
    QVERIFY(fresh->channels == m_family->channels);
    QCOMPARE(fresh->variants.size(), m_family->variants.size());
    const double least = std::string(stint::floatKernels().name) == kernelsOfTheBundled
        ? alikeWithSameKernels
        : alikeWithOtherKernels;
    for (std::size_t i = 0; i < fresh->variants.size(); ++i) {
        const VariantName variant = fresh->variants[i].name;
        const std::string name = stint::toString(variant);
        QVERIFY2(variant == m_family->variants[i].name, name.c_str());
        QVERIFY2(fresh->variants[i].config == m_family->variants[i].config, name.c_str());
        const Played own = play(m_recording, fresh, variant);
        const Played& bundled = bundledRun(name);
        const double alike = correlation(own.scores, bundled.scores);
        QVERIFY2(alike >= least, (name + " correlates by " + std::to_string(alike)).c_str());
        QVERIFY2(judge(own, m_faults, m_recording->rows()).found
                     == judge(bundled, m_faults, m_recording->rows()).found,
                 name.c_str());
    }
}

void TestDemoFamily::anotherRecordingIsJudgedAsWell_data()
{
    QTest::addColumn<quint64>("seed");
    QTest::newRow("seed two") << quint64 {2};
}

void TestDemoFamily::anotherRecordingIsJudgedAsWell()
{
    if (slowBuild)
        QSKIP("Training takes minutes in this build; the optimised build runs this.");
    QFETCH(const quint64, seed);
    stint::demo::SimulatorSettings settings;
    settings.seed = seed;
    const auto recording
        = std::make_shared<const Recording>(stint::demo::simulateMachine(settings));
    const VariantName variant {stint::WeightFormat::SparseBinary, stint::AttentionMask::StepT};
    stint::TrainSettings training = stint::demo::demoTraining();
    training.variants = {variant};
    const auto outcome = stint::trainFamily({recording}, training);
    QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.error().message.c_str());
    const Judgement judgement = judge(play(recording, outcome->family, variant),
                                      stint::demo::simulatedFaults(settings), recording->rows());
    const QByteArray text = described(judgement);
    QVERIFY2(judgement.foundKinds.size() >= 5, text.constData());
    QVERIFY2(falseAlarmsAreFew(judgement), text.constData());
    QVERIFY2(judgement.namedKinds.size() >= 4, text.constData());
}

QTEST_APPLESS_MAIN(TestDemoFamily)
#include "tst_demo_family.moc"
