#include "core/train/pass_layout.h"

#include <algorithm>

namespace stint {

namespace {

bool fixedToWindow(const EncoderConfig& config)
{
    return config.positions == Positions::WindowSine
        || config.positions == Positions::WindowLearned;
}

/// The row that the newest token of row t looks at. \param first row of its window.
Index newestSource(const EncoderConfig& config, Index first, Index row)
{
    if (config.newest == Newest::Visible)
        return row;
    return config.newest == Newest::Repeated && row > first ? row - 1 : -1;
}

/// A full mask where the newest token is a key like any other: one kind of token only.
bool allAlike(const EncoderConfig& config) { return config.mixesPast() && !config.queryToken(); }

void addToken(PassLayout& layout, Index source, Index owner, Index position, Index place,
              PassLayout::Sight sight)
{
    layout.source.push_back(source);
    layout.owner.push_back(owner);
    layout.position.push_back(position);
    layout.place.push_back(place);
    layout.sees.push_back(sight);
}

} // namespace

Index PassLayout::mostKeys() const
{
    Index most = 1;
    for (const Sight& s : sees)
        most = std::max(most, s.count + (s.itself ? 1 : 0));
    return most;
}

std::vector<RowRange> PassLayout::allTokens() const
{
    if (!newestApart())
        return {{0, tokens()}};
    return {{past, tokens()}, {0, past}};
}

bool PassLayout::sharesPast(const EncoderConfig& config)
{
    if (config.mixesPast() || config.norm == Norm::Time || config.pooling == Pooling::Mean)
        return false;
    return config.attention == AttentionMask::SelfOnly || !fixedToWindow(config);
}

PassLayout PassLayout::ofSequence(const EncoderConfig& config, const std::vector<Index>& rows,
                                  Index phase)
{
    PassLayout layout;
    // With self-only attention nobody looks at the past.
    const Index keys = config.attention == AttentionMask::SelfOnly ? 0 : config.past();
    const Index begin = rows.front() - keys;
    layout.past = keys == 0 ? 0 : rows.back() - begin;
    const Sight self {0, 0, 0, true};
    for (Index j = 0; j < layout.past; ++j)
        addToken(layout, begin + j, 0, begin + j + phase, 0, self);
    const bool itself = config.attention == AttentionMask::SelfOnly || config.newestIsKey();
    for (const Index row : rows) {
        const Index first = keys == 0 ? 0 : row - keys - begin;
        layout.windows.push_back({first, keys, layout.tokens()});
        addToken(layout, newestSource(config, row - config.past(), row), 0,
                 fixedToWindow(config) ? config.past() : row + phase, config.past(),
                 {first, keys, -keys, itself});
    }
    return layout;
}

PassLayout PassLayout::ofWindows(const EncoderConfig& config,
                                 const std::vector<WindowRows>& windows)
{
    PassLayout layout;
    const bool mixes = config.mixesPast();
    const bool together = allAlike(config);
    const auto add = [&](std::size_t w, Index row, Sight sight) {
        const Index inWindow = row - windows[w].first;
        const Index looksAt
            = row < windows[w].newest ? row : newestSource(config, windows[w].first, row);
        addToken(layout, looksAt, static_cast<Index>(w),
                 fixedToWindow(config) ? inWindow : row + windows[w].phase, inWindow, sight);
    };
    for (std::size_t w = 0; w < windows.size(); ++w) {
        const Index first = layout.tokens();
        const Index past = windows[w].newest - windows[w].first;
        const Index keys = together ? past + 1 : past;
        for (Index j = 0; j < keys; ++j)
            add(w, windows[w].first + j,
                mixes ? Sight {first, keys, -j, false} : Sight {0, 0, 0, true});
        layout.windows.push_back({first, past, first + past});
    }
    layout.past = layout.tokens();
    for (std::size_t w = 0; w < windows.size() && !together; ++w) {
        Window& window = layout.windows[w];
        window.newest = layout.tokens();
        const Index keys = config.attention == AttentionMask::SelfOnly ? 0 : window.past;
        add(w, windows[w].newest, {window.first, keys, -window.past, config.newestIsKey()});
    }
    return layout;
}

} // namespace stint
