#pragma once

#include "core/wire/wire_detection.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace stint::app {

/// Keeps the first bytes of a device until its format can be told from them: as soon as some
/// hundred leave no doubt, at the latest after two seconds or mostBytesToDetect. Then they are
/// parsed like all that follow, so nothing is lost. What is refused is forgotten, and newer bytes
/// are looked at.
///
/// Thread safety: none.
class FormatSearch {
public:
    static constexpr double longestSearch = 2.0; ///< [s] from the first byte on
    static constexpr std::size_t fewBytes = 512; ///< that are looked at early
    static constexpr double sure = 0.8; ///< confidence that ends an early look

    /// Bytes that came in at a time [s].
    void add(std::span<const std::uint8_t> bytes, double arrival);

    /// The decision, if it is time for one. After a refusal the search goes on by itself.
    [[nodiscard]] std::optional<WireGuess> decide(double now);

    /// Hands out what was kept, piece by piece as it came in, and forgets it.
    void release(const std::function<void(std::span<const std::uint8_t>, double)>& piece);

    void clear();

private:
    struct Piece {
        std::size_t bytes = 0;
        double arrival = 0.0;
    };

    std::vector<std::uint8_t> m_bytes;
    std::vector<Piece> m_pieces;
    std::size_t m_nextLook = fewBytes;
};

} // namespace stint::app
