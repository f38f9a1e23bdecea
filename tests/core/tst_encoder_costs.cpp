#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/encoder_grid.h"
#include "tests/support/random_parameters.h"
#include "tests/support/stream_runs.h"

#include <QTest>

using namespace stint;

namespace {

/// Operations of one answer by part, written down once more from the description of each class.
struct Operations {
    Index embedding = 0;
    Index projection = 0; // query, key, value, in tokens times d²
    Index attention = 0; // logits and weighted sums, in tokens times keys times d
    Index rest = 0; // output and feed-forward, in tokens

    void add(Index projections, Index pairs, Index tokens)
    {
        projection += projections;
        attention += 2 * pairs;
        rest += tokens;
    }
};

/// Tokens whose outputs of the last block are asked for, beside the newest.
bool allOutputs(const EncoderConfig& c)
{
    return c.pooling == Pooling::Mean || c.norm == Norm::Time;
}

/// A block that mixes all tokens, on all of them or for the newest only.
void addMixing(Operations& all, const EncoderConfig& c, bool newestOnly)
{
    const Index keys = c.queryToken() ? c.past() : c.window;
    const Index queries = newestOnly ? 1 : c.window;
    all.add(2 * keys + queries, queries * keys, queries);
}

Operations windowOperations(const EncoderConfig& c)
{
    Operations all;
    all.embedding = c.realRows();
    const Index self = c.attention == AttentionMask::StepT && c.newestIsKey() ? 1 : 0;
    for (Index l = 0; l < c.layers; ++l) {
        const bool newestOnly = l + 1 == c.layers && !allOutputs(c);
        if (c.mixesPast())
            addMixing(all, c, newestOnly);
        else if (c.attention == AttentionMask::StepT)
            all.add(2 * (c.past() + self) + 1, c.past() + self, newestOnly ? 1 : c.window);
        else
            all.add(allOutputs(c) ? c.window : 1, 0, allOutputs(c) ? c.window : 1);
    }
    if (c.attention == AttentionMask::SelfOnly && !allOutputs(c))
        all.embedding = c.newest == Newest::Zeroed ? 0 : 1;
    return all;
}

/// Step-T, and one block of any attention: key and value of the row, one query over the window,
/// output and feed-forward on both paths.
Operations twoPathOperations(const EncoderConfig& c)
{
    Operations all;
    all.embedding = 1;
    for (Index l = 0; l < c.layers; ++l) {
        const bool own = c.newestIsKey() && (l > 0 || c.newest != Newest::Visible);
        const bool pastGoesOn = l + 1 < c.layers || c.pooling == Pooling::Mean;
        all.add(3 + (own ? 2 : 0), c.newestKeys(), pastGoesOn ? 2 : 1);
    }
    return all;
}

Operations continualOperations(const EncoderConfig& c)
{
    Operations all;
    all.embedding = 1;
    if (c.attention == AttentionMask::SelfOnly) {
        all.embedding = c.newest == Newest::Zeroed ? 0 : 1;
        all.add(c.layers, 0, c.layers);
        return all;
    }
    if (continualStepping(c) == Stepping::TwoPath)
        return twoPathOperations(c);
    // Block 1: a new row and a new column of logits, and the weighted sums of all rows.
    const Index r = c.realRows();
    all.add(3, 0, c.window);
    all.attention = 2 * r + r * r;
    if (c.queryToken())
        all.add(1, r, 0);
    for (Index l = 1; l < c.layers; ++l)
        addMixing(all, c, l + 1 == c.layers && c.pooling == Pooling::Newest);
    return all;
}

std::uint64_t totalOf(const EncoderConfig& c, const Operations& all)
{
    const Index d = c.width;
    return static_cast<std::uint64_t>(all.embedding * c.inputs * d + all.projection * d * d
                                      + all.attention * d + all.rest * (d * d + 2 * d * c.hidden)
                                      + d * c.outputs);
}

} // namespace

/// What the kernels count per answer is what the description of each class says.
class TestEncoderCosts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void windowCountsAreTheForm_data() { addMasks(); }
    void windowCountsAreTheForm();
    void continualCountsAreTheForm_data() { addMasks(); }
    void continualCountsAreTheForm();
    void keptWeightsAreWhatIsCounted();

private:
    static void addMasks()
    {
        QTest::addColumn<AttentionMask>("attention");
        for (const AttentionMask attention : allAttentionMasks)
            QTest::newRow(name(attention).data()) << attention;
    }
};

void TestEncoderCosts::windowCountsAreTheForm()
{
    QFETCH(AttentionMask, attention);
    for (const Newest newest : allNewest) {
        test::forEachLegal(attention, newest, {1, 3}, {2, 5}, [&](auto config, Index turn) {
            const auto parameters
                = test::randomParameters(config, {}, static_cast<std::uint64_t>(turn));
            const Encoder<float> encoder(config, convert<float>(parameters));
            const auto x = test::asMatrix<float>(test::randomRows(config.window, config.inputs, 3));
            const auto counted = test::windowed(encoder, x).counts.total().operations;
            const auto form = totalOf(config, windowOperations(config));
            QVERIFY2(counted == form, qPrintable(test::described(config)));
        });
    }
}

void TestEncoderCosts::continualCountsAreTheForm()
{
    QFETCH(AttentionMask, attention);
    for (const Newest newest : allNewest) {
        test::forEachLegal(attention, newest, {1, 2, 4}, {2, 5}, [&](auto config, Index turn) {
            if (continualRefusal(config))
                return;
            const auto parameters
                = test::randomParameters(config, {}, static_cast<std::uint64_t>(turn));
            const Encoder<float> encoder(config, convert<float>(parameters));
            const auto x
                = test::asMatrix<float>(test::randomRows(config.window + 6, config.inputs, 3));
            const PartCounts counts = test::streamed(encoder, x, 0, {3}).counts;
            const auto form = totalOf(config, continualOperations(config));
            QVERIFY2(counts.total().operations == 7 * form, qPrintable(test::described(config)));
            QVERIFY(counts.total().executed >= counts.total().operations);
        });
    }
}

/// A pruned weight costs nothing, wherever it stands and however the encoder is stepped.
void TestEncoderCosts::keptWeightsAreWhatIsCounted()
{
    for (const WeightFormat format : {WeightFormat::Sparse, WeightFormat::SparseBinary}) {
        for (const AttentionMask attention : {AttentionMask::Full, AttentionMask::StepT}) {
            EncoderConfig config = test::sized(5, 2, 0);
            config.attention = attention;
            config.hidden = 8; // a quarter of every layer is a whole number of weights
            config.inputs = 4;
            const auto x = test::asMatrix<float>(test::randomRows(9, config.inputs, 3));
            const auto counted = [&](const test::RandomRecipe& recipe) {
                const auto parameters = test::randomParameters(config, recipe, 4);
                const Encoder<float> encoder(config, convert<float>(parameters));
                return test::streamed(encoder, x, 0, {2}).counts;
            };
            const PartCounts dense = counted({});
            const PartCounts sparse = counted({.format = format, .keep = 0.25, .sparseEnds = true});
            QCOMPARE(sparse[Part::Attention].operations, dense[Part::Attention].operations);
            for (const Part part :
                 {Part::Embedding, Part::Projection, Part::Output, Part::FeedForward, Part::Head})
                QCOMPARE(4 * sparse[part].operations, dense[part].operations);
        }
    }
}

QTEST_APPLESS_MAIN(TestEncoderCosts)
#include "tst_encoder_costs.moc"
