/* Accepts one connection: checks the uid of the peer and the limits, then starts a leader for it. */
#include "rootd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util.h"

/* Leaders for root are not counted: root can start any number of programs anyway. */
static bool must_refuse(const struct rootd *rootd, const struct endpoint *endpoint, uid_t peer) {
    if (peer == 0)
        return false;
    if (endpoint->root_only) {
        log_line(LOG_WARNING, "refused a connection of uid %u to %s: wanted uid 0", peer, endpoint->program);
        return true;
    }
    if (peer != rootd->broker) {
        log_line(LOG_WARNING, "refused a connection of uid %u: wanted uid 0 or %u", peer, rootd->broker);
        return true;
    }
    if (arc4random_uniform(100) >= refusal_percent(rootd->waiting_count))
        return false;
    log_line(LOG_WARNING, "refused a connection: %zu leaders wait for a sign-in (limits %d:%d:%d)",
             rootd->waiting_count, STARTUPS_START, STARTUPS_RATE, STARTUPS_FULL);
    return true;
}

void accept_connection(struct rootd *rootd, const struct endpoint *endpoint) {
    cleanup_fd int connection = accept4(endpoint->listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) {
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
            return;
        /* Out of descriptors or memory: supervise restarts us after a delay; waiting here would only hide the fault. */
        die_errno("cannot accept a connection");
    }
    uid_t peer;
    if (!peer_uid(connection, &peer))
        die_errno("cannot read the peer's uid");
    if (must_refuse(rootd, endpoint, peer))
        return;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        die_errno("cannot make a pipe");
    cleanup_fd int reading = ends[0], writing = ends[1];
    if (start_leader(endpoint->program, (const int[]){connection, writing}) && peer != 0)
        add_startup(rootd, take_fd(&reading));
}
