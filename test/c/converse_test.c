/* The texts of PAM modules on their way to the owner: whatever they hold, what is sent is UTF-8 as RFC 3629 has it. */
#include <locale.h>

#include "root/leader/converse.c"
#include "tap.h"

struct sent {
    uint8_t *data;
    size_t size;
};
static struct sent sent;

/* What converse.c needs of the leader's other files. */
void connection_send(struct connection *connection, struct writer *writer) {
    (void)connection;
    sent.data = writer_take(writer, &sent.size);
}
void connection_drop(struct connection *connection, const char *why) {
    (void)connection, (void)why;
    abort();
}
bool request_dispatch(struct leader *leader, struct connection *connection) {
    (void)leader, (void)connection;
    abort();
}
char *key_open_answer(const struct conversation *conversation, const uint8_t *sealed, uint32_t number) {
    (void)conversation, (void)sealed, (void)number;
    abort();
}
bool key_offer(struct leader *leader) {
    (void)leader;
    abort();
}
void terminal_say(const struct program *program, const char *text);
void terminal_say(const struct program *program, const char *text) { (void)program, (void)text; }
void watch_clock(struct leader *leader, bool running) { (void)leader, (void)running; }
void leave(struct leader *leader, int status) {
    (void)leader;
    _exit(status);
}

/* The text that the owner gets for one that a module says. */
static void check_said(const char *text, const char *wanted, const char *name) {
    static struct leader leader;
    const struct pam_message message = {.msg_style = PAM_TEXT_INFO, .msg = text}, *messages = &message;
    struct pam_response *responses = NULL;
    char came[MAX_TEXT + 1] = "";
    leader = (struct leader){.phase = VST_PHASE_AUTHENTICATING};
    if (converse(1, &messages, &responses, &leader) != PAM_SUCCESS)
        abort();
    struct reader reader = {.at = sent.data + 5, .end = sent.data + sent.size};
    size_t size;
    (void)read_u32(&reader);
    (void)read_bytes(&reader, 1, &size);
    (void)read_u16(&reader);
    read_string(&reader, came, sizeof came);
    check(read_end(&reader), "one prompt");
    check_text(came, wanted, name);
    free(sent.data);
    free(responses);
}

int main(void) {
    char text[MAX_TEXT + 2] = "", wanted[MAX_TEXT + 1] = "";
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        abort();
    check_said("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", "UTF-8 stays");
    check_said(NULL, "", "no text is an empty one");
    check_said("Gr\xfc\xdf" "e", "Gr??e", "Latin-1 becomes question marks");
    check_said("a\xed\xa0\x80z", "a???z", "a surrogate does");
    check_said("a\xc0\x80z", "a??z", "an overlong form does");
    check_said("a\xf4\x8f\xbf\xbfz", "a\xf4\x8f\xbf\xbfz", "the highest code point stays");
    check_said("a\xf4\x90\x80\x80z", "a????z", "the one above it, which glibc takes, does not");
    check_said("a\xf8\x88\x80\x80\x80z", "a?????z", "five bytes do not");
    memset(text, 'x', MAX_TEXT - 1);
    memcpy(text + MAX_TEXT - 1, "\xc3\xbc", 3);
    memset(wanted, 'x', MAX_TEXT - 1);
    wanted[MAX_TEXT - 1] = '?';
    check_said(text, wanted, "a character cut by the limit of length becomes one");
    return tap_end();
}
