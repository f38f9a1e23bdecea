#include "core/compare/time_warping.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace stint {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Index reachOf(Index rowsA, Index rowsB, double band)
{
    const auto longer = static_cast<double>(std::max(rowsA, rowsB));
    return std::max(std::abs(rowsA - rowsB), static_cast<Index>(std::ceil(band * longer - 1e-9)));
}

} // namespace

double TimeWarping::distance(const RowMatrix& a, const RowMatrix& b, double band, double limit)
{
    assert(a.cols() == b.cols() && a.rows() > 0 && b.rows() > 0);
    const Index reach = reachOf(a.rows(), b.rows(), band);
    const auto columns = static_cast<std::size_t>(b.rows() + 1);
    // Entry j + 1 is the least sum of a path that ends at row j of b.
    m_before.assign(columns, infinity);
    m_here.assign(columns, infinity);
    m_before.front() = 0.0;
    for (Index i = 0; i < a.rows(); ++i) {
        const Index first = std::max<Index>(0, i - reach);
        const Index last = std::min(b.rows() - 1, i + reach);
        // Entries left of the band hold the row before the last; only the next one is read.
        m_here[static_cast<std::size_t>(first)] = infinity;
        double least = infinity;
        for (Index j = first; j <= last; ++j) {
            const auto at = static_cast<std::size_t>(j);
            const double path = std::min({m_before[at], m_before[at + 1], m_here[at]});
            const double* x = a.data() + i * a.cols();
            const double* y = b.data() + j * b.cols();
            double square = 0.0;
            for (Index c = 0; c < a.cols(); ++c)
                square += (x[c] - y[c]) * (x[c] - y[c]);
            m_here[at + 1] = path + square;
            least = std::min(least, m_here[at + 1]);
        }
        if (least > limit)
            return infinity;
        std::swap(m_before, m_here);
    }
    return m_before.back() > limit ? infinity : m_before.back();
}

WarpingEnvelope::WarpingEnvelope(const RowMatrix& query, Index reach)
{
    const Index rows = query.rows();
    m_lowest.resize(rows + reach, query.cols());
    m_highest.resize(rows + reach, query.cols());
    for (Index j = 0; j < rows + reach; ++j) {
        const Index first = std::max<Index>(0, j - reach);
        const Index last = std::min(rows - 1, j + reach);
        m_lowest.row(j) = query.middleRows(first, last - first + 1).colwise().minCoeff();
        m_highest.row(j) = query.middleRows(first, last - first + 1).colwise().maxCoeff();
    }
}

double WarpingEnvelope::lowerBound(const RowMatrix& series) const
{
    assert(series.rows() <= m_lowest.rows() && series.cols() == m_lowest.cols());
    const Index rows = series.rows();
    return (series - m_highest.topRows(rows))
        .cwiseMax(m_lowest.topRows(rows) - series)
        .cwiseMax(0.0)
        .squaredNorm();
}

Result<NearestSeries> fitNearestSeries(const SeriesSet& set, double band)
{
    if (const std::optional<Error> error = unusable(set))
        return *error;
    if (!(band >= 0.0 && band <= 1.0))
        return Error {"The band of the time warping is a fraction of the length; give a number "
                      "from 0 to 1."};
    return NearestSeries {set.series, set.labels, band};
}

Index classify(const NearestSeries& model, const RowMatrix& series)
{
    if (series.rows() == 0 || model.series.empty() || series.cols() != model.series.front().cols()
        || !series.allFinite())
        return -1;
    Index reach = 0;
    for (const RowMatrix& other : model.series)
        reach = std::max(reach, reachOf(series.rows(), other.rows(), model.band));
    const WarpingEnvelope envelope(series, reach);
    std::vector<std::pair<double, std::size_t>> candidates;
    for (std::size_t k = 0; k < model.series.size(); ++k)
        candidates.emplace_back(envelope.lowerBound(model.series[k]), k);
    std::sort(candidates.begin(), candidates.end());

    TimeWarping warping;
    std::size_t nearest = model.series.size();
    double least = infinity;
    for (const auto& [bound, k] : candidates) {
        if (bound > least)
            break;
        const double distance = warping.distance(series, model.series[k], model.band, least);
        if (distance < least || (distance == least && k < nearest)) {
            least = distance;
            nearest = k;
        }
    }
    return nearest < model.labels.size() ? model.labels[nearest] : -1;
}

} // namespace stint
