#include "tests/support/small_family.h"

#include "core/base/rng.h"
#include "core/model/channel_columns.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace stint::test {

namespace {

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from)
{
    to.insert(to.end(), from.begin(), from.end());
}

template <typename T>
std::vector<T> tail(const std::vector<T>& values, Index skip)
{
    return {values.begin() + std::min<Index>(skip, static_cast<Index>(values.size())),
            values.end()};
}

} // namespace

Recording madeUpRecording(Index rows, std::uint64_t seed)
{
    Rng rng(seed);
    const double phase = rng.uniform(0.0, 6.0);
    Recording recording;
    recording.name = "made up.csv";
    recording.path = recording.name;
    recording.channels = {{"flow", "l/min", {}}, {"pressure", "bar", {}}, {"level", "%", {}}};
    recording.time.kind = TimeKind::Number;
    recording.time.column = "time";
    recording.time.unit = "s";
    recording.time.step = 0.1;
    double level = 0.0;
    double drives[3] = {};
    for (Index t = 0; t < rows; ++t) {
        const auto at = static_cast<double>(t);
        drives[2] = drives[1];
        drives[1] = drives[0];
        drives[0] = std::sin(0.37 * at + phase) + 0.5 * std::sin(0.11 * at);
        level += 0.1 * (drives[0] - level);
        recording.time.seconds.push_back(0.1 * at);
        recording.channels[0].values.push_back(20.0 + 3.0 * drives[0] + 0.3 * rng.normal());
        recording.channels[1].values.push_back(1.5 + 0.2 * drives[2] + 0.03 * rng.normal());
        recording.channels[2].values.push_back(60.0 + 10.0 * level + 0.5 * rng.normal());
    }
    return recording;
}

std::shared_ptr<const Recording> smallRecording(Index rows, std::uint64_t seed)
{
    return std::make_shared<const Recording>(madeUpRecording(rows, seed));
}

TrainSettings smallSettings()
{
    TrainSettings settings;
    settings.window = 8;
    settings.width = 12;
    settings.hidden = 20;
    settings.epochs = 2;
    settings.threads = 1;
    return settings;
}

const std::shared_ptr<const Family>& smallFamily()
{
    static const std::shared_ptr<const Family> family = [] {
        const auto outcome = trainFamily({smallRecording(600)}, smallSettings());
        if (!outcome)
            throw std::runtime_error(outcome.error().message);
        return outcome->family;
    }();
    return family;
}

Family smallFamilyCopy() { return *smallFamily(); }

Matrix<float> standardisedRows(const Family& family, const Recording& recording)
{
    const auto columns = columnsFor(family, recording);
    HoldLast hold(family.standardiser);
    Matrix<float> z(recording.rows(), hold.channels());
    std::vector<unsigned char> held(static_cast<std::size_t>(recording.rows()));
    hold.convert(*columns, 0, recording.rows(), z.row(0), z.stride(), held.data());
    return z;
}

std::vector<Mode> offeredModes(const Family& family)
{
    std::vector<Mode> modes;
    for (const ModeStatus& status : family.modes()) {
        if (status.offered)
            modes.push_back(status.mode);
    }
    return modes;
}

bool PlayedRows::equals(const PlayedRows& other) const
{
    return firstRow == other.firstRow && sameBits(score, other.score)
        && sameBits(encoderScore, other.encoderScore)
        && sameBits(autoregressionScore, other.autoregressionScore)
        && sameBits(contributions, other.contributions) && alarm == other.alarm
        && held == other.held;
}

PlayedRows PlayedRows::from(Index row) const
{
    const Index skip = row - firstRow;
    const Index channels
        = score.empty() ? 0 : static_cast<Index>(contributions.size() / score.size());
    PlayedRows rest;
    rest.firstRow = row;
    rest.score = tail(score, skip);
    rest.encoderScore = tail(encoderScore, skip);
    rest.autoregressionScore = tail(autoregressionScore, skip);
    rest.contributions = tail(contributions, skip * channels);
    rest.alarm = tail(alarm, skip);
    rest.held = tail(held, skip);
    return rest;
}

PlayedRows played(Player& player, Index block, Index last)
{
    PlayedRows all;
    all.firstRow = player.position();
    ResultBlock result;
    while (player.advance(std::min(block, last - player.position()), result) > 0) {
        append(all.score, result.score);
        append(all.encoderScore, result.encoderScore);
        append(all.autoregressionScore, result.autoregressionScore);
        append(all.contributions, result.contributions);
        append(all.alarm, result.alarm);
        append(all.held, result.held);
        append(all.attention, result.attention);
        all.runs.push_back(result.run);
        all.steps.push_back(result.tally.steps);
        all.tally = result.tally;
    }
    return all;
}

PlayedRows played(Player& player, Index block) { return played(player, block, player.rows()); }

PlayedRows playedFromStart(const std::shared_ptr<const Recording>& recording,
                           const std::shared_ptr<const Family>& family,
                           const PlayerOptions& options)
{
    const auto player = Player::create(recording, family, options);
    if (!player)
        throw std::runtime_error(player.error().message);
    return played(**player, options.maxBlock);
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b)
{
    return a.size() == b.size()
        && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b)
{
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (a.size() != b.size())
        return infinity;
    double worst = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isnan(a[i]) != std::isnan(b[i]))
            return infinity;
        const auto x = static_cast<double>(a[i]);
        const auto y = static_cast<double>(b[i]);
        if (!std::isnan(x))
            worst = std::max(worst, std::abs(x - y) / std::max(1.0, std::abs(y)));
    }
    return worst;
}

bool isSentenceAbout(const std::string& message, const std::string& what)
{
    return message.size() > what.size() + 10 && message.find('\n') == std::string::npos
        && message.find(what) != std::string::npos && message.back() == '.'
        && std::islower(static_cast<unsigned char>(message.front())) == 0;
}

} // namespace stint::test
