/* Checks and handles a request by the table of requests. This file gets the table through struct leader and does not
 * need requests.c: converse.c also handles requests, while PAM waits for an answer in the middle of another request. */
#include "messages.h"

static const struct request *find_request(const struct leader *leader, uint8_t type) {
    const struct request *request = leader->requests;
    while (request->name != NULL && request->type != type)
        request++;
    return request->name == NULL ? NULL : request;
}

/* NULL if the request is allowed, else the reason for refusing it. */
static const char *refuse(const struct leader *leader, const struct connection *connection, const struct request *request) {
    if (request == NULL)
        return "there is no such request";
    if (connection->greeted == (request->often == EACH_CONNECTION))
        return connection->greeted ? "hello may come only once" : "hello must come first";
    if ((request->who & connection->who) == 0)
        return "not from this peer";
    if ((request->phases & 1U << leader->phase) == 0)
        return "not in this phase";
    if (request->often == ONCE && (leader->seen & 1U << (request - leader->requests)) != 0)
        return "it may come only once";
    return NULL;
}

/* The type and version of hello are the same in every version of the protocol. */
static const char *refuse_version(const struct frame *frame, char ret_text[64]) {
    struct reader reader = reader_of(frame);
    const uint32_t version = read_u32(&reader);
    (void)snprintf(ret_text, 64, "it speaks version %u, wanted %u", version, VST_LEADER_PROTOCOL_VERSION);
    return version == VST_LEADER_PROTOCOL_VERSION ? NULL : ret_text;
}

bool request_dispatch(struct leader *leader, struct connection *connection) {
    /* Moved out of the connection: a handler that calls PAM reads further frames from it. */
    struct frame frame = connection->frame;
    connection->frame = (struct frame){0};
    const uint8_t type = frame_type(&frame);
    const struct request *request = find_request(leader, type);
    char text[64];
    const char *refusal = refuse(leader, connection, request);
    if (refusal == NULL && type == VST_TO_LEADER_HELLO)
        refusal = refuse_version(&frame, text);
    if (refusal == NULL) {
        leader->seen |= 1U << (request - leader->requests);
        struct reader reader = reader_of(&frame);
        refusal = request->handle(leader, connection, &reader) ? NULL : "it is malformed";
    }
    frame_clear(&frame);
    if (refusal != NULL)
        log_line(LOG_ERR, "message %u (%s) from %s in phase %u refused: %s", type, request == NULL ? "unknown" : request->name,
                 connection->who == WHO_ROOT ? "root" : "the broker", leader->phase, refusal);
    return refusal == NULL;
}
