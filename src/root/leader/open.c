/* Opens a PAM session, in the order of login(1) and sshd(8). On failure close_pam_session undoes the part that was
 * done. */
#include <grp.h>

#include "messages.h"
#include "pam.h"
#include "programs.h"

/* Returns the grant, which stays in the frame; NULL: the request is malformed. */
static const uint8_t *read_request(struct leader *leader, struct reader *reader, size_t *ret_grant_size) {
    char *id = leader->shared->pam_session, terminal[ID_SIZE];
    read_string(reader, id, ID_SIZE);
    read_exact(reader, leader->conversation.id, sizeof leader->conversation.id);
    read_string(reader, leader->service, sizeof leader->service);
    read_user(reader, leader->conversation.user);
    const uint8_t *grant = read_bytes(reader, UINT16_MAX, ret_grant_size);
    read_string(reader, leader->rhost, sizeof leader->rhost);
    read_string(reader, leader->label, sizeof leader->label);
    leader->attached = read_u8(reader) != 0;
    leader->close = read_u8(reader);
    read_string(reader, terminal, sizeof terminal);
    if (!read_end(reader) || !is_id(id) || leader->close > VST_CLOSE_LAST_PROGRAM ||
        (terminal[0] != '\0' && (!is_id(terminal) || strcmp(terminal, id) == 0)))
        return NULL;
    leader->first = terminal[0] == '\0' ? NULL : program_add(leader, terminal);
    return grant;
}

static bool make_terminal(struct leader *leader) {
    return leader->first == NULL || terminal_open(leader->first) ||
           fail(leader, VST_STAGE_START, PAM_SYSTEM_ERR, "cannot make a terminal: %s", strerror(errno));
}

/* As in su: with pam_rootok no question is asked. If the profile asks, the owner can answer. */
static bool identify(struct leader *leader) {
    const int result = transaction_call(leader, "pam_authenticate", pam_authenticate, 0);
    return result == PAM_SUCCESS ||
           fail(leader, VST_STAGE_AUTHENTICATE, result, "pam_authenticate by '%s': %s", leader->service,
                pam_strerror(leader->pam.handle, result));
}

/* Variables that modules use (pam_env expands ${HOME}, pam_systemd reads some). The program gets them too. */
static bool give_environment(struct leader *leader) {
    const struct account *account = &leader->account;
    const char *const entries[][2] = {
        {"HOME", account->home}, {"USER", account->name}, {"LOGNAME", account->name}, {"SHELL", account->shell},
        {"XDG_SESSION_TYPE", leader->first != NULL ? "tty" : "unspecified"}, {"XDG_SESSION_CLASS", "user"},
    };
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        cleanup_free char *entry = NULL;
        if (asprintf(&entry, "%s=%s", entries[i][0], entries[i][1]) < 0 || pam_putenv(leader->pam.handle, entry) != PAM_SUCCESS)
            return fail(leader, VST_STAGE_CREDENTIALS, PAM_BUF_ERR, "cannot set the environment of PAM");
    }
    return true;
}

/* initgroups must come before pam_setcred: it would remove groups that modules add (pam_group). The primary group stays
 * that of root, as in su(1) and sshd(8): programs that modules run get it. */
static bool establish_credentials(struct leader *leader) {
    const struct account *account = &leader->account;
    if (initgroups(account->name, account->gid) < 0)
        return fail(leader, VST_STAGE_CREDENTIALS, PAM_SYSTEM_ERR, "cannot set the groups of '%s': %s", account->name, strerror(errno));
    if (!limits_begin())
        return fail(leader, VST_STAGE_START, PAM_SYSTEM_ERR, "cannot make a process: %s", strerror(errno));
    signals_keep_alive();
    leader->pam.entered = true;
    leader->pam.credentials = leader->config.auth_pam_sessions_enabled &&
        transaction_step(leader, VST_STAGE_CREDENTIALS, "pam_setcred", pam_setcred, PAM_ESTABLISH_CRED);
    return leader->pam.credentials || !leader->config.auth_pam_sessions_enabled;
}

static bool enter_session(struct leader *leader) {
    if (leader->first != NULL && !terminal_give(leader, leader->first))
        return fail(leader, VST_STAGE_SESSION, PAM_SYSTEM_ERR, "cannot give %s to '%s': %s", leader->first->tty, leader->account.name, strerror(errno));
    leader->pam.session = leader->config.auth_pam_sessions_enabled &&
        transaction_step(leader, VST_STAGE_SESSION, "pam_open_session", pam_open_session, 0);
    /* From here on the watch does not kill us: if closing hangs, the session is still open. */
    atomic_store(&leader->shared->opened, leader->pam.session || !leader->config.auth_pam_sessions_enabled);
    return atomic_load(&leader->shared->opened);
}

/* Makes the session visible to the broker. */
static bool publish(struct leader *leader) {
    struct shared *shared = leader->shared;
    if (!limits_take(leader))
        return fail(leader, VST_STAGE_SESSION, PAM_SYSTEM_ERR, "cannot read the limits for the programs: %s", strerror(errno));
    const char *tty = leader->first == NULL ? "" : leader->first->tty;
    /* The groups for the programs: those of initgroups, and those that modules added. */
    const int group_count = getgroups(0, NULL);
    leader->groups = must_alloc(group_count < 0 ? 1 : (size_t)group_count + 1, sizeof *leader->groups);
    leader->group_count = getgroups(group_count, leader->groups);
    helpers_note(shared);
    groups_find(shared);
    /* Fails if another leader has this id, before anything of its PAM session is changed. */
    if (leader->group_count < 0 || !listener_open(leader))
        return fail(leader, VST_STAGE_SESSION, PAM_SYSTEM_ERR, "cannot listen in %s: %s", VST_PATH_LEADERS, strerror(errno));
    key_forget(leader);
    leader->opened_at = unix_ms();
    leader->phase = VST_PHASE_OPEN;
    log_line(LOG_NOTICE, "opened PAM session %s of user '%s' (uid %u) by profile '%s' from '%s' on '%s'", shared->pam_session,
             leader->account.name, leader->account.uid, leader->service, leader->rhost, tty);
    struct writer writer = writer_of(VST_FROM_LEADER_OPENED);
    connection_send(&leader->connections[0], &writer);
    if (leader->first == NULL)
        trim_memory(); /* used by modules; with a terminal it is done later, because the user waits */
    return true;
}

bool request_open(struct leader *leader, struct connection *connection, struct reader *reader) {
    size_t size;
    const uint8_t *grant = read_request(leader, reader, &size);
    if (grant == NULL)
        return false;
    leader->phase = VST_PHASE_OPENING;
    const bool done =
        policy_check_request(leader, connection, leader->config.auth_pam_sessions_profile) &&
        claim_user(leader, connection, grant, size) &&
        make_terminal(leader) &&
        transaction_begin(leader, leader->first != NULL ? leader->first->tty : "vestibule") &&
        identify(leader) &&
        transaction_account(leader, 0, /* may_renew= */ connection->who == WHO_ROOT) &&
        settle_claimed_user(leader) &&
        give_environment(leader) &&
        establish_credentials(leader) &&
        enter_session(leader) &&
        settle_claimed_user(leader) && /* again: modules may have changed PAM_USER, and then acted for another user */
        publish(leader);
    if (done)
        return true;
    close_pam_session(leader);
    leave(leader, EXIT_FAILURE);
}
