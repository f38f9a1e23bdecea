#pragma once

#include "app/desktop/import_memory.h"
#include "app/desktop/plot_picture.h"
#include "core/model/family.h"
#include "core/series/recording_preview.h"
#include "ui/plot/channel_curves.h"
#include "ui/result_rows.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace stint::app {

/// What became of one file.
struct FileOutcome {
    std::string path;
    std::string error; ///< empty: it worked
    bool cancelled = false;
    bool saved = false; ///< it was written, not read
    bool exported = false; ///< a recording was written as a table
    bool pictured = false; ///< a picture was written
    bool toRead = false; ///< as a recording, whether that worked or not
    bool exists = false; ///< the file is there, whether it could be read or not
    bool lacksRows = false; ///< as a recording, and they may still come
    bool fewLines = false; ///< it has hardly more than a header
    bool forPreview = false; ///< only the beginning was asked for
    std::shared_ptr<const Recording> recording; ///< if it was one
    std::shared_ptr<const ui::ChannelCurves> curves; ///< of the recording
    ui::ResultRows results; ///< room for what will be known about its rows
    std::shared_ptr<const Family> family; ///< if it was one
    std::shared_ptr<const RecordingPreview> preview; ///< if that was asked for
    ReadChoices choices; ///< that recording or preview were read with
};

/// Reads and writes files one after another on a thread of its own.
///
/// Thread safety: everything but the reading belongs to the owner's thread. The destructor cancels
/// and joins.
class FileThread {
public:
    FileThread();
    ~FileThread();
    FileThread(const FileThread&) = delete;
    FileThread& operator=(const FileThread&) = delete;

    /// Reads a recording or, if the name ends in ".stint", a model. A recording whose layout was
    /// opened with choices before is read with these.
    void open(const std::string& path);

    /// Reads a recording with choices, and remembers them for others of its layout.
    void openWith(const std::string& path, const ReadChoices& choices);

    /// Reads the beginning of a recording only. \param choices nothing: those remembered.
    void preview(const std::string& path, const std::optional<ReadChoices>& choices);

    /// Where choices are remembered; nowhere if not set. Before anything is opened.
    void setMemory(std::unique_ptr<ImportMemory> memory);

    /// Writes a model.
    void save(std::shared_ptr<const Family> family, const std::string& path);

    /// Writes rows [first, last) of a recording as a table.
    void exportTable(std::shared_ptr<const Recording> recording, const std::string& path,
                     Index first, Index last);

    /// Writes a picture.
    void savePicture(PlotPicture picture, const std::string& path);

    /// Ends the reading of the file at hand; those that wait to be read are forgotten. Returns how
    /// many files are still to come out, the one at hand included.
    int cancel();

    /// Name of the file that is being read, empty if none is.
    [[nodiscard]] std::string current() const;

    /// How far that file is, 0..1.
    [[nodiscard]] double fraction() const { return m_fraction; }

    /// What became of the next file; nothing while it is being read.
    [[nodiscard]] std::optional<FileOutcome> takeOutcome();

private:
    struct Job {
        std::string path;
        std::shared_ptr<const Family> toSave;
        std::shared_ptr<const Recording> toExport;
        std::optional<PlotPicture> picture;
        Index first = 0; ///< row
        Index last = 0;
        std::optional<ReadChoices> choices; ///< of a person; nothing: those remembered
        bool preview = false;
    };

    void post(Job job);
    void run(const std::stop_token& stop);
    FileOutcome work(const Job& job, const std::stop_token& stop);
    void readInto(FileOutcome& outcome, const Job& job, const std::stop_token& stop);
    static void seeWhatIsMissing(FileOutcome& outcome);
    void exportInto(FileOutcome& outcome, const Job& job, const std::stop_token& stop);
    void previewInto(FileOutcome& outcome, const Job& job, const std::stop_token& stop);
    [[nodiscard]] ReadChoices choicesFor(const Job& job);

    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Job> m_jobs;
    std::deque<FileOutcome> m_outcomes;
    std::string m_current;
    std::unique_ptr<ImportMemory> m_memory; // of the thread, once it has a job
    std::atomic<double> m_fraction {0.0};
    std::atomic<bool> m_cancelled {false};
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
