/* The end of a program and of the PAM session. From top to bottom: the reason; killing the processes of the program;
 * removing its socket, cgroup and terminal; once nothing runs any more, closing the PAM session, in the same process
 * and in the reverse order of opening; waiting until the broker has noted the end. */
#include "messages.h"
#include "pam.h"
#include "programs.h"

enum { GRACE_MS = 2000, WAIT_FOR_BROKER_MS = 3600 * 1000 };

static bool is_last_gone(const struct leader *leader) {
    for (each_program(program, leader->shared))
        if (program_is_live(program) && !program->ending)
            return false;
    return leader->had_end;
}

const char *end_reason(const struct leader *leader) {
    if (leader->phase != VST_PHASE_OPEN)
        return NULL;
    if (signals_terminate())
        return "the leader got a signal";
    /* `vestibule run` is like su: when it ends, the session ends. */
    if (leader->attached && leader->connections[0].fd < 0)
        return "its owner closed the connection";
    return leader->close == VST_CLOSE_LAST_PROGRAM && is_last_gone(leader) ? "its last program ended" : NULL;
}

/* Hangs the program up. After GRACE_MS what is left of it is killed. */
static void program_end(struct leader *leader, struct program *program, const char *why) {
    if (program->ending || !program_is_live(program))
        return;
    log_line(LOG_INFO, "session %s ends: %s", program->session, why);
    program->ending = true;
    program->deadline_ms = monotonic_ms() + GRACE_MS;
    leader->had_end = true;
    struct writer writer = writer_of(VST_TO_HOST_HANGUP);
    host_send(program, &writer);
}

static void end_begin(struct leader *leader, const char *why) {
    log_line(LOG_INFO, "PAM session %s ends: %s", leader->shared->pam_session, why);
    leader->phase = VST_PHASE_ENDING;
    for (each_program(program, leader->shared))
        program_end(leader, program, why);
}

void program_undo(struct leader *leader, struct program *program) {
    directory_remove(program);
    group_remove(leader->shared, program);
    close_descriptor(&program->events);
    utmp_clear(program); /* nobody is on it any more */
    if (program == leader->first)
        return; /* its terminal is PAM_TTY: kept until the PAM session is closed */
    terminal_release(program);
    program->state = VST_PROGRAM_FREE;
}

/* A program that has ended stays in the table until the broker sends `noted`: the broker may be killed before it reads
 * our message. A program that failed to start need not stay: its failure was reported. */
static void program_finish(struct leader *leader, struct program *program) {
    const bool failed = program->state == VST_PROGRAM_READY;
    struct writer writer = writer_of(VST_FROM_LEADER_ENDED);
    put_string(&writer, program->session);
    program_undo(leader, program);
    program->ending = false;
    if (!failed)
        program->state = leader->broker_seen ? VST_PROGRAM_ENDED : VST_PROGRAM_FREE;
    if (!failed && leader->phase == VST_PHASE_OPEN)
        announce(leader, &writer);
    writer_clear(&writer);
}

/* After the end of session-host the remaining processes are killed at once: it has already hung them up. Without a
 * cgroup we become the parent of a killed child's children only when the child has ended: they are killed at the next
 * call. */
static void program_advance(struct leader *leader, struct program *program) {
    if (!program->hosted && !group_is_left(leader->shared, program, program->events)) {
        program_finish(leader, program);
    } else if (!program->hosted || program->deadline_ms == 0 || monotonic_ms() >= program->deadline_ms) {
        program->deadline_ms = 0;
        group_kill(leader->shared, program);
    }
}

void close_pam_session(struct leader *leader) {
    if (leader->pam.session)
        (void)transaction_call(leader, "pam_close_session", pam_close_session, 0);
    if (leader->pam.credentials)
        (void)transaction_call(leader, "pam_setcred (delete)", pam_setcred, PAM_DELETE_CRED);
    transaction_end(leader);
    for (each_program(program, leader->shared))
        terminal_release(program);
}

/* A broker that knows this PAM session sends `noted` once it has stored how it ended. If it dies before that, the next
 * broker connects and does so. */
static void finish(struct leader *leader) {
    close_pam_session(leader);
    leader->phase = VST_PHASE_CLOSED;
    log_line(LOG_NOTICE, "closed PAM session %s of user '%s'", leader->shared->pam_session, leader->account.name);
    leader->deadline_ms = leader->broker_seen ? monotonic_ms() + WAIT_FOR_BROKER_MS : 0;
    if (leader->deadline_ms == 0)
        listener_close(leader);
    struct writer writer = writer_of(VST_FROM_LEADER_CLOSED);
    announce(leader, &writer);
}

void end_advance(struct leader *leader) {
    for (each_program(program, leader->shared)) {
        const bool late = !program->ending && program->deadline_ms != 0 && monotonic_ms() >= program->deadline_ms;
        if (late && program->state == VST_PROGRAM_STARTING)
            fail_spawn(leader, program, VST_STAGE_SPAWN, ETIME, "session-host does not answer");
        if (!program->hosted || late) /* late: the user can stop (SIGSTOP) a session-host before it ends */
            program_end(leader, program, "its program ended");
    }
    const char *why = end_reason(leader);
    if (why != NULL)
        end_begin(leader, why);
    bool left = false;
    for (each_program(program, leader->shared)) {
        if (program->ending)
            program_advance(leader, program);
        left |= program_is_live(program);
    }
    if (leader->phase == VST_PHASE_ENDING && !left)
        finish(leader);
}

/* Ends one session; does nothing if there is no such session. */
bool request_end(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)connection;
    char session[ID_SIZE];
    read_string(reader, session, sizeof session);
    struct program *program = read_end(reader) ? program_find(leader, session) : NULL;
    if (program != NULL)
        program_end(leader, program, "it was requested");
    return read_end(reader);
}

/* Ends all sessions and closes the PAM session. */
bool request_close(struct leader *leader, struct connection *connection, struct reader *reader) {
    if (!read_end(reader))
        return false;
    struct writer writer = writer_of(VST_FROM_LEADER_CLOSED);
    if (leader->phase == VST_PHASE_OPEN)
        end_begin(leader, "it was requested");
    if (leader->phase == VST_PHASE_CLOSED) /* only to this connection: the others were told when it was closed */
        connection_send(connection, &writer);
    writer_clear(&writer);
    return true;
}

/* Ignored for a session that has not ended. An empty session means the PAM session. */
bool request_noted(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)connection;
    char session[ID_SIZE];
    read_string(reader, session, sizeof session);
    struct program *program = read_end(reader) ? program_find(leader, session) : NULL;
    if (program != NULL && program->state == VST_PROGRAM_ENDED)
        program->state = VST_PROGRAM_FREE;
    else if (read_end(reader) && session[0] == '\0' && leader->phase == VST_PHASE_CLOSED)
        leader->deadline_ms = 0;
    return read_end(reader);
}
