/* The viewers' connections: accepts them by uid, limits the time until hello, drops them. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#include "host.h"
#include "util.h"

static struct viewer *find_free(struct host *host) {
    struct viewer *found = NULL;
    for (size_t i = 0; i < MAX_VIEWERS; i++) {
        struct viewer *viewer = &host->viewers[i];
        if (viewer->fd < 0 && (found == NULL || viewer->left < found->left))
            found = viewer;
    }
    return found;
}

void viewers_accept(struct host *host) {
    cleanup_fd int fd = accept4(host->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            log_line(LOG_WARNING, "cannot accept a viewer now: %s", strerror(errno));
            host->accept_after = monotonic_ms() + ACCEPT_PAUSE_MS;
        }
        return;
    }
    uid_t uid;
    struct viewer *viewer = find_free(host);
    if (!peer_uid(fd, &uid))
        log_line(LOG_WARNING, "cannot tell who a viewer is, closing: %s", strerror(errno));
    else if (uid != 0 && uid != host->web_uid)
        log_line(LOG_WARNING, "wanted a viewer of uid %u or 0, got uid %u, closing", host->web_uid, uid);
    else if (viewer == NULL)
        log_line(LOG_WARNING, "there are %d viewers already, closing", MAX_VIEWERS);
    else
        *viewer = (struct viewer){.fd = take_fd(&fd), .hello_by = monotonic_ms() + HELLO_MS};
}

void viewers_expire(struct host *host, uint64_t now) {
    for (size_t i = 0; i < MAX_VIEWERS; i++) {
        struct viewer *viewer = &host->viewers[i];
        if (viewer->fd >= 0 && !viewer->joined && now >= viewer->hello_by) {
            log_line(LOG_WARNING, "wanted hello within %d ms, closing a viewer", HELLO_MS);
            viewer_drop(host, viewer);
        }
    }
}

void viewer_drop(struct host *host, struct viewer *viewer) {
    /* A close with unread input would give the viewer a reset instead of end of file. */
    char unread[4096];
    for (int i = 0; i < 64 && recv(viewer->fd, unread, sizeof unread, MSG_DONTWAIT) > 0; i++)
        ;
    if (host->feeding == viewer)
        host->feeding = NULL;
    viewer->joined = false;
    answers_leave(host, viewer);
    close_descriptor(&viewer->fd);
    frame_clear(&viewer->frame);
    pending_free(host, viewer);
    *viewer = (struct viewer){.fd = -1, .id = viewer->id, .taken = viewer->taken, .left = ++host->leavers};
}

void viewer_return(struct host *host, struct viewer *viewer, uint64_t id) {
    for (size_t i = 0; i < MAX_VIEWERS && id != 0; i++) {
        struct viewer *earlier = &host->viewers[i];
        if (earlier == viewer || earlier->id != id)
            continue;
        /* Output that its old connection has not delivered is sent again on the new one. */
        answers_rest(host, earlier);
        if (earlier->fd >= 0)
            viewer_drop(host, earlier);
        viewer->taken = earlier->taken;
        *earlier = (struct viewer){.fd = -1};
    }
    viewer->id = id;
    viewer->told_taken = viewer->taken;
}

/* The viewer has to close first: if we closed, input that is still coming would reset the connection, and output not
 * yet read would be lost. */
void viewer_finish(struct host *host, struct viewer *viewer) {
    host->served = true;
    viewer->finished = true;
    viewer->waiting = false;
    if (host->feeding == viewer)
        host->feeding = NULL;
    if (shutdown(viewer->fd, SHUT_WR) < 0)
        viewer_drop(host, viewer);
}

void viewers_drop_all(struct host *host) {
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        if (host->viewers[i].fd >= 0)
            viewer_drop(host, &host->viewers[i]);
}

size_t viewers_count(const struct host *host) {
    size_t count = 0;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        count += host->viewers[i].fd >= 0;
    return count;
}
