#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stint {

/// Consecutive rows labelled as an anomaly, and the recording they lie in. All rows inclusive.
struct LabelSegment {
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t recordingFirst = 0; ///< first row of the recording that holds the segment
    std::size_t recordingLast = 0; ///< last row of that recording
};

/// The segments of labels that are not zero, in order. No segment crosses from one pooled recording
/// into the next.
///
/// \param starts first row of each recording in the pool, strictly ascending; row 0 may be left
///               out, so an empty span stands for one recording.
[[nodiscard]] std::vector<LabelSegment> labelSegments(std::span<const unsigned char> labels,
                                                      std::span<const std::size_t> starts = {});

} // namespace stint
