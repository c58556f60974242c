/* `vestibule pam test`: calls the PAM functions that root names, in this order, and reports the result of each. */
#include <time.h>

#include "pam-test.h"

enum { MAX_OPERATIONS = 32 };

/* The flags are those of real sign-ins and sessions. */
static const struct operation {
    const char *name;
    pam_function *function;
    int flags;
} operations[] = {
    {"authenticate", pam_authenticate, PAM_DISALLOW_NULL_AUTHTOK},
    {"acct_mgmt", pam_acct_mgmt, PAM_DISALLOW_NULL_AUTHTOK},
    {"setcred", pam_setcred, PAM_ESTABLISH_CRED},
    {"open_session", pam_open_session, 0},
    {"close_session", pam_close_session, 0},
    {"chauthtok", pam_chauthtok, 0},
    {NULL, NULL, 0},
};

static const struct operation *find_operation(const char *name) {
    const struct operation *operation = operations;
    while (operation->name != NULL && strcmp(operation->name, name) != 0)
        operation++;
    return operation->name == NULL ? NULL : operation;
}

static uint64_t microseconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void call_and_tell(struct leader *leader, const struct operation *operation) {
    /* As in a real sign-in: after acct_mgmt has found an expired password, only that is changed. */
    const bool expired = operation->function == pam_chauthtok && leader->pam.last == PAM_NEW_AUTHTOK_REQD;
    const int flags = expired ? (int)PAM_CHANGE_EXPIRED_AUTHTOK : operation->flags;
    const pid_t reader = syslog_read(leader);
    const uint64_t begin = microseconds();
    (void)transaction_run(leader, operation->function, flags);
    const uint64_t end = microseconds();
    syslog_read_end(reader);
    struct writer writer = writer_of(VST_FROM_LEADER_TESTED);
    put_string(&writer, operation->name);
    put_u32(&writer, (uint32_t)leader->pam.last);
    put_string(&writer, pam_strerror(leader->pam.handle, leader->pam.last));
    put_u64(&writer, end - begin);
    connection_send(&leader->connections[0], &writer);
}

/* Stops at the first failure, except that a change of password may follow an expired one. */
static bool run_operations(struct leader *leader, char *const *names) {
    syslog_take(leader);
    for (; *names != NULL && leader->connections[0].fd >= 0; names++) {
        const struct operation *operation = find_operation(*names);
        if (leader->pam.last == PAM_SUCCESS || (leader->pam.last == PAM_NEW_AUTHTOK_REQD && operation->function == pam_chauthtok))
            call_and_tell(leader, operation);
    }
    syslog_give_back();
    log_line(LOG_NOTICE, "tested profile '%s' with user '%s' for root: %s", leader->service, leader->conversation.user,
             pam_strerror(leader->pam.handle, leader->pam.last));
    return true;
}

bool request_test(struct leader *leader, struct connection *connection, struct reader *reader) {
    read_sign_in(leader, reader);
    cleanup_free char **names = read_strings(reader, MAX_OPERATIONS);
    if (names == NULL || !read_end(reader))
        return false;
    for (char **name = names; *name != NULL; name++)
        if (find_operation(*name) == NULL)
            return false;
    leader->phase = VST_PHASE_AUTHENTICATING;
    const bool done = policy_check_request(leader, connection, "") && key_offer(leader) &&
                      transaction_begin(leader, "vestibule") && limits_begin() && run_operations(leader, names);
    leave(leader, done ? EXIT_SUCCESS : EXIT_FAILURE);
}
