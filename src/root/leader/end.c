/* The end of a program and that of the PAM session, from top to bottom: why; the program's processes; what it had; then,
 * when nothing runs any more, PAM, from the same process, in the reverse order of opening; and who still is to hear of it. */
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
        return "a signal asked for it";
    /* Root's `run` is what su is: its end is the session's. */
    if (leader->attached && leader->connections[0].fd < 0)
        return "its owner is gone";
    return leader->close == VST_CLOSE_LAST_PROGRAM && is_last_gone(leader) ? "its last program ended" : NULL;
}

/* With a grace, before what is left is killed. */
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
        return; /* its terminal is PAM's: kept until the PAM session is closed */
    terminal_release(program);
    program->state = VST_PROGRAM_FREE;
}

/* A program that has ended is named until the broker says that it has noted that: what is sent to one that is being killed is
 * lost. One that failed to start has been told. */
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

/* A host that has ended has hung up: what is left then gets no grace. Without a cgroup what a killed child leaves is ours
 * only at its end, so it is killed in the turn after. */
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

/* A broker that knew this PAM session says `noted` once it has written down how it ended; if it dies before, the next one
 * comes for that. */
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
        if (!program->hosted || late) /* a user can stop the session-host that still serves the last output */
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

/* What is asked for: the end of a session, nothing if there is none. */
bool request_end(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)connection;
    char session[ID_SIZE];
    read_string(reader, session, sizeof session);
    struct program *program = read_end(reader) ? program_find(leader, session) : NULL;
    if (program != NULL)
        program_end(leader, program, "it was asked for");
    return read_end(reader);
}

/* That of all, and of the PAM session. */
bool request_close(struct leader *leader, struct connection *connection, struct reader *reader) {
    if (!read_end(reader))
        return false;
    struct writer writer = writer_of(VST_FROM_LEADER_CLOSED);
    if (leader->phase == VST_PHASE_OPEN)
        end_begin(leader, "it was asked for");
    if (leader->phase == VST_PHASE_CLOSED) /* to this one alone: the others know */
        connection_send(connection, &writer);
    writer_clear(&writer);
    return true;
}

/* What has not ended is not noted either. */
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
