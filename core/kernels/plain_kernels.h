#pragma once

#include "core/kernels/kernel_arguments.h"

#include <cmath>
#include <limits>

/// The kernels in plain loops, for any scalar: double precision, and scalars that count. They are
/// the definition that the vector kernels are compared with.
namespace stint::plain {

/// Everything that follows the sum over k of one element.
template <typename T>
void finish(const ProductArguments<T>& p, Index i, Index j, T sum)
{
    if (p.gain != nullptr)
        sum *= p.gain[j];
    if (p.bias != nullptr)
        sum += p.bias[j];
    T& c = p.c[i * p.cRow + j];
    if (p.accumulate)
        sum += c;
    c = p.relu && sum < T {} ? T {} : sum;
}

template <typename T>
void product(const ProductArguments<T>& p)
{
    for (Index i = 0; i < p.m; ++i) {
        for (Index j = 0; j < p.n; ++j) {
            T sum {};
            for (Index k = 0; k < p.k; ++k)
                sum += p.a[i * p.aRow + k * p.aCol] * p.b[k * p.bRow + j];
            finish(p, i, j, sum);
        }
    }
}

/// The same for B of -1, 0 and +1 only: adds and subtracts the kept inputs, skips the rest.
template <typename T>
void signedSum(const ProductArguments<T>& p)
{
    for (Index i = 0; i < p.m; ++i) {
        for (Index j = 0; j < p.n; ++j) {
            T sum {};
            for (Index k = 0; k < p.k; ++k) {
                const T& sign = p.b[k * p.bRow + j];
                if (sign > T {})
                    sum += p.a[i * p.aRow + k * p.aCol];
                else if (sign < T {})
                    sum -= p.a[i * p.aRow + k * p.aCol];
            }
            finish(p, i, j, sum);
        }
    }
}

template <typename T>
void attend(const AttendArguments<T>& a)
{
    using std::exp;
    T largest {};
    for (Index j = 0; j < a.count; ++j) {
        T logit {};
        for (Index i = 0; i < a.headSize; ++i)
            logit += a.query[i] * a.keys[i * a.keyRow + j];
        logit *= a.scale;
        if (a.bias != nullptr)
            logit += a.bias[j];
        a.weights[j] = logit;
        if (j == 0 || logit > largest)
            largest = logit;
    }
    T sum {};
    for (Index j = 0; j < a.count; ++j) {
        a.weights[j] = exp(a.weights[j] - largest);
        sum += a.weights[j];
    }
    for (Index j = 0; j < a.count; ++j)
        a.weights[j] /= sum;
    for (Index i = 0; i < a.headSize; ++i) {
        T out {};
        for (Index j = 0; j < a.count; ++j)
            out += a.weights[j] * a.values[j * a.valueRow + i];
        a.out[i] = out;
    }
}

/// dWeight_j = dOut · v_j; dLogit_j = weight_j (dWeight_j - sum_k weight_k dWeight_k).
template <typename T>
void attendGradient(const AttendGradientArguments<T>& g)
{
    T mean {};
    for (Index j = 0; j < g.count; ++j) {
        T dWeight {};
        for (Index i = 0; i < g.headSize; ++i) {
            dWeight += g.dOut[i] * g.values[i * g.row + j];
            g.dValues[i * g.row + j] += g.dOut[i] * g.weights[j];
        }
        g.scratch[j] = dWeight;
        mean += g.weights[j] * dWeight;
    }
    for (Index j = 0; j < g.count; ++j) {
        const T dBiased = g.weights[j] * (g.scratch[j] - mean);
        if (g.dBias != nullptr)
            g.dBias[j] += dBiased;
        const T dLogit = dBiased * g.scale;
        for (Index i = 0; i < g.headSize; ++i) {
            g.dQuery[i] += dLogit * g.keys[i * g.row + j];
            g.dKeys[i * g.row + j] += dLogit * g.query[i];
        }
    }
}

} // namespace stint::plain
