#pragma once

#include "core/base/matrix.h"
#include "core/base/rng.h"
#include "core/kernels/kernels.h"

#include <QTest>

#include <vector>

namespace stint::test {

/// For initTestCase_data(): the tests run once with each instruction set of this machine.
inline void addInstructionSets()
{
    QTest::addColumn<QString>("set");
    for (const char* name : {"baseline", "avx2", "avx512"}) {
        if (floatKernels(name) != nullptr)
            QTest::newRow(name) << QString::fromLatin1(name);
    }
}

/// The kernels of the instruction set that the tests run with now.
inline const FloatKernels& fetchedSet()
{
    QFETCH_GLOBAL(QString, set);
    return *floatKernels(set.toLatin1().constData());
}

/// (rows, cols) standard normal values, padding zero.
inline Matrix<float> randomTable(Index rows, Index cols, Rng& rng)
{
    Matrix<float> m(rows, cols);
    for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < cols; ++c)
            m(r, c) = static_cast<float>(rng.normal());
    }
    return m;
}

/// The same numbers for the plain loops in double.
inline std::vector<double> widened(const AlignedVector<float>& from)
{
    return {from.begin(), from.end()};
}

} // namespace stint::test
