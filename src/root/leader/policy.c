/* Enforces the root-owned configuration, whatever the broker requests. */
#include <grp.h>
#include <pwd.h>
#include <shadow.h>

#include "messages.h"
#include "names.h"
#include "pam.h"

enum { PASSWD_BUFFER = 65536 };

/* An invalid user name is no violation of the protocol, because users can type anything: it is read as an empty one,
 * which policy_check_request refuses. */
void read_user(struct reader *reader, char ret_user[VST_MAX_NAME + 1]) {
    size_t size;
    const uint8_t *name = read_bytes(reader, UINT16_MAX, &size);
    if (name == NULL || memchr(name, '\0', size) != NULL)
        reader->bad = true;
    else
        (void)snprintf(ret_user, VST_MAX_NAME + 1, "%.*s", is_user_name((const char *)name, size) ? (int)size : 0, (const char *)name);
}

void read_sign_in(struct leader *leader, struct reader *reader) {
    read_exact(reader, leader->conversation.id, sizeof leader->conversation.id);
    read_string(reader, leader->service, sizeof leader->service);
    read_user(reader, leader->conversation.user);
    read_string(reader, leader->rhost, sizeof leader->rhost);
}

bool policy_check_request(struct leader *leader, const struct connection *connection, const char *broker_service) {
    const char *user = leader->conversation.user, *service = leader->service;
    if (user[0] == '\0')
        return fail(leader, VST_STAGE_POLICY, PAM_USER_UNKNOWN, "invalid user name");
    if (service[0] == '\0' || service[0] == '.' || !is_host_name(service, strlen(service)) || !is_host_name(leader->rhost, strlen(leader->rhost)))
        return fail(leader, VST_STAGE_POLICY, PAM_PERM_DENIED, "invalid name of a profile or host");
    return connection->who == WHO_ROOT || strcmp(service, broker_service) == 0 ||
           fail(leader, VST_STAGE_POLICY, PAM_PERM_DENIED, "wanted profile '%s', got '%s'", broker_service, service);
}

static bool copy_text(char *to, size_t size, const char *from) {
    return (size_t)snprintf(to, size, "%s", from) < size;
}

/* Names with the same uid are one user, whose name is the one that getpwuid(3) returns. */
bool account_find(const char *name, struct account *ret_account) {
    cleanup_free char *buffer = must_alloc(2, PASSWD_BUFFER);
    struct passwd named, first, *found = NULL, *canonical = NULL;
    errno = getpwnam_r(name, &named, buffer, PASSWD_BUFFER, &found);
    if (errno != 0 || found == NULL)
        return false;
    errno = getpwuid_r(found->pw_uid, &first, buffer + PASSWD_BUFFER, PASSWD_BUFFER, &canonical);
    if (errno != 0)
        return false;
    found = canonical == NULL ? found : canonical;
    ret_account->uid = found->pw_uid;
    ret_account->gid = found->pw_gid;
    return copy_text(ret_account->name, sizeof ret_account->name, found->pw_name) &&
           copy_text(ret_account->home, sizeof ret_account->home, found->pw_dir) &&
           copy_text(ret_account->shell, sizeof ret_account->shell, found->pw_shell[0] == '\0' ? "/bin/sh" : found->pw_shell);
}

/* These errors mean that there is no such user, see getpwnam(3). Any other one means that the lookup failed. */
int account_missing_code(void) {
    return errno == 0 || errno == ENOENT || errno == ESRCH || errno == EBADF || errno == EPERM ? PAM_USER_UNKNOWN
                                                                                              : PAM_AUTHINFO_UNAVAIL;
}

/* names: a list. The user must be a member of at least one group. */
static bool is_member(const struct account *account, const char *names) {
    int count = NGROUPS_MAX;
    cleanup_free gid_t *groups = must_alloc(NGROUPS_MAX, sizeof *groups);
    const bool known = getgrouplist(account->name, account->gid, groups, &count) >= 0; /* else the lookup failed */
    char copy[sizeof ((struct config *)0)->auth_required_user_group], *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", names);
    for (const char *name; known && (name = config_next_item(&rest)) != NULL;) {
        const struct group *wanted = getgrnam(name);
        if (wanted == NULL)
            log_line(LOG_WARNING, "auth-required-user-group: there is no group '%s', ignoring", name);
        for (int i = 0; i < count && wanted != NULL; i++)
            if (groups[i] == wanted->gr_gid)
                return true;
    }
    return false;
}

bool policy_check_account(struct leader *leader) {
    const struct account *account = &leader->account;
    const char *required = leader->config.auth_required_user_group;
    /* uid 0 is never allowed, whatever the configuration is. */
    if (account->uid == 0 || account->uid < leader->config.auth_minimum_user_id)
        return fail(leader, VST_STAGE_POLICY, PAM_PERM_DENIED, "user '%s' has uid %u, wanted at least %u (auth-minimum-user-id)",
                    account->name, account->uid, leader->config.auth_minimum_user_id);
    return required[0] == '\0' || is_member(account, required) ||
           fail(leader, VST_STAGE_POLICY, PAM_PERM_DENIED, "user '%s' is in none of the groups '%s' (auth-required-user-group)",
                account->name, required);
}

/* passwd -l puts '!' before the password hash. This only stops sign-ins with the password: pam_acct_mgmt still
 * succeeds, and no password is typed here. Only '!' or '*' means that the account has no password, as with Kerberos or
 * keys: not locked. */
bool policy_check_lock(struct leader *leader) {
    const struct spwd *shadow = getspnam(leader->account.name);
    const char *password = shadow == NULL ? "" : shadow->sp_pwdp;
    return password[0] != '!' || password[strspn(password, "!")] == '\0' || password[strspn(password, "!")] == '*' ||
           fail(leader, VST_STAGE_ACCOUNT, PAM_ACCT_EXPIRED, "the account of user '%s' is locked (passwd -l)", leader->account.name);
}
