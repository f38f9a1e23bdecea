#include "app/live/port_problem.h"

#include <algorithm>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace stint::app {

namespace {

std::string nameOfGroup(gid_t id)
{
    group entry {};
    group* found = nullptr;
    std::vector<char> space(16'384);
    if (getgrgid_r(id, &entry, space.data(), space.size(), &found) == 0 && found != nullptr)
        return found->gr_name;
    return std::to_string(id);
}

/// Name of the user of this process, and whether the list of users has them in a group.
void describeUser(gid_t id, PortAccess& access)
{
    passwd entry {};
    passwd* found = nullptr;
    std::vector<char> space(16'384);
    const int code = getpwuid_r(geteuid(), &entry, space.data(), space.size(), &found);
    if (code != 0 || found == nullptr) {
        access.user = std::to_string(geteuid());
        return;
    }
    access.user = found->pw_name;
    std::vector<gid_t> groups(256);
    auto count = static_cast<int>(groups.size());
    if (getgrouplist(found->pw_name, found->pw_gid, groups.data(), &count) < 0)
        return;
    groups.resize(static_cast<std::size_t>(count));
    access.member = std::ranges::find(groups, id) != groups.end();
}

PortProblem permissionProblem(const std::string& path, const PortAccess& access)
{
    PortProblem problem;
    problem.failure = PortFailure::Permission;
    const std::string start = "\"" + path + "\" may not be opened by " + access.user + ": ";
    if (!access.groupMayOpen) {
        problem.sentence = start
            + "its owner has not allowed it to others; ask who administers "
              "this machine.";
    } else if (access.member) {
        problem.sentence = start + access.user + " is in the group " + access.group
            + ", but not since the last login; log out and in again.";
    } else {
        problem.command = "sudo usermod -aG " + access.group + " " + access.user;
        problem.sentence = start + "it belongs to the group " + access.group + "; run "
            + problem.command + ", then log out and in again.";
    }
    return problem;
}

} // namespace

PortAccess accessTo(const std::string& path)
{
    PortAccess access;
    struct stat node { };
    if (stat(path.c_str(), &node) != 0)
        return access;
    access.exists = true;
    access.allowed = ::access(path.c_str(), R_OK | W_OK) == 0;
    access.device = S_ISCHR(node.st_mode);
    access.group = nameOfGroup(node.st_gid);
    access.groupMayOpen = (node.st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP);
    describeUser(node.st_gid, access);
    return access;
}

PortProblem problemOf(const std::string& path, const PortAccess& access, bool refused,
                      const std::string& reason)
{
    PortProblem problem;
    if (!access.exists) {
        problem.failure = PortFailure::Missing;
        problem.sentence = "There is no port \"" + path
            + "\"; plug the device in, or choose another port: stint ports lists them.";
        problem.passes = true;
        return problem;
    }
    if (!access.allowed)
        return permissionProblem(path, access);
    if (!access.device) {
        problem.sentence
            = "\"" + path + "\" is not a serial port; choose another one: stint ports lists them.";
        return problem;
    }
    // Who may open the node and is not let in meets the lock of another program.
    if (refused) {
        problem.failure = PortFailure::Busy;
        problem.sentence = "\"" + path
            + "\" is in use by another program; close that one, this one keeps trying.";
        problem.passes = true;
        return problem;
    }
    problem.sentence = "\"" + path + "\" cannot be opened: " + reason
        + "; check the settings of the port and the cable.";
    problem.passes = true;
    return problem;
}

} // namespace stint::app
