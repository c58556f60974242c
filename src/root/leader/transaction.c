/* The steps of a PAM transaction: for signing in and for opening a session. */
#include "messages.h"
#include "pam.h"

enum { PASSWORD_TRIES = 3 };

bool transaction_begin(struct leader *leader, const char *tty) {
    char path[sizeof "/etc/pam.d/" + VST_MAX_NAME];
    (void)snprintf(path, sizeof path, "/etc/pam.d/%s", leader->service);
    if (access(path, F_OK) < 0)
        log_line(LOG_WARNING, "%s: %s: PAM uses 'other' if it finds no such profile elsewhere", path, strerror(errno));
    const struct pam_conv conversation = {.conv = converse, .appdata_ptr = leader};
    watch_clock(leader, true);
    int result = pam_start(leader->service, leader->conversation.user, &conversation, &leader->pam.handle);
    watch_clock(leader, false);
    if (result == PAM_SUCCESS && leader->rhost[0] != '\0')
        result = pam_set_item(leader->pam.handle, PAM_RHOST, leader->rhost);
    if (result == PAM_SUCCESS)
        result = pam_set_item(leader->pam.handle, PAM_TTY, tty);
    return result == PAM_SUCCESS || fail(leader, VST_STAGE_START, result, "pam_start: error %d", result);
}

int transaction_run(struct leader *leader, pam_function *function, int flags) {
    leader->pam.person = function == pam_authenticate || function == pam_chauthtok;
    watch_clock(leader, true);
    leader->pam.last = function(leader->pam.handle, flags);
    watch_clock(leader, false);
    return leader->pam.last;
}

int transaction_call(struct leader *leader, const char *name, pam_function *function, int flags) {
    char *call = leader->shared->call;
    (void)snprintf(call, sizeof leader->shared->call, "%s by '%s' for '%s'", name, leader->service, user_of(leader));
    const int result = transaction_run(leader, function, flags);
    log_line(result == PAM_SUCCESS ? LOG_INFO : LOG_NOTICE, "%s: %s (%d)", call, pam_strerror(leader->pam.handle, result), result);
    return result;
}

static bool fail_last(struct leader *leader, uint8_t stage, const char *name) {
    return fail(leader, stage, leader->pam.last, "%s: %s", name, pam_strerror(leader->pam.handle, leader->pam.last));
}

bool transaction_step(struct leader *leader, uint8_t stage, const char *name, pam_function *function, int flags) {
    return transaction_call(leader, name, function, flags) == PAM_SUCCESS || fail_last(leader, stage, name);
}

/* The user mistyped the current or the new password, or chose one that is too simple. Modules return different codes
 * for this. */
static bool is_mistyped(int result) {
    return result == PAM_AUTHTOK_ERR || result == PAM_AUTHTOK_RECOVERY_ERR || result == PAM_TRY_AGAIN || result == PAM_AUTH_ERR;
}

bool transaction_account(struct leader *leader, int flags, bool may_renew) {
    int result = transaction_call(leader, "pam_acct_mgmt", pam_acct_mgmt, flags);
    if (result == PAM_SUCCESS || result != PAM_NEW_AUTHTOK_REQD || !may_renew)
        return result == PAM_SUCCESS ||
               fail_last(leader, result == PAM_NEW_AUTHTOK_REQD ? VST_STAGE_PASSWORD : VST_STAGE_ACCOUNT, "pam_acct_mgmt");
    result = PAM_AUTHTOK_ERR;
    for (int i = 0; i < PASSWORD_TRIES && is_mistyped(result); i++)
        result = transaction_call(leader, "pam_chauthtok", pam_chauthtok, PAM_CHANGE_EXPIRED_AUTHTOK);
    return result == PAM_SUCCESS || fail_last(leader, VST_STAGE_PASSWORD, "pam_chauthtok");
}

/* Modules may map a name to another (alice@REALM to alice): from here on the name in the account database is used. */
bool transaction_settle_user(struct leader *leader) {
    const void *name = NULL;
    if (pam_get_item(leader->pam.handle, PAM_USER, &name) != PAM_SUCCESS || name == NULL || !account_find(name, &leader->account))
        return fail(leader, VST_STAGE_USER, PAM_USER_UNKNOWN, "PAM changed the user to '%.255s', which is not a known user",
                    name == NULL ? "" : (const char *)name);
    return policy_check_account(leader);
}
