#include "core/stream/live_player.h"

#include "core/series/standardiser.h"
#include "core/stream/row_scorer.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>
#include <vector>

namespace stint {

namespace {

/// A block of rows that have no answer.
void leaveUnanswered(ResultBlock& out, Index rows, Index channels)
{
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    const auto size = static_cast<std::size_t>(rows);
    out.rows = rows;
    out.channels = channels;
    for (std::vector<float>* scores : {&out.score, &out.encoderScore, &out.autoregressionScore})
        scores->assign(size, none);
    out.contributions.assign(size * static_cast<std::size_t>(channels), 0.0F);
    out.alarm.assign(size, 0);
    out.part.assign(size, ScorePart::Encoder);
    out.held.assign(size, 0);
    out.forecast.clear();
    out.classes = 0;
    out.attentionRows = 0;
    out.attention.clear();
}

/// Rows that the mode with the longest memory looks back at.
Index longestMemory(const std::shared_ptr<const Family>& family, ScoreKind score)
{
    Index longest = 1;
    for (const ModeStatus& status : family->modes()) {
        if (status.offered)
            longest = std::max(
                longest,
                RowScorer(family, status.mode, score, 1, family->standardiser, {}).memory());
    }
    return longest;
}

} // namespace

class LivePlayer::Impl {
public:
    Impl(std::shared_ptr<const Family> f, const LivePlayerOptions& o, RowRange n)
        : family(std::move(f)),
          options(o),
          normal(n),
          channels(static_cast<Index>(family->channels.size())),
          memory(longestMemory(family, options.score)),
          standardiser(family->standardiser),
          hold(standardiser),
          kept(2 * memory + options.maxBlock, channels),
          held(static_cast<std::size_t>(options.maxBlock))
    {
        setJudge();
        if (normal.count() == 0)
            setScorer();
    }

    void setJudge()
    {
        judge = judgeFor(*family, options.mode, options.score, options.threshold, options.motion);
    }

    [[nodiscard]] float threshold() const
    {
        if (judge)
            return judge->threshold();
        return options.threshold ? *options.threshold
                                 : thresholdFor(*family, options.mode, options.score);
    }

    /// A scorer for the mode; with the normal rows at hand, adapted to them.
    void setScorer()
    {
        std::optional<Adaptation> adaptation;
        if (normal.count() > 0 && family->task != ModelTask::Classify)
            adaptation = adaptedTo(*family, *family->find(options.mode.variant()), normalRows, 0,
                                   normalRows.rows());
        scorer = std::make_unique<RowScorer>(family, options.mode, options.score, options.maxBlock,
                                             standardiser, adaptation);
        refill();
    }

    /// Brings the scorer to what a run from the start of the series would have.
    void refill()
    {
        const Index back = std::min(scorer->memory(), keptRows);
        scorer->reset(next - back);
        scorer->warmUp(kept.row(keptRows - back), kept.stride(), back);
    }

    /// Room for more rows behind the kept ones, the oldest given up.
    void makeRoom(Index rows)
    {
        if (keptRows + rows <= kept.rows())
            return;
        const Index drop = keptRows - memory;
        std::copy(kept.row(drop), kept.row(drop) + memory * kept.stride(), kept.row(0));
        keptRows = memory;
    }

    /// Standardises rows behind the kept ones and returns the first of them.
    const float* take(const double* values, Index rows)
    {
        makeRoom(rows);
        float* first = kept.row(keptRows);
        for (Index r = 0; r < rows; ++r) {
            const std::span row(values + r * channels, static_cast<std::size_t>(channels));
            held[static_cast<std::size_t>(r)]
                = hold.convertRow(row, kept.row(keptRows + r)) ? 1 : 0;
        }
        keptRows += rows;
        return first;
    }

    /// Gathers the rows up to the end of the normal ones; returns how many of these it took.
    Index gather(const double* values, Index rows)
    {
        const Index wanted = std::min(rows, normal.last - gatheredRows);
        gathered.insert(gathered.end(), values, values + wanted * channels);
        gatheredRows += wanted;
        next += wanted;
        if (gatheredRows == normal.last)
            rescale();
        return wanted;
    }

    /// Standardises what was gathered by its normal rows, and continues as if that had been known.
    void rescale()
    {
        std::vector<std::vector<double>> columns(static_cast<std::size_t>(channels));
        std::vector<std::span<const double>> all;
        std::vector<std::span<const double>> parts;
        for (Index c = 0; c < channels; ++c) {
            std::vector<double>& column = columns[static_cast<std::size_t>(c)];
            for (Index r = 0; r < gatheredRows; ++r)
                column.push_back(gathered[static_cast<std::size_t>(r * channels + c)]);
            all.emplace_back(column);
            parts.push_back(all.back().subspan(static_cast<std::size_t>(normal.first)));
        }
        standardiser = fitStandardiser(parts);
        HoldLast own(standardiser);
        own.seed(all, normal.first);
        normalRows = Matrix<float>(normal.count(), channels);
        std::vector<unsigned char> ownHeld(static_cast<std::size_t>(normal.count()));
        own.convert(all, normal.first, normal.last, normalRows.row(0), normalRows.stride(),
                    ownHeld.data());

        hold = HoldLast(standardiser);
        const Index since = next - seriesBegin;
        for (Index r = gatheredRows - since; r < gatheredRows; ++r) {
            makeRoom(1);
            const std::span row(gathered.data() + r * channels, static_cast<std::size_t>(channels));
            hold.convertRow(row, kept.row(keptRows++));
        }
        gathered = {};
        setScorer();
    }

    std::shared_ptr<const Family> family;
    LivePlayerOptions options;
    RowRange normal; // counted from the first row; empty: as trained
    Index channels;
    Index memory; // rows that are kept at least, once there are so many
    Standardiser standardiser;
    HoldLast hold;
    Matrix<float> kept; // (2 memory + maxBlock, C) newest rows of the series, standardised
    Index keptRows = 0;
    std::vector<unsigned char> held; // (maxBlock)
    std::vector<double> gathered; // (gatheredRows, C) until the normal rows are complete
    Index gatheredRows = 0;
    Matrix<float> normalRows; // (normal, C) standardised
    std::unique_ptr<RowScorer> scorer; // none while normal rows are gathered
    std::unique_ptr<RowJudge> judge; // null: the threshold stands still
    Tally tally;
    std::uint64_t run = 1;
    Index next = 0;
    Index seriesBegin = 0;
};

Result<std::unique_ptr<LivePlayer>> LivePlayer::create(std::shared_ptr<const Family> family,
                                                       const LivePlayerOptions& options)
{
    const auto refusal = family->refusal(options.mode);
    if (refusal)
        return *refusal;
    RowRange normal {family->rescale.first, family->rescale.second};
    if (options.rescale)
        normal = *options.rescale;
    const bool wrong = normal.first < 0 || normal.count() < 2 || normal.last > mostRescaledRows;
    if (wrong && !(normal.first == 0 && normal.last == 0))
        return Error {"Rows " + std::to_string(normal.first) + ":" + std::to_string(normal.last)
                      + " cannot stand for normal operation of a live device; give at least 2 of "
                        "its first "
                      + std::to_string(mostRescaledRows) + " rows."};
    auto impl = std::make_unique<Impl>(std::move(family), options, normal);
    return std::unique_ptr<LivePlayer>(new LivePlayer(std::move(impl)));
}

LivePlayer::LivePlayer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) { }

LivePlayer::~LivePlayer() = default;

Index LivePlayer::position() const { return m_impl->next; }

const Mode& LivePlayer::mode() const { return m_impl->options.mode; }

float LivePlayer::threshold() const { return m_impl->threshold(); }

Index LivePlayer::push(const double* values, Index rows, ResultBlock& out)
{
    Impl& p = *m_impl;
    const auto begin = std::chrono::steady_clock::now();
    const Index firstRow = p.next;
    Index count = std::min(rows, p.options.maxBlock);
    out.run = p.run;
    out.task = p.family->task;
    out.mode = p.options.mode;
    out.threshold = p.threshold();
    out.tally = p.tally;
    if (p.scorer) {
        const float* z = p.take(values, count);
        p.scorer->step(z, p.kept.stride(), count, p.threshold(),
                       {p.options.keepAttention, p.options.keepForecast}, out);
        std::copy_n(p.held.begin(), count, out.held.begin());
        p.next += count;
        p.tally = out.tally;
    } else {
        count = p.gather(values, count);
        leaveUnanswered(out, count, p.channels);
    }
    if (p.judge)
        p.judge->judge(out);
    else
        out.thresholds.clear();
    out.firstRow = firstRow;
    out.attentionFirstRow = firstRow + count - out.attentionRows;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return count;
}

void LivePlayer::resumeAt(Index row)
{
    Impl& p = *m_impl;
    p.next = row;
    p.seriesBegin = row;
    p.keptRows = 0;
    p.hold.reset();
    if (p.scorer)
        p.scorer->reset(row);
}

Result<Done> LivePlayer::setMode(const Mode& mode)
{
    const auto refusal = m_impl->family->refusal(mode);
    if (refusal)
        return *refusal;
    m_impl->options.mode = mode;
    m_impl->setJudge();
    if (m_impl->scorer)
        m_impl->setScorer();
    ++m_impl->run;
    m_impl->tally = {};
    return Done {};
}

void LivePlayer::setThreshold(std::optional<float> threshold)
{
    if (m_impl->options.threshold == threshold)
        return;
    m_impl->options.threshold = threshold;
    m_impl->setJudge();
}

void LivePlayer::setMotion(const std::optional<ThresholdMotion>& motion)
{
    if (m_impl->options.motion == motion)
        return;
    m_impl->options.motion = motion;
    m_impl->setJudge();
}

bool LivePlayer::thresholdMoves() const { return m_impl->judge != nullptr; }

} // namespace stint
