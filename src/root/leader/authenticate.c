/* Signs a user in: authentication and account management of PAM, with the login profile. The result is a grant. Also
 * checks later whether the account of a signed-in user may still be used. */
#include "messages.h"
#include "pam.h"

static bool give_grant(struct leader *leader) {
    const struct account *account = &leader->account;
    struct writer grant = {0};
    uint64_t expires;
    if (!grant_make(account, &grant, &expires))
        return fail(leader, VST_STAGE_GRANT, PAM_SYSTEM_ERR, "cannot make a grant");
    struct writer writer = writer_of(VST_FROM_LEADER_AUTHENTICATED);
    put_string(&writer, account->name);
    put_u32(&writer, account->uid);
    put_bytes(&writer, grant.data, grant.size);
    put_u64(&writer, expires);
    writer_clear(&grant);
    rootd_release();
    /* Logged first: nobody can have a grant that is not in the log. */
    log_line(LOG_NOTICE, "signed in: user '%s' (uid %u) by profile '%s' from '%s'", account->name, account->uid,
             leader->service, leader->rhost);
    connection_send(&leader->connections[0], &writer);
    return true;
}

bool request_authenticate(struct leader *leader, struct connection *connection, struct reader *reader) {
    read_sign_in(leader, reader);
    if (!read_end(reader))
        return false;
    leader->phase = VST_PHASE_AUTHENTICATING;
    const bool done =
        policy_check_request(leader, connection, leader->config.auth_pam_profile) &&
        key_offer(leader) &&
        transaction_begin(leader, "vestibule") &&
        transaction_step(leader, VST_STAGE_AUTHENTICATE, "pam_authenticate", pam_authenticate, PAM_DISALLOW_NULL_AUTHTOK) &&
        transaction_account(leader, PAM_DISALLOW_NULL_AUTHTOK, /* may_renew= */ true) &&
        transaction_settle_user(leader) &&
        give_grant(leader);
    leave(leader, done ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Sends no key, so questions of modules cannot be answered. The profile is from our configuration, not from the
 * request: a broker that started with another profile would be refused, and take this for a result of the check. */
bool request_check(struct leader *leader, struct connection *connection, struct reader *reader) {
    size_t size;
    read_user(reader, leader->conversation.user);
    const uint8_t *grant = read_bytes(reader, UINT16_MAX, &size);
    read_string(reader, leader->rhost, sizeof leader->rhost);
    if (!read_end(reader))
        return false;
    (void)snprintf(leader->service, sizeof leader->service, "%s", leader->config.auth_pam_profile);
    leader->phase = VST_PHASE_AUTHENTICATING;
    const bool done =
        policy_check_request(leader, connection, leader->service) &&
        claim_user(leader, connection, grant, size) &&
        transaction_begin(leader, "vestibule") &&
        transaction_account(leader, PAM_DISALLOW_NULL_AUTHTOK, /* may_renew= */ false) &&
        settle_claimed_user(leader);
    if (done) {
        struct writer writer = writer_of(VST_FROM_LEADER_CHECKED);
        connection_send(&leader->connections[0], &writer);
    }
    leave(leader, done ? EXIT_SUCCESS : EXIT_FAILURE);
}
