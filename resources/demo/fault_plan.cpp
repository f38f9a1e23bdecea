#include "resources/demo/fault_plan.h"

#include "resources/demo/exact_math.h"
#include "resources/demo/plant.h"

#include <algorithm>
#include <utility>

namespace stint::demo {

namespace {

constexpr double faultFreeStart = 720.0; // [s]
constexpr double shortestPause = 40.0; // [s]
constexpr double roundLength = 480.0; // [s], room for the six longest faults and their pauses

struct Lengths {
    double shortest; // [s]
    double longest; // [s]
};

Lengths lengthsOf(FaultKind kind)
{
    switch (kind) {
    case FaultKind::Drift:
        return {34.0, 48.0};
    case FaultKind::Spike:
        return {6.0, 12.0};
    case FaultKind::Stuck:
        return {18.0, 30.0};
    case FaultKind::LostCorrelation:
        return {25.0, 38.0};
    case FaultKind::ChangedFrequency:
        return {22.0, 36.0};
    case FaultKind::SlowLeak:
        return {45.0, 62.0};
    }
    return {};
}

// Where the kind can occur. The sensors of one row are taken in turn, so that two faults of a kind
// differ; faults of the machine itself show in all channels of their row.
std::vector<std::size_t> candidatesOf(FaultKind kind)
{
    switch (kind) {
    case FaultKind::Drift:
        return {Flow, OutletPressure, MotorCurrent};
    case FaultKind::Spike:
        return {Speed, OutletPressure, MotorCurrent, TankLevel};
    case FaultKind::Stuck:
        return {Flow, VibrationX, MotorCurrent, OutletPressure};
    case FaultKind::LostCorrelation:
        return {Flow, OutletPressure, MotorCurrent, VibrationY};
    case FaultKind::ChangedFrequency:
        return {Speed, Flow, OutletPressure, MotorCurrent, VibrationX, VibrationY};
    case FaultKind::SlowLeak:
        return {Flow, OutletPressure, MotorCurrent, TankLevel};
    }
    return {};
}

bool concernsOneSensor(FaultKind kind)
{
    return kind != FaultKind::ChangedFrequency && kind != FaultKind::SlowLeak;
}

double strengthOf(FaultKind kind, std::uint64_t round, Rng& rng)
{
    const double size = between(rng, 0.85, 1.15);
    const bool turned = rng.below(2) == 1;
    switch (kind) {
    case FaultKind::Drift:
        return (turned ? -0.20 : 0.20) * size;
    case FaultKind::Spike:
        return 0.28 * size;
    case FaultKind::ChangedFrequency:
        return (round % 2 == 0 ? 1.65 : 0.55) * size;
    case FaultKind::SlowLeak:
        return 13.0 * size;
    case FaultKind::Stuck:
    case FaultKind::LostCorrelation:
        return 0.0;
    }
    return 0.0;
}

std::vector<FaultKind> shuffledKinds(Rng& rng)
{
    std::vector<FaultKind> kinds(allFaultKinds.begin(), allFaultKinds.end());
    for (std::size_t left = kinds.size(); left > 1; --left)
        std::swap(kinds[left - 1], kinds[rng.below(left)]);
    return kinds;
}

// Kinds, channels, strengths; the rows are still only lengths, in lastRow.
std::vector<Fault> unplacedFaults(Rng& rng, std::uint64_t rounds, double rate)
{
    std::array<std::uint64_t, allFaultKinds.size()> turns {};
    for (std::uint64_t& turn : turns)
        turn = rng.below(12);
    std::vector<Fault> faults;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        for (const FaultKind kind : shuffledKinds(rng)) {
            Fault fault;
            fault.kind = kind;
            const Lengths lengths = lengthsOf(kind);
            const double length = between(rng, lengths.shortest, lengths.longest);
            fault.lastRow = static_cast<Index>(length * rate);
            fault.channels = candidatesOf(kind);
            const std::uint64_t turn = turns[static_cast<std::size_t>(kind)] + round;
            if (concernsOneSensor(kind))
                fault.channels = {fault.channels[turn % fault.channels.size()]};
            fault.strength = strengthOf(kind, round, rng);
            faults.push_back(std::move(fault));
        }
    }
    return faults;
}

// Gives the rows that are neither fault nor shortest pause to the pauses, by random shares.
void place(std::vector<Fault>& faults, Index firstRow, Index lastRow, double rate, Rng& rng)
{
    const auto pause = static_cast<Index>(shortestPause * rate);
    Index spare = lastRow - firstRow - pause * static_cast<Index>(faults.size() + 1);
    std::vector<double> shares;
    double sum = between(rng, 0.2, 1.0);
    for (const Fault& fault : faults) {
        spare -= fault.lastRow;
        shares.push_back(between(rng, 0.2, 1.0));
        sum += shares.back();
    }

    Index row = firstRow;
    for (std::size_t i = 0; i < faults.size(); ++i) {
        row += pause + static_cast<Index>(static_cast<double>(spare) * shares[i] / sum);
        const Index length = std::max<Index>(1, faults[i].lastRow);
        faults[i].firstRow = row;
        row += length;
        faults[i].lastRow = row - 1;
    }
}

} // namespace

std::string_view name(FaultKind kind)
{
    switch (kind) {
    case FaultKind::Drift:
        return "drift";
    case FaultKind::Spike:
        return "spike";
    case FaultKind::Stuck:
        return "stuck";
    case FaultKind::LostCorrelation:
        return "lost-correlation";
    case FaultKind::ChangedFrequency:
        return "changed-frequency";
    case FaultKind::SlowLeak:
        return "slow-leak";
    }
    return "";
}

std::vector<Fault> planFaults(Rng rng, Index rows, double rate)
{
    const auto firstRow = static_cast<Index>(faultFreeStart * rate);
    const double room = static_cast<double>(rows - firstRow) / rate; // [s]
    if (room < roundLength + shortestPause)
        return {};
    const auto rounds = static_cast<std::uint64_t>((room - shortestPause) / roundLength);
    std::vector<Fault> faults = unplacedFaults(rng, rounds, rate);
    place(faults, firstRow, rows, rate, rng);
    return faults;
}

} // namespace stint::demo
