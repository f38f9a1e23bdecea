#include "core/wire/binary_detection.h"
#include "core/wire/binary_numbers.h"
#include "core/wire/checksum.h"
#include "core/wire/payload_guess.h"

#include <algorithm>
#include <array>

namespace stint {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t shortestPeriod = 4;
constexpr std::size_t longestPeriod = 1024;
constexpr std::size_t longestUnknownPeriod = 128;
constexpr std::size_t fewestFrames = 4;
constexpr std::size_t longestSync = 8;
constexpr double constantPart = 0.85;

/// Words that begin frames and that measurements hardly have.
constexpr std::array<std::array<std::uint8_t, 2>, 12> knownWords {{
    {0xAA, 0x55},
    {0x55, 0xAA},
    {0xAA, 0xBB},
    {0xBB, 0xAA},
    {0xA5, 0x5A},
    {0x5A, 0xA5},
    {0xEB, 0x90},
    {0xDE, 0xAD},
    {0xBE, 0xEF},
    {0xFE, 0xED},
    {0xCA, 0xFE},
    {0xAA, 0xAA},
}};

/// Which places of the period hold the same byte nearly always.
std::vector<bool> constantPlaces(Bytes bytes, std::size_t period)
{
    std::vector<bool> constant(period, false);
    for (std::size_t place = 0; place < period; ++place) {
        std::size_t equal = 0;
        std::size_t all = 0;
        for (std::size_t i = place; i + period < bytes.size(); i += period, ++all)
            equal += bytes[i] == bytes[i + period] ? 1U : 0U;
        constant[place] = static_cast<double>(equal) >= constantPart * static_cast<double>(all);
    }
    return constant;
}

/// A way to read the frames of one period.
struct Reading {
    BinaryGuess guess;
    int proof = 0; ///< 0: none
};

/// Tries every split of a frame into sync bytes, size, numbers and check bytes.
class SyncSearch {
public:
    SyncSearch(Bytes bytes, std::size_t period) : m_bytes(bytes), m_period(period) { }

    /// Frames whose sync bytes begin at this place of the period; `run` bytes from there are
    /// constant.
    void tryPlace(std::size_t place, std::size_t run)
    {
        const Frames frames = framesFrom(place);
        if (frames.size() < fewestFrames)
            return;
        for (std::size_t sync = 1; sync <= std::min(run, longestSync); ++sync) {
            for (const int sizeBytes : {1, 2}) {
                trySize(frames, sync, sizeBytes, false);
                if (sizeBytes == 2)
                    trySize(frames, sync, sizeBytes, true);
            }
            if (sync >= 2)
                tryFixed(frames, sync);
        }
    }

    [[nodiscard]] const Reading& best() const { return m_best; }

private:
    /// Frames that have the commonest bytes at their beginning.
    [[nodiscard]] Frames framesFrom(std::size_t place) const
    {
        Frames frames;
        for (std::size_t at = place; at + m_period <= m_bytes.size(); at += m_period)
            frames.push_back(m_bytes.subspan(at, m_period));
        if (frames.empty())
            return frames;
        const auto same = [](Bytes a, Bytes b) { return a[0] == b[0] && a[1] == b[1]; };
        const Bytes typical = *std::ranges::max_element(frames, {}, [&](Bytes frame) {
            return std::ranges::count_if(frames, [&](Bytes other) { return same(frame, other); });
        });
        std::erase_if(frames, [&](Bytes frame) { return !same(frame, typical); });
        return frames;
    }

    void trySize(const Frames& frames, std::size_t sync, int sizeBytes, bool bigEndian)
    {
        const std::size_t head = sync + static_cast<std::size_t>(sizeBytes);
        if (head >= m_period)
            return;
        const Bytes frame = frames[frames.size() / 2];
        const std::size_t first = frame[sync];
        const std::size_t size = sizeBytes == 1 ? first
            : bigEndian                         ? first << 8U | frame[sync + 1]
                                                : first | std::size_t {frame[sync + 1]} << 8U;
        if (size == 0 || head + size > m_period)
            return;
        const std::size_t check = m_period - head - size;
        const WireChecksum checksum = guessChecksum(partsOf(frames, head));
        if (checksumBytes(checksum) != check)
            return;
        const int proof = check > 0 ? 4 : sync >= 2 && sizeProves(frames) ? 2 : 0;
        keep(frames, sync, sizeBytes, bigEndian, checksum, proof);
    }

    /// A constant byte happens to be of the right value now and then, so a size without check value
    /// is believed only where its frames are short and many, or where their beginning is known.
    [[nodiscard]] bool sizeProves(const Frames& frames) const
    {
        constexpr std::size_t manyFrames = 12;
        const auto isPlain = [](std::uint8_t byte) { return byte == 0 || byte == 0xFF; };
        const Bytes frame = frames.front();
        return isKnown(frame)
            || (frames.size() >= manyFrames && m_period <= longestUnknownPeriod
                && !(isPlain(frame[0]) && isPlain(frame[1])));
    }

    [[nodiscard]] static bool isKnown(Bytes frame)
    {
        return std::ranges::any_of(knownWords, [frame](const auto& word) {
            return frame[0] == word[0] && frame[1] == word[1];
        });
    }

    void tryFixed(const Frames& frames, std::size_t sync)
    {
        if (sync + 1 >= m_period)
            return;
        const WireChecksum checksum = guessChecksum(partsOf(frames, sync));
        const int proof = checksumBytes(checksum) >= 1 ? 3
            : isKnown(frames.front()) && sync == 2     ? 1
                                                       : 0;
        keep(frames, sync, 0, false, checksum, proof);
    }

    [[nodiscard]] static Frames partsOf(const Frames& frames, std::size_t head)
    {
        Frames parts;
        for (const Bytes frame : frames)
            parts.push_back(frame.subspan(head));
        return parts;
    }

    void keep(const Frames& frames, std::size_t sync, int sizeBytes, bool bigEndian,
              WireChecksum checksum, int proof)
    {
        if (proof <= m_best.proof)
            return;
        const std::size_t head = sync + static_cast<std::size_t>(sizeBytes);
        Frames payloads;
        for (const Bytes frame : frames)
            payloads.push_back(frame.subspan(head, m_period - head - checksumBytes(checksum)));
        if (payloads.front().empty())
            return;
        const NumberGuess numbers = guessNumbers(payloads);
        WireFormat format;
        format.kind = WireKind::SyncFrame;
        format.checksum = checksum;
        format.number = numbers.number;
        format.bigEndian = numbers.bigEndian;
        format.channels = static_cast<Index>(payloads.front().size() / numberBytes(numbers.number));
        format.sync.assign(frames.front().begin(),
                           frames.front().begin() + static_cast<std::ptrdiff_t>(sync));
        format.sizeBytes = sizeBytes;
        format.sizeBigEndian = bigEndian;
        format.payloadBytes = sizeBytes == 0 ? payloads.front().size() : 0;
        m_best.proof = proof;
        m_best.guess
            = {format,
               static_cast<double>(frames.size() * m_period) / static_cast<double>(m_bytes.size()),
               frames[frames.size() / 2]};
    }

    Bytes m_bytes;
    std::size_t m_period;
    Reading m_best;
};

std::optional<BinaryGuess> tryPeriod(Bytes bytes, std::size_t period)
{
    const std::vector<bool> constant = constantPlaces(bytes, period);
    SyncSearch search(bytes, period);
    for (std::size_t place = 0; place < period; ++place) {
        std::size_t run = 0;
        while (run < period && constant[(place + run) % period])
            ++run;
        // All bytes constant: a line that says nothing.
        if (run >= 2 && run < period)
            search.tryPlace(place, run);
    }
    return search.best().proof > 0 ? std::optional(search.best().guess) : std::nullopt;
}

} // namespace

std::optional<BinaryGuess> detectSync(std::span<const std::uint8_t> bytes)
{
    const std::size_t longest = std::min(longestPeriod, bytes.size() / (fewestFrames + 1));
    for (std::size_t period = shortestPeriod; period <= longest; ++period)
        if (auto guess = tryPeriod(bytes, period); guess)
            return guess;
    return std::nullopt;
}

} // namespace stint
