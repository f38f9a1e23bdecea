#pragma once

#include "core/detect/result_block.h"
#include "ui/known_classes.h"
#include "ui/row_stretch.h"

#include <QCoreApplication>
#include <QStringList>

#include <memory>
#include <span>
#include <vector>

namespace stint::ui {

/// The chosen class of every row, the probabilities of the rows about the newest, and how often
/// each known class was answered by which. Empty until a block that classifies comes. K = classes.
class ClassAnswers {
    Q_DECLARE_TR_FUNCTIONS(ClassAnswers)

public:
    /// Forgets everything, for a recording of `rows` rows.
    void reset(Index rows);

    /// What is known about the rows; answers are judged by it from now on. May be null.
    void setKnown(std::shared_ptr<const KnownClasses> known);

    /// Whether append() would take the block.
    [[nodiscard]] bool fits(const ResultBlock& block) const;
    /// Takes over a block that fits; one of another task changes nothing.
    void append(const ResultBlock& block);

    /// Another variant answers: what the one before said is put aside and comes back with it.
    /// \param returns (rows) whether the answer put aside is the variant's own
    /// \param keeps   (rows) whether the present answer is to be put aside
    void changeVariant(const std::vector<bool>& returns, const std::vector<bool>& keeps);

    /// The first rows of the recording go away and all others are renumbered.
    void dropFirst(Index rows);

    [[nodiscard]] Index classes() const { return m_classes; } ///< K; 0: nothing was classified
    /// (rows) of the current variant, -1: no answer; empty: nothing was classified
    [[nodiscard]] std::span<const std::int16_t> chosen() const { return m_chosen; }
    [[nodiscard]] const RowStretch& probabilities() const { return m_probabilities; }
    [[nodiscard]] const KnownClasses* known() const { return m_known.get(); }

    /// What was chosen at a row and how sure it is, "class run 97 %"; "no class" without an answer.
    [[nodiscard]] QString text(Index row, const QStringList& names) const;

    /// Judged rows of one known class that were answered by another, or the same.
    [[nodiscard]] Index count(Index known, Index chosen) const;
    [[nodiscard]] Index judged() const { return m_judged; } ///< rows counted

private:
    void judge(std::size_t row, Index sign);
    void judgeAll();

    Index m_rows = 0;
    Index m_classes = 0;
    Index m_judged = 0;
    std::shared_ptr<const KnownClasses> m_known;
    std::vector<std::int16_t> m_chosen; // (rows)
    std::vector<std::int16_t> m_earlier; // (rows)
    RowStretch m_probabilities;
    std::vector<Index> m_counts; // (K, K)
};

} // namespace stint::ui
