// The float kernels for processors with AVX512: compiled with flags of their own.
#define STINT_LANES 16
#define STINT_SUMS_BY_THREES
#include "core/kernels/kernel_sets.h"
#include "core/kernels/vector_kernels.h"

#include <immintrin.h>

namespace stint {

namespace {

// Products with weights of -1, 0 and +1 by looking sums of three inputs up.

constexpr Index tripleBits = 5;
constexpr Index triplesPerCode = weightsPerCode / 3;
constexpr int tripleSums = 27;

/// The weight that each of three inputs has in sum e of the table, e = 0 … 31; 0 beyond the last.
struct TripleWeights {
    float of[3][2 * lanes] = {};

    constexpr TripleWeights()
    {
        for (int e = 0; e < tripleSums; ++e) {
            int digits = e;
            for (auto& input : of) {
                input[e] = static_cast<float>(digits % 3 - 1);
                digits /= 3;
            }
        }
    }
};

constexpr TripleWeights tripleWeights;

/// All sums of three inputs, in the order in which a product by threes adds them.
struct TripleTable {
    Vector low;
    Vector high;
};

inline __attribute__((always_inline)) TripleTable tableOf(const float* x)
{
    const auto& w = tripleWeights.of;
    TripleTable table {x[0] * load(w[0]), x[0] * load(w[0] + lanes)};
    table.low += x[1] * load(w[1]);
    table.high += x[1] * load(w[1] + lanes);
    table.low += x[2] * load(w[2]);
    table.high += x[2] * load(w[2] + lanes);
    return table;
}

inline void finishTripleSums(const TripleSumArguments& s)
{
    for (Index j = 0; j < s.n; j += lanes) {
        Vector v = load(s.c + j);
        if (s.gain != nullptr)
            v *= load(s.gain + j);
        if (s.bias != nullptr)
            v += load(s.bias + j);
        if (s.relu)
            v = larger(v, Vector {});
        store(s.c + j, v);
    }
}

void tripleSum(const TripleSumArguments& s)
{
    for (Index j = 0; j < s.n; j += lanes)
        store(s.c + j, Vector {});
    const std::uint32_t* codes = s.codes;
    for (Index first = 0; first < s.k; first += weightsPerCode, codes += s.codeRow) {
        float x[static_cast<unsigned long>(weightsPerCode)] = {};
        const Index left = s.k - first < weightsPerCode ? s.k - first : weightsPerCode;
        __builtin_memcpy(x, s.x + first, static_cast<unsigned long>(left) * sizeof(float));
        TripleTable tables[static_cast<unsigned long>(triplesPerCode)];
        for (Index t = 0; t < triplesPerCode; ++t)
            tables[t] = tableOf(x + 3 * t);
        for (Index j = 0; j < s.n; j += lanes) {
            IntVector code;
            __builtin_memcpy(&code, codes + j, sizeof code);
            Vector sum = load(s.c + j);
            for (const TripleTable& table : tables) {
                sum += reinterpret_cast<Vector>(_mm512_permutex2var_ps(
                    reinterpret_cast<__m512>(table.low), reinterpret_cast<__m512i>(code),
                    reinterpret_cast<__m512>(table.high)));
                code >>= static_cast<int>(tripleBits); // the lookup reads the lowest five bits
            }
            store(s.c + j, sum);
        }
    }
    finishTripleSums(s);
}

} // namespace

const FloatKernels avx512Kernels {"avx512",        lanes,         &product, &attend,
                                  &attendGradient, &exponentials, &rowSums, &tripleSum};

} // namespace stint
