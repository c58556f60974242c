/* Prints the announcement (where the server listens), which whoever started us wrote down beforehand. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

void announce_when_ready(struct supervisor *supervisor) {
    if (supervisor->announce_path == NULL || !supervisor->services[BROKER].ready || !supervisor->services[GATEWAY].ready)
        return;
    const char *path = supervisor->announce_path;
    supervisor->announce_path = NULL;
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char text[8192];
    const ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (size < 0 || write(STDOUT_FILENO, text, (size_t)size) != size)
        log_line(LOG_WARNING, "cannot print the announcement '%s': %s, ignoring", path, strerror(errno));
    /* It may hold the password of a demonstration account. */
    explicit_bzero(text, sizeof text);
    if (unlink(path) < 0)
        log_line(LOG_WARNING, "cannot remove the announcement '%s': %s, ignoring", path, strerror(errno));
}
