#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/golden.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace stint;
using test::GoldenCase;
using test::GoldenWindow;

/// The running encoders against answers that PyTorch computed (tests/golden/make_golden.py).
class TestGolden : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyGroupHoldsCases();
    void everyArchitectureIsAllowed();
    void tablesOfPositionsEqualPyTorch();
    void windowEqualsPyTorch_data();
    void windowEqualsPyTorch();
    void windowsOfAStreamEqualPyTorch_data();
    void windowsOfAStreamEqualPyTorch();
    void streamEqualsPyTorch_data();
    void streamEqualsPyTorch();
};

namespace {

constexpr double doubleTolerance = 1e-9;
constexpr double floatTolerance = 1e-5;

/// Largest |a - b| / max(1, |b|) over one answer; infinity for what is no number.
template <typename T>
double difference(const T* a, const double* b, Index count)
{
    double worst = 0.0;
    for (Index i = 0; i < count; ++i) {
        const double apart = std::abs(static_cast<double>(a[i]) - b[i]);
        worst = std::isnan(apart) ? std::numeric_limits<double>::infinity()
                                  : std::max(worst, apart / std::max(1.0, std::abs(b[i])));
    }
    return worst;
}

template <typename T>
double worstOfWindows(const GoldenCase& golden)
{
    const Encoder<T> encoder(golden.config, convert<T>(golden.parameters));
    WindowEncoder<T> window(encoder);
    Matrix<T> answer(1, golden.config.outputs);
    double worst = 0.0;
    for (const GoldenWindow& w : golden.windows) {
        const Matrix<T> x = convert<T>(w.x);
        PartCounts uncounted;
        window.answer(x.row(0), x.stride(), x.rows(), w.row, answer.row(0), nullptr, uncounted);
        worst = std::max(worst, difference(answer.row(0), w.answer.data(), golden.config.outputs));
    }
    return worst;
}

template <typename T>
double worstOfStreamWindows(const GoldenCase& golden)
{
    const Encoder<T> encoder(golden.config, convert<T>(golden.parameters));
    WindowEncoder<T> window(encoder);
    const Matrix<T> x = convert<T>(golden.stream);
    Matrix<T> answer(1, golden.config.outputs);
    double worst = 0.0;
    for (Index i = 0; i < golden.streamAnswers.rows(); ++i) {
        PartCounts uncounted;
        window.answer(x.row(i), x.stride(), i, answer.row(0), nullptr, uncounted);
        worst = std::max(
            worst, difference(answer.row(0), golden.streamAnswers.row(i), golden.config.outputs));
    }
    return worst;
}

template <typename T>
double worstOfStream(const GoldenCase& golden, Index block)
{
    const Index past = golden.config.past();
    const Encoder<T> encoder(golden.config, convert<T>(golden.parameters));
    ContinualStream<T> stream(encoder, block);
    const Matrix<T> x = convert<T>(golden.stream);
    Matrix<T> answers(block, golden.config.outputs);
    double worst = 0.0;
    stream.reset(0);
    for (Index r = 0; r < past; ++r)
        stream.absorb(x.row(r), x.stride(), 1);
    for (Index at = past; at < x.rows(); at += block) {
        const Index count = std::min(block, x.rows() - at);
        PartCounts uncounted;
        stream.step(x.row(at), x.stride(), count, answers.row(0), answers.stride(), nullptr,
                    uncounted);
        for (Index r = 0; r < count; ++r)
            worst = std::max(worst,
                             difference(answers.row(r), golden.streamAnswers.row(at - past + r),
                                        golden.config.outputs));
    }
    return worst;
}

const GoldenCase& goldenOf(const QString& group, int number)
{
    return test::goldenCases(group.toStdString()).at(static_cast<std::size_t>(number));
}

void addRows(const char* group)
{
    int number = 0;
    for (const GoldenCase& golden : test::goldenCases(group))
        QTest::addRow("%s: %s", group, golden.name.c_str())
            << QString::fromLatin1(group) << number++;
}

void addColumns()
{
    QTest::addColumn<QString>("group");
    QTest::addColumn<int>("number");
}

QByteArray shown(double difference) { return QByteArray::number(difference); }

} // namespace

void TestGolden::everyGroupHoldsCases()
{
    for (const char* group : test::goldenGroups)
        QVERIFY2(test::goldenCases(group).size() >= 4, group);
    QVERIFY(test::goldenCases(test::goldenStreams).size() >= 12);
    for (const GoldenCase& golden : test::goldenCases(test::goldenStreams)) {
        QVERIFY(golden.stream.rows() >= 6 * golden.config.window);
        QCOMPARE(golden.streamAnswers.rows(), golden.stream.rows() - golden.config.past());
    }
}

void TestGolden::everyArchitectureIsAllowed()
{
    for (const char* group : test::goldenGroups) {
        for (const GoldenCase& golden : test::goldenCases(group)) {
            const auto wrong = golden.config.validate();
            QVERIFY2(!wrong, wrong ? wrong->message.c_str() : "");
        }
    }
    for (const GoldenCase& golden : test::goldenCases(test::goldenStreams)) {
        const auto why = continualRefusal(golden.config);
        QVERIFY2(!why, why ? (golden.name + ": " + *why).c_str() : "");
    }
}

void TestGolden::tablesOfPositionsEqualPyTorch()
{
    int seen = 0;
    for (const GoldenCase& golden : test::goldenCases("positions")) {
        const EncoderConfig& c = golden.config;
        const bool sine = c.positions == Positions::WindowSine;
        if (!sine && c.positions != Positions::Recycling)
            continue;
        ++seen;
        const Matrix<double> table
            = sine ? windowSineTable(c.window, c.width) : cyclicTable(2 * c.window, c.width);
        QCOMPARE(golden.parameters.positions.rows(), table.rows());
        for (Index t = 0; t < table.rows(); ++t)
            QVERIFY(difference(table.row(t), golden.parameters.positions.row(t), c.width)
                    < doubleTolerance);
    }
    QCOMPARE(seen, 4);
}

void TestGolden::windowEqualsPyTorch_data()
{
    addColumns();
    for (const char* group : test::goldenGroups)
        addRows(group);
}

void TestGolden::windowEqualsPyTorch()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    const double inDouble = worstOfWindows<double>(golden);
    QVERIFY2(inDouble < doubleTolerance, shown(inDouble).constData());
    const double inFloat = worstOfWindows<float>(golden);
    QVERIFY2(inFloat < floatTolerance, shown(inFloat).constData());
}

void TestGolden::windowsOfAStreamEqualPyTorch_data()
{
    addColumns();
    addRows(test::goldenStreams);
}

void TestGolden::windowsOfAStreamEqualPyTorch()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    const double inDouble = worstOfStreamWindows<double>(golden);
    QVERIFY2(inDouble < doubleTolerance, shown(inDouble).constData());
    const double inFloat = worstOfStreamWindows<float>(golden);
    QVERIFY2(inFloat < floatTolerance, shown(inFloat).constData());
}

void TestGolden::streamEqualsPyTorch_data()
{
    addColumns();
    addRows(test::goldenStreams);
}

void TestGolden::streamEqualsPyTorch()
{
    QFETCH(QString, group);
    QFETCH(int, number);
    const GoldenCase& golden = goldenOf(group, number);
    for (const Index block : {1, 4, 5, 9}) {
        const double inDouble = worstOfStream<double>(golden, block);
        QVERIFY2(inDouble < doubleTolerance, shown(inDouble).constData());
        const double inFloat = worstOfStream<float>(golden, block);
        QVERIFY2(inFloat < floatTolerance, shown(inFloat).constData());
    }
}

QTEST_APPLESS_MAIN(TestGolden)
#include "tst_golden.moc"
