/* The program's environment: base < requested < PAM's. Nothing of the leader's own. */
#include "leader.h"

enum { MAX_ENTRIES = 4 * VST_MAX_STRINGS };

/* As login.defs(5) has ENV_PATH. */
#define USER_PATH "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"

/* Replaces the entry of that name, or adds one. texts has room for MAX_ENTRIES. */
static bool set_entry(char **texts, const char *name, const char *value) {
    const size_t length = strlen(name);
    size_t i = 0;
    while (texts[i] != NULL && (strncmp(texts[i], name, length) != 0 || texts[i][length] != '='))
        i++;
    if (i + 1 >= MAX_ENTRIES)
        return false;
    free_pointer(&texts[i]);
    if (asprintf(&texts[i], "%s=%s", name, value) < 0)
        die("no memory for an environment");
    return true;
}

/* False when one of them is no NAME=value. */
static bool set_entries(char **texts, char *const *entries) {
    for (; entries != NULL && *entries != NULL; entries++) {
        cleanup_free char *name = strndup(*entries, strcspn(*entries, "="));
        const size_t length = name == NULL ? 0 : strlen(name);
        if (length == 0 || (*entries)[length] != '=' || !set_entry(texts, name, *entries + length + 1))
            return false;
    }
    return true;
}

static bool has_locale(char *const *texts) {
    for (; *texts != NULL; texts++)
        if (strncmp(*texts, "LANG=", 5) == 0 || strncmp(*texts, "LC_ALL=", 7) == 0)
            return true;
    return false;
}

/* HOME USER LOGNAME SHELL */
static const char *const *base_of(const struct account *account, const char *ret_base[8]) {
    const char *base[8] = {"HOME", account->home, "USER", account->name, "LOGNAME", account->name, "SHELL", account->shell};
    memcpy(ret_base, base, sizeof base);
    return ret_base;
}

char **environment_build(struct leader *leader, char *const *requested) {
    char **texts = must_alloc(MAX_ENTRIES, sizeof *texts);
    const char *base[8];
    (void)base_of(&leader->account, base);
    for (size_t i = 0; i < 8; i += 2)
        (void)set_entry(texts, base[i], base[i + 1]);
    (void)set_entry(texts, "PATH", USER_PATH);
    if (leader->pty >= 0)
        (void)set_entry(texts, "TERM", "xterm-256color");
    char **given = pam_getenvlist(leader->pam.handle);
    const bool good = set_entries(texts, requested) && set_entries(texts, given);
    environment_free(given);
    if (!has_locale(texts))
        (void)set_entry(texts, "LANG", "C.UTF-8");
    if (!good)
        environment_free(texts);
    return good ? texts : NULL;
}

void environment_free(char **environment) {
    for (size_t i = 0; environment != NULL && environment[i] != NULL; i++)
        free(environment[i]);
    free(environment);
}

static bool give_entry(struct leader *leader, const char *name, const char *value) {
    cleanup_free char *entry = NULL;
    return asprintf(&entry, "%s=%s", name, value) >= 0 && pam_putenv(leader->pam.handle, entry) == PAM_SUCCESS;
}

/* Modules expand ${HOME} and read the session's type and class. */
bool environment_give_pam(struct leader *leader) {
    const char *base[8];
    bool good = give_entry(leader, "XDG_SESSION_TYPE", leader->wants_pty ? "tty" : "unspecified") &&
                give_entry(leader, "XDG_SESSION_CLASS", "user");
    (void)base_of(&leader->account, base);
    for (size_t i = 0; i < 8 && good; i += 2)
        good = give_entry(leader, base[i], base[i + 1]);
    return good;
}
