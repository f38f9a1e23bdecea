#include "ui/views/events_view.h"

#include "ui/plot/theme.h"

#include <QHeaderView>
#include <QVBoxLayout>

#include <cmath>
#include <limits>
#include <optional>

namespace stint::ui {

namespace {

QString levelText(double level)
{
    return std::isfinite(level) ? QString::number(level, 'f', 2) : QStringLiteral("–");
}

} // namespace

void AlarmModel::setRecording(const TimeScale& scale)
{
    beginResetModel();
    m_scale = scale;
    m_names.clear();
    for (const Channel& channel : m_scale.recording()->channels)
        m_names.append(QString::fromStdString(channel.name));
    m_alarms.clear();
    endResetModel();
}

void AlarmModel::setAlarms(const std::vector<AlarmSpan>& alarms, std::vector<double> levels)
{
    m_levels = std::move(levels);
    // Most changes only lengthen the newest event; resetting the table would lose the selection.
    if (alarms.size() == m_alarms.size()) {
        m_alarms = alarms;
        if (!m_alarms.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_alarms = alarms;
    endResetModel();
}

const AlarmSpan& AlarmModel::alarm(int row) const
{
    return m_alarms[m_alarms.size() - 1 - static_cast<std::size_t>(row)];
}

int AlarmModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_alarms.size());
}

int AlarmModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AlarmModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const AlarmSpan& event = alarm(index.row());
    const bool number = index.column() == ScoreColumn || index.column() == LevelColumn;
    if (role == Qt::TextAlignmentRole && number)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return tr("Rows %1 to %2, highest at row %3")
            .arg(event.first + 1)
            .arg(event.last + 1)
            .arg(event.peakRow + 1);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case TimeColumn:
        return m_scale.text(event.first);
    case ChannelColumn:
        return channelName(event.topChannel);
    case ScoreColumn:
        return shortNumber(static_cast<double>(event.peak));
    case LevelColumn:
        return levelText(m_levels[m_levels.size() - 1 - static_cast<std::size_t>(index.row())]);
    case PartColumn:
        return event.part == ScorePart::Encoder ? tr("encoder") : tr("autoregression");
    case ColumnCount:
        break;
    }
    return {};
}

QVariant AlarmModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::ToolTipRole && section == LevelColumn)
        return tr(
            "The score from 0 to 1: 0.5 at the threshold, 0.75 at twice the threshold, 0.95 at "
            "ten times");
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case TimeColumn:
        return tr("Begins");
    case ChannelColumn:
        return tr("Channel");
    case ScoreColumn:
        return tr("Score");
    case LevelColumn:
        return tr("Level");
    case PartColumn:
        return tr("Carried by");
    case ColumnCount:
        break;
    }
    return {};
}

QString AlarmModel::channelName(Index channel) const
{
    return channel < 0 || channel >= m_names.size() ? QStringLiteral("–") : m_names[channel];
}

EventsView::EventsView(QWidget* parent)
    : View(parent),
      m_model(new AlarmModel(this)),
      m_caption(new QLabel(tr("No alarm yet"), this)),
      m_table(new QTableView(this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Alarm events, newest first"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 4);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(AlarmModel::ChannelColumn,
                                                      QHeaderView::Stretch);
    m_table->horizontalHeader()->setResizeContentsPrecision(20);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setToolTip(tr("Click an event, or press Enter on it, to go there."));
    const auto go = [this](const QModelIndex& index) {
        Q_EMIT seekRequested(m_model->alarm(index.row()).first);
    };
    connect(m_table, &QTableView::clicked, this, go);
    connect(m_table, &QTableView::activated, this, go);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->setSpacing(2);
    layout->addWidget(m_caption);
    layout->addWidget(m_table, 1);
}

void EventsView::setRecording(const TimeScale& scale)
{
    m_model->setRecording(scale);
    m_caption->setText(tr("No alarm yet"));
    m_version = 0;
}

void EventsView::setModel(const ModelFacts& facts)
{
    m_facts = facts;
    m_model->setChannelNames(facts.channels);
    m_version = 0;
}

/// Of the peaks of all alarms; NaN where it is not known.
std::vector<double> EventsView::levelsOf(const ResultStore& store) const
{
    std::vector<double> levels;
    levels.reserve(store.alarms().size());
    std::optional<VariantName> variant; // that `map` is for: thousands of alarms have few variants
    std::optional<ReadableScore> map;
    for (const AlarmSpan& alarm : store.alarms()) {
        const std::optional<Mode> mode = store.mode(alarm.peakRow);
        const VariantName own = mode.value_or(Mode {}).variant();
        const auto threshold = static_cast<double>(store.thresholdAt(alarm.peakRow));
        if (!variant || !(*variant == own)) {
            variant = own;
            map = m_facts.levels(own, threshold);
        } else if (map && store.thresholdMoves()) {
            map->moveThreshold(threshold);
        }
        levels.push_back(map ? map->fromRaw(static_cast<double>(alarm.peak))
                             : std::numeric_limits<double>::quiet_NaN());
    }
    return levels;
}

void EventsView::refresh(const ResultStore& store)
{
    if (store.alarmVersion() == m_version)
        return;
    m_version = store.alarmVersion();
    m_model->setAlarms(store.alarms(), levelsOf(store));
    const int count = m_model->rowCount();
    m_caption->setText(count == 0 ? tr("No alarm yet") : tr("%n alarm event(s)", nullptr, count));
}

QString EventsView::text(int row, AlarmModel::Column column) const
{
    return m_model->data(m_model->index(row, column), Qt::DisplayRole).toString();
}

} // namespace stint::ui
