#include "resources/demo/simulator.h"

#include "resources/demo/exact_math.h"
#include "resources/demo/plant.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace stint::demo {

namespace {

// Parts of the seed, so that a change in one does not shift the draws of another.
constexpr std::uint64_t planPart = 1;
constexpr std::uint64_t plantPart = 2;
constexpr std::uint64_t otherPlantPart = 3;
constexpr std::uint64_t spikePart = 4;

SimulatorSettings checked(SimulatorSettings settings)
{
    settings.rows = std::clamp(settings.rows, 0, 2'000'000);
    settings.rate = std::isnan(settings.rate) ? 10.0 : std::clamp(settings.rate, 2.0, 100.0);
    return settings;
}

// Digits that the times of this rate need: 1 for ten rows per second, at most 6.
int timeDecimals(double rate)
{
    double ticks = 10.0 / rate;
    int decimals = 1;
    while (decimals < 6 && ticks != static_cast<double>(static_cast<std::int64_t>(ticks))) {
        ticks *= 10.0;
        ++decimals;
    }
    return decimals;
}

// Progress of the row through the fault: above 0 at its first row, 1 at its last.
double progress(const Fault& fault, Index row)
{
    return static_cast<double>(row - fault.firstRow + 1)
        / static_cast<double>(fault.lastRow - fault.firstRow + 1);
}

// A leak opens over the first two thirds and is shut within the last tenth.
double leakAt(const Fault& fault, Index row)
{
    const double done = progress(fault, row);
    return fault.strength * std::min({1.0, done * 1.5, (1.0 - done) * 10.0});
}

PlantFault plantFaultAt(const std::vector<Fault>& faults, Index row)
{
    PlantFault now;
    for (const Fault& fault : faults) {
        if (row < fault.firstRow || row > fault.lastRow)
            continue;
        if (fault.kind == FaultKind::SlowLeak)
            now.leak = leakAt(fault, row);
        if (fault.kind == FaultKind::ChangedFrequency)
            now.pulsation = fault.strength;
    }
    return now;
}

void addSpikes(const Fault& fault, double span, std::vector<double>& values, Rng& rng)
{
    for (Index row = fault.firstRow; row <= fault.lastRow; ++row) {
        const bool outermost = row == fault.firstRow || row == fault.lastRow;
        const double chance = rng.uniform();
        const double size = between(rng, 0.5, 1.0);
        const bool downward = rng.below(2) == 1;
        if (outermost || chance < 0.3)
            values[static_cast<std::size_t>(row)]
                += (downward ? -size : size) * fault.strength * span;
    }
}

// What a broken sensor makes of its channel; `other` is that of a second, healthy machine.
void breakSensor(const Fault& fault, const std::vector<double>& other, double span, Rng rng,
                 std::vector<double>& values)
{
    const auto first = static_cast<std::size_t>(fault.firstRow);
    const auto last = static_cast<std::size_t>(fault.lastRow);
    switch (fault.kind) {
    case FaultKind::Drift:
        for (std::size_t row = first; row <= last; ++row)
            values[row] += fault.strength * span
                * std::min(1.0, 1.4 * progress(fault, static_cast<Index>(row)));
        break;
    case FaultKind::Spike:
        addSpikes(fault, span, values, rng);
        break;
    case FaultKind::Stuck:
        for (std::size_t row = first; row <= last; ++row)
            values[row] = values[first - 1];
        break;
    case FaultKind::LostCorrelation:
        for (std::size_t row = first; row <= last; ++row)
            values[row] = other[row];
        break;
    case FaultKind::ChangedFrequency:
    case FaultKind::SlowLeak:
        break;
    }
}

void breakSensors(const std::vector<Fault>& faults, const Recording& other, const Rng& rng,
                  Recording& recording)
{
    for (std::size_t i = 0; i < faults.size(); ++i) {
        for (const std::size_t c : faults[i].channels)
            breakSensor(faults[i], other.channels[c].values, channelFormats()[c].span, rng.fork(i),
                        recording.channels[c].values);
    }
}

// The channels of one plant, with the faults of the machine but perfect sensors.
Recording run(Rng rng, const SimulatorSettings& settings, const std::vector<Fault>& faults)
{
    Recording recording;
    for (const ChannelFormat& format : channelFormats()) {
        recording.channels.push_back({format.name, format.unit, {}});
        recording.channels.back().values.reserve(static_cast<std::size_t>(settings.rows));
    }
    Plant plant(rng, 1.0 / settings.rate);
    for (Index row = 0; row < settings.rows; ++row) {
        const Readings readings = plant.advance(plantFaultAt(faults, row));
        for (std::size_t c = 0; c < channelCount; ++c)
            recording.channels[c].values.push_back(readings[c]);
    }
    return recording;
}

void roundAsWritten(Recording& recording)
{
    for (std::size_t c = 0; c < channelCount; ++c) {
        const int decimals = channelFormats()[c].decimals;
        for (double& value : recording.channels[c].values)
            value = fromFixedPoint(toFixedPoint(value, decimals), decimals);
    }
}

void addTimeAndLabels(const SimulatorSettings& settings, const std::vector<Fault>& faults,
                      Recording& recording)
{
    const auto rows = static_cast<std::size_t>(settings.rows);
    const int decimals = timeDecimals(settings.rate);
    recording.time.kind = TimeKind::Number;
    recording.time.column = "time_s";
    recording.time.unit = "s";
    recording.time.step = 1.0 / settings.rate;
    recording.time.seconds.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const double seconds = static_cast<double>(row) / settings.rate;
        recording.time.seconds.push_back(fromFixedPoint(toFixedPoint(seconds, decimals), decimals));
    }

    LabelColumn label {"anomaly", std::vector<unsigned char>(rows, 0)};
    for (const Fault& fault : faults) {
        for (Index row = fault.firstRow; row <= fault.lastRow; ++row)
            label.values[static_cast<std::size_t>(row)] = 1;
    }
    recording.labels.push_back(std::move(label));
}

} // namespace

std::vector<Fault> simulatedFaults(const SimulatorSettings& settings)
{
    const SimulatorSettings use = checked(settings);
    return planFaults(Rng(use.seed).fork(planPart), use.rows, use.rate);
}

Recording simulateMachine(const SimulatorSettings& settings)
{
    const SimulatorSettings use = checked(settings);
    const Rng rng(use.seed);
    const std::vector<Fault> faults = simulatedFaults(use);
    Recording recording = run(rng.fork(plantPart), use, faults);
    const Recording other = run(rng.fork(otherPlantPart), use, {});
    breakSensors(faults, other, rng.fork(spikePart), recording);
    roundAsWritten(recording);
    addTimeAndLabels(use, faults, recording);
    recording.name = "demo.csv";
    recording.dialect.headerLines = 1;
    return recording;
}

std::string toCsv(const Recording& recording)
{
    assert(recording.channels.size() == channelCount);
    std::string text = recording.time.column;
    for (const Channel& channel : recording.channels)
        text += "," + channel.name + " [" + channel.unit + "]";
    for (const LabelColumn& label : recording.labels)
        text += "," + label.name;
    text += '\n';

    const int decimals = timeDecimals(1.0 / recording.time.step);
    const std::size_t rows = recording.time.seconds.size();
    text.reserve(text.size() + rows * 80);
    for (std::size_t row = 0; row < rows; ++row) {
        appendFixedPoint(text, toFixedPoint(recording.time.seconds[row], decimals), decimals);
        for (std::size_t c = 0; c < channelCount; ++c) {
            const int digits = channelFormats()[c].decimals;
            text += ',';
            appendFixedPoint(text, toFixedPoint(recording.channels[c].values[row], digits), digits);
        }
        for (const LabelColumn& label : recording.labels)
            text += label.values[row] != 0 ? ",1" : ",0";
        text += '\n';
    }
    return text;
}

std::string toCsv(const std::vector<Fault>& faults)
{
    std::string text = "kind,first_row,last_row,channels\n";
    for (const Fault& fault : faults) {
        text += name(fault.kind);
        text += "," + std::to_string(fault.firstRow) + "," + std::to_string(fault.lastRow) + ",";
        for (std::size_t i = 0; i < fault.channels.size(); ++i) {
            text += i == 0 ? "" : " ";
            text += channelFormats()[fault.channels[i]].name;
        }
        text += '\n';
    }
    return text;
}

} // namespace stint::demo
