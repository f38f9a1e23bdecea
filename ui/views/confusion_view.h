#pragma once

#include "core/compare/classification_metrics.h"
#include "ui/model_facts.h"
#include "ui/views/view.h"

#include <QAbstractItemDelegate>
#include <QAbstractTableModel>
#include <QLabel>
#include <QTableView>

namespace stint::ui {

/// Judged answers by known class (row) and chosen class (column): the count and its per cent of the
/// known class. K = classes.
class ConfusionModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setClasses(const QStringList& names);
    void setCounts(const ConfusionMatrix& counts); ///< (K, K)

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] double share(int known, int chosen) const; // of the known class, 0..1

    QStringList m_names;
    ConfusionMatrix m_counts;
};

/// The confusion matrix of what has been answered so far, with accuracy and macro F1. It grows
/// while a recording is played.
class ConfusionView : public View {
    Q_OBJECT

public:
    explicit ConfusionView(QWidget* parent = nullptr);

    /// The classes and when an answer counts.
    void setModel(const ModelFacts& facts);

    void refresh(const ResultStore& store) override;

    [[nodiscard]] QString caption() const { return m_caption->text(); }
    [[nodiscard]] QString summary() const { return m_summary->text(); }
    [[nodiscard]] QString cellText(int known, int chosen) const;

private:
    void fitCells(int classes);
    [[nodiscard]] QString captionFor(const ClassAnswers& answers) const;

    ConfusionModel* m_model; // children
    QLabel* m_caption;
    QTableView* m_table;
    QLabel* m_summary;
    QAbstractItemDelegate* m_fullCells; // counts and per cent
    QAbstractItemDelegate* m_countCells; // counts alone
    bool m_wholeSeries = false;
    std::uint64_t m_version = 0;
};

} // namespace stint::ui
