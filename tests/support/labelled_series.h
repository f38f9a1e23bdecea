#pragma once

#include "core/compare/series_set.h"
#include "core/series/byte_source.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <cmath>
#include <map>
#include <vector>

namespace stint::test {

/// Reads compressed rows of "series number, row, values …, class". Classes are numbered through
/// `names`, which belongs to the training and the test file together. Empty if unreadable.
inline SeriesSet readLabelledSeries(const QString& path, std::map<QByteArray, Index>& names)
{
    SeriesSet set;
    const auto bytes = openBytes(path.toStdString());
    if (!bytes)
        return set;
    QByteArray text;
    std::vector<char> block(std::size_t {1} << 20U);
    for (;;) {
        const auto count = (*bytes)->read(block.data(), block.size());
        if (!count)
            return set;
        text.append(block.data(), static_cast<qsizetype>(*count));
        if (*count < block.size())
            break;
    }
    QByteArray id;
    const QList<QByteArray> lines = text.split('\n');
    for (const QByteArray& line : lines.mid(1)) {
        const QList<QByteArray> cells = line.trimmed().split(',');
        if (cells.size() < 4)
            continue;
        if (set.series.empty() || cells.front() != id) {
            id = cells.front();
            set.series.emplace_back(0, cells.size() - 3);
            set.labels.push_back(
                names.try_emplace(cells.back(), static_cast<Index>(names.size())).first->second);
        }
        RowMatrix& rows = set.series.back();
        rows.conservativeResize(rows.rows() + 1, Eigen::NoChange);
        for (Index c = 0; c < rows.cols(); ++c)
            rows(rows.rows() - 1, c) = cells[c + 2].toDouble();
    }
    set.classes = static_cast<Index>(names.size());
    return set;
}

/// Standardises both sets per channel by all rows of the first.
inline void standardiseSeries(SeriesSet& train, SeriesSet& further)
{
    const Index channels = train.series.front().cols();
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(channels);
    Eigen::VectorXd squares = Eigen::VectorXd::Zero(channels);
    double rows = 0.0;
    for (const RowMatrix& series : train.series) {
        sum += series.colwise().sum().transpose();
        squares += series.cwiseAbs2().colwise().sum().transpose();
        rows += static_cast<double>(series.rows());
    }
    const Eigen::VectorXd mean = sum / rows;
    const Eigen::VectorXd scale = (squares / rows - mean.cwiseAbs2()).cwiseSqrt();
    for (SeriesSet* set : {&train, &further}) {
        for (RowMatrix& series : set->series) {
            series.rowwise() -= mean.transpose();
            series.array().rowwise() /= scale.transpose().array();
        }
    }
}

} // namespace stint::test
