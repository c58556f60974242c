/* All that a leader does for others: one row each. What is not permitted here ends the connection that asked. */
#include "leader.h"

#define BOTH (WHO_BROKER | WHO_ROOT)
#define ALL (BOTH | WHO_GUEST)
#define IN(phase) (1U << VST_PHASE_##phase)
#define ANSWERING (IN(AUTHENTICATING) | IN(OPENING))
#define OPENED (IN(OPEN) | IN(ENDING) | IN(CLOSED))

/* What of a request's fields differs by who asks (profile, grant): policy.c, open.c. */
static const struct request {
    uint8_t type;
    const char *name;
    unsigned who, phases;
    enum often { ONCE, MANY, EACH_CONNECTION } often;
    request_handler *handle;
} requests[] = {
    {VST_TO_LEADER_HELLO, "hello", ALL, IN(FRESH) | OPENED, EACH_CONNECTION, request_hello},
    {VST_TO_LEADER_AUTHENTICATE, "authenticate", BOTH, IN(FRESH), ONCE, request_authenticate},
    {VST_TO_LEADER_CHECK, "check", BOTH, IN(FRESH), ONCE, request_check},
    {VST_TO_LEADER_TEST, "test", WHO_ROOT, IN(FRESH), ONCE, request_test},
    {VST_TO_LEADER_OPEN, "open", BOTH, IN(FRESH), ONCE, request_open},
    {VST_TO_LEADER_ANSWER, "answer", BOTH, ANSWERING, MANY, request_answer},
    {VST_TO_LEADER_CANCEL, "cancel", BOTH, ANSWERING, MANY, request_cancel},
    {VST_TO_LEADER_SPAWN, "spawn", BOTH, OPENED, MANY, request_spawn},
    {VST_TO_LEADER_RUN, "run", WHO_ROOT, OPENED, MANY, request_run},
    {VST_TO_LEADER_ROTATE, "rotate", BOTH, OPENED, MANY, request_rotate},
    {VST_TO_LEADER_END, "end", ALL, OPENED, MANY, request_end},
};

static const struct request *find_request(uint8_t type) {
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (requests[i].type == type)
            return &requests[i];
    return NULL;
}

/* NULL when it may go ahead, else why not. */
static const char *refuse(const struct leader *leader, const struct connection *connection, const struct request *request) {
    if (request == NULL)
        return "there is no such request";
    if (connection->greeted == (request->often == EACH_CONNECTION))
        return connection->greeted ? "hello comes once" : "hello must come first";
    if ((request->who & connection->who) == 0)
        return "not from this peer";
    if ((request->phases & 1U << leader->phase) == 0)
        return "not in this phase";
    if (request->often == ONCE && (leader->seen & 1U << (request - requests)) != 0)
        return "it comes once";
    return NULL;
}

/* A hello's type and version are what every version has in common. */
static const char *refuse_version(const struct frame *frame, char ret_text[64]) {
    struct reader reader = reader_of(frame);
    const uint32_t version = read_u32(&reader);
    (void)snprintf(ret_text, 64, "it speaks version %u, wanted %u", version, VST_LEADER_PROTOCOL_VERSION);
    return version == VST_LEADER_PROTOCOL_VERSION ? NULL : ret_text;
}

bool request_dispatch(struct leader *leader, struct connection *connection) {
    /* Taken out of the connection: a handler that runs PAM reads further frames from it. */
    struct frame frame = connection->frame;
    connection->frame = (struct frame){0};
    const uint8_t type = frame_type(&frame);
    const struct request *request = find_request(type);
    char text[64];
    const char *refusal = refuse(leader, connection, request);
    if (refusal == NULL && type == VST_TO_LEADER_HELLO)
        refusal = refuse_version(&frame, text);
    if (refusal == NULL) {
        leader->seen |= 1U << (request - requests);
        struct reader reader = reader_of(&frame);
        refusal = request->handle(leader, connection, &reader) ? NULL : "it is malformed";
    }
    frame_clear(&frame);
    if (refusal != NULL)
        log_line(LOG_ERR, "message %u (%s) from %s in phase %u refused: %s", type, request == NULL ? "unknown" : request->name,
                 connection->who == WHO_ROOT ? "root" : "the broker", leader->phase, refusal);
    return refusal == NULL;
}
