// The float kernels on the compiler's vector types. Included once by each file that is compiled for
// one instruction set; STINT_LANES is the number of floats per vector. Everything is local to that
// file and nothing of the standard library is used: an inline function compiled here for a newer
// processor must never stand in for one that an older processor runs.
#pragma once

#include "core/kernels/kernel_arguments.h"

#ifndef STINT_LANES
#define STINT_LANES 4 // NOLINT(readability-identifier-naming)
#endif

// NOLINTBEGIN(misc-definitions-in-headers): every file that includes this wants its own.
namespace stint {
namespace { // NOLINT: local on purpose

constexpr Index lanes = STINT_LANES;

// NOLINTNEXTLINE(modernize-use-using): the attribute belongs to a typedef
typedef float Vector __attribute__((vector_size(STINT_LANES * sizeof(float))));
// NOLINTNEXTLINE(modernize-use-using)
typedef int IntVector __attribute__((vector_size(STINT_LANES * sizeof(int))));

inline __attribute__((always_inline)) Vector load(const float* from)
{
    Vector v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}

inline __attribute__((always_inline)) void store(float* to, Vector v)
{
    __builtin_memcpy(to, &v, sizeof v);
}

inline __attribute__((always_inline)) Vector spread(float value) { return Vector {} + value; }

inline __attribute__((always_inline)) Vector larger(Vector a, Vector b) { return a > b ? a : b; }

inline float sumOf(Vector v)
{
    float sum = 0.0F;
    for (Index i = 0; i < lanes; ++i)
        sum += v[i];
    return sum;
}

/// 2^n times a polynomial (Cephes) on the rest, for n the whole number next to x / ln 2.
inline __attribute__((always_inline)) Vector expFrom(Vector x, IntVector n)
{
    const Vector whole = __builtin_convertvector(n, Vector);
    const Vector r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
    Vector y = spread(1.9875691500e-4F);
    y = y * r + 1.3981999507e-3F;
    y = y * r + 8.3334519073e-3F;
    y = y * r + 4.1665795894e-2F;
    y = y * r + 1.6666665459e-1F;
    y = y * r + 5.0000001201e-1F;
    y = y * r * r + r + 1.0F;
    const IntVector bits = (n + 127) << 23;
    Vector power;
    __builtin_memcpy(&power, &bits, sizeof power);
    return y * power;
}

/// exp for arguments up to 0, as softmax needs it. Below -87.3 the result would be denormal and is
/// cut there.
inline __attribute__((always_inline)) Vector expOfNegative(Vector x)
{
    x = larger(x, spread(-87.3F));
    const Vector scaled = x * 1.44269504088896341F - 0.5F;
    return expFrom(x, __builtin_convertvector(scaled, IntVector)); // towards zero: x <= 0
}

/// exp for arguments of either sign, cut to those whose result is a normal float.
inline __attribute__((always_inline)) Vector expOfAny(Vector x)
{
    x = larger(x, spread(-87.3F));
    x = x < 88.0F ? x : spread(88.0F);
    const Vector scaled = x * 1.44269504088896341F - 0.5F;
    // Upwards: towards zero, and one more where that was downwards.
    const IntVector n = __builtin_convertvector(scaled, IntVector);
    return expFrom(x, n - (__builtin_convertvector(n, Vector) < scaled));
}

/// Adds `together` steps of the sum over k to a tile, first among themselves.
template <Index height, Index width, Index together>
inline __attribute__((always_inline)) void
addTogether(const ProductArguments<float>& p, const float* a, const float* b,
            Vector (&sums)[static_cast<unsigned long>(height)][static_cast<unsigned long>(width)])
{
    for (Index w = 0; w < width; ++w) {
        Vector bk[static_cast<unsigned long>(together)];
        for (Index t = 0; t < together; ++t)
            bk[t] = load(b + t * p.bRow + w * lanes);
        for (Index h = 0; h < height; ++h) {
            Vector part = a[h * p.aRow] * bk[0];
            for (Index t = 1; t < together; ++t)
                part += a[h * p.aRow + t * p.aCol] * bk[t];
            sums[h][w] += part;
        }
    }
}

/// What follows the sums of a tile.
template <Index height, Index width>
inline __attribute__((always_inline)) void finishTile(
    const ProductArguments<float>& p, Index i, Index j,
    const Vector (&sums)[static_cast<unsigned long>(height)][static_cast<unsigned long>(width)])
{
    for (Index h = 0; h < height; ++h) {
        for (Index w = 0; w < width; ++w) {
            const Index column = j + w * lanes;
            float* c = p.c + (i + h) * p.cRow + column;
            Vector v = sums[h][w];
            if (p.gain != nullptr)
                v *= load(p.gain + column);
            if (p.bias != nullptr)
                v += load(p.bias + column);
            if (p.accumulate)
                v += load(c);
            if (p.relu)
                v = larger(v, Vector {});
            store(c, v);
        }
    }
}

/// `height` rows by `width` vectors of C, all in registers over the whole sum.
template <Index height, Index width, Index together>
inline __attribute__((always_inline)) void productTile(const ProductArguments<float>& p, Index i,
                                                       Index j)
{
    Vector sums[static_cast<unsigned long>(height)][static_cast<unsigned long>(width)] = {};
    const float* a = p.a + i * p.aRow;
    const float* b = p.b + j;
    Index k = 0;
    if constexpr (together > 1) {
        for (; k + together <= p.k; k += together, a += together * p.aCol, b += together * p.bRow)
            addTogether<height, width, together>(p, a, b, sums);
        if (k + 2 == p.k) { // what is left of threes is summed first, too
            addTogether<height, width, 2>(p, a, b, sums);
            k += 2;
        }
    }
    for (; k < p.k; ++k, a += p.aCol, b += p.bRow) {
        Vector bk[static_cast<unsigned long>(width)];
        for (Index w = 0; w < width; ++w)
            bk[w] = load(b + w * lanes);
        for (Index h = 0; h < height; ++h)
            for (Index w = 0; w < width; ++w)
                sums[h][w] += a[h * p.aRow] * bk[w];
    }
    finishTile<height, width>(p, i, j, sums);
}

template <Index width, Index together>
void productRows(const ProductArguments<float>& p, Index j)
{
    constexpr Index tall = lanes == 16 ? 12 : 4;
    Index i = 0;
    for (; i + tall <= p.m; i += tall)
        productTile<tall, width, together>(p, i, j);
    if constexpr (tall > 4) {
        for (; i + 4 <= p.m; i += 4)
            productTile<4, width, together>(p, i, j);
    }
    for (; i < p.m; ++i)
        productTile<1, width, together>(p, i, j);
}

template <Index together>
void productOf(const ProductArguments<float>& p)
{
    const Index columns = (p.n + lanes - 1) / lanes * lanes;
    Index j = 0;
    if (p.m == 1) {
        for (; j + 4 * lanes <= columns; j += 4 * lanes)
            productTile<1, 4, together>(p, 0, j);
    }
    for (; j + 2 * lanes <= columns; j += 2 * lanes)
        productRows<2, together>(p, j);
    for (; j < columns; j += lanes)
        productRows<1, together>(p, j);
}

[[maybe_unused]] void product(const ProductArguments<float>& p)
{
#ifdef STINT_SUMS_BY_THREES
    if (p.byThrees) {
        productOf<3>(p);
        return;
    }
#endif
    productOf<1>(p);
}

[[maybe_unused]] void attend(const AttendArguments<float>& a)
{
    IntVector lane;
    for (int i = 0; i < lanes; ++i)
        lane[i] = i;
    const Index vectors = (a.count + lanes - 1) / lanes;
    const Vector lowest = spread(-3.0e38F);

    Vector largest = lowest;
    for (Index v = 0; v < vectors; ++v) {
        const float* keys = a.keys + v * lanes;
        Vector logit = {};
        for (Index i = 0; i < a.headSize; ++i)
            logit += a.query[i] * load(keys + i * a.keyRow);
        const IntVector missing = lane + static_cast<int>(v * lanes) >= static_cast<int>(a.count);
        logit *= a.scale;
        if (a.bias != nullptr)
            logit += load(a.bias + v * lanes);
        logit = missing ? lowest : logit;
        largest = larger(largest, logit);
        store(a.weights + v * lanes, logit);
    }
    float top = largest[0];
    for (int i = 1; i < lanes; ++i)
        top = largest[i] > top ? largest[i] : top;

    Vector sums = {};
    for (Index v = 0; v < vectors; ++v) {
        const IntVector missing = lane + static_cast<int>(v * lanes) >= static_cast<int>(a.count);
        const Vector e = expOfNegative(load(a.weights + v * lanes) - top);
        const Vector weight = missing ? Vector {} : e;
        sums += weight;
        store(a.weights + v * lanes, weight);
    }
    const float inverse = 1.0F / sumOf(sums);
    for (Index v = 0; v < vectors; ++v)
        store(a.weights + v * lanes, load(a.weights + v * lanes) * inverse);

    for (Index i = 0; i < a.headSize; i += lanes) {
        Vector even = {};
        Vector odd = {};
        const float* value = a.values + i;
        Index j = 0;
        for (; j + 2 <= a.count; j += 2) {
            even += a.weights[j] * load(value + j * a.valueRow);
            odd += a.weights[j + 1] * load(value + (j + 1) * a.valueRow);
        }
        if (j < a.count)
            even += a.weights[j] * load(value + j * a.valueRow);
        even += odd;
        const Index used = a.headSize - i < lanes ? a.headSize - i : lanes;
        __builtin_memcpy(a.out + i, &even, static_cast<unsigned long>(used) * sizeof(float));
    }
}

[[maybe_unused]] void exponentials(const ExponentialArguments<float>& e)
{
    IntVector lane;
    for (int i = 0; i < lanes; ++i)
        lane[i] = i;
    for (Index j = 0; j < e.count; j += lanes) {
        const IntVector missing = lane + static_cast<int>(j) >= static_cast<int>(e.count);
        const Vector y = expOfAny(load(e.x + j) - e.reference);
        store(e.out + j, missing ? Vector {} : y);
    }
}

[[maybe_unused]] void rowSums(const RowSumArguments<float>& s)
{
    for (Index i = 0; i < s.rows; ++i) {
        const float* row = s.a + i * s.aRow;
        Vector even = {};
        Vector odd = {};
        Index j = 0;
        for (; j + lanes < s.cols; j += 2 * lanes) {
            even += load(row + j);
            odd += load(row + j + lanes);
        }
        if (j < s.cols)
            even += load(row + j);
        s.out[i] = sumOf(even + odd);
    }
}

[[maybe_unused]] void attendGradient(const AttendGradientArguments<float>& g)
{
    const Index vectors = (g.count + lanes - 1) / lanes;
    Vector sums = {};
    for (Index v = 0; v < vectors; ++v) {
        const Index j = v * lanes;
        const Vector weight = load(g.weights + j);
        Vector dWeight = {};
        for (Index i = 0; i < g.headSize; ++i) {
            dWeight += g.dOut[i] * load(g.values + i * g.row + j);
            float* dValue = g.dValues + i * g.row + j;
            store(dValue, load(dValue) + g.dOut[i] * weight);
        }
        // Padded weights are zero, so whatever lies behind the last key has no part in the sum.
        sums += weight * dWeight;
        store(g.scratch + j, dWeight);
    }
    const float mean = sumOf(sums);
    for (Index v = 0; v < vectors; ++v) {
        const Index j = v * lanes;
        const Vector dBiased = load(g.weights + j) * (load(g.scratch + j) - mean);
        if (g.dBias != nullptr)
            store(g.dBias + j, load(g.dBias + j) + dBiased);
        store(g.scratch + j, dBiased * g.scale);
    }
    for (Index i = 0; i < g.headSize; ++i) {
        Vector dQuery = {};
        for (Index v = 0; v < vectors; ++v) {
            const Index j = v * lanes;
            const Vector dLogit = load(g.scratch + j);
            dQuery += dLogit * load(g.keys + i * g.row + j);
            float* dKey = g.dKeys + i * g.row + j;
            store(dKey, load(dKey) + dLogit * g.query[i]);
        }
        g.dQuery[i] += sumOf(dQuery);
    }
}

} // namespace
} // namespace stint
// NOLINTEND(misc-definitions-in-headers)
