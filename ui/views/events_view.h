#pragma once

#include "core/series/recording.h"
#include "ui/model_facts.h"
#include "ui/plot/time_scale.h"
#include "ui/views/view.h"

#include <QAbstractTableModel>
#include <QLabel>
#include <QStringList>
#include <QTableView>

#include <memory>
#include <vector>

namespace stint::ui {

/// The alarm events of a store as a table: time, channel, score, level, part. The level is the
/// score as a person reads it, from 0 to 1 and 0.5 at the threshold.
class AlarmModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { TimeColumn, ChannelColumn, ScoreColumn, LevelColumn, PartColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// The times of the recording in which the events are told, with its channel names.
    void setRecording(const TimeScale& scale);

    /// Names of the channels that events speak of, if they are not all channels of the recording.
    void setChannelNames(const QStringList& names) { m_names = names; }

    /// Replaces the events; the newest comes first. \param levels of their peaks, NaN: not known.
    void setAlarms(const std::vector<AlarmSpan>& alarms, std::vector<double> levels);

    [[nodiscard]] const AlarmSpan& alarm(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString channelName(Index channel) const;

    TimeScale m_scale;
    QStringList m_names;
    std::vector<AlarmSpan> m_alarms; // oldest first
    std::vector<double> m_levels; // of their peaks
};

/// List of the alarms; choosing one asks to go there.
class EventsView : public View {
    Q_OBJECT

public:
    explicit EventsView(QWidget* parent = nullptr);

    /// Shows the events of another recording. \param scale of it.
    void setRecording(const TimeScale& scale);
    void setModel(const ModelFacts& facts);
    void refresh(const ResultStore& store) override;

    [[nodiscard]] int eventCount() const { return m_model->rowCount(); }
    [[nodiscard]] QString text(int row, AlarmModel::Column column) const;

Q_SIGNALS:
    void seekRequested(stint::Index row);

private:
    [[nodiscard]] std::vector<double> levelsOf(const ResultStore& store) const;

    AlarmModel* m_model; // children
    QLabel* m_caption;
    QTableView* m_table;
    ModelFacts m_facts;
    std::uint64_t m_version = 0;
};

} // namespace stint::ui
