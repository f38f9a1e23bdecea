#pragma once

#include "core/base/matrix.h"
#include "core/kernels/kernels.h"
#include "core/kernels/op_counts.h"

#include <vector>

namespace stint {

/// A bias for each head by the distance of two rows, or none.
template <typename T>
struct BiasByLag {
    const T* first = nullptr; ///< of lag 0; element l is that of lag l
    Index row = 0; ///< from one head to the next
};

/// Attention of all rows of a sliding window to each other, updated for one new and one removed row
/// (Continual paper, section 3.2: retroactive), exact however large the logits.
///
/// The paper keeps sums of exponentials and corrects them by what leaves and what enters, which
/// cancels catastrophically when a large exponential leaves. Here the exponentials themselves are
/// kept, E_ij = exp(s_ij - c_i), in rings of one slot per row of the window: a new row overwrites
/// one row and one column, and weighted sums are sums of positive numbers formed anew. c_i is the
/// largest logit of the row when it was last chosen; it is chosen again, from the kept logits, when
/// a new logit is much larger (E would overflow) or when the row's sum has become small (its
/// maximum has left, and what remains would underflow).
///
/// Thread safety: none; owned by the stepping thread. All memory is allocated in the constructor.
template <typename T>
class RetroactiveAttention {
public:
    /// \param slots rows of the window.
    RetroactiveAttention(Index slots, Index heads, Index headSize);

    void clear() noexcept;
    /// Rows held, at most `slots`.
    [[nodiscard]] Index size() const noexcept { return m_size; }

    /// Takes in one row, forgetting the oldest if all slots are in use.
    /// \param query (heads * headSize) scaled by 1 / sqrt(headSize); key and value likewise, not
    ///              scaled.
    void insert(const T* query, const T* key, const T* value, BiasByLag<T> bias,
                OpCounts& ops) noexcept;

    /// What each row attends to, (size(), heads * headSize) in the order of time.
    void attend(T* attended, Index attendedRow, OpCounts& ops) noexcept;

    /// Softmax weights of the newest row over all rows in the order of time, (heads, size()).
    void newestWeights(Matrix<T>& weights) const noexcept;

    /// One query token over all rows, which are older by 1 and more. Without rows it sees zero.
    /// \param query   (heads * headSize) scaled.
    /// \param weights (heads, size()) overwritten: in the order of time.
    void attendQuery(const T* query, BiasByLag<T> bias, Matrix<T>& weights, T* attended,
                     OpCounts& ops) noexcept;

private:
    struct Head {
        Head(Index slots, Index headSize);
        Matrix<T> values; // (slots, headSize)
        Matrix<T> logits; // (slots, slots): of the query of a row, the key of a column
        Matrix<T> exponentials; // (slots, slots)
        Matrix<T> attended; // (slots, headSize)
        AlignedVector<T> references; // (slots) c
        AlignedVector<T> sums; // (slots) of a row of exponentials
    };

    [[nodiscard]] Index lagOf(Index slot) const noexcept;
    void updateHead(Index h, const T* query, const T* key, BiasByLag<T> bias,
                    OpCounts& ops) noexcept;
    void reference(Head& head, Index slot, OpCounts& ops) noexcept;
    void toTimeOrder(const T* bySlot, T* byTime) const noexcept;

    Index m_slots, m_heads, m_headSize;
    Kernels<T> m_kernel;
    std::vector<Head> m_state; // one per head
    Matrix<T> m_queries; // (heads * headSize, slots), transposed
    Matrix<T> m_keys; // (heads * headSize, slots), transposed
    AlignedVector<T> m_column; // (slots) logits of the new key
    AlignedVector<T> m_shifted; // (slots) their distance from the references
    AlignedVector<T> m_bySlot; // (slots)
    Index m_size = 0;
    Index m_newest = -1; // slot of the newest row
};

extern template class RetroactiveAttention<float>;
extern template class RetroactiveAttention<double>;

} // namespace stint
