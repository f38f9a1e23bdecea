#pragma once

#include "core/train/trainer.h"

#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace stint::app {

/// Trains a model family on a thread of its own. Thread safety: everything but the training
/// belongs to the owner's thread, which asks for news at the pace of its display.
class TrainingThread {
public:
    TrainingThread() = default;
    /// Cancels and waits for the end of the epoch.
    ~TrainingThread() = default;
    TrainingThread(const TrainingThread&) = delete;
    TrainingThread& operator=(const TrainingThread&) = delete;

    /// Begins; does nothing if a training is running.
    void start(std::shared_ptr<const Recording> recording, const TrainSettings& settings);

    /// Ends it soon, with an error as the outcome.
    void cancel();

    /// From start() until takeOutcome().
    [[nodiscard]] bool running() const { return m_running; }

    /// Whether the training that runs was told to end.
    [[nodiscard]] bool cancelled() const { return m_thread.get_stop_token().stop_requested(); }

    /// The epochs finished since the last call.
    [[nodiscard]] std::vector<TrainProgress> takeProgress();

    /// How it ended, once; nothing while it runs.
    [[nodiscard]] std::optional<Result<TrainOutcome>> takeOutcome();

private:
    std::mutex m_mutex;
    std::vector<TrainProgress> m_progress;
    std::optional<Result<TrainOutcome>> m_outcome;
    bool m_running = false;
    std::jthread m_thread; // last member: joined before anything it uses is destroyed
};

} // namespace stint::app
