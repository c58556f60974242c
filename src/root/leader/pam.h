/* The PAM transaction: whose it may be, and what surrounds modules while they work. */
#ifndef VESTIBULE_LEADER_PAM_H
#define VESTIBULE_LEADER_PAM_H

#include "leader.h"

/* policy.c */
void read_user(struct reader *reader, char ret_user[VST_MAX_NAME + 1]);
bool policy_check_request(struct leader *leader, const struct connection *connection, const char *broker_service);
bool policy_check_account(struct leader *leader);
bool policy_check_lock(struct leader *leader);
bool account_find(const char *name, struct account *ret_account);
/* Of PAM, right after account_find was false. */
int account_missing_code(void);

/* grant.c: root needs no grant. A code of PAM; PAM_CRED_EXPIRED: a grant of this account, but not for now. grant_make: false
 * without a key. */
bool grant_make(const struct account *account, struct writer *ret_grant, uint64_t *ret_expires);
int grant_check(const struct connection *connection, const struct account *account, const uint8_t *grant, size_t size);

/* claim.c: who signed in is the grant's user; PAM may not make another of them. */
bool claim_user(struct leader *leader, const struct connection *connection, const uint8_t *grant, size_t size);
bool settle_claimed_user(struct leader *leader);

/* transaction.c: what signing in and opening share. Each false has told why. */
typedef int pam_function(pam_handle_t *handle, int flags);
int transaction_run(struct leader *leader, pam_function *function, int flags);
int transaction_call(struct leader *leader, const char *name, pam_function *function, int flags);
bool transaction_step(struct leader *leader, uint8_t stage, const char *name, pam_function *function, int flags);
bool transaction_begin(struct leader *leader, const char *tty);
bool transaction_account(struct leader *leader, int flags, bool may_renew);
bool transaction_settle_user(struct leader *leader);

/* converse.c: the conversation function of PAM (data: the leader). */
int converse(int count, const struct pam_message **messages, struct pam_response **ret_responses, void *data);

/* conversation-key.c: makes, signs and sends the key; opens an answer to prompt number as a malloc'ed string (NULL:
 * anything is wrong with it); wipes the key. */
bool key_offer(struct leader *leader);
char *key_open_answer(const struct conversation *conversation, const uint8_t *sealed, uint32_t number);
void key_forget(struct leader *leader);

/* limits.c: between begin and take modules set the limits of the programs. In the child give does it as
 * root, but for the number of descriptors: give_rest, once no more are made. All are false with errno. */
bool limits_begin(void);
bool limits_take(struct leader *leader);
bool limits_give(const struct leader *leader);
bool limits_give_rest(const struct leader *leader);

/* take-syslog.c: lines that modules write between read (-1: they cannot be had) and read_end go to the owner. */
void syslog_take(struct leader *leader);
void syslog_give_back(struct leader *leader);
pid_t syslog_read(struct leader *leader);
void syslog_read_end(const struct leader *leader, pid_t reader);

#endif
