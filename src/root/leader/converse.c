/* The PAM conversation (pam_conv(3)): sends texts and questions of modules to the owner, and receives sealed
 * answers. */
#include <sodium.h>

#include "messages.h"
#include "pam.h"
#include "programs.h"

static bool asks(const struct pam_message *message) {
    return message->msg_style == PAM_PROMPT_ECHO_OFF || message->msg_style == PAM_PROMPT_ECHO_ON;
}

static void send_prompt(struct leader *leader) {
    const struct conversation *conversation = &leader->conversation;
    struct writer writer = writer_of(VST_FROM_LEADER_PROMPT);
    put_u32(&writer, conversation->first);
    put_u16(&writer, (uint16_t)conversation->count);
    for (size_t i = 0; i < conversation->count; i++)
        put_u8(&writer, (uint8_t)conversation->messages[i]->msg_style);
    put_u16(&writer, (uint16_t)conversation->count);
    for (size_t i = 0; i < conversation->count; i++)
        put_text(&writer, conversation->messages[i]->msg);
    connection_send(&leader->connections[0], &writer);
}

/* With PAM_CONV_ERR the module would return a failure, which pam_faillock counts as a failed attempt. If the leader
 * just exits, nothing is counted. But from pam_setcred on, PAM must be called to undo what modules did. */
static void give_up(struct leader *leader, const char *why) {
    if (leader->connections[0].fd >= 0)
        connection_drop(&leader->connections[0], why);
    leader->conversation.state = ANSWER_CANCELLED;
    if (leader->pam.entered)
        return;
    leader->pam.handle = NULL; /* pam_end must not be called from inside a module */
    leave(leader, EXIT_FAILURE);
}

/* The timeout of modules is off while we wait for an answer, and starts again after it. */
static void wait_for_answers(struct leader *leader) {
    struct connection *owner = &leader->connections[0];
    const uint64_t now = unix_ms(), expires = leader->conversation.expires;
    /* Without a key no answer is possible, only cancel. */
    const uint64_t deadline = monotonic_ms() + (expires > now ? expires - now : expires == 0 ? FIRST_FRAME_MS : 1);
    watch_clock(leader, false);
    while (leader->conversation.state == ANSWER_WANTED) {
        const int got = owner->fd < 0 ? -1 : frame_wait(owner->fd, &owner->frame, VST_MAX_ROOT_FRAME, deadline);
        if (got != 1)
            give_up(leader, "no answer came");
        else if (!request_dispatch(leader, owner))
            give_up(leader, "it violated the protocol");
    }
    watch_clock(leader, true);
}

static void free_responses(struct pam_response *responses, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (responses[i].resp != NULL)
            sodium_memzero(responses[i].resp, strlen(responses[i].resp));
        free(responses[i].resp);
    }
    free(responses);
}

/* Once the session is open nobody reads texts of PAM: they are logged, and questions fail. */
int converse(int count, const struct pam_message **messages, struct pam_response **ret_responses, void *data) {
    struct leader *leader = data;
    struct conversation *conversation = &leader->conversation;
    const bool talking = leader->phase == VST_PHASE_AUTHENTICATING || leader->phase == VST_PHASE_OPENING;
    bool asking = false;
    if (count < 1 || count > PAM_MAX_NUM_MSG)
        return PAM_CONV_ERR;
    for (int i = 0; i < count; i++) {
        asking |= asks(messages[i]);
        if (!asks(messages[i]) && messages[i]->msg_style != PAM_ERROR_MSG && messages[i]->msg_style != PAM_TEXT_INFO)
            return PAM_CONV_ERR;
        if (!talking)
            log_line(LOG_INFO, "PAM says: %s", messages[i]->msg == NULL ? "" : messages[i]->msg);
        else if (!asks(messages[i]) && leader->first != NULL && !leader->attached && messages[i]->msg != NULL)
            terminal_say(leader->first, messages[i]->msg);
    }
    /* Few modules ask while a session opens. So there each question gets its own key, with the full validity of a
     * key. */
    if (asking && (!talking || (leader->phase == VST_PHASE_OPENING && !key_offer(leader))))
        return PAM_CONV_ERR;
    conversation->first += conversation->count;
    conversation->count = (uint32_t)count;
    conversation->messages = messages;
    conversation->responses = must_alloc((size_t)count, sizeof *conversation->responses);
    conversation->state = asking ? ANSWER_WANTED : ANSWER_NONE;
    if (talking)
        send_prompt(leader);
    if (asking)
        wait_for_answers(leader);
    else if (leader->pam.person && leader->connections[0].fd >= 0)
        watch_clock(leader, true); /* the user was told what to do: the timeout starts again */
    if (conversation->state == ANSWER_CANCELLED) {
        free_responses(conversation->responses, conversation->count);
        return PAM_CONV_ERR;
    }
    *ret_responses = conversation->responses;
    return PAM_SUCCESS;
}

/* Has one sealed answer for each item that is a question, in the same order. */
bool request_answer(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)connection;
    struct conversation *conversation = &leader->conversation;
    if (read_u32(reader) != conversation->first || conversation->state != ANSWER_WANTED)
        return false;
    size_t left = read_count(reader, PAM_MAX_NUM_MSG);
    for (uint32_t i = 0; i < conversation->count; i++) {
        if (!asks(conversation->messages[i]))
            continue;
        uint8_t sealed[VST_SEALED_BYTES];
        read_exact(reader, sealed, sizeof sealed);
        char *secret = left-- == 0 || reader->bad ? NULL : key_open_answer(conversation, sealed, conversation->first + i);
        conversation->responses[i].resp = secret;
        if (secret == NULL)
            return false;
    }
    conversation->state = ANSWER_GIVEN;
    return left == 0 && read_end(reader);
}

bool request_cancel(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)connection;
    leader->conversation.state = ANSWER_CANCELLED;
    return read_end(reader);
}
