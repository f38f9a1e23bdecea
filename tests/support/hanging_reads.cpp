#include "tests/support/hanging_reads.h"

#include <atomic>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<bool> hang = false;
std::atomic<int> hanging = 0;

} // namespace

namespace stint::test {

void hangReads() { hang = true; }

void letReadsGo()
{
    hang = false;
    hang.notify_all();
}

int hangingReads() { return hanging; }

} // namespace stint::test

extern "C" ssize_t pread(int file, void* to, size_t size, off_t offset)
{
    ++hanging;
    hang.wait(true);
    --hanging;
    return syscall(SYS_pread64, file, to, size, offset); // NOLINT(*-vararg)
}
