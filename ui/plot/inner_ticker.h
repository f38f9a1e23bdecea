#pragma once

#include "ui/plot/plot.h"

namespace stint::ui {

/// Two ticks at most, none close to the ends of the axis, so that the numbers of low axes on top of
/// one another do not run into each other.
class InnerTicker : public QCPAxisTicker {
public:
    InnerTicker() { setTickCount(3); }

protected:
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override
    {
        const double margin = 0.14 * range.size();
        QVector<double> ticks;
        for (const double tick : QCPAxisTicker::createTickVector(tickStep, range)) {
            if (tick > range.lower + margin && tick < range.upper - margin)
                ticks.append(tick);
        }
        if (ticks.size() > 2)
            return {ticks.first(), ticks.last()};
        return ticks;
    }
};

} // namespace stint::ui
