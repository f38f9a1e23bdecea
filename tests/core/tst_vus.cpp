#include "core/base/rng.h"
#include "core/detect/vus.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace stint;

namespace {

using Scores = std::vector<double>;
using Labels = std::vector<unsigned char>;

bool near(double actual, double expected) { return std::abs(actual - expected) <= 1e-12; }

/// The weight of a row outside every segment, straight from the definition.
double softWeight(const Labels& labels, std::size_t row, std::size_t buffer)
{
    if (labels[row] != 0)
        return 1.0;
    const auto weightAt = [&](std::size_t distance) {
        return std::sqrt(1.0 - static_cast<double>(distance) / static_cast<double>(buffer));
    };
    double weight = 0.0;
    for (std::size_t border = 0; border < labels.size(); ++border) {
        const bool first = labels[border] != 0 && (border == 0 || labels[border - 1] == 0);
        const bool last
            = labels[border] != 0 && (border + 1 == labels.size() || labels[border + 1] == 0);
        if (first && border > row && border - row <= buffer / 2)
            weight += weightAt(border - row);
        if (last && border < row && row - border <= buffer / 2)
            weight += weightAt(row - border);
    }
    return std::min(1.0, weight);
}

/// The number of the zone of each row, -1 outside; a new number where no buffer overlaps.
std::vector<int> zonesOf(const Labels& labels, std::size_t reach)
{
    std::vector<int> zone(labels.size(), -1);
    int zones = 0;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        if (labels[row] == 0)
            continue;
        std::size_t last = row;
        while (last + 1 < labels.size() && labels[last + 1] != 0)
            ++last;
        const std::size_t from = row - std::min(row, reach);
        const int number = zone[from] >= 0 ? zone[from] : zones++;
        for (std::size_t k = from; k <= std::min(labels.size() - 1, last + reach); ++k)
            zone[k] = number;
        row = last;
    }
    return zone;
}

double fractionOfZonesHit(const Scores& scores, const std::vector<int>& zone, double threshold)
{
    const int zones = 1 + *std::max_element(zone.begin(), zone.end());
    double hits = 0.0;
    for (int number = 0; number < zones; ++number) {
        bool hit = false;
        for (std::size_t row = 0; row < zone.size(); ++row)
            hit = hit || (zone[row] == number && scores[row] >= threshold);
        hits += hit ? 1.0 : 0.0;
    }
    return hits / zones;
}

double naiveArea(const Scores& scores, const Labels& labels, std::size_t buffer)
{
    const std::vector<int> zone = zonesOf(labels, buffer / 2);
    Scores thresholds = scores;
    std::sort(thresholds.begin(), thresholds.end(), std::greater<>());
    double area = 0.0;
    double recallBefore = 0.0;
    for (const double threshold : thresholds) {
        double truePositives = 0.0;
        double outside = 0.0;
        double alarms = 0.0;
        double anomalous = 0.0;
        for (std::size_t row = 0; row < labels.size(); ++row) {
            anomalous += labels[row] != 0 ? 1.0 : 0.0;
            if (scores[row] < threshold)
                continue;
            const double weight = softWeight(labels, row, buffer);
            alarms += 1.0;
            truePositives += weight;
            outside += labels[row] == 0 ? weight : 0.0;
        }
        const double recall = std::min(1.0, truePositives / (anomalous + outside / 2.0))
            * fractionOfZonesHit(scores, zone, threshold);
        area += (recall - recallBefore) * truePositives / alarms;
        recallBefore = recall;
    }
    return area;
}

} // namespace

class TestVus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void naiveTwinAgrees_data();
    void naiveTwinAgrees();
    void handWorkedBuffer();
    void perfectScoresReachOneWithoutBuffer();
    void nearMissCountsWithABuffer();
    void buffersStayInsideTheirRecording();
    void longBuffersOnShortRecordings();
};

void TestVus::naiveTwinAgrees_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 20; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

void TestVus::naiveTwinAgrees()
{
    QFETCH(int, seed);
    Rng rng(static_cast<std::uint64_t>(seed));
    const std::size_t rows = 10 + rng.below(50);
    Scores scores(rows);
    Labels labels(rows, 0);
    for (std::size_t row = 0; row < rows; ++row) {
        scores[row] = static_cast<double>(rng.below(9));
        const bool continues = row > 0 && labels[row - 1] != 0;
        labels[row] = rng.uniform() < (continues ? 0.6 : 0.1) ? 1 : 0;
    }
    labels.front() = 0;
    labels[rows / 2] = 1;

    constexpr std::size_t maxBuffer = 12;
    double expected = 0.0;
    for (std::size_t buffer = 0; buffer <= maxBuffer; ++buffer)
        expected += naiveArea(scores, labels, buffer) / (maxBuffer + 1.0);
    QVERIFY(near(vusPr(scores, labels, maxBuffer), expected));
}

// Buffer 0: recall 1 at precision 1/2. Buffer 1 reaches no neighbour. Buffer 2: the neighbours of
// the segment weigh sqrt(1/2); the alarm beside it gives recall w/(1 + w/2) at precision w.
void TestVus::handWorkedBuffer()
{
    const Scores scores {0, 0, 1, 2, 0, 0};
    const Labels labels {0, 0, 1, 0, 0, 0};
    const double w = std::sqrt(0.5);
    const double first = w / (1.0 + w / 2.0);
    const double withBuffer = first * w + (1.0 - first) * (1.0 + w) / 2.0;
    QVERIFY(near(vusPr(scores, labels, 0), 0.5));
    QVERIFY(near(vusPr(scores, labels, 1), 0.5));
    QVERIFY(near(vusPr(scores, labels, 2), (0.5 + 0.5 + withBuffer) / 3.0));
}

void TestVus::perfectScoresReachOneWithoutBuffer()
{
    const Scores scores {0, 0, 3, 3, 0, 0};
    const Labels labels {0, 0, 1, 1, 0, 0};
    QVERIFY(near(vusPr(scores, labels, 0), 1.0));
}

void TestVus::nearMissCountsWithABuffer()
{
    Scores late(40, 0.0);
    Scores far(40, 0.0);
    Labels labels(40, 0);
    labels[10] = labels[11] = 1;
    late[12] = late[13] = 1.0;
    far[30] = far[31] = 1.0;
    QVERIFY(near(vusPr(late, labels, 0), vusPr(far, labels, 0)));
    QVERIFY(vusPr(late, labels, 10) > vusPr(far, labels, 10) + 0.2);
}

void TestVus::buffersStayInsideTheirRecording()
{
    // The alarm lies in the second recording, right after the segment that ends the first.
    const Scores scores {0, 0, 1, 2, 0, 0};
    const Labels labels {0, 0, 1, 0, 0, 0};
    const std::vector<std::size_t> starts {0, 3};
    QVERIFY(near(vusPr(scores, labels, 2, starts), 0.5));

    // Segments on both sides of the border are two zones: one found is half the recall.
    const Scores one {0, 0, 9, 1, 2, 2};
    const Labels both {0, 0, 1, 1, 0, 0};
    QVERIFY(near(vusPr(one, both, 0), 0.5 + 0.5 * 0.5));
    QVERIFY(near(vusPr(one, both, 0, starts), 0.25 + 0.75 * 0.5));
}

void TestVus::longBuffersOnShortRecordings()
{
    const Scores scores {1, 2, 3};
    const Labels labels {0, 1, 0};
    const double value = vusPr(scores, labels, 1000);
    QVERIFY(value > 0.0 && value <= 1.0);
    QVERIFY(std::isnan(vusPr(scores, Labels {0, 0, 0}, 10)));
    QVERIFY(std::isnan(vusPr(scores, Labels {1, 1, 1}, 10)));
}

QTEST_APPLESS_MAIN(TestVus)
#include "tst_vus.moc"
