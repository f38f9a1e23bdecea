#pragma once

#include "core/series/recording.h"
#include "resources/demo/fault_plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stint::demo {

/// What to simulate.
struct SimulatorSettings {
    std::uint64_t seed = 1;
    int rows = 18000; ///< 0 to 2 000 000; taken to the nearer end if outside
    double rate = 10.0; ///< rows per second [1/s], 2 to 100; taken to the nearer end if outside
};

/// A recording of a pump in a cooling-water circuit, with faults from the thirteenth minute on,
/// marked in the label column "anomaly". The same settings give the same bits on every machine;
/// another seed gives other times and values with the same kinds of faults. Values are rounded as
/// toCsv() writes them.
[[nodiscard]] Recording simulateMachine(const SimulatorSettings& settings = {});

/// The faults of simulateMachine() with these settings, in the order of time.
[[nodiscard]] std::vector<Fault> simulatedFaults(const SimulatorSettings& settings = {});

/// A simulated recording as text: "time_s", a column for each channel headed "name [unit]", then
/// the labels; commas, lines ended by LF.
[[nodiscard]] std::string toCsv(const Recording& recording);

/// A list of faults as text: kind, first_row, last_row (counted from 0, both included) and the
/// names of the channels that show it, separated by blanks.
[[nodiscard]] std::string toCsv(const std::vector<Fault>& faults);

} // namespace stint::demo
