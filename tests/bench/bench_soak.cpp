#include "core/base/rng.h"
#include "core/encoder/continual_stream.h"
#include "core/encoder/window_encoder.h"
#include "tests/support/random_parameters.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using stint::Index;

/// Rows of one block, and every how many rows a window in double precision is computed beside it.
constexpr Index block = 64;
constexpr Index compared = 997;

struct Engine {
    const char* name;
    stint::EncoderConfig config;
};

stint::EncoderConfig config(stint::AttentionMask attention, stint::Newest newest, Index layers,
                            stint::Positions positions, stint::Pooling pooling)
{
    stint::EncoderConfig c;
    c.inputs = 4;
    c.outputs = 4;
    c.window = 24;
    c.width = 16;
    c.heads = 2;
    c.hidden = 32;
    c.layers = layers;
    c.attention = attention;
    c.newest = newest;
    c.positions = positions;
    c.pooling = pooling;
    c.norm = stint::Norm::Token;
    return c;
}

std::vector<Engine> engines()
{
    using stint::AttentionMask;
    using stint::Newest;
    using stint::Pooling;
    using stint::Positions;
    return {
        {"two-path, 2 blocks, recycling",
         config(AttentionMask::StepT, Newest::Hidden, 2, Positions::Recycling, Pooling::Newest)},
        {"two-path, 3 blocks, rotary, mean",
         config(AttentionMask::StepT, Newest::Visible, 3, Positions::Rotary, Pooling::Mean)},
        {"single-output, places of the window",
         config(AttentionMask::Full, Newest::Visible, 1, Positions::WindowSine, Pooling::Newest)},
        {"retroactive, 2 blocks, recycling",
         config(AttentionMask::Full, Newest::Hidden, 2, Positions::Recycling, Pooling::Newest)},
        {"retroactive, 3 blocks, rotary",
         config(AttentionMask::Full, Newest::Visible, 3, Positions::Rotary, Pooling::Newest)},
        {"retroactive, 1 block, lag bias, mean",
         config(AttentionMask::Full, Newest::Visible, 1, Positions::LagBias, Pooling::Mean)},
    };
}

/// Rows of a walk with rare spikes, made as they are needed and kept for one window.
class Rows {
public:
    Rows(const stint::EncoderConfig& c, std::uint64_t seed)
        : m_rng(seed),
          m_past(c.past()),
          m_inputs(c.inputs),
          m_wide(c.past() + block, c.inputs),
          m_narrow(block, c.inputs)
    { }

    /// The next block; the rows before it move to the front.
    void next()
    {
        std::copy(m_wide.row(block), m_wide.row(block + m_past), m_wide.row(0));
        for (Index r = 0; r < block; ++r) {
            const double size = m_rng.below(1000) == 0 ? 30.0 : 1.0;
            for (Index c = 0; c < m_inputs; ++c) {
                m_narrow(r, c) = static_cast<float>(m_rng.normal() * size);
                m_wide(m_past + r, c) = static_cast<double>(m_narrow(r, c));
            }
        }
    }

    /// Row r of the block and the past rows before it.
    [[nodiscard]] const double* windowOf(Index r) const { return m_wide.row(r); }
    [[nodiscard]] Index wideStride() const { return m_wide.stride(); }
    [[nodiscard]] const stint::Matrix<float>& narrow() const { return m_narrow; }

private:
    stint::Rng m_rng;
    Index m_past, m_inputs;
    stint::Matrix<double> m_wide; // (past + block, inputs)
    stint::Matrix<float> m_narrow; // (block, inputs)
};

/// Prints the largest relative error of each tenth of the run.
void soak(const Engine& engine, Index rows, double queryScale)
{
    const auto parameters
        = stint::test::randomParameters(engine.config, {.queryScale = queryScale}, 1);
    const stint::Encoder<float> inFloat(engine.config, stint::convert<float>(parameters));
    const stint::Encoder<double> inDouble(engine.config, parameters);
    stint::ContinualStream<float> stream(inFloat, block);
    stint::WindowEncoder<double> window(inDouble);
    stint::Matrix<float> answers(block, engine.config.outputs);
    stint::Matrix<double> expected(1, engine.config.outputs);
    stint::PartCounts counts;
    Rows source(engine.config, 2);
    std::vector<double> worst(10, 0.0);
    double seconds = 0.0;
    stream.reset(0);
    for (Index t = 0; t < rows; t += block) {
        source.next();
        const auto begin = std::chrono::steady_clock::now();
        stream.step(source.narrow().row(0), source.narrow().stride(), block, answers.row(0),
                    answers.stride(), nullptr, counts);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        const Index r = (compared - t % compared) % compared;
        if (t == 0 || r >= block)
            continue;
        window.answer(source.windowOf(r), source.wideStride(), t + r - engine.config.past(),
                      expected.row(0), nullptr, counts);
        double& error = worst[static_cast<std::size_t>(t * 10 / rows)];
        for (Index c = 0; c < engine.config.outputs; ++c) {
            const double d = std::abs(static_cast<double>(answers(r, c)) - expected(0, c))
                / std::max(1.0, std::abs(expected(0, c)));
            error = std::isfinite(d) ? std::max(error, d) : HUGE_VAL;
        }
    }
    std::printf("%-38s x%-4g %6.2f us/row ", engine.name, queryScale,
                1e6 * seconds / static_cast<double>(rows));
    for (const double error : worst)
        std::printf(" %.1e", error);
    std::printf("\n");
}

} // namespace

int main(int count, char** arguments)
{
    const Index rows = count > 1 ? std::atol(arguments[1]) : 1000000;
    std::printf("%td rows in blocks of %td; largest error in each tenth against a window in double "
                "precision at every %tdth row\n",
                rows, block, compared);
    for (const Engine& engine : engines()) {
        for (const double queryScale : {1.0, 30.0})
            soak(engine, rows, queryScale);
    }
    return 0;
}
