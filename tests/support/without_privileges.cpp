#include "tests/support/without_privileges.h"

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stint::test {

int withoutPrivileges(const std::function<int()>& check)
{
    if (geteuid() != 0)
        return check();
    constexpr uid_t nobody = 65534;
    const pid_t child = fork();
    if (child == 0) {
        const bool dropped = setgroups(0, nullptr) == 0 && setresgid(nobody, nobody, nobody) == 0
            && setresuid(nobody, nobody, nobody) == 0 && geteuid() == nobody;
        _exit(dropped ? check() : 255);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)
        || WEXITSTATUS(status) == 255)
        return -1;
    return WEXITSTATUS(status);
}

} // namespace stint::test
