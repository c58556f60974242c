/* The control socket, through which a later broker finds the leader (adoption). */
#include <fcntl.h>

#include "messages.h"

void format_listener(const struct shared *shared, const char *end, char ret_path[MAX_PATH]) {
    (void)snprintf(ret_path, MAX_PATH, "%s/%s%s", VST_PATH_LEADERS, shared->pam_session, end);
}

/* The socket gets its name only once it listens, because the broker watches the directory and connects at once. A name
 * that another leader has is never taken. */
bool listener_open(struct leader *leader) {
    char early[MAX_PATH], path[MAX_PATH];
    format_listener(leader->shared, LISTENER_EARLY, early);
    format_listener(leader->shared, "", path);
    cleanup_fd int fd = listen_at(early, leader->broker_gid, 0660);
    if (fd < 0)
        return false;
    atomic_store(&leader->shared->named, true); /* set first: if this process is killed, the watch tries both names */
    if (renameat2(AT_FDCWD, early, AT_FDCWD, path, RENAME_NOREPLACE) < 0) {
        const int error = errno;
        atomic_store(&leader->shared->named, false);
        (void)unlink(early);
        errno = error;
        return false;
    }
    close_descriptor(&leader->listener);
    leader->listener = take_fd(&fd);
    return true;
}

void listener_open_again(struct leader *leader) {
    char path[MAX_PATH];
    format_listener(leader->shared, "", path);
    /* If the directory was deleted too, this fails and is tried again later. */
    if (leader->listener >= 0 && access(path, F_OK) < 0 && listener_open(leader))
        log_line(LOG_WARNING, "made %s again: it was deleted", path);
}

void listener_close(struct leader *leader) {
    char path[MAX_PATH];
    format_listener(leader->shared, "", path);
    if (leader->listener >= 0 && unlink(path) < 0)
        log_line(LOG_WARNING, "cannot remove %s: %s", path, strerror(errno));
    close_descriptor(&leader->listener);
}
