#pragma once

#include <QAbstractListModel>
#include <QList>
#include <QString>

#include <deque>

namespace stint::ui {

/// A line that a device sent, or that was sent to it.
struct ConsoleEntry {
    double time = 0.0; ///< [s] since 1970-01-01 UTC
    QString text; ///< printable
    bool sent = false; ///< to the device
    QString why; ///< why it is no sample; empty: it is one, or nobody said
    int repeats = 1; ///< how often it came in a row
};

/// The newest lines of a console; older ones go. Equal lines in a row are one that is counted.
class ConsoleLines : public QAbstractListModel {
    Q_OBJECT

public:
    static constexpr qsizetype newest = 2000; ///< lines that are kept

    using QAbstractListModel::QAbstractListModel;

    void append(const QList<ConsoleEntry>& entries);

    /// Marks the newest line that begins like this as no sample. Looks at the last few hundred.
    /// Returns false if there is none, for example because it is not known in full yet.
    bool markBad(const QString& beginning, const QString& why);

    void clear();

    [[nodiscard]] const ConsoleEntry& entry(int row) const
    {
        return m_entries[static_cast<std::size_t>(row)];
    }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::deque<ConsoleEntry> m_entries; // oldest first
};

} // namespace stint::ui
