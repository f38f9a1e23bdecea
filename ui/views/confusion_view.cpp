#include "ui/views/confusion_view.h"

#include "ui/plot/theme.h"

#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <cmath>

namespace stint::ui {

namespace {

/// Few classes share the width and show counts and per cent; more get small cells with the count
/// alone, and very many scroll. The tooltip has both.
constexpr int classesThatFit = 6;

/// Draws the first line of a cell, the count.
class CountDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QString displayText(const QVariant& value,
                                      const QLocale& /*locale*/) const override
    {
        return value.toString().section(QChar(u'\n'), 0, 0);
    }
};

} // namespace

void ConfusionModel::setClasses(const QStringList& names)
{
    beginResetModel();
    m_names = names;
    m_counts = ConfusionMatrix::Zero(names.size(), names.size());
    endResetModel();
}

void ConfusionModel::setCounts(const ConfusionMatrix& counts)
{
    if (counts.rows() != m_names.size() || counts.cols() != m_names.size() || m_names.isEmpty())
        return;
    m_counts = counts;
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int ConfusionModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_names.size());
}

int ConfusionModel::columnCount(const QModelIndex& parent) const { return rowCount(parent); }

double ConfusionModel::share(int known, int chosen) const
{
    const Index all = m_counts.row(known).sum();
    return all == 0 ? 0.0 : static_cast<double>(m_counts(known, chosen)) / static_cast<double>(all);
}

QVariant ConfusionModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const Index count = m_counts(index.row(), index.column());
    const double part = share(index.row(), index.column());
    switch (role) {
    case Qt::DisplayRole:
        return count == 0 ? QStringLiteral("·")
                          : tr("%1\n%2 %").arg(count).arg(100.0 * part, 0, 'f', 0);
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignCenter);
    case Qt::BackgroundRole: {
        QColor colour(index.row() == index.column() ? colours::blue : colours::vermilion);
        colour.setAlphaF(static_cast<float>(0.55 * part));
        return colour;
    }
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return tr("%1 of known %2 answered as %3 (%4 %)")
            .arg(count)
            .arg(m_names[index.row()], m_names[index.column()])
            .arg(100.0 * part, 0, 'f', 1);
    default:
        return {};
    }
}

QVariant ConfusionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (section < 0 || section >= m_names.size())
        return {};
    if (role == Qt::ToolTipRole)
        return orientation == Qt::Horizontal ? tr("Chosen class %1").arg(m_names[section])
                                             : tr("Known class %1").arg(m_names[section]);
    if (role != Qt::DisplayRole)
        return {};
    constexpr int longest = 12;
    const QString& name = m_names[section];
    return name.size() <= longest ? name : name.left(longest - 1) + QChar(u'…');
}

ConfusionView::ConfusionView(QWidget* parent)
    : View(parent),
      m_model(new ConfusionModel(this)),
      m_caption(new QLabel(this)),
      m_table(new QTableView(this)),
      m_summary(new QLabel(this)),
      m_fullCells(new QStyledItemDelegate(this)),
      m_countCells(new CountDelegate(this))
{
    m_caption->setWordWrap(true);
    m_summary->setAccessibleName(tr("Accuracy and macro F1"));
    m_summary->setWordWrap(true);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Confusion matrix: known classes by chosen classes"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(true);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    for (QHeaderView* header : {m_table->horizontalHeader(), m_table->verticalHeader()}) {
        header->setSectionsClickable(false);
        header->setHighlightSections(false);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->setSpacing(2);
    layout->addWidget(m_caption);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_summary);
    setModel({});
}

void ConfusionView::setModel(const ModelFacts& facts)
{
    m_wholeSeries = facts.wholeSeries;
    m_model->setClasses(facts.classes);
    m_version = 0;
    fitCells(static_cast<int>(facts.classes.size()));
    m_caption->setText(tr("Known classes (rows) by chosen classes (columns)"));
    m_summary->setText(tr("Accuracy – · macro F1 –"));
}

void ConfusionView::fitCells(int classes)
{
    const bool few = classes <= classesThatFit;
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * (few ? 1.0 : 0.8));
    m_table->setFont(small);
    for (QHeaderView* header : {m_table->horizontalHeader(), m_table->verticalHeader()})
        header->setFont(small);
    m_table->setItemDelegate(few ? m_fullCells : m_countCells);
    const QFontMetrics metrics(small);
    const int width
        = metrics.horizontalAdvance(few ? QStringLiteral("100 %") : QStringLiteral("0000")) + 4;
    const int height = (few ? 2 : 1) * metrics.height() + 4;
    m_table->horizontalHeader()->setSectionResizeMode(few ? QHeaderView::Stretch
                                                          : QHeaderView::Fixed);
    m_table->horizontalHeader()->setMinimumSectionSize(width);
    m_table->horizontalHeader()->setDefaultSectionSize(width);
    m_table->verticalHeader()->setMinimumSectionSize(height);
    m_table->verticalHeader()->setDefaultSectionSize(height);
}

QString ConfusionView::captionFor(const ClassAnswers& answers) const
{
    if (answers.known() == nullptr || answers.known()->column.isEmpty())
        return tr("The recording has no column that names classes of the model, so its answers "
                  "cannot be judged.");
    return m_wholeSeries ? tr("Known (rows) by chosen (columns), at the end of each series")
                         : tr("Known (rows) by chosen (columns), at every row");
}

void ConfusionView::refresh(const ResultStore& store)
{
    if (store.version() == m_version)
        return;
    m_version = store.version();
    const ClassAnswers& answers = store.classAnswers();
    m_caption->setText(captionFor(answers));
    const Index classes = m_model->rowCount();
    ConfusionMatrix counts = ConfusionMatrix::Zero(classes, classes);
    for (Index known = 0; known < classes; ++known) {
        for (Index chosen = 0; chosen < classes; ++chosen)
            counts(known, chosen) = answers.count(known, chosen);
    }
    const ClassificationMetrics metrics = metricsOf(std::move(counts));
    m_model->setCounts(metrics.confusion);
    const auto percent = [](double value) {
        return std::isfinite(value) ? tr("%1 %").arg(100.0 * value, 0, 'f', 1)
                                    : QStringLiteral("–");
    };
    m_summary->setText(tr("Accuracy %1 · macro F1 %2 · %3 %4")
                           .arg(percent(metrics.accuracy), percent(metrics.macroF1))
                           .arg(answers.judged())
                           .arg(m_wholeSeries ? tr("series") : tr("rows")));
}

QString ConfusionView::cellText(int known, int chosen) const
{
    return m_model->data(m_model->index(known, chosen), Qt::DisplayRole).toString();
}

} // namespace stint::ui
