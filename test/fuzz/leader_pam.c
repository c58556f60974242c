/* A libpam whose modules do and say what the script has: pam_start(3) and all that the leader calls. */
#include "leader_fuzz.h"

FUZZ_NO_COVERAGE

static struct {
    const struct pam_conv *conversation;
    struct pam_conv copy;
} pam;
static char handle_memory;
#define HANDLE ((pam_handle_t *)(void *)&handle_memory)

/* Root tries a profile: any function in any order, and nothing to undo. */
static bool testing(void) {
    const bool testing = run.leader.phase == VST_PHASE_AUTHENTICATING;
    must(!testing || !run.broker);
    return testing;
}

static void check_handle(const pam_handle_t *handle) { must(handle == HANDLE && run.started); }

static bool was_sealed(uint32_t number, const char *secret) {
    for (size_t i = 0; i < run.sealed_count; i++)
        if (run.sealed[i].number == number && strcmp(run.sealed[i].secret, secret) == 0)
            return true;
    return false;
}

static bool asks(const struct pam_message *message) {
    return message->msg_style == PAM_PROMPT_ECHO_OFF || message->msg_style == PAM_PROMPT_ECHO_ON;
}

/* Only what was sealed for this prompt may come, and to a question only. */
static void check_responses(struct pam_response *responses, const struct pam_message *const *messages, int count) {
    for (int i = 0; i < count; i++) {
        const char *secret = responses[i].resp;
        must(asks(messages[i]) == (secret != NULL));
        must(secret == NULL || was_sealed(run.leader.conversation.first + (uint32_t)i, secret));
        free(responses[i].resp);
    }
    free(responses);
}

static void talk(void) {
    enum { MOST = PAM_MAX_NUM_MSG + 1, LONG = 6000 };
    struct pam_message messages[MOST];
    const struct pam_message *pointers[MOST];
    static char texts[MOST][256], long_text[LONG + 1];
    struct pam_response *responses = NULL;
    const int count = (int)(script_number(&run.script, 1) % (MOST + 1));
    memset(long_text, 'x', LONG);
    for (int i = 0; i < count; i++) {
        const uint64_t kind = script_number(&run.script, 1);
        script_string(&run.script, texts[i], sizeof texts[i]);
        messages[i] = (struct pam_message){
            .msg_style = (int)(kind % 6),
            .msg = kind == 0xff ? NULL : (kind & 0x80) != 0 ? long_text : texts[i],
        };
        if ((kind & 0x80) != 0)
            memcpy(long_text + 4090, texts[i], strlen(texts[i]));
        pointers[i] = &messages[i];
    }
    if (pam.conversation->conv(count, pointers, &responses, pam.conversation->appdata_ptr) == PAM_SUCCESS)
        check_responses(responses, pointers, count);
}

/* A call of a module: what it says, then its result. */
static int call(const pam_handle_t *handle) {
    check_handle(handle);
    const uint64_t kind = script_number(&run.script, 1);
    for (uint64_t i = 0; i < kind >> 6; i++)
        talk();
    return (int)(kind & 63) % 32;
}

int pam_start(const char *service, const char *user, const struct pam_conv *conversation, pam_handle_t **ret_handle) {
    const struct leader *leader = &run.leader;
    const bool opening = leader->phase == VST_PHASE_OPENING;
    must(!run.started && (opening || leader->phase == VST_PHASE_AUTHENTICATING));
    must(user[0] != '\0' && user[0] != '-' && strchr(user, '/') == NULL && strchr(service, '/') == NULL && service[0] != '.');
    must(!run.broker || strcmp(service, opening ? "su" : "vestibule") == 0);
    must(!opening || leader->account.uid >= leader->config.auth_minimum_user_id);
    must(!opening || !run.broker || strcmp(run.granted, leader->account.name) == 0);
    (void)snprintf(run.user, sizeof run.user, "%s", user);
    pam.copy = *conversation;
    pam.conversation = &pam.copy;
    run.started = true;
    *ret_handle = HANDLE;
    return PAM_SUCCESS;
}

int pam_end(pam_handle_t *handle, int status) {
    (void)status;
    check_handle(handle);
    must(!run.credentials && !run.session);
    run.started = false;
    return PAM_SUCCESS;
}

int pam_authenticate(pam_handle_t *handle, int flags) {
    must(run.leader.phase == VST_PHASE_OPENING || flags == PAM_DISALLOW_NULL_AUTHTOK);
    const int result = call(handle);
    run.authenticated = result == PAM_SUCCESS;
    return result;
}

int pam_acct_mgmt(pam_handle_t *handle, int flags) {
    (void)flags;
    /* A check has a grant instead. */
    must(run.authenticated || !run.broker || strcmp(run.granted, run.leader.account.name) == 0);
    return call(handle);
}

int pam_chauthtok(pam_handle_t *handle, int flags) {
    must(flags == PAM_CHANGE_EXPIRED_AUTHTOK || testing());
    must(!run.broker || run.leader.phase == VST_PHASE_AUTHENTICATING);
    return call(handle);
}

int pam_setcred(pam_handle_t *handle, int flags) {
    const int result = call(handle);
    if (testing())
        return result;
    must(!run.session && run.credentials == (flags == PAM_DELETE_CRED));
    run.credentials = flags == PAM_ESTABLISH_CRED && result == PAM_SUCCESS;
    return result;
}

int pam_open_session(pam_handle_t *handle, int flags) {
    const struct account *account = &run.leader.account;
    const int result = call(handle);
    if (testing())
        return result;
    must(flags == 0 && run.credentials && !run.session);
    must(account->uid != 0 && account->uid >= run.leader.config.auth_minimum_user_id);
    must(!run.broker || strcmp(run.granted, account->name) == 0);
    run.session = result == PAM_SUCCESS;
    return result;
}

int pam_close_session(pam_handle_t *handle, int flags) {
    must(testing() || (flags == 0 && run.session && !anything_left()));
    const int result = call(handle);
    run.session = false;
    return result;
}

int pam_set_item(pam_handle_t *handle, int type, const void *item) {
    check_handle(handle);
    must(item != NULL && (type == PAM_RHOST || type == PAM_TTY));
    return PAM_SUCCESS;
}

int pam_get_item(const pam_handle_t *handle, int type, const void **ret_item) {
    check_handle(handle);
    must(type == PAM_USER);
    const uint64_t kind = script_number(&run.script, 1);
    if (kind >= 16)
        script_string(&run.script, run.other_user, sizeof run.other_user);
    *ret_item = kind == 0 ? run.user : kind >= 16 ? run.other_user : kind == 1 ? NULL : KNOWN_NAMES[kind & 7];
    return PAM_SUCCESS;
}

int pam_putenv(pam_handle_t *handle, const char *entry) {
    check_handle(handle);
    must(strchr(entry, '=') != NULL && entry[0] != '=');
    return PAM_SUCCESS;
}

char **pam_getenvlist(pam_handle_t *handle) {
    check_handle(handle);
    char **list = must_alloc(MAX_ENVIRONMENT + 1, sizeof *list);
    const size_t count = script_number(&run.script, 1) % MAX_ENVIRONMENT;
    for (size_t i = 0; i < count; i++) {
        char text[256];
        script_string(&run.script, text, sizeof text);
        /* More than a frame can hold, too. */
        const int width = text[0] == '!' ? (int)strlen(text) * 10000 : 0;
        must(asprintf(&list[i], "P%s=%*s", text, width, text) > 0);
    }
    return list;
}

const char *pam_strerror(pam_handle_t *handle, int error) {
    (void)handle;
    (void)error;
    return "what a module had";
}

FUZZ_END
