#pragma once

#include "core/encoder/encoder_config.h"

#include <QString>

#include <vector>

namespace stint::test {

inline QString described(const EncoderConfig& c)
{
    const auto word = [](std::string_view text) {
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    };
    return QStringLiteral("n %1, L %2, H %3, d %4, %5%6, %7, positions %8, norm %9, pooling ")
               .arg(c.window)
               .arg(c.layers)
               .arg(c.heads)
               .arg(c.width)
               .arg(word(name(c.attention)),
                    c.newestSeesItself ? QStringLiteral(" with itself") : QString(),
                    word(name(c.newest)), word(name(c.positions)), word(name(c.norm)))
        + word(name(c.pooling)) + QStringLiteral(", ") + word(name(c.activation));
}

/// Whether a configuration can be run at all.
inline bool isLegal(const EncoderConfig& c)
{
    const bool pointless = c.newestSeesItself
        && (c.attention != AttentionMask::StepT || c.queryToken()); // says the same as without
    return !pointless && !c.validate();
}

/// The sizes of the grid: d, H and m by turns, so that heads of odd and of even size occur, of one
/// feature too.
inline EncoderConfig sized(Index window, Index layers, Index turn)
{
    struct Shape {
        Index width, heads, inputs;
    };
    constexpr std::array shapes {Shape {12, 2, 3}, Shape {8, 1, 1}, Shape {6, 3, 5},
                                 Shape {4, 2, 2}};
    const Shape& shape = shapes[static_cast<std::size_t>(turn) % shapes.size()];
    EncoderConfig c;
    c.window = window;
    c.layers = layers;
    c.width = shape.width;
    c.heads = shape.heads;
    c.inputs = shape.inputs;
    c.outputs = 2;
    c.hidden = 7;
    c.scaleEmbedding = turn % 3 != 0;
    c.reluBeforeHead = turn % 5 != 0;
    c.activation = turn % 4 == 1 ? Activation::Gelu : Activation::Relu;
    return c;
}

/// Calls visit(config, turn) for every legal combination of positions, norm, pooling and
/// newestSeesItself under this mask and newest token, at these depths and windows.
template <typename Visit>
void forEachLegal(AttentionMask attention, Newest newest, const std::vector<Index>& layers,
                  const std::vector<Index>& windows, Visit visit)
{
    Index turn = 0;
    const auto combined = [&](EncoderConfig c, Positions positions, Norm norm) {
        for (const Pooling pooling : allPoolings) {
            for (const bool seesItself : {false, true}) {
                c.attention = attention;
                c.newest = newest;
                c.positions = positions;
                c.norm = norm;
                c.pooling = pooling;
                c.newestSeesItself = seesItself;
                if (isLegal(c))
                    visit(c, turn);
            }
        }
    };
    for (const Index depth : layers) {
        for (const Index window : windows) {
            for (const Positions positions : allPositions) {
                for (const Norm norm : allNorms)
                    combined(sized(window, depth, ++turn), positions, norm);
            }
        }
    }
}

} // namespace stint::test
