#pragma once

#include "core/base/rng.h"

#include <array>
#include <cstddef>

namespace stint::demo {

/// What is measured, in the order of the columns.
enum PlantChannel : std::size_t {
    ValvePosition,
    Speed,
    Flow,
    OutletPressure,
    MotorCurrent,
    WindingTemperature,
    BearingTemperature,
    VibrationX,
    VibrationY,
    TankLevel,
    channelCount
};

/// How a channel is named and written.
struct ChannelFormat {
    const char* name;
    const char* unit;
    int decimals; ///< digits after the point in the file
    double noise; ///< standard deviation of the sensor [unit]
    double span; ///< width of the range in ordinary operation, the measure of a fault [unit]
};

/// The table of all channels.
[[nodiscard]] const std::array<ChannelFormat, channelCount>& channelFormats();

/// One value of each channel.
using Readings = std::array<double, channelCount>;

/// What is wrong with the machine itself (not with a sensor) at one moment.
struct PlantFault {
    double leak = 0.0; ///< opening of a leak in the discharge pipe [L/min per square root of bar]
    double pulsation = 1.0; ///< factor on the frequency of the pulsation
};

/// A cooling-water circuit: a centrifugal pump on a variable-frequency drive takes water from a
/// tank and sends it through a control valve and the consumers back to the tank. A sequence of five
/// load steps, each of random length, repeats every one to three minutes. The flow pulsates at
/// about 1 Hz, a little faster at high speed.
class Plant {
public:
    /// A plant in thermal balance, advanced by steps of `step` [s].
    Plant(Rng rng, double step);

    /// Advances one step and reads every sensor.
    [[nodiscard]] Readings advance(const PlantFault& fault);

private:
    void operate();
    void pump(const PlantFault& fault);
    void warm();
    [[nodiscard]] Readings measure();

    Rng m_operation;
    Rng m_process;
    Rng m_sensors;
    double m_step; ///< [s]

    std::size_t m_mode = 0;
    double m_modeLeft = 0.0; ///< until the next load step [s]
    double m_speedGoal = 1120.0; ///< [rpm]
    double m_valveGoal = 42.0; ///< [%]

    double m_valve = 42.0; ///< [%]
    double m_drive = 1120.0; ///< frequency of the drive as a speed [rpm]
    double m_speed = 1120.0; ///< [rpm]
    double m_flow = 100.0; ///< through the pump [L/min]
    double m_delivered = 100.0; ///< behind the leak, to the consumers [L/min]
    double m_returned = 100.0; ///< back into the tank [L/min]
    double m_pressure = 2.2; ///< behind the pump [bar]
    double m_backPressure = 0.0; ///< wandering of the consumers' pressure [bar]
    double m_volume = 120.0; ///< in the tank [L]
    double m_power = 0.3; ///< hydraulic [kW]
    double m_current = 5.0; ///< [A]
    double m_ambient = 0.0; ///< wandering of the room's temperature [K]
    double m_winding = 52.0; ///< [degC]
    double m_bearing = 44.0; ///< [degC]
    double m_phase = 0.0; ///< of the pulsation [turns]
};

} // namespace stint::demo
