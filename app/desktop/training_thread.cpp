#include "app/desktop/training_thread.h"

#include <utility>

namespace stint::app {

void TrainingThread::start(std::shared_ptr<const Recording> recording,
                           const TrainSettings& settings)
{
    if (m_running)
        return;
    m_running = true;
    // The thread before has handed over its outcome and has nothing left to do.
    m_thread = std::jthread(
        [this, recording = std::move(recording), settings](const std::stop_token& stop) {
            const auto report = [this](const TrainProgress& progress) {
                const std::lock_guard lock(m_mutex);
                m_progress.push_back(progress);
            };
            Result<TrainOutcome> outcome = trainFamily({recording}, settings, report, stop);
            const std::lock_guard lock(m_mutex);
            m_outcome = std::move(outcome);
        });
}

void TrainingThread::cancel() { m_thread.request_stop(); }

std::vector<TrainProgress> TrainingThread::takeProgress()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_progress, {});
}

std::optional<Result<TrainOutcome>> TrainingThread::takeOutcome()
{
    const std::lock_guard lock(m_mutex);
    std::optional<Result<TrainOutcome>> outcome = std::exchange(m_outcome, std::nullopt);
    if (outcome)
        m_running = false;
    return outcome;
}

} // namespace stint::app
