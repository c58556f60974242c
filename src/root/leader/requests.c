/* All requests that a leader accepts: one row each. A request that is not allowed here ends its connection. */
#include "messages.h"

#define BOTH (WHO_BROKER | WHO_ROOT)
#define ALL (BOTH | WHO_GUEST)
#define ANSWERING (IN(AUTHENTICATING) | IN(OPENING))
#define OPENED (IN(OPEN) | IN(ENDING) | IN(CLOSED))

/* Fields of requests whose rules depend on the peer (profile, grant) are checked in policy.c and grant.c. */
const struct request requests[] = {
    {VST_TO_LEADER_HELLO, "hello", ALL, IN(FRESH) | OPENED, EACH_CONNECTION, request_hello},
    {VST_TO_LEADER_AUTHENTICATE, "authenticate", BOTH, IN(FRESH), ONCE, request_authenticate},
    {VST_TO_LEADER_CHECK, "check", BOTH, IN(FRESH), ONCE, request_check},
    {VST_TO_LEADER_OPEN, "open", BOTH, IN(FRESH), ONCE, request_open},
    {VST_TO_LEADER_ANSWER, "answer", BOTH, ANSWERING, MANY, request_answer},
    {VST_TO_LEADER_CANCEL, "cancel", BOTH, ANSWERING, MANY, request_cancel},
    {VST_TO_LEADER_SPAWN, "spawn", BOTH, OPENED, MANY, request_spawn},
    {VST_TO_LEADER_RUN, "run", WHO_ROOT, OPENED, MANY, request_run},
    {VST_TO_LEADER_ROTATE, "rotate", BOTH, OPENED, MANY, request_rotate},
    {VST_TO_LEADER_END, "end", ALL, OPENED, MANY, request_end},
    {VST_TO_LEADER_CLOSE, "close", ALL, OPENED, MANY, request_close},
    {VST_TO_LEADER_NOTED, "noted", WHO_BROKER | WHO_GUEST, OPENED, MANY, request_noted},
    {0},
};
