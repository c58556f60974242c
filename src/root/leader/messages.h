/* Connections and the messages on them. The files for connections report events and make no decisions. */
#ifndef VESTIBULE_LEADER_MESSAGES_H
#define VESTIBULE_LEADER_MESSAGES_H

#include "leader.h"

/* connections.c: connection_send drops a connection if its peer does not read the frame; announce sends to all. Both
 * free the frame. */
bool connections_begin(struct leader *leader);
void connections_accept(struct leader *leader);
void connection_drop(struct connection *connection, const char *why);
void connection_send(struct connection *connection, struct writer *writer);
void announce(struct leader *leader, struct writer *writer);

/* listener.c: the control socket. format_listener: its path and a suffix, which is LISTENER_EARLY until it listens.
 * open_again: makes the socket again if it was deleted, so that the next broker finds it. */
#define LISTENER_EARLY ".new"
void format_listener(const struct shared *shared, const char *end, char ret_path[MAX_PATH]);
bool listener_open(struct leader *leader);
void listener_open_again(struct leader *leader);
void listener_close(struct leader *leader);

/* tell.c: user_of: the user of this leader, for the log. tell_failed: logs and sends that a session could not be
 * started, or that the request which uses PAM failed (session: empty). fail formats the text, does the same and returns
 * false. */
const char *user_of(const struct leader *leader);
void tell_failed(struct leader *leader, const char *session, uint8_t stage, int code, const char *text);
bool fail(struct leader *leader, uint8_t stage, int code, const char *format, ...) format_printf(4, 5);

/* A handler returns false if the request is malformed: the caller drops the connection. */
typedef bool request_handler(struct leader *leader, struct connection *connection, struct reader *reader);
struct request {
    uint8_t type;
    const char *name; /* NULL: end of the table */
    unsigned who, phases;
    enum often { ONCE, MANY, EACH_CONNECTION } often;
    request_handler *handle;
};
#define IN(phase) (1U << VST_PHASE_##phase)

/* requests.c */
extern const struct request requests[];

/* dispatch.c: handles the received frame of a connection, by the table that main.c gave to the leader. False if the
 * request is not allowed now or malformed: the caller drops the connection. */
bool request_dispatch(struct leader *leader, struct connection *connection);

/* hello.c, authenticate.c, open.c, converse.c, spawn.c, end.c */
request_handler request_hello, request_authenticate, request_check, request_open, request_answer, request_cancel,
    request_spawn, request_run, request_rotate, request_end, request_close, request_noted;

#endif
