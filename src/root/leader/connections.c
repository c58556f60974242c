/* Connections: the owner's, and those that come to the control socket (adoption). All are checked by SO_PEERCRED and
 * speak the same protocol. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "leader.h"

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
        leader->broker_uid = 0; /* no broker: root alone */
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        leader->connections[i].fd = -1;
    leader->connections[0] = (struct connection){.fd = OWNER_FD, .who = find_peer(leader, OWNER_FD)};
    if (leader->connections[0].who == WHO_NOBODY)
        log_line(LOG_ERR, "descriptor %d: wanted a connection from root or from user vestibule", OWNER_FD);
    return leader->connections[0].who != WHO_NOBODY;
}

int listen_at(const char *path, gid_t gid) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const mode_t before = umask(0777); /* closed to all until its group is right */
    const int bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&address, sizeof address);
    (void)umask(before);
    const bool good = bound == 0 && lchown(path, 0, gid) == 0 && chmod(path, 0660) == 0 && listen(fd, SOMAXCONN) == 0;
    return good ? take_fd(&fd) : -1;
}

void format_listener(const struct shared *shared, const char *end, char ret_path[MAX_PATH]) {
    (void)snprintf(ret_path, MAX_PATH, "%s/%s%s", VST_PATH_LEADERS, shared->session, end);
}

/* Who watches the directory connects at once: it gets its name when it listens. Another leader's it never takes. */
bool connections_listen(struct leader *leader) {
    char early[MAX_PATH], path[MAX_PATH];
    format_listener(leader->shared, LISTENER_EARLY, early);
    format_listener(leader->shared, "", path);
    cleanup_fd int fd = listen_at(early, leader->broker_gid);
    if (fd < 0)
        return false;
    if (renameat2(AT_FDCWD, early, AT_FDCWD, path, RENAME_NOREPLACE) < 0) {
        const int error = errno;
        (void)unlink(early);
        errno = error;
        return false;
    }
    close_descriptor(&leader->listener);
    leader->listener = take_fd(&fd);
    return true;
}

void connections_listen_again(struct leader *leader) {
    char path[MAX_PATH];
    format_listener(leader->shared, "", path);
    /* Where its directory is gone too, the next time. */
    if (leader->listener >= 0 && access(path, F_OK) < 0 && connections_listen(leader))
        log_line(LOG_WARNING, "made %s again: it was deleted", path);
}

void connections_close_listener(struct leader *leader) {
    char path[MAX_PATH];
    format_listener(leader->shared, "", path);
    if (leader->listener >= 0 && unlink(path) < 0)
        log_line(LOG_WARNING, "cannot remove %s: %s", path, strerror(errno));
    close_descriptor(&leader->listener);
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
        connection_drop(leader, place, "it said nothing, and another came");
    *place = (struct connection){.fd = take_fd(&fd), .who = who};
}

void connection_drop(struct leader *leader, struct connection *connection, const char *why) {
    log_line(LOG_INFO, "connection of %s closed: %s", connection->who == WHO_ROOT ? "root" : "the broker", why);
    close_descriptor(&connection->fd);
    frame_clear(&connection->frame);
    /* Root's `run` is what su is: its end is the session's. */
    if (connection == &leader->connections[0] && leader->attached)
        end_begin(leader, "its owner is gone");
}

/* One frame a turn: a busy connection must not keep the others waiting. */
void connection_read(struct leader *leader, struct connection *connection) {
    const int got = frame_receive(connection->fd, &connection->frame, VST_MAX_ROOT_FRAME);
    if (got < 0)
        connection_drop(leader, connection, errno == 0 ? "it ended" : strerror(errno));
    else if (got > 0 && !request_dispatch(leader, connection))
        connection_drop(leader, connection, "it did not keep to the protocol");
}

void connection_send(struct leader *leader, struct connection *connection, struct writer *writer) {
    if (connection->fd >= 0 && !frame_send(connection->fd, writer, SEND_MS))
        connection_drop(leader, connection, strerror(errno));
    writer_clear(writer);
}

void announce(struct leader *leader, struct writer *writer) {
    for (struct connection *connection = leader->connections; connection < leader->connections + MAX_CONNECTIONS; connection++) {
        struct writer copy = {0};
        put_raw(&copy, writer->data, writer->size);
        if (connection->greeted)
            connection_send(leader, connection, &copy);
        writer_clear(&copy);
    }
    writer_clear(writer);
}

/* The lists of programs, side by side. */
static void put_programs(struct writer *writer, const struct shared *shared) {
    uint16_t count = 0;
    for (size_t i = 0; i < shared->program_count; i++)
        count = (uint16_t)(count + (shared->programs[i].state != VST_PROGRAM_FREE));
    for (int list = 0; list < 5; list++) {
        put_u16(writer, count);
        for (const struct program *program = shared->programs; program < shared->programs + shared->program_count; program++)
            switch (program->state == VST_PROGRAM_FREE ? -1 : list) {
            case 0: put_string(writer, program->session); break;
            case 1: put_string(writer, program->tty); break;
            case 2: put_u32(writer, program->pid); break;
            case 3: put_u32(writer, program->status); break;
            case 4: put_u8(writer, program->state); break;
            default: break;
            }
    }
}

/* The whole state: who adopts this leader needs nothing else. */
bool request_hello(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)read_u32(reader); /* the version: requests.c */
    if (!read_end(reader))
        return false;
    connection->greeted = true;
    leader->broker_seen |= connection->who != WHO_ROOT;
    struct writer writer = {0};
    writer_start(&writer, VST_FROM_LEADER_HELLO);
    put_u32(&writer, VST_LEADER_PROTOCOL_VERSION);
    put_u32(&writer, (uint32_t)getpid());
    put_u8(&writer, leader->phase);
    put_string(&writer, leader->shared->session);
    put_string(&writer, leader->account.name);
    put_u32(&writer, leader->account.uid);
    put_u32(&writer, leader->account.gid);
    put_string(&writer, leader->service);
    put_string(&writer, leader->label);
    put_u8(&writer, leader->attached);
    put_u8(&writer, leader->stays);
    put_u64(&writer, leader->opened_at);
    put_programs(&writer, leader->shared);
    connection_send(leader, connection, &writer);
    return true;
}
