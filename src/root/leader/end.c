/* Ending: the processes of a program's session first; of the PAM session, all programs, then PAM, from the same process, in
 * the reverse order of opening. */
#include "leader.h"

enum { GRACE_MS = 2000, WAIT_FOR_BROKER_MS = 3600 * 1000 };

static bool is_live(const struct program *program) {
    return program->ending || program->state == VST_PROGRAM_STARTING || program->state == VST_PROGRAM_RUNNING ||
           program->state == VST_PROGRAM_EXITED;
}

void program_end(struct leader *leader, struct program *program, const char *why) {
    if (program->ending || !is_live(program))
        return;
    if (!leader->stays && leader->phase == VST_PHASE_OPEN) {
        end_begin(leader, why);
        return;
    }
    log_line(LOG_INFO, "session %s ends: %s", program->session, why);
    program->ending = true;
    program->deadline_ms = monotonic_ms() + GRACE_MS;
    struct writer writer = {0};
    writer_start(&writer, VST_TO_HOST_HANGUP);
    host_send(program, &writer);
}

void end_begin(struct leader *leader, const char *why) {
    if (leader->phase != VST_PHASE_OPEN)
        return;
    log_line(LOG_INFO, "PAM session %s ends: %s", leader->shared->session, why);
    leader->phase = VST_PHASE_ENDING;
    for (each_program(program, leader->shared))
        program_end(leader, program, why);
}

void program_undo(struct leader *leader, struct program *program) {
    session_directory_remove(program);
    group_remove(leader->shared, program);
    close_descriptor(&program->events);
    if (!leader->stays)
        return; /* its terminal is PAM's: kept until the PAM session is closed */
    terminal_release(program);
    program->state = VST_PROGRAM_FREE;
}

/* Named until the broker has heard of it: what is sent to one that is being killed is lost. */
static void program_finish(struct leader *leader, struct program *program) {
    const bool failed = program->state == VST_PROGRAM_READY;
    struct writer writer = {0};
    writer_start(&writer, VST_FROM_LEADER_ENDED);
    put_string(&writer, program->session);
    program_undo(leader, program);
    program->ending = false;
    if (leader->stays && !failed)
        announce(leader, &writer);
    writer_clear(&writer);
    if (!failed && (!leader->stays || leader->broker_seen))
        program->state = VST_PROGRAM_ENDED;
}

void session_close(struct leader *leader) {
    if (leader->pam.session)
        (void)transaction_call(leader, "pam_close_session", pam_close_session, 0);
    if (leader->pam.credentials)
        (void)transaction_call(leader, "pam_setcred (delete)", pam_setcred, PAM_DELETE_CRED);
    transaction_end(leader);
    for (each_program(program, leader->shared))
        if (program->state != VST_PROGRAM_FREE)
            terminal_release(program);
}

static void finish(struct leader *leader) {
    session_close(leader);
    leader->phase = VST_PHASE_CLOSED;
    log_line(LOG_NOTICE, "closed session %s of user '%s'", leader->shared->session, leader->account.name);
    /* A broker that knew this session says `end` once it has written down how it ended; if it dies before, the next one
     * comes for that. */
    leader->deadline_ms = leader->broker_seen ? monotonic_ms() + WAIT_FOR_BROKER_MS : 0;
    if (leader->deadline_ms == 0)
        connections_close_listener(leader);
    struct writer writer = {0};
    writer_start(&writer, VST_FROM_LEADER_CLOSED);
    announce(leader, &writer);
}

/* A host that has ended has hung up: what is left then gets no grace. Without a cgroup what a killed child leaves is ours
 * only at its end, so it is killed in the turn after. */
static void program_advance(struct leader *leader, struct program *program) {
    if (!program->hosted && !programs_left(leader->shared, program, program->events)) {
        program_finish(leader, program);
    } else if (!program->hosted || program->deadline_ms == 0 || monotonic_ms() >= program->deadline_ms) {
        program->deadline_ms = 0;
        programs_kill(leader->shared, program);
    }
}

void end_advance(struct leader *leader) {
    bool left = false;
    for (each_program(program, leader->shared)) {
        if (program->state == VST_PROGRAM_STARTING && !program->ending && monotonic_ms() >= program->deadline_ms)
            fail_spawn(leader, program, VST_STAGE_SPAWN, ETIME, "session-host does not answer");
        if (program->ending)
            program_advance(leader, program);
        left |= is_live(program);
    }
    if (leader->phase == VST_PHASE_ENDING && !left)
        finish(leader);
}

bool request_end(struct leader *leader, struct connection *connection, struct reader *reader) {
    char session[sizeof leader->shared->session];
    read_string(reader, session, sizeof session);
    if (!read_end(reader))
        return false;
    struct program *program = program_find(leader, session);
    if (strcmp(session, leader->shared->session) != 0) {
        if (program != NULL && program->state == VST_PROGRAM_ENDED)
            program->state = VST_PROGRAM_FREE;
        else if (program != NULL)
            program_end(leader, program, "it was asked for");
    } else if (leader->phase == VST_PHASE_CLOSED && connection->who != WHO_ROOT) {
        leader->deadline_ms = 0;
    } else if (leader->phase == VST_PHASE_CLOSED) {
        /* To this one alone: the broker may have gone with its `end` still to be read. */
        struct writer writer = {0};
        writer_start(&writer, VST_FROM_LEADER_CLOSED);
        connection_send(leader, connection, &writer);
    } else {
        end_begin(leader, "it was asked for");
    }
    return true;
}
