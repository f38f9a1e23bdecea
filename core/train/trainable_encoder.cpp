#include "core/train/trainable_encoder.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace stint {

namespace {

/// Generators of what is not a linear layer: far from the numbers of the layers, so that a table
/// more does not shift the draws of a layer.
constexpr std::uint64_t positionDraw = 1000;
constexpr std::uint64_t maskDraw = 2000;
/// Start of a table of positions without a shape of its own (SBT paper, dense classification).
constexpr double positionBound = 0.02;

/// The linear layers of a block in one fixed order, so that draws, slots and sums agree on it.
template <typename Block, typename Visit>
void forEachLinearOf(Block& block, Visit visit)
{
    visit(block.query);
    visit(block.key);
    visit(block.value);
    visit(block.output);
    visit(block.expand);
    visit(block.contract);
}

template <typename T>
void addTo(AlignedVector<T>& to, const AlignedVector<T>& from)
{
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] += from[i];
}

template <typename T>
Matrix<T> positionTable(const EncoderConfig& config, Rng rng)
{
    Matrix<double> table = fixedPositions(config);
    if (config.positions == Positions::RecyclingLearned)
        table = cyclicTable(config.positionTableRows(), config.width);
    if (config.positions == Positions::WindowLearned) {
        table.resize(config.positionTableRows(), config.width);
        for (Index r = 0; r < table.rows(); ++r)
            std::generate(table.row(r), table.row(r) + table.cols(),
                          [&rng] { return rng.uniform(-positionBound, positionBound); });
    }
    return convert<T>(table);
}

/// (n, d) of ones with int((1 - keep) n d) zeros at random (SBT paper, section 3.2).
template <typename T>
Matrix<T> drawMask(const EncoderConfig& config, Rng rng)
{
    Matrix<T> mask(config.window, config.width);
    const Index count = config.window * config.width;
    std::vector<Index> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), Index {0});
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[rng.below(i)]);
    const auto zeros = static_cast<Index>((1.0 - config.qkvKeep) * static_cast<double>(count));
    for (Index i = zeros; i < count; ++i) {
        const Index at = order[static_cast<std::size_t>(i)];
        mask(at / config.width, at % config.width) = T {1};
    }
    return mask;
}

} // namespace

template <typename T>
void EncoderGradient<T>::setZero()
{
    embed.setZero();
    head.setZero();
    std::fill(queryToken.begin(), queryToken.end(), T {});
    positions.setZero();
    lagBias.setZero();
    for (BlockGradient<T>& b : blocks) {
        forEachLinearOf(b, [](LinearGradient<T>& g) { g.setZero(); });
        b.attentionNorm.setZero();
        b.feedForwardNorm.setZero();
    }
}

template <typename T>
EncoderGradient<T>& EncoderGradient<T>::operator+=(const EncoderGradient& other)
{
    embed += other.embed;
    head += other.head;
    addTo(queryToken, other.queryToken);
    addTo(positions.storage(), other.positions.storage());
    addTo(lagBias.storage(), other.lagBias.storage());
    for (std::size_t l = 0; l < blocks.size(); ++l) {
        BlockGradient<T>& to = blocks[l];
        const BlockGradient<T>& from = other.blocks[l];
        to.query += from.query;
        to.key += from.key;
        to.value += from.value;
        to.output += from.output;
        to.expand += from.expand;
        to.contract += from.contract;
        to.attentionNorm += from.attentionNorm;
        to.feedForwardNorm += from.feedForwardNorm;
    }
    return *this;
}

template <typename T>
TrainableEncoder<T>::TrainableEncoder(const EncoderConfig& c, const EncoderRecipe& recipe, Rng rng)
    : config(c), positions(positionTable<T>(c, rng.fork(positionDraw)))
{
    // Every layer draws from a generator of its own: no layer starts like another.
    std::uint64_t part = 0;
    const auto make = [&](Index outputs, Index inputs, const LinearRecipe& layer) {
        Rng own = rng.fork(part++);
        return TrainableLinear<T>(outputs, inputs, layer, own);
    };
    LinearRecipe feedForward = recipe.blocks;
    if (recipe.bareFeedForward)
        feedForward.bias = BiasKind::None;
    embed = make(c.width, c.inputs, recipe.embed);
    head = make(c.outputs, c.width, recipe.head);
    queryToken.assign(static_cast<std::size_t>(padded(c.width)), T {});
    if (c.positions == Positions::LagBias)
        lagBias.resize(c.heads, c.window);
    if (c.attention == AttentionMask::FixedMask)
        masks = {drawMask<T>(c, rng.fork(maskDraw)), drawMask<T>(c, rng.fork(maskDraw + 1)),
                 drawMask<T>(c, rng.fork(maskDraw + 2))};
    const TrainableNorm<T> norm(c.norm, c.width, c.window);
    for (Index l = 0; l < c.layers; ++l) {
        blocks.push_back({.query = make(c.width, c.width, recipe.blocks),
                          .key = make(c.width, c.width, recipe.blocks),
                          .value = make(c.width, c.width, recipe.blocks),
                          .output = make(c.width, c.width, recipe.blocks),
                          .expand = make(c.hidden, c.width, feedForward),
                          .contract = make(c.width, c.hidden, feedForward),
                          .attentionNorm = norm,
                          .feedForwardNorm = norm});
        dNorms.push_back(norm.zeroGradient());
        dNorms.push_back(norm.zeroGradient());
    }
    dQueryToken = queryToken;
    dLagBias = lagBias;
    if (learnsPositions())
        dPositions.resize(positions.rows(), positions.cols());
    prepare();
}

template <typename T>
bool TrainableEncoder<T>::learnsPositions() const
{
    return config.positions == Positions::WindowLearned
        || config.positions == Positions::RecyclingLearned;
}

template <typename T>
void TrainableEncoder<T>::prepare()
{
    embed.prepare();
    head.prepare();
    for (TrainableBlock<T>& b : blocks)
        forEachLinearOf(b, [](TrainableLinear<T>& linear) { linear.prepare(); });
    if (lagBias.empty())
        return;
    signedLagBias.resize(lagBias.rows(), 2 * config.window - 1);
    for (Index h = 0; h < lagBias.rows(); ++h) {
        for (Index c = 0; c < signedLagBias.cols(); ++c)
            signedLagBias(h, c) = lagBias(h, std::abs(c - config.past()));
    }
}

template <typename T>
EncoderGradient<T> TrainableEncoder<T>::zeroGradient() const
{
    EncoderGradient<T> g;
    g.embed = embed.zeroGradient();
    g.head = head.zeroGradient();
    g.queryToken.assign(queryToken.size(), T {});
    g.positions = Matrix<T>(dPositions.rows(), dPositions.cols());
    g.lagBias = Matrix<T>(signedLagBias.rows(), signedLagBias.cols());
    for (const TrainableBlock<T>& b : blocks) {
        g.blocks.push_back({.query = b.query.zeroGradient(),
                            .key = b.key.zeroGradient(),
                            .value = b.value.zeroGradient(),
                            .output = b.output.zeroGradient(),
                            .expand = b.expand.zeroGradient(),
                            .contract = b.contract.zeroGradient(),
                            .attentionNorm = b.attentionNorm.zeroGradient(),
                            .feedForwardNorm = b.feedForwardNorm.zeroGradient()});
    }
    return g;
}

template <typename T>
void TrainableEncoder<T>::collect(const EncoderGradient<T>& gradient)
{
    embed.collect(gradient.embed);
    head.collect(gradient.head);
    dQueryToken = gradient.queryToken;
    dPositions = gradient.positions;
    dLagBias.setZero();
    for (Index h = 0; h < lagBias.rows(); ++h) {
        for (Index c = 0; c < signedLagBias.cols(); ++c)
            dLagBias(h, std::abs(c - config.past())) += gradient.lagBias(h, c);
    }
    for (std::size_t l = 0; l < blocks.size(); ++l) {
        TrainableBlock<T>& b = blocks[l];
        const BlockGradient<T>& g = gradient.blocks[l];
        b.query.collect(g.query);
        b.key.collect(g.key);
        b.value.collect(g.value);
        b.output.collect(g.output);
        b.expand.collect(g.expand);
        b.contract.collect(g.contract);
        dNorms[2 * l] = g.attentionNorm;
        dNorms[2 * l + 1] = g.feedForwardNorm;
    }
}

template <typename T>
void TrainableEncoder<T>::absorbStatistics(const EncoderGradient<T>& gradient)
{
    for (std::size_t l = 0; l < blocks.size(); ++l) {
        blocks[l].attentionNorm.absorb(gradient.blocks[l].attentionNorm);
        blocks[l].feedForwardNorm.absorb(gradient.blocks[l].feedForwardNorm);
    }
}

template <typename T>
std::vector<TrainedSlot<T>> TrainableEncoder<T>::slots()
{
    std::vector<TrainedSlot<T>> all;
    const auto add = [&all](TrainableLinear<T>& linear) {
        for (const TrainedSlot<T>& slot : linear.slots())
            all.push_back(slot);
    };
    add(embed);
    add(head);
    if (config.newest == Newest::Hidden)
        all.push_back({{queryToken}, {dQueryToken}});
    if (learnsPositions())
        all.push_back({{positions.storage()}, {dPositions.storage()}});
    if (!lagBias.empty())
        all.push_back({{lagBias.storage()}, {dLagBias.storage()}});
    for (std::size_t l = 0; l < blocks.size(); ++l) {
        forEachLinearOf(blocks[l], add);
        if (config.norm == Norm::None)
            continue;
        all.push_back({{blocks[l].attentionNorm.gain()}, {dNorms[2 * l].gain}});
        all.push_back({{blocks[l].attentionNorm.bias()}, {dNorms[2 * l].bias}});
        all.push_back({{blocks[l].feedForwardNorm.gain()}, {dNorms[2 * l + 1].gain}});
        all.push_back({{blocks[l].feedForwardNorm.bias()}, {dNorms[2 * l + 1].bias}});
    }
    return all;
}

template <typename T>
EncoderParameters<T> TrainableEncoder<T>::parameters() const
{
    EncoderParameters<T> p;
    p.embed = embed.parameters();
    p.head = head.parameters();
    p.positions = positions;
    p.lagBias = lagBias;
    p.masks = masks;
    if (config.newest == Newest::Hidden)
        p.queryToken.assign(queryToken.begin(), queryToken.begin() + config.width);
    for (const TrainableBlock<T>& b : blocks) {
        p.blocks.push_back({.query = b.query.parameters(),
                            .key = b.key.parameters(),
                            .value = b.value.parameters(),
                            .output = b.output.parameters(),
                            .expand = b.expand.parameters(),
                            .contract = b.contract.parameters(),
                            .attentionNorm = b.attentionNorm.parameters(),
                            .feedForwardNorm = b.feedForwardNorm.parameters()});
    }
    return p;
}

template struct EncoderGradient<float>;
template struct EncoderGradient<double>;
template struct TrainableEncoder<float>;
template struct TrainableEncoder<double>;

} // namespace stint
