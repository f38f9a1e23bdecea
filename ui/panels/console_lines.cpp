#include "ui/panels/console_lines.h"

#include "ui/plot/theme.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>

namespace stint::ui {

namespace {

QString timeOfDay(double seconds)
{
    return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(std::llround(seconds * 1e3)))
        .toString(QStringLiteral("HH:mm:ss.zzz"));
}

} // namespace

void ConsoleLines::append(const QList<ConsoleEntry>& entries)
{
    // What would be pushed out at once is not put in.
    const qsizetype first = std::max<qsizetype>(entries.size() - newest, 0);
    for (qsizetype i = first; i < entries.size(); ++i) {
        const ConsoleEntry& entry = entries[i];
        if (!m_entries.empty() && m_entries.back().text == entry.text
            && m_entries.back().sent == entry.sent) {
            ++m_entries.back().repeats;
            m_entries.back().time = entry.time;
            const QModelIndex changed = index(rowCount() - 1);
            Q_EMIT dataChanged(changed, changed);
            continue;
        }
        beginInsertRows({}, rowCount(), rowCount());
        m_entries.push_back(entry);
        endInsertRows();
    }
    const auto excess = static_cast<int>(rowCount() - newest);
    if (excess > 0) {
        beginRemoveRows({}, 0, excess - 1);
        m_entries.erase(m_entries.begin(), m_entries.begin() + excess);
        endRemoveRows();
    }
}

bool ConsoleLines::markBad(const QString& beginning, const QString& why)
{
    constexpr int searched = 300;
    const int last = std::max(rowCount() - searched, 0);
    for (int row = rowCount() - 1; row >= last; --row) {
        ConsoleEntry& entry = m_entries[static_cast<std::size_t>(row)];
        if (entry.sent || !entry.text.startsWith(beginning))
            continue;
        entry.why = why;
        Q_EMIT dataChanged(index(row), index(row));
        return true;
    }
    return false;
}

void ConsoleLines::clear()
{
    beginResetModel();
    m_entries.clear();
    endResetModel();
}

int ConsoleLines::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant ConsoleLines::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const ConsoleEntry& line = entry(index.row());
    if (role == Qt::ToolTipRole)
        return line.why.isEmpty() ? QVariant() : QVariant(line.why);
    if (role == Qt::ForegroundRole && !line.why.isEmpty())
        return QColor(colours::vermilion);
    if (role == Qt::ForegroundRole && line.sent)
        return QColor(colours::blue);
    if (role != Qt::DisplayRole)
        return {};
    QString text = timeOfDay(line.time)
        + (line.sent ? QStringLiteral(" > ") : QStringLiteral("   ")) + line.text;
    if (line.repeats > 1)
        text += tr("   (%1 times)").arg(line.repeats);
    if (!line.why.isEmpty())
        text += tr("   ✗ %1").arg(line.why);
    return text;
}

} // namespace stint::ui
