#include "app/desktop/file_thread.h"

#include "core/series/csv_reader.h"

#include <utility>

namespace stint::app {

FileThread::FileThread() : m_thread([this](const std::stop_token& stop) { run(stop); }) { }

FileThread::~FileThread() = default;

void FileThread::open(const std::string& path) { post({path, nullptr}); }

void FileThread::save(std::shared_ptr<const Family> family, const std::string& path)
{
    post({path, std::move(family)});
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
    std::erase_if(m_jobs, [](const Job& job) { return job.toSave == nullptr; });
    m_cancelled = true;
    return static_cast<int>(m_jobs.size() + m_outcomes.size()) + (m_current.empty() ? 0 : 1);
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
            m_current = job.path;
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
    if (job.toSave) {
        const Result<Done> saved = saveFamily(*job.toSave, job.path);
        outcome.saved = saved.ok();
        if (!saved)
            outcome.error = saved.error().message;
    } else if (job.path.ends_with(".stint")) {
        Result<std::shared_ptr<const Family>> family = loadFamily(job.path);
        if (family)
            outcome.family = std::move(*family);
        else
            outcome.error = family.error().message;
    } else {
        readInto(outcome, stop);
    }
    return outcome;
}

void FileThread::readInto(FileOutcome& outcome, const std::stop_token& stop)
{
    ReadOptions options;
    options.progress = [this, &stop](double fraction) {
        m_fraction = fraction;
        return !m_cancelled && !stop.stop_requested();
    };
    Result<Recording> read = readRecording(outcome.path, options);
    outcome.cancelled = m_cancelled;
    if (!read) {
        outcome.error = read.error().message;
        return;
    }
    outcome.recording = std::make_shared<const Recording>(std::move(*read));
    outcome.curves = ui::makeChannelCurves(*outcome.recording);
}

} // namespace stint::app
