#include "app/desktop/file_thread.h"

#include "core/series/csv_reader.h"
#include "core/series/csv_writer.h"
#include "core/series/first_rows.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace stint::app {

FileThread::FileThread() : m_thread([this](const std::stop_token& stop) { run(stop); }) { }

FileThread::~FileThread() = default;

void FileThread::open(const std::string& path)
{
    Job job;
    job.path = path;
    post(std::move(job));
}

void FileThread::openWith(const std::string& path, const ReadChoices& choices)
{
    Job job;
    job.path = path;
    job.choices = choices;
    post(std::move(job));
}

void FileThread::preview(const std::string& path, const std::optional<ReadChoices>& choices)
{
    Job job;
    job.path = path;
    job.choices = choices;
    job.preview = true;
    {
        const std::lock_guard lock(m_mutex); // only the newest wish matters
        std::erase_if(m_jobs, [](const Job& other) { return other.preview; });
    }
    post(std::move(job));
}

void FileThread::setMemory(std::unique_ptr<ImportMemory> memory)
{
    const std::lock_guard lock(m_mutex);
    m_memory = std::move(memory);
}

void FileThread::save(std::shared_ptr<const Family> family, const std::string& path)
{
    Job job;
    job.path = path;
    job.toSave = std::move(family);
    post(std::move(job));
}

void FileThread::exportTable(std::shared_ptr<const Recording> recording, const std::string& path,
                             Index first, Index last)
{
    Job job;
    job.path = path;
    job.toExport = std::move(recording);
    job.first = first;
    job.last = last;
    post(std::move(job));
}

void FileThread::savePicture(PlotPicture picture, const std::string& path)
{
    Job job;
    job.path = path;
    job.picture = std::move(picture);
    post(std::move(job));
}

void FileThread::post(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

int FileThread::cancel()
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_jobs, [](const Job& job) { return !job.toSave && !job.picture; });
    m_cancelled = true;
    return static_cast<int>(m_jobs.size())
        + static_cast<int>(std::ranges::count(m_outcomes, false, &FileOutcome::forPreview))
        + (m_current.empty() ? 0 : 1);
}

std::string FileThread::current() const
{
    const std::lock_guard lock(m_mutex);
    return m_current;
}

std::optional<FileOutcome> FileThread::takeOutcome()
{
    const std::lock_guard lock(m_mutex);
    if (m_outcomes.empty())
        return std::nullopt;
    FileOutcome outcome = std::move(m_outcomes.front());
    m_outcomes.pop_front();
    return outcome;
}

void FileThread::run(const std::stop_token& stop)
{
    while (true) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); }))
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
            m_current = job.preview ? std::string() : job.path;
            m_cancelled = false;
            m_fraction = 0.0;
        }
        FileOutcome outcome = work(job, stop);
        const std::lock_guard lock(m_mutex);
        m_current.clear();
        m_outcomes.push_back(std::move(outcome));
    }
}

FileOutcome FileThread::work(const Job& job, const std::stop_token& stop)
{
    FileOutcome outcome;
    outcome.path = job.path;
    outcome.forPreview = job.preview;
    if (job.toSave) {
        const Result<Done> saved = saveFamily(*job.toSave, job.path);
        outcome.saved = saved.ok();
        if (!saved)
            outcome.error = saved.error().message;
    } else if (job.toExport) {
        exportInto(outcome, job, stop);
    } else if (job.picture) {
        const Result<Done> written
            = writePlotPicture(*job.picture, QString::fromStdString(job.path));
        outcome.pictured = written.ok();
        if (!written)
            outcome.error = written.error().message;
    } else if (job.preview) {
        previewInto(outcome, job, stop);
    } else if (job.path.ends_with(".stint")) {
        Result<std::shared_ptr<const Family>> family = loadFamily(job.path);
        if (family)
            outcome.family = std::move(*family);
        else
            outcome.error = family.error().message;
    } else {
        readInto(outcome, job, stop);
    }
    std::error_code ignored;
    outcome.exists = std::filesystem::exists(job.path, ignored);
    return outcome;
}

/// What is known about the layout of a file beforehand.
ReadChoices FileThread::choicesFor(const Job& job)
{
    ReadChoices chosen = job.choices.value_or(ReadChoices {});
    const bool looksUp = m_memory && (job.choices ? !job.preview : !m_memory->empty());
    std::error_code ignored; // a pipe gives its bytes only once
    if (!looksUp || !std::filesystem::is_regular_file(job.path, ignored))
        return chosen;
    const Result<RecordingPreview> found = previewRecording(job.path);
    if (!found)
        return chosen;
    const std::string key = layoutKey(*found);
    if (!job.choices)
        return m_memory->recall(key);
    m_memory->remember(key, chosen);
    return chosen;
}

void FileThread::previewInto(FileOutcome& outcome, const Job& job, const std::stop_token& stop)
{
    ReadOptions options;
    options.choices = choicesFor(job);
    options.progress = [this, &stop](double) { return !m_cancelled && !stop.stop_requested(); };
    outcome.toRead = true;
    outcome.choices = options.choices;
    Result<RecordingPreview> read = previewRecording(job.path, options);
    if (read)
        outcome.preview = std::make_shared<const RecordingPreview>(std::move(*read));
    else
        outcome.error = read.error().message;
}

void FileThread::exportInto(FileOutcome& outcome, const Job& job, const std::stop_token& stop)
{
    WriteOptions options;
    options.first = job.first;
    options.last = job.last;
    options.progress = [this, &stop](double fraction) {
        m_fraction = fraction;
        return !m_cancelled && !stop.stop_requested();
    };
    const Result<Done> written = writeRecording(*job.toExport, job.path, options);
    outcome.cancelled = m_cancelled;
    outcome.exported = written.ok();
    if (!written)
        outcome.error = written.error().message;
}

/// Whether a file that is no recording may only lack its first rows.
void FileThread::seeWhatIsMissing(FileOutcome& outcome)
{
    constexpr std::size_t few = 3;
    FirstRows rows(outcome.path, outcome.choices);
    const auto found = rows.look();
    outcome.lacksRows = found.ok() && *found == nullptr;
    outcome.fewLines = rows.lines() < few;
}

void FileThread::readInto(FileOutcome& outcome, const Job& job, const std::stop_token& stop)
{
    ReadOptions options;
    options.choices = choicesFor(job);
    outcome.toRead = true;
    outcome.choices = options.choices;
    options.progress = [this, &stop](double fraction) {
        m_fraction = fraction;
        return !m_cancelled && !stop.stop_requested();
    };
    Result<Recording> read = readRecording(outcome.path, options);
    outcome.cancelled = m_cancelled;
    if (!read) {
        outcome.error = read.error().message;
        if (!m_cancelled)
            seeWhatIsMissing(outcome);
        return;
    }
    outcome.recording = std::make_shared<const Recording>(std::move(*read));
    outcome.curves = ui::makeChannelCurves(*outcome.recording);
    outcome.results = ui::ResultRows(outcome.recording->rows());
}

} // namespace stint::app
