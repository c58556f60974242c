/* Allows one server per machine: locks a file that only root can open. The lock is held until this process ends, also
 * after it has executed the program of --finish. */
#include "supervise.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "protocol.h"
#include "util.h"

void lock_server(const struct supervisor *supervisor) {
    const int handed_down = supervisor->lock, flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY;
    /* Without O_CLOEXEC: the program of --finish inherits it. Services get their own descriptors only. */
    const int fd = handed_down > 0 ? handed_down : open(VST_PATH_LOCK, flags, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        die_errno("cannot lock '%s': does another vestibule-supervise run? Stop it first", VST_PATH_LOCK);
    char pid[16];
    const int size = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)size, 0) != size)
        die_errno("cannot write '%s'", VST_PATH_LOCK);
}
