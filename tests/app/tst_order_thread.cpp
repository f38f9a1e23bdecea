#include "app/desktop/order_thread.h"

#include <QTest>

#include <algorithm>
#include <latch>
#include <vector>

using namespace stint;
using app::OrderThread;

/// Orders are carried out beside whoever gives them.
class TestOrderThread : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nobodyWaitsForAnOrder();
    void ordersKeepTheirOrder();
    void failuresAreTold();
    void theEndWaitsForTheOrderAtHand();
};

void TestOrderThread::nobodyWaitsForAnOrder()
{
    std::latch disk(1);
    OrderThread orders;
    QVERIFY(orders.done(0));
    const std::uint64_t slow = orders.post([&disk]() -> Result<Done> {
        disk.wait();
        return Done {};
    });
    const std::uint64_t next = orders.post([]() -> Result<Done> { return Done {}; });
    QVERIFY(!orders.done(slow) && !orders.done(next));
    disk.count_down();
    QTRY_VERIFY(orders.done(next));
    QVERIFY(orders.done(slow));
}

void TestOrderThread::ordersKeepTheirOrder()
{
    std::vector<int> seen;
    OrderThread orders;
    std::uint64_t last = 0;
    for (int i = 0; i < 100; ++i)
        last = orders.post([&seen, i]() -> Result<Done> {
            seen.push_back(i);
            return Done {};
        });
    QTRY_VERIFY(orders.done(last));
    QCOMPARE(last, std::uint64_t {100});
    QCOMPARE(seen.size(), std::size_t {100});
    QVERIFY(std::is_sorted(seen.begin(), seen.end()));
}

void TestOrderThread::failuresAreTold()
{
    OrderThread orders;
    orders.post([]() -> Result<Done> { return Error {"One."}; });
    orders.post([]() -> Result<Done> { return Done {}; });
    const std::uint64_t last = orders.post([]() -> Result<Done> { return Error {"Two."}; });
    QTRY_VERIFY(orders.done(last));
    QCOMPARE(orders.takeProblem().value_or(""), std::string("One."));
    QCOMPARE(orders.takeProblem().value_or(""), std::string("Two."));
    QVERIFY(!orders.takeProblem());
}

void TestOrderThread::theEndWaitsForTheOrderAtHand()
{
    std::latch begun(1);
    bool finished = false;
    {
        OrderThread orders;
        orders.post([&]() -> Result<Done> {
            begun.count_down();
            QTest::qSleep(50);
            finished = true;
            return Done {};
        });
        begun.wait();
    }
    QVERIFY(finished);
}

QTEST_GUILESS_MAIN(TestOrderThread)
#include "tst_order_thread.moc"
