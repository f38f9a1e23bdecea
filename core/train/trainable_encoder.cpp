#include "core/train/trainable_encoder.h"

#include <algorithm>

namespace stint {

namespace {

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
Matrix<T> positionTable(const EncoderConfig& config)
{
    Matrix<double> table;
    if (config.positions == Positions::WindowSine)
        table = windowSineTable(config.window, config.width);
    if (config.positions == Positions::Recycling)
        table = recyclingTable(config.window, config.width);
    Matrix<T> converted(table.rows(), table.cols());
    for (Index r = 0; r < table.rows(); ++r)
        std::transform(table.row(r), table.row(r) + table.cols(), converted.row(r),
                       [](double v) { return static_cast<T>(v); });
    return converted;
}

} // namespace

template <typename T>
void EncoderGradient<T>::setZero()
{
    embed.setZero();
    head.setZero();
    std::fill(queryToken.begin(), queryToken.end(), T {});
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
    for (std::size_t i = 0; i < queryToken.size(); ++i)
        queryToken[i] += other.queryToken[i];
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
TrainableEncoder<T>::TrainableEncoder(const EncoderConfig& c, const LinearRecipe& blockRecipe,
                                      Rng rng)
    : config(c), positions(positionTable<T>(c))
{
    // Every layer draws from a generator of its own: no layer starts like another.
    std::uint64_t part = 0;
    const auto make = [&](Index outputs, Index inputs, const LinearRecipe& recipe) {
        Rng own = rng.fork(part++);
        return TrainableLinear<T>(outputs, inputs, recipe, own);
    };
    const LinearRecipe floats {};
    embed = make(c.width, c.inputs, floats);
    head = make(c.outputs, c.width, floats);
    queryToken.assign(static_cast<std::size_t>(padded(c.width)), T {});
    dQueryToken = queryToken;
    const Index normWidth = c.norm == Norm::Token ? c.width : 0;
    for (Index l = 0; l < c.layers; ++l) {
        blocks.push_back({.query = make(c.width, c.width, blockRecipe),
                          .key = make(c.width, c.width, blockRecipe),
                          .value = make(c.width, c.width, blockRecipe),
                          .output = make(c.width, c.width, blockRecipe),
                          .expand = make(c.hidden, c.width, blockRecipe),
                          .contract = make(c.width, c.hidden, blockRecipe),
                          .attentionNorm = TrainableNorm<T>(normWidth),
                          .feedForwardNorm = TrainableNorm<T>(normWidth)});
        dNorms.push_back(blocks.back().attentionNorm.zeroGradient());
        dNorms.push_back(blocks.back().feedForwardNorm.zeroGradient());
    }
}

template <typename T>
void TrainableEncoder<T>::prepare()
{
    embed.prepare();
    head.prepare();
    for (TrainableBlock<T>& b : blocks)
        forEachLinearOf(b, [](TrainableLinear<T>& linear) { linear.prepare(); });
}

template <typename T>
EncoderGradient<T> TrainableEncoder<T>::zeroGradient() const
{
    EncoderGradient<T> g;
    g.embed = embed.zeroGradient();
    g.head = head.zeroGradient();
    g.queryToken.assign(queryToken.size(), T {});
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
auto TrainableEncoder<T>::slots() -> std::vector<typename TrainableLinear<T>::Slot>
{
    std::vector<typename TrainableLinear<T>::Slot> all;
    const auto add = [&all](TrainableLinear<T>& linear) {
        for (const auto& slot : linear.slots())
            all.push_back(slot);
    };
    add(embed);
    add(head);
    if (config.newest == Newest::Hidden)
        all.push_back({{queryToken}, {dQueryToken}});
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
