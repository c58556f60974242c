/* The user of a leader in which nobody signs in: the user of the grant, or any user that root names. */
#include "messages.h"
#include "pam.h"

bool claim_user(struct leader *leader, const struct connection *connection, const uint8_t *grant, size_t size) {
    struct account account;
    if (!account_find(leader->conversation.user, &account))
        return fail(leader, VST_STAGE_USER, account_missing_code(), "the system has no user '%s'", leader->conversation.user);
    const int code = grant_check(connection, &account, grant, size);
    if (code != PAM_SUCCESS)
        return fail(leader, VST_STAGE_GRANT, code, "the grant is not valid for user '%s', or has expired", account.name);
    leader->account = account;
    rootd_release();
    return policy_check_account(leader) && (connection->who == WHO_ROOT || policy_check_lock(leader));
}

bool settle_claimed_user(struct leader *leader) {
    const struct account before = leader->account;
    return transaction_settle_user(leader) &&
           ((strcmp(before.name, leader->account.name) == 0 && before.uid == leader->account.uid) ||
            fail(leader, VST_STAGE_USER, PAM_PERM_DENIED, "wanted user '%s', PAM changed it to '%s'", before.name, leader->account.name));
}
