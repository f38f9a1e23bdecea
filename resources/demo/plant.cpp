#include "resources/demo/plant.h"

#include "resources/demo/exact_math.h"

#include <algorithm>
#include <cmath>

namespace stint::demo {

namespace {

constexpr double ratedSpeed = 1500.0; // [rpm]
constexpr double tankVolume = 200.0; // [L]

struct LoadStep {
    double speed; // [rpm]
    double valve; // [%]
    double shortest; // [s]
    double longest; // [s]
};

constexpr std::array<LoadStep, 5> loadSteps {{
    {1120.0, 42.0, 10.0, 24.0}, // idle
    {1320.0, 62.0, 12.0, 30.0}, // rising load
    {1560.0, 82.0, 14.0, 30.0}, // full load
    {1560.0, 55.0, 8.0, 22.0}, // throttled
    {1400.0, 72.0, 12.0, 30.0}, // part load
}};

// One step of a first-order lag, the implicit Euler rule: stable for every step.
double lagged(double value, double goal, double lag, double step)
{
    return value + (goal - value) * (step / (lag + step));
}

double ramped(double value, double goal, double rate, double step)
{
    return value + std::clamp(goal - value, -rate * step, rate * step);
}

// One step of a mean-reverting wander with standard deviation `size`.
double wander(double value, double size, double lag, double step, Rng& rng)
{
    const double push = nearlyNormal(rng);
    return value - value * (step / lag) + size * std::sqrt(2.0 * step / lag) * push;
}

} // namespace

const std::array<ChannelFormat, channelCount>& channelFormats()
{
    static constexpr std::array<ChannelFormat, channelCount> formats {{
        {"valve_position", "%", 2, 0.12, 42.0},
        {"speed", "rpm", 1, 1.2, 460.0},
        {"flow", "L/min", 2, 0.6, 120.0},
        {"outlet_pressure", "bar", 3, 0.012, 2.0},
        {"motor_current", "A", 3, 0.03, 4.0},
        {"winding_temperature", "degC", 2, 0.05, 16.0},
        {"bearing_temperature", "degC", 2, 0.05, 10.0},
        {"vibration_x", "mm/s", 3, 0.035, 1.8},
        {"vibration_y", "mm/s", 3, 0.035, 1.5},
        {"tank_level", "%", 2, 0.08, 14.0},
    }};
    return formats;
}

Plant::Plant(Rng rng, double step)
    : m_operation(rng.fork(1)), m_process(rng.fork(2)), m_sensors(rng.fork(3)), m_step(step)
{
    constexpr double untilWarm = 600.0; // [s]
    const auto steps = static_cast<int>(untilWarm / step);
    for (int i = 0; i < steps; ++i)
        static_cast<void>(advance({}));
}

Readings Plant::advance(const PlantFault& fault)
{
    operate();
    pump(fault);
    warm();
    return measure();
}

void Plant::operate()
{
    m_modeLeft -= m_step;
    if (m_modeLeft <= 0.0) {
        m_mode = (m_mode + 1) % loadSteps.size();
        const LoadStep& load = loadSteps[m_mode];
        m_modeLeft = between(m_operation, load.shortest, load.longest);
        const double speedShare = between(m_operation, 0.98, 1.02);
        m_speedGoal = load.speed * speedShare;
        const double valveShift = between(m_operation, -3.0, 3.0);
        m_valveGoal = load.valve + valveShift;
    }
    m_valve = ramped(m_valve, m_valveGoal, 8.0, m_step);
    m_drive = ramped(m_drive, m_speedGoal, 90.0, m_step);
    m_speed = lagged(m_speed, m_drive, 0.7, m_step);
}

void Plant::pump(const PlantFault& fault)
{
    const double ratio = m_speed / ratedSpeed;
    const double opening = m_valve / 100.0;
    const double resistance = 2.0e-5 + 2.56e-5 / (opening * opening); // [bar / (L/min)^2]
    m_backPressure = wander(m_backPressure, 0.035, 4.0, m_step, m_process);

    // The pump's curve, head falling with the square of the flow, and the pipe's, rising with it.
    const double suction = 0.08 + 0.25 * m_volume / tankVolume;
    const double head = std::max(0.1, 4.2 * ratio * ratio - 3.5e-5 * m_flow * m_flow);
    m_pressure = suction + head;
    const double drop = std::max(0.01, m_pressure - 0.6 - m_backPressure);
    const double leaking = fault.leak * std::sqrt(m_pressure);
    m_delivered = lagged(m_delivered, std::sqrt(drop / resistance), 0.8, m_step);
    m_flow = m_delivered + leaking;
    m_power = head * m_flow / 600.0;

    // What is under way in the consumers is missing in the tank; a make-up line trims the level.
    m_returned = lagged(m_returned, m_delivered, 8.0, m_step);
    const double makeUp = std::clamp(2.5 * (120.0 - m_volume), -40.0, 60.0);
    m_volume += (m_returned - m_flow + makeUp) / 60.0 * m_step;

    const double wobble = nearlyNormal(m_process);
    const double frequency = (0.80 + 0.25 * ratio) * fault.pulsation; // [Hz]
    m_phase += frequency * m_step + 0.004 * wobble;
    if (m_phase >= 1.0)
        m_phase -= 1.0;
}

void Plant::warm()
{
    const double ratio = m_speed / ratedSpeed;
    const double torqueCurrent = 1.9 + 1.2 * ratio * ratio + 4.4 * m_power / ratio;
    m_current = lagged(m_current, torqueCurrent, 0.3, m_step);
    m_ambient = wander(m_ambient, 0.2, 300.0, m_step, m_process);
    const double heat = 24.0 + m_ambient + 0.85 * m_current * m_current;
    m_winding = lagged(m_winding, heat, 70.0, m_step);
    const double friction = 24.0 + m_ambient + 21.0 * ratio * ratio + 6.0 * m_power;
    m_bearing = lagged(m_bearing, friction, 50.0, m_step);
}

Readings Plant::measure()
{
    const double ratio = m_speed / ratedSpeed;
    const double swing = sineOfTurns(m_phase);
    const double later = sineOfTurns(m_phase + 0.17);
    // A centrifugal pump shakes when its flow is away from the best point for its speed.
    const double strain = m_flow / (190.0 * ratio) - 1.0;

    Readings r {};
    r[ValvePosition] = m_valve;
    r[Speed] = m_speed + 4.0 * later;
    r[Flow] = m_flow * (1.0 + 0.022 * swing);
    r[OutletPressure] = m_pressure * (1.0 + 0.020 * later);
    r[MotorCurrent] = m_current * (1.0 + 0.018 * swing);
    r[WindingTemperature] = m_winding;
    r[BearingTemperature] = m_bearing;
    r[VibrationX]
        = 0.5 + 1.5 * ratio * ratio * ratio + 3.0 * strain * strain + 0.26 * ratio * ratio * swing;
    r[VibrationY]
        = 0.4 + 1.2 * ratio * ratio * ratio + 2.2 * strain * strain + 0.22 * ratio * ratio * later;
    r[TankLevel] = 100.0 * m_volume / tankVolume;

    const auto& formats = channelFormats();
    for (std::size_t c = 0; c < channelCount; ++c)
        r[c] += formats[c].noise * nearlyNormal(m_sensors);
    return r;
}

} // namespace stint::demo
