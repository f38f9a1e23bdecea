#pragma once

#include "app/desktop/desktop_session.h"
#include "tests/support/small_family.h"
#include "ui/main_window.h"

#include <QTest>

#include <functional>
#include <memory>

namespace stint::test {

/// The real window and what works behind it, for tests of what comes in live.
struct LiveDesktop {
    ui::MainWindow window;
    app::DesktopSession session {window};

    app::LiveDesk& live() { return session.liveDesk(); }

    /// Rows that have come in; 0 where nothing is live.
    [[nodiscard]] Index rows()
    {
        const ui::LiveRecording* recording = live().recording();
        return recording == nullptr ? 0 : recording->rows();
    }
};

/// Lets events run until something is so, for a time that only a defect exceeds.
inline bool waitFor(const std::function<bool()>& condition)
{
    return QTest::qWaitFor(condition, 30'000);
}

inline constexpr Index oddFrom = 1500; ///< row at which one channel of the machine departs
inline constexpr Index oddTo = 1560; ///< and the one at which it is back

/// A made-up machine that the small family knows, normal but for the odd rows.
inline std::shared_ptr<Recording> oddMachine(Index rows)
{
    auto machine = std::make_shared<Recording>(madeUpRecording(rows, 5));
    for (Index row = oddFrom; row < oddTo; ++row)
        machine->channels[1].values[static_cast<std::size_t>(row)] += 40.0;
    return machine;
}

} // namespace stint::test
