/* Ending a session: its programs first, then PAM, from the same process, in the reverse order of opening. */
#include "leader.h"

enum { GRACE_MS = 2000, WAIT_FOR_BROKER_MS = 3600 * 1000 };

void end_begin(struct leader *leader, const char *why) {
    if (leader->phase != VST_PHASE_OPEN && leader->phase != VST_PHASE_RUNNING)
        return;
    log_line(LOG_INFO, "session %s ends: %s", leader->shared->session, why);
    leader->phase = VST_PHASE_ENDING;
    leader->deadline_ms = monotonic_ms() + GRACE_MS;
    struct writer writer = {0};
    writer_start(&writer, VST_TO_HOST_HANGUP);
    host_send(leader, &writer);
}

void session_close(struct leader *leader) {
    session_directory_remove(leader->shared);
    group_remove(leader->shared);
    if (leader->pam.session)
        (void)transaction_call(leader, "pam_close_session", pam_close_session, 0);
    if (leader->pam.credentials)
        (void)transaction_call(leader, "pam_setcred (delete)", pam_setcred, PAM_DELETE_CRED);
    transaction_end(leader);
    utmp_clear(leader->shared);
    terminal_release(leader);
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
    announce(leader, VST_FROM_LEADER_CLOSED);
}

/* A host that has ended has hung up: what is left then gets no grace. Without a cgroup what a killed child leaves is ours
 * only at its end, so it is killed in the turn after. */
void end_advance(struct leader *leader) {
    if (leader->phase != VST_PHASE_ENDING)
        return;
    if (!leader->host.present && !programs_left(leader->shared, leader->events)) {
        finish(leader);
    } else if (!leader->host.present || leader->deadline_ms == 0 || monotonic_ms() >= leader->deadline_ms) {
        leader->deadline_ms = 0;
        programs_kill(leader->shared);
    }
}

bool request_end(struct leader *leader, struct connection *connection, struct reader *reader) {
    if (leader->phase == VST_PHASE_CLOSED && connection->who == WHO_BROKER) {
        leader->deadline_ms = 0;
    } else if (leader->phase == VST_PHASE_CLOSED) {
        /* To this one alone: the broker may have gone with its `end` still to be read. */
        struct writer writer = {0};
        writer_start(&writer, VST_FROM_LEADER_CLOSED);
        connection_send(leader, connection, &writer);
    }
    end_begin(leader, "it was asked for");
    return read_end(reader);
}
