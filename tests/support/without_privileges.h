#pragma once

#include <functional>

namespace stint::test {

/// Runs a check as somebody whom files can refuse: in a child process that has given up root's
/// privileges, or right here where there are none to give up. What it makes belongs to that
/// somebody.
/// \param check returns 0, or a number that says what went wrong; it must not use threads.
/// \return what it returned; -1 if privileges could not be given up, or it crashed.
[[nodiscard]] int withoutPrivileges(const std::function<int()>& check);

} // namespace stint::test
