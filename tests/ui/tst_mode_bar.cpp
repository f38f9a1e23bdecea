#include "ui/panels/mode_bar.h"

#include <QTest>

#include <vector>

using namespace stint;
using ui::ModeBar;
using ui::SegmentedControl;

class TestModeBar : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsOfferedWithoutAModel();
    void onlyWhatIsOfferedCanBeChosen();
    void aRefusedSegmentSaysWhy();
    void clickingAsksAndDoesNotChangeByItself();
    void theNearestOfferedModeIsAskedFor_data();
    void theNearestOfferedModeIsAskedFor();
    void keysDoWhatClicksDo();
    void everyOfferedModeCanBeReached();
    void theAblationIsShownWhereItWasTrained();
};

namespace {

constexpr auto dense = WeightFormat::Dense;
constexpr auto sbt = WeightFormat::SparseBinary;
constexpr auto full = AttentionMask::Full;
constexpr auto stepT = AttentionMask::StepT;
constexpr auto window = Inference::Window;
constexpr auto continual = Inference::Continual;

/// dense/full in window only, dense/step-t and sbt/step-t in both; all else refused with a reason.
std::vector<ModeStatus> usualModes()
{
    std::vector<ModeStatus> modes;
    for (const WeightFormat weights : allWeightFormats) {
        for (const AttentionMask attention : allAttentionMasks) {
            for (const Inference inference : allInferences) {
                const bool trained = (weights == dense && attention != AttentionMask::FixedMask)
                    || (weights == sbt && attention == stepT);
                const bool exact = attention == stepT || inference == window;
                ModeStatus status {{weights, attention, inference}, trained && exact, {}};
                if (!trained)
                    status.why = "not trained";
                else if (!exact)
                    status.why = "not exact";
                modes.push_back(status);
            }
        }
    }
    return modes;
}

/// The modes that a bar asked for.
struct Asked {
    explicit Asked(ModeBar& bar)
    {
        QObject::connect(&bar, &ModeBar::modeRequested, &bar,
                         [this](const Mode& mode) { modes.push_back(mode); });
    }
    std::vector<Mode> modes;
};

} // namespace

void TestModeBar::nothingIsOfferedWithoutAModel()
{
    const ModeBar bar;
    for (const SegmentedControl* control : {bar.weights(), bar.attention(), bar.inference()}) {
        QCOMPARE(control->current(), -1);
        for (int i = 0; i < control->count(); ++i) {
            QVERIFY(!control->button(i)->isEnabled());
            QVERIFY(!control->button(i)->toolTip().isEmpty());
        }
    }
}

void TestModeBar::onlyWhatIsOfferedCanBeChosen()
{
    ModeBar bar;
    bar.setMode({dense, stepT, continual});
    bar.setModes(usualModes());
    const QList<bool> weights {true, false, false, true};
    for (int i = 0; i < 4; ++i)
        QCOMPARE(bar.weights()->button(i)->isEnabled(), weights[i]);
    const QList<bool> attention {true, true, false};
    for (int i = 0; i < 3; ++i)
        QCOMPARE(bar.attention()->button(i)->isEnabled(), attention[i]);
    QVERIFY(bar.inference()->button(0)->isEnabled());
    QVERIFY(bar.inference()->button(1)->isEnabled());
    QCOMPARE(bar.weights()->current(), 0);
    QCOMPARE(bar.attention()->current(), 1);
    QCOMPARE(bar.inference()->current(), 1);
}

void TestModeBar::aRefusedSegmentSaysWhy()
{
    ModeBar bar;
    bar.setModes(usualModes());
    bar.setMode({dense, stepT, continual});
    const QAbstractButton* binary = bar.weights()->button(static_cast<int>(WeightFormat::Binary));
    QCOMPARE(binary->toolTip(), QStringLiteral("not trained"));
    QCOMPARE(binary->accessibleDescription(), QStringLiteral("not trained"));
    // Offered only together with another inference: it says so before it is pressed.
    const QAbstractButton* fullButton = bar.attention()->button(static_cast<int>(full));
    QVERIFY(fullButton->isEnabled());
    QVERIFY(fullButton->toolTip().contains(QStringLiteral("dense/full/window")));
    QVERIFY(fullButton->toolTip().contains(QStringLiteral("not exact")));
}

void TestModeBar::clickingAsksAndDoesNotChangeByItself()
{
    ModeBar bar;
    bar.setModes(usualModes());
    bar.setMode({dense, stepT, continual});
    const Asked asked(bar);
    bar.weights()->button(3)->click();
    QCOMPARE(asked.modes.size(), std::size_t {1});
    QVERIFY((asked.modes[0] == Mode {sbt, stepT, continual}));
    QCOMPARE(bar.weights()->current(), 0);
    bar.setMode(asked.modes[0]);
    QCOMPARE(bar.weights()->current(), 3);
    bar.weights()->button(3)->click();
    QCOMPARE(asked.modes.size(), std::size_t {1});
    QCOMPARE(bar.weights()->current(), 3);
}

void TestModeBar::theNearestOfferedModeIsAskedFor_data()
{
    QTest::addColumn<int>("field");
    QTest::addColumn<int>("segment");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::newRow("inference gives way") << 1 << 0 << QStringLiteral("dense/step-t/continual")
                                         << QStringLiteral("dense/full/window");
    QTest::newRow("attention gives way to weights")
        << 0 << 3 << QStringLiteral("dense/full/window") << QStringLiteral("sbt/step-t/window");
    QTest::newRow("weights give way to attention")
        << 1 << 0 << QStringLiteral("sbt/step-t/continual") << QStringLiteral("dense/full/window");
    QTest::newRow("attention gives way to inference")
        << 2 << 1 << QStringLiteral("dense/full/window")
        << QStringLiteral("dense/step-t/continual");
}

void TestModeBar::theNearestOfferedModeIsAskedFor()
{
    QFETCH(int, field);
    QFETCH(int, segment);
    QFETCH(QString, from);
    QFETCH(QString, to);
    ModeBar bar;
    bar.setModes(usualModes());
    bar.setMode(*parseMode(from.toStdString()));
    const Asked asked(bar);
    const QList<SegmentedControl*> controls {bar.weights(), bar.attention(), bar.inference()};
    controls[field]->button(segment)->click();
    QCOMPARE(asked.modes.size(), std::size_t {1});
    QCOMPARE(QString::fromStdString(toString(asked.modes[0])), to);
}

void TestModeBar::keysDoWhatClicksDo()
{
    ModeBar bar;
    bar.setModes(usualModes());
    bar.setMode({dense, stepT, continual});
    const Asked asked(bar);
    bar.chooseInference(window);
    bar.chooseWeights(WeightFormat::Binary); // not offered
    QCOMPARE(asked.modes.size(), std::size_t {1});
    QVERIFY((asked.modes[0] == Mode {dense, stepT, window}));
}

void TestModeBar::everyOfferedModeCanBeReached()
{
    // Two variants that differ in both fields, so that no single change leads across exactly.
    std::vector<ModeStatus> modes = usualModes();
    for (ModeStatus& status : modes)
        status.offered = status.mode == Mode {dense, full, window}
            || status.mode == Mode {sbt, stepT, continual};
    ModeBar bar;
    bar.setModes(modes);
    bar.setMode({dense, full, window});
    const Asked asked(bar);
    bar.weights()->button(static_cast<int>(sbt))->click();
    QVERIFY((asked.modes.back() == Mode {sbt, stepT, continual}));
    bar.setMode(asked.modes.back());
    bar.inference()->button(static_cast<int>(window))->click();
    QVERIFY((asked.modes.back() == Mode {dense, full, window}));
}

void TestModeBar::theAblationIsShownWhereItWasTrained()
{
    ModeBar bar;
    bar.setModes({{{dense, stepT, window}, true, {}}});
    bar.setMode({dense, stepT, window});
    const QAbstractButton* self
        = bar.attention()->button(static_cast<int>(AttentionMask::SelfOnly));
    QVERIFY(self->isHidden());
    const Mode ablation {dense, AttentionMask::SelfOnly, window};
    bar.setModes({{{dense, stepT, window}, true, {}}, {ablation, true, {}}});
    QVERIFY(!self->isHidden());
    QVERIFY(self->isEnabled());
    QVERIFY2(self->toolTip().contains(QStringLiteral("Key 0")), qPrintable(self->toolTip()));
    QVERIFY(bar.inference()->button(0)->toolTip().contains(QStringLiteral("Key 8")));
}

QTEST_MAIN(TestModeBar)
#include "tst_mode_bar.moc"
