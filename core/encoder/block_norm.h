#pragma once

#include "core/encoder/encoder_parameters.h"
#include "core/kernels/op_counts.h"

namespace stint {

/// The norm that follows a residual sum of a block, of any kind. Does nothing for Norm::None.
///
/// Thread safety: immutable.
template <typename T>
class BlockNorm {
public:
    BlockNorm() = default;
    BlockNorm(Norm kind, NormParameters<T> parameters);

    /// \param z (rows, width), rows `zRow` apart; overwritten. With Norm::Time they are the n
    /// tokens
    ///          of one whole window.
    void apply(T* z, Index zRow, Index rows, Index width, OpCounts& ops) const noexcept;

private:
    void overFeatures(T* token, Index width) const noexcept;
    void overTime(T* z, Index zRow, Index rows, Index width) const noexcept;

    Norm m_kind = Norm::None;
    NormParameters<T> m_parameters;
};

extern template class BlockNorm<float>;
extern template class BlockNorm<double>;

} // namespace stint
