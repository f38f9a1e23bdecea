#pragma once

namespace stint::test {

/// Replaces the call that reads files that grow: from now on it does not come back, as on a drive
/// of the network that is gone, until it is let go.
void hangReads();
/// Lets all calls go on.
void letReadsGo();
/// How many calls hang now.
[[nodiscard]] int hangingReads();

} // namespace stint::test
