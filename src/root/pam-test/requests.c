/* All that vestibule-pam-test does, for root alone: one row each. */
#include "pam-test.h"

const struct request requests[] = {
    {VST_TO_LEADER_HELLO, "hello", WHO_ROOT, IN(FRESH), EACH_CONNECTION, request_hello},
    {VST_TO_LEADER_TEST, "test", WHO_ROOT, IN(FRESH), ONCE, request_test},
    {VST_TO_LEADER_ANSWER, "answer", WHO_ROOT, IN(AUTHENTICATING), MANY, request_answer},
    {VST_TO_LEADER_CANCEL, "cancel", WHO_ROOT, IN(AUTHENTICATING), MANY, request_cancel},
    {0},
};
