/* The PAM transaction: which users it is allowed for, and the conditions under which modules run. */
#ifndef VESTIBULE_LEADER_PAM_H
#define VESTIBULE_LEADER_PAM_H

#include "leader.h"

/* policy.c: read_sign_in: the fields that authenticate and test have in common. */
void read_user(struct reader *reader, char ret_user[VST_MAX_NAME + 1]);
void read_sign_in(struct leader *leader, struct reader *reader);
bool policy_check_request(struct leader *leader, const struct connection *connection, const char *broker_service);
bool policy_check_account(struct leader *leader);
bool policy_check_lock(struct leader *leader);
bool account_find(const char *name, struct account *ret_account);
/* The code of PAM for the failure, to be called right after account_find returned false. */
int account_missing_code(void);

/* grant.c: grant_make: false if the key cannot be read. grant_check returns a code of PAM, PAM_SUCCESS for root without
 * a grant; PAM_CRED_EXPIRED: a grant of this account that is not valid now. */
bool grant_make(const struct account *account, struct writer *ret_grant, uint64_t *ret_expires);
int grant_check(const struct connection *connection, const struct account *account, const uint8_t *grant, size_t size);

/* claim.c: claim_user: the user of the request, with a valid grant. settle_claimed_user: PAM must not have changed
 * it. */
bool claim_user(struct leader *leader, const struct connection *connection, const uint8_t *grant, size_t size);
bool settle_claimed_user(struct leader *leader);

/* transaction.c: steps of signing in and of opening a session. Those that return false have reported why. */
typedef int pam_function(pam_handle_t *handle, int flags);
int transaction_run(struct leader *leader, pam_function *function, int flags);
int transaction_call(struct leader *leader, const char *name, pam_function *function, int flags);
bool transaction_step(struct leader *leader, uint8_t stage, const char *name, pam_function *function, int flags);
bool transaction_begin(struct leader *leader, const char *tty);
bool transaction_account(struct leader *leader, int flags, bool may_renew);
bool transaction_settle_user(struct leader *leader);

/* converse.c: the conversation function of PAM (data: the leader). */
int converse(int count, const struct pam_message **messages, struct pam_response **ret_responses, void *data);

/* conversation-key.c: offer makes, signs and sends the key; open_answer returns the answer to prompt `number` as a
 * malloc'ed string (NULL: it is not valid); forget wipes the key. */
bool key_offer(struct leader *leader);
char *key_open_answer(const struct conversation *conversation, const uint8_t *sealed, uint32_t number);
void key_forget(struct leader *leader);

/* limits.c: limits that modules set between begin and take are for the programs. The child calls give as root, which
 * sets all limits except that of descriptors, then give_rest once it opens no more of them. All return false with
 * errno. */
bool limits_begin(void);
bool limits_take(struct leader *leader);
bool limits_give(const struct leader *leader);
bool limits_give_rest(const struct leader *leader);

#endif
