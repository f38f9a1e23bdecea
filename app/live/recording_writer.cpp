#include "app/live/recording_writer.h"

#include <algorithm>
#include <utility>

namespace stint::app {

RecordingWriter::RecordingWriter(std::string wanted, RecordingFile first,
                                 std::optional<RecordingFile> raw)
    : m_wanted(std::move(wanted)), m_file(std::move(first)), m_raw(std::move(raw))
{
    m_state.recording = true;
    m_state.path = m_file.path();
    m_state.files = {m_file.path()};
    if (m_file.path() != m_wanted)
        m_state.remark
            = "\"" + m_wanted + "\" exists, so the recording is \"" + m_file.path() + "\".";
}

void RecordingWriter::take(std::deque<WaitingRows>& rows, std::string& raw)
{
    for (WaitingRows& block : rows) {
        m_rowBytes += block.bytes();
        m_state.waiting += static_cast<std::uint64_t>(block.rows.samples.rows);
        m_rows.push_back(std::move(block));
    }
    rows.clear();
    if (m_rawBytes.empty())
        m_rawBytes.swap(raw);
    else
        m_rawBytes += raw;
    raw.clear();
}

std::size_t RecordingWriter::waitingBytes() const
{
    return m_rowBytes + m_text.size() + m_rawBytes.size();
}

void RecordingWriter::write(Clock::time_point now, bool all)
{
    if (m_failed && !all && now < m_retryAt)
        return;
    if (m_failed && m_file.isGone())
        replaceLostFile();
    // One that cannot be written does not keep the other waiting.
    const bool raw = writeRaw();
    const bool rows = writeRows(now, all);
    m_failed = !raw || !rows;
    if (m_failed)
        m_retryAt = now + retryEvery;
    else
        m_state.problem.clear();
    m_state.fileBytes = m_file.size();
    if (all || now - m_lastSync >= syncEvery)
        sync(now);
}

bool RecordingWriter::writeRaw()
{
    if (!m_raw || m_rawBytes.empty()) {
        m_rawBytes.clear();
        return true;
    }
    const RecordingFile::Outcome outcome = m_raw->appendBytes(m_rawBytes);
    m_rawBytes.erase(0, outcome.bytes);
    m_unsynced = true;
    if (outcome.error != 0)
        fail(*m_raw, outcome.error);
    return outcome.error == 0;
}

bool RecordingWriter::writeRows(Clock::time_point now, bool all)
{
    for (;;) {
        if (!writeText())
            return false;
        if (m_rows.empty())
            return true;
        if (!fits(m_rows.front().rows)) {
            const bool settled = all || now - m_rows.front().since >= settleTime;
            if (!settled)
                return true;
            if (!beginFile())
                return false;
        }
        format();
    }
}

/// Writes m_text; false if not all of it went in.
bool RecordingWriter::writeText()
{
    if (m_text.empty())
        return true;
    const RecordingFile::Outcome outcome = m_file.appendLines(m_text);
    auto lines = std::count(m_text.begin(),
                            m_text.begin() + static_cast<std::ptrdiff_t>(outcome.bytes), '\n');
    if (lines > 0 && std::exchange(m_headerInText, false))
        --lines;
    m_rowsInFile += static_cast<std::uint64_t>(lines);
    m_state.rows += static_cast<std::uint64_t>(lines);
    m_state.waiting -= static_cast<std::uint64_t>(lines);
    m_text.erase(0, outcome.bytes);
    m_unsynced = true;
    if (outcome.error != 0)
        fail(m_file, outcome.error);
    return outcome.error == 0;
}

bool RecordingWriter::fits(const LiveRows& rows) const
{
    if (!m_hasHeader)
        return false;
    return rows.samples.layout == m_layout || sameNames(m_lines.columns(), rows.samples.channels);
}

/// The channels of the first waiting rows, grown by those that showed up since.
std::vector<WireChannel> RecordingWriter::settledChannels() const
{
    const std::vector<WireChannel>* channels = &m_rows.front().rows.samples.channels;
    for (const WaitingRows& block : m_rows) {
        const bool soon = block.since - m_rows.front().since < settleTime;
        if (!soon || !hasAll(block.rows.samples.channels, *channels))
            break;
        channels = &block.rows.samples.channels;
    }
    return *channels;
}

/// A header for the next rows, in a new file if this one has one.
bool RecordingWriter::beginFile()
{
    if (m_hasHeader) {
        if (m_state.files.size() >= mostFiles) {
            m_state.problem = "The channels of the device have changed "
                + std::to_string(mostFiles - 1)
                + " times; the recording has ended: check the device's format and record again.";
            return false;
        }
        auto next = RecordingFile::create(m_wanted);
        if (!next) {
            m_state.problem = next.error().message;
            return false;
        }
        sync(m_lastSync);
        m_file.close();
        m_file = std::move(*next);
        m_rowsInFile = 0;
        m_state.path = m_file.path();
        m_state.files.push_back(m_file.path());
        m_state.remark
            = "The channels changed, so the recording goes on in \"" + m_file.path() + "\".";
    }
    m_lines.setColumns(settledChannels());
    m_growing = true;
    m_layout.reset();
    m_lines.appendHeader(m_text);
    m_headerInText = true;
    m_hasHeader = true;
    return true;
}

/// Turns waiting rows into text, as long as they belong to the file.
void RecordingWriter::format()
{
    while (!m_rows.empty() && m_text.size() < textAtOnce) {
        const WaitingRows& block = m_rows.front();
        // The first rows of a file lack the columns that showed up after them.
        const bool whole = fits(block.rows);
        if (!whole && !m_growing)
            return;
        m_growing = m_growing && !whole;
        if (whole)
            m_layout = block.rows.samples.layout;
        m_lines.appendRows(block.rows, m_text);
        m_rowBytes -= block.bytes();
        m_rows.pop_front();
    }
}

void RecordingWriter::sync(Clock::time_point now)
{
    m_lastSync = now;
    if (m_file.isGone())
        replaceLostFile();
    if (!std::exchange(m_unsynced, false))
        return;
    if (const int error = m_file.sync(); error != 0)
        fail(m_file, error);
    if (m_raw) {
        if (const int error = m_raw->sync(); error != 0)
            fail(*m_raw, error);
    }
}

/// The file was removed: what it held is lost, what follows goes to another one.
void RecordingWriter::replaceLostFile()
{
    auto next = RecordingFile::create(m_wanted);
    if (!next)
        return;
    m_state.unwritten += m_rowsInFile;
    m_state.rows -= m_rowsInFile;
    m_state.remark = "\"" + m_file.path() + "\" was removed with the "
        + std::to_string(m_rowsInFile) + " rows in it; the recording goes on in \"" + next->path()
        + "\".";
    m_file.close();
    m_file = std::move(*next);
    m_rowsInFile = 0;
    m_state.path = m_file.path();
    m_state.files.push_back(m_file.path());
    if (m_hasHeader && !m_headerInText) {
        std::string header;
        m_lines.appendHeader(header);
        m_text.insert(0, header);
        m_headerInText = true;
    }
}

void RecordingWriter::finish(Clock::time_point now)
{
    write(now, true);
    const std::uint64_t rest = std::exchange(m_state.waiting, 0);
    m_state.unwritten += rest;
    if (rest > 0 || !m_rawBytes.empty())
        m_state.problem = "\"" + m_file.path() + "\" ends " + std::to_string(rest)
            + " rows early: " + m_state.problem;
    m_state.recording = false;
    if (m_file.size() == 0)
        m_state.files.pop_back(); // removed as it is closed
    m_file.close();
    if (m_raw)
        m_raw->close();
}

void RecordingWriter::fail(const RecordingFile& file, int error)
{
    m_state.problem = "\"" + file.path() + "\" cannot be written: " + errorText(error)
        + "; make room or give the disk back: what comes in waits in memory, and is tried again "
          "every second.";
}

} // namespace stint::app
