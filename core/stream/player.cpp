#include "core/stream/player.h"

#include "core/model/channel_columns.h"
#include "core/series/standardiser.h"
#include "core/stream/row_scorer.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace stint {

class Player::Impl {
public:
    Impl(std::shared_ptr<const Recording> r, std::shared_ptr<const Family> f,
         const PlayerOptions& o, std::vector<std::span<const double>> c, const Standardiser& s)
        : recording(std::move(r)),
          family(std::move(f)),
          options(o),
          columns(std::move(c)),
          hold(s),
          rows(options.maxBlock, static_cast<Index>(columns.size())),
          held(static_cast<std::size_t>(options.maxBlock)),
          standardiser(s),
          bounds(recording->seriesBounds())
    {
        setScorer();
    }

    /// The rows that are known to be normal, [first, last); empty if there are none.
    [[nodiscard]] std::pair<Index, Index> normalRows() const
    {
        const std::pair<Index, Index> wanted = options.rescale
            ? std::pair(options.rescale->first, options.rescale->last)
            : family->rescale;
        return {wanted.first, std::min(wanted.second, recording->rows())};
    }

    /// A scorer for the mode, adapted to the recording if it brings normal rows.
    void setScorer()
    {
        std::optional<Adaptation> adaptation;
        const auto [first, last] = normalRows();
        if (first < last && family->task != ModelTask::Classify) {
            HoldLast own(standardiser);
            own.seed(columns, first);
            Matrix<float> z(last - first, own.channels());
            std::vector<unsigned char> ownHeld(static_cast<std::size_t>(last - first));
            own.convert(columns, first, last, z.row(0), z.stride(), ownHeld.data());
            adaptation
                = adaptedTo(*family, *family->find(options.mode.variant()), z, 0, last - first);
        }
        scorer = std::make_unique<RowScorer>(family, options.mode, options.score, options.maxBlock,
                                             standardiser, adaptation);
        setJudge();
    }

    void setJudge()
    {
        judge = judgeFor(*family, options.mode, options.score, options.threshold, options.motion);
    }

    /// Brings scorer and held values to what a run from the first row would have at `next`.
    void refill()
    {
        const Index begin = seriesBegin();
        const Index from = std::max<Index>(begin, next - scorer->memory());
        scorer->reset(from - begin);
        if (judge)
            judge->reset();
        hold.reset();
        if (from > begin)
            hold.seed(columns, from);
        for (Index at = from; at < next;) {
            const Index last = std::min(at + options.maxBlock, next);
            convert(at, last);
            scorer->warmUp(rows.row(0), rows.stride(), last - at);
            at = last;
        }
        stale = false;
    }

    /// First row of the series that the next row belongs to.
    [[nodiscard]] Index seriesBegin() const
    {
        const auto after = std::upper_bound(bounds.begin(), bounds.end(), next);
        return after == bounds.begin() ? 0 : *std::prev(after);
    }

    /// First row after that series.
    [[nodiscard]] Index seriesEnd() const
    {
        const auto after = std::upper_bound(bounds.begin(), bounds.end(), next);
        return after == bounds.end() ? recording->rows() : *after;
    }

    /// Scores or classes of the next `count` rows of one series.
    void step(Index count, ResultBlock& out)
    {
        scorer->step(rows.row(0), rows.stride(), count, threshold(),
                     {options.keepAttention, options.keepForecast}, out);
        if (judge)
            judge->judge(out);
        else
            out.thresholds.clear();
        // Within a series rows are counted from its start, for positions.
        out.firstRow = next;
        out.attentionFirstRow = next + count - out.attentionRows;
    }

    void convert(Index first, Index last)
    {
        hold.convert(columns, first, last, rows.row(0), rows.stride(), held.data());
    }

    void beginRun()
    {
        ++run;
        tally = {};
        stale = true;
        if (judge)
            judge->reset();
    }

    [[nodiscard]] float threshold() const
    {
        if (judge)
            return judge->threshold();
        return options.threshold ? *options.threshold
                                 : thresholdFor(*family, options.mode, options.score);
    }

    std::shared_ptr<const Recording> recording;
    std::shared_ptr<const Family> family;
    PlayerOptions options;
    std::vector<std::span<const double>> columns; // (C)(rows) of the recording
    HoldLast hold;
    Matrix<float> rows; // (maxBlock, C) standardised
    std::vector<unsigned char> held; // (maxBlock)
    Standardiser standardiser;
    std::unique_ptr<RowScorer> scorer;
    std::unique_ptr<RowJudge> judge; // null: the threshold stands still
    std::vector<Index> bounds; // first rows of series, and the number of rows
    Tally tally;
    std::uint64_t run = 1;
    Index next = 0;
    bool stale = true; // the scorer must be refilled before the next row
};

Result<std::unique_ptr<Player>> Player::create(std::shared_ptr<const Recording> recording,
                                               std::shared_ptr<const Family> family,
                                               const PlayerOptions& options)
{
    const auto refusal = family->refusal(options.mode);
    if (refusal)
        return *refusal;
    auto columns = columnsFor(*family, *recording);
    if (!columns)
        return columns.error();
    const std::pair<Index, Index> rescale = options.rescale
        ? std::pair(options.rescale->first, options.rescale->last)
        : family->rescale;
    const auto standardiser = standardiserFor(*family, *columns, rescale);
    if (!standardiser)
        return standardiser.error();
    auto impl = std::make_unique<Impl>(std::move(recording), std::move(family), options,
                                       std::move(*columns), *standardiser);
    return std::unique_ptr<Player>(new Player(std::move(impl)));
}

Player::Player(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) { }

Player::~Player() = default;

Index Player::position() const { return m_impl->next; }

Index Player::rows() const { return m_impl->recording->rows(); }

const Mode& Player::mode() const { return m_impl->options.mode; }

float Player::threshold() const { return m_impl->threshold(); }

void Player::seek(Index row)
{
    m_impl->next = std::clamp<Index>(row, 0, rows());
    m_impl->beginRun();
}

Result<Done> Player::setMode(const Mode& mode)
{
    const auto refusal = m_impl->family->refusal(mode);
    if (refusal)
        return *refusal;
    m_impl->options.mode = mode;
    m_impl->setScorer();
    m_impl->beginRun();
    return Done {};
}

bool Player::thresholdMoves() const { return m_impl->judge != nullptr; }

void Player::setThreshold(std::optional<float> threshold)
{
    m_impl->options.threshold = threshold;
    m_impl->setJudge();
}

void Player::setMotion(const std::optional<ThresholdMotion>& motion)
{
    m_impl->options.motion = motion;
    m_impl->setJudge();
}

Index Player::advance(Index maxRows, ResultBlock& out)
{
    Impl& p = *m_impl;
    const Index count = std::min({maxRows, p.options.maxBlock, p.seriesEnd() - p.next});
    out.run = p.run;
    if (count <= 0) {
        out.rows = 0;
        return 0;
    }
    const auto begin = std::chrono::steady_clock::now();
    if (p.stale || p.next == p.seriesBegin())
        p.refill();
    p.convert(p.next, p.next + count);
    out.tally = p.tally;
    p.step(count, out);
    p.tally = out.tally;
    std::copy_n(p.held.begin(), count, out.held.begin());
    p.next += count;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return count;
}

} // namespace stint
