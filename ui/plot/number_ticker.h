#pragma once

#include "ui/plot/plot.h"

#include <algorithm>
#include <cmath>

namespace stint::ui {

/// Ticks of rows and seconds, all written alike: their thousands apart ("1 500 000"), and with as
/// many decimals as tell neighbours apart. Steps below a millionth have exponents.
class NumberTicker : public QCPAxisTicker {
protected:
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override
    {
        m_decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(tickStep) - 1e-9)));
        return QCPAxisTicker::createTickVector(tickStep, range);
    }

    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override
    {
        constexpr int mostDecimals = 6;
        constexpr double leastGrouped = 1e4; // "5000" needs no help
        if (m_decimals > mostDecimals)
            return QCPAxisTicker::getTickLabel(tick, locale, format, precision);
        QString text = QString::number(tick, 'f', m_decimals);
        if (std::abs(tick) < leastGrouped)
            return text;
        const auto point = text.indexOf(u'.');
        const auto first = tick < 0.0 ? 1 : 0;
        for (auto i = (point < 0 ? text.size() : point) - 3; i > first; i -= 3)
            text.insert(i, QChar(0x202F)); // narrow, and a line does not break there
        return text;
    }

private:
    int m_decimals = 0;
};

} // namespace stint::ui
