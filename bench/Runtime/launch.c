/* launch COMMAND...: runs it, and prints the nanoseconds from before the fork until it is reaped, and its peak memory in KiB.
 * Small, as a process inherits the peak of what it was before exec. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct timespec began, ended;
    struct rusage usage;
    int status = 0;
    if (argc < 2) {
        return 2;
    }

    clock_gettime(CLOCK_MONOTONIC, &began);
    pid_t child = vfork();
    if (child == 0) {
        execv(argv[1], argv + 1);
        _exit(127);
    }

    if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
        return 2;
    }

    clock_gettime(CLOCK_MONOTONIC, &ended);
    dprintf(1, "%ld %ld\n", (ended.tv_sec - began.tv_sec) * 1000000000L + ended.tv_nsec - began.tv_nsec, usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
