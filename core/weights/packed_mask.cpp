#include "core/weights/packed_mask.h"

#include "core/weights/range_coder.h"

#include <algorithm>

namespace stint {

namespace {

constexpr std::uint64_t one = 1U << 16U; // the unit of BitChance

/// How often a weight was kept so far.
struct Seen {
    std::uint64_t weights = 0;
    std::uint64_t kept = 0;
};

/// Learns how likely the next weight is kept; encoder and decoder teach it the same. The layer's
/// chance is that of Krichevsky and Trofimov, (kept + 1/2) / (weights + 1). A row's or column's own
/// count is mixed with it as if it had seen `priorWeights` weights of the layer's chance, so that
/// the finer contexts cost next to nothing where they tell nothing.
class MaskModel {
public:
    MaskModel(Index rows, Index cols, MaskContext context)
        : m_context(context),
          m_finer(static_cast<std::size_t>(context == MaskContext::Rows          ? rows
                                               : context == MaskContext::Columns ? cols
                                                                                 : 0))
    { }

    [[nodiscard]] BitChance chance(Index row, Index col) const
    {
        const std::uint64_t layer = (2 * m_layer.kept + 1) * one / (2 * m_layer.weights + 2);
        std::uint64_t chance = layer;
        if (m_context != MaskContext::Layer) {
            const Seen& seen = m_finer[place(row, col)];
            chance = (priorWeights * layer + seen.kept * one) / (priorWeights + seen.weights);
        }
        return static_cast<BitChance>(std::clamp<std::uint64_t>(chance, 1, one - 1));
    }

    void learn(Index row, Index col, bool kept)
    {
        count(m_layer, kept);
        if (m_context != MaskContext::Layer)
            count(m_finer[place(row, col)], kept);
    }

private:
    static constexpr std::uint64_t priorWeights = 24;

    [[nodiscard]] std::size_t place(Index row, Index col) const
    {
        return static_cast<std::size_t>(m_context == MaskContext::Rows ? row : col);
    }
    static void count(Seen& seen, bool kept)
    {
        ++seen.weights;
        seen.kept += kept ? 1 : 0;
    }

    MaskContext m_context;
    Seen m_layer;
    std::vector<Seen> m_finer;
};

} // namespace

std::vector<std::uint8_t> encodeMask(const WeightMask& mask, MaskContext context)
{
    MaskModel model(mask.rows, mask.cols, context);
    RangeEncoder encoder;
    std::size_t at = 0;
    for (Index r = 0; r < mask.rows; ++r) {
        for (Index c = 0; c < mask.cols; ++c) {
            const bool kept = mask.kept[at++] != 0;
            encoder.encode(kept, model.chance(r, c));
            model.learn(r, c, kept);
        }
    }
    return encoder.finish();
}

std::optional<DecodedMask> decodeMask(std::span<const std::uint8_t> bytes, Index rows, Index cols,
                                      MaskContext context)
{
    DecodedMask result;
    result.mask = {rows, cols, std::vector<std::uint8_t>(static_cast<std::size_t>(rows * cols))};
    MaskModel model(rows, cols, context);
    RangeDecoder decoder(bytes);
    std::size_t at = 0;
    for (Index r = 0; r < rows && !decoder.overran(); ++r) {
        for (Index c = 0; c < cols; ++c) {
            const bool kept = decoder.decode(model.chance(r, c));
            model.learn(r, c, kept);
            result.mask.kept[at++] = kept ? 1 : 0;
        }
    }
    if (decoder.overran())
        return std::nullopt;
    result.consumed = decoder.consumed();
    // Several codes can stand for one mask; only the one that is written is read.
    const std::vector<std::uint8_t> written = encodeMask(result.mask, context);
    const bool same = written.size() == result.consumed
        && std::equal(written.begin(), written.end(), bytes.begin());
    return same ? std::optional(std::move(result)) : std::nullopt;
}

} // namespace stint
