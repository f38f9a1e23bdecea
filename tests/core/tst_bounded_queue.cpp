#include "core/base/bounded_queue.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>

using namespace stint;

class TestBoundedQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itemsComeOutInOrder_data();
    void itemsComeOutInOrder();
    void dropOldestKeepsTheNewestAndCounts();
    void tryPushRefusesWhenBlockingAndFull();
    void tryPopOfAnEmptyQueueLeavesTheItem();
    void poppedBuffersGoBackIntoTheSlots();
    void everyItemArrivesOnceFromManyProducers();
    void stopWakesABlockedPush();
    void stopWakesABlockedPop();
};

void TestBoundedQueue::itemsComeOutInOrder_data()
{
    QTest::addColumn<int>("capacity");
    QTest::addColumn<int>("items");
    QTest::newRow("one slot") << 1 << 5;
    QTest::newRow("zero is taken as one") << 0 << 3;
    QTest::newRow("around the end of the ring") << 3 << 10;
    QTest::newRow("fewer items than slots") << 8 << 2;
}

void TestBoundedQueue::itemsComeOutInOrder()
{
    QFETCH(int, capacity);
    QFETCH(int, items);
    BoundedQueue<int> queue(static_cast<std::size_t>(capacity), OverflowPolicy::Block);
    int expected = 0;
    int pushed = 0;
    while (expected < items) {
        int item = pushed;
        while (pushed < items && queue.tryPush(item))
            item = ++pushed;
        int out = -1;
        QVERIFY(queue.tryPop(out));
        QCOMPARE(out, expected++);
    }
    QCOMPARE(queue.size(), std::size_t {0});
    QCOMPARE(queue.dropped(), std::uint64_t {0});
}

void TestBoundedQueue::dropOldestKeepsTheNewestAndCounts()
{
    BoundedQueue<int> queue(3, OverflowPolicy::DropOldest);
    for (int i = 0; i < 8; ++i) {
        int item = i;
        QVERIFY(queue.tryPush(item));
    }
    QCOMPARE(queue.dropped(), std::uint64_t {5});
    for (int expected = 5; expected < 8; ++expected) {
        int out = -1;
        QVERIFY(queue.tryPop(out));
        QCOMPARE(out, expected);
    }
}

void TestBoundedQueue::tryPushRefusesWhenBlockingAndFull()
{
    BoundedQueue<int> queue(1, OverflowPolicy::Block);
    int item = 1;
    QVERIFY(queue.tryPush(item));
    item = 2;
    QVERIFY(!queue.tryPush(item));
    QCOMPARE(item, 2);
}

void TestBoundedQueue::tryPopOfAnEmptyQueueLeavesTheItem()
{
    BoundedQueue<int> queue(2, OverflowPolicy::Block);
    int item = 7;
    QVERIFY(!queue.tryPop(item));
    QCOMPARE(item, 7);
}

void TestBoundedQueue::poppedBuffersGoBackIntoTheSlots()
{
    BoundedQueue<std::vector<int>> queue(1, OverflowPolicy::Block);
    std::vector<int> item(1000, 1);
    const int* buffer = item.data();
    QVERIFY(queue.tryPush(item));
    std::vector<int> out(10, 2);
    const int* returned = out.data();
    QVERIFY(queue.tryPop(out));
    QCOMPARE(static_cast<const int*>(out.data()), buffer);
    QVERIFY(queue.tryPush(item));
    QVERIFY(queue.tryPop(item));
    QVERIFY(queue.tryPush(out));
    // The slot held the buffer that was given in exchange for the first item.
    QVERIFY(out.data() == returned || item.data() == returned);
}

void TestBoundedQueue::everyItemArrivesOnceFromManyProducers()
{
    constexpr int producers = 3;
    constexpr int each = 5000;
    BoundedQueue<int> queue(4, OverflowPolicy::Block);
    std::vector<int> seen(producers * each, 0);
    {
        std::vector<std::jthread> threads;
        for (int p = 0; p < producers; ++p)
            threads.emplace_back([&queue, p](const std::stop_token& stop) {
                for (int i = 0; i < each; ++i) {
                    int item = p * each + i;
                    if (!queue.push(item, stop))
                        return;
                }
            });
        const std::stop_source never;
        for (int i = 0; i < producers * each; ++i) {
            int item = -1;
            QVERIFY(queue.pop(item, never.get_token()));
            ++seen.at(static_cast<std::size_t>(item));
        }
    }
    QCOMPARE(std::accumulate(seen.begin(), seen.end(), 0), producers * each);
    QVERIFY(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
}

void TestBoundedQueue::stopWakesABlockedPush()
{
    BoundedQueue<int> queue(1, OverflowPolicy::Block);
    int item = 1;
    QVERIFY(queue.tryPush(item));
    std::atomic<int> result {-1};
    std::jthread thread([&](const std::stop_token& stop) {
        int second = 2;
        result = queue.push(second, stop) ? 1 : 0;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    QCOMPARE(result.load(), -1);
    thread.request_stop();
    thread.join();
    QCOMPARE(result.load(), 0);
    QCOMPARE(queue.size(), std::size_t {1});
}

void TestBoundedQueue::stopWakesABlockedPop()
{
    BoundedQueue<int> queue(1, OverflowPolicy::Block);
    std::atomic<int> result {-1};
    std::jthread thread([&](const std::stop_token& stop) {
        int item = 0;
        result = queue.pop(item, stop) ? 1 : 0;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    QCOMPARE(result.load(), -1);
    thread.request_stop();
    thread.join();
    QCOMPARE(result.load(), 0);
}

QTEST_APPLESS_MAIN(TestBoundedQueue)
#include "tst_bounded_queue.moc"
