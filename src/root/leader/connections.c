/* The connections: that of the owner, and those to the control socket (adoption). All are checked by SO_PEERCRED and
 * use the same protocol. */
#include <sys/socket.h>

#include "messages.h"

static enum who find_peer(const struct leader *leader, int fd) {
    uid_t uid;
    if (!peer_uid(fd, &uid))
        return WHO_NOBODY;
    if (uid == 0 || uid != leader->broker_uid)
        return uid == 0 ? WHO_ROOT : WHO_NOBODY;
    return leader->connections[0].who == WHO_ROOT ? WHO_GUEST : WHO_BROKER;
}

bool connections_begin(struct leader *leader) {
    leader->listener = -1;
    if (!find_user("vestibule", &leader->broker_uid, &leader->broker_gid))
        leader->broker_uid = 0; /* no broker: only root may connect */
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        leader->connections[i].fd = -1;
    leader->connections[0] = (struct connection){.fd = OWNER_FD, .who = find_peer(leader, OWNER_FD)};
    if (leader->connections[0].who == WHO_NOBODY)
        log_line(LOG_ERR, "descriptor %d: wanted a connection from root or from user vestibule", OWNER_FD);
    return leader->connections[0].who != WHO_NOBODY;
}

void connections_accept(struct leader *leader) {
    cleanup_fd int fd = accept4(leader->listener, NULL, NULL, SOCK_CLOEXEC);
    const enum who who = fd < 0 ? WHO_NOBODY : find_peer(leader, fd);
    struct connection *place = NULL;
    for (size_t i = 1; i < MAX_CONNECTIONS && (place == NULL || place->fd >= 0); i++)
        if (leader->connections[i].fd < 0 || (!leader->connections[i].greeted && place == NULL))
            place = &leader->connections[i];
    if (who == WHO_NOBODY || place == NULL) {
        log_line(LOG_ERR, "connection refused: %s", who == WHO_NOBODY ? "wanted root or user vestibule" : "there are too many");
        return;
    }
    if (place->fd >= 0)
        connection_drop(place, "it has sent no hello, and its place is needed");
    *place = (struct connection){.fd = take_fd(&fd), .who = who};
}

void connection_drop(struct connection *connection, const char *why) {
    log_line(LOG_INFO, "connection of %s closed: %s", connection->who == WHO_ROOT ? "root" : "the broker", why);
    close_descriptor(&connection->fd);
    frame_clear(&connection->frame);
}

void connection_send(struct connection *connection, struct writer *writer) {
    if (connection->fd >= 0 && !frame_send(connection->fd, writer, SEND_MS))
        connection_drop(connection, strerror(errno));
    writer_clear(writer);
}

void announce(struct leader *leader, struct writer *writer) {
    for (struct connection *connection = leader->connections; connection < leader->connections + MAX_CONNECTIONS; connection++) {
        struct writer copy = {0};
        put_raw(&copy, writer->data, writer->size);
        if (connection->greeted)
            connection_send(connection, &copy);
        writer_clear(&copy);
    }
    writer_clear(writer);
}
