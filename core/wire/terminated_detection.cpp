#include "core/wire/binary_detection.h"
#include "core/wire/binary_numbers.h"
#include "core/wire/binary_payload.h"
#include "core/wire/checksum.h"
#include "core/wire/payload_guess.h"

#include <algorithm>
#include <map>

namespace stint {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t fewestFrames = 4;
constexpr std::size_t shortestFrame = 2;

/// Pieces between terminators: the raw bytes and what they stand for, of the commonest length.
struct Pieces {
    std::vector<std::vector<std::uint8_t>> frames;
    Bytes raw; ///< of one of them
    std::size_t all = 0; ///< pieces that are not empty
    std::size_t escapes = 0; ///< bytes that were replaced inside
};

Pieces piecesOf(Bytes bytes, std::uint8_t terminator,
                bool (*undo)(Bytes, std::vector<std::uint8_t>&))
{
    Pieces pieces;
    std::map<std::size_t, std::vector<Bytes>> byLength;
    std::vector<std::uint8_t> frame;
    // What stands before the first terminator and after the last one may be cut.
    auto begin = std::ranges::find(bytes, terminator);
    while (begin != bytes.end()) {
        ++begin;
        const auto end = std::find(begin, bytes.end(), terminator);
        if (end == bytes.end())
            break;
        const Bytes raw(begin, end);
        if (!raw.empty()) {
            ++pieces.all;
            if (undo(raw, frame) && frame.size() >= shortestFrame)
                byLength[frame.size()].push_back(raw);
        }
        begin = end;
    }
    const auto commonest = std::ranges::max_element(
        byLength, {}, [](const auto& entry) { return entry.second.size(); });
    if (commonest == byLength.end())
        return pieces;
    pieces.raw = commonest->second[commonest->second.size() / 2];
    for (const Bytes raw : commonest->second) {
        static_cast<void>(undo(raw, frame));
        pieces.escapes += raw.size() > frame.size() ? raw.size() - frame.size() : 0;
        pieces.frames.push_back(frame);
    }
    return pieces;
}

std::optional<BinaryGuess> guessOf(WireKind kind, const Pieces& pieces, bool needsProof)
{
    constexpr double most = 0.6;
    const auto count = static_cast<double>(pieces.frames.size());
    if (pieces.frames.size() < fewestFrames || count < most * static_cast<double>(pieces.all))
        return std::nullopt;
    Frames frames(pieces.frames.begin(), pieces.frames.end());
    BinaryGuess guess;
    guess.format.kind = kind;
    guess.format.checksum = guessChecksum(frames);
    for (Bytes& frame : frames)
        frame = frame.first(frame.size() - checksumBytes(guess.format.checksum));
    const NumberGuess numbers = guessNumbers(frames);
    if (needsProof && guess.format.checksum == WireChecksum::None && !numbers.clear
        && pieces.escapes == 0)
        return std::nullopt;
    guess.format.number = numbers.number;
    guess.format.bigEndian = numbers.bigEndian;
    guess.format.channels = static_cast<Index>(frames.front().size() / numberBytes(numbers.number));
    guess.confidence = count / static_cast<double>(pieces.all);
    guess.frame = pieces.raw;
    return guess;
}

} // namespace

std::optional<BinaryGuess> detectSlip(std::span<const std::uint8_t> bytes)
{
    // The byte 0xC0 is common in text at a wrong rate, so frames of one length are not enough.
    return guessOf(WireKind::Slip, piecesOf(bytes, 0xC0, decodeSlip), true);
}

std::optional<BinaryGuess> detectCobs(std::span<const std::uint8_t> bytes)
{
    return guessOf(WireKind::Cobs, piecesOf(bytes, 0, decodeCobs), false);
}

} // namespace stint
