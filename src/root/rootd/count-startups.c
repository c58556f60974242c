/* Limits the number of unauthenticated leaders: random early drop, as in sshd. */
#include "rootd.h"

#include "util.h"

unsigned refusal_percent(size_t waiting) {
    if (waiting < STARTUPS_START || waiting >= STARTUPS_FULL)
        return waiting < STARTUPS_START ? 0 : 100;
    return (unsigned)((100 - STARTUPS_RATE) * (waiting - STARTUPS_START) / (STARTUPS_FULL - STARTUPS_START)) +
           STARTUPS_RATE;
}

void add_startup(struct rootd *rootd, int pipe_end) {
    if (rootd->waiting_count == STARTUPS_FULL)
        die("wanted at most %d leaders waiting for a sign-in, got one more", STARTUPS_FULL);
    rootd->waiting[rootd->waiting_count++] = pipe_end;
}

void remove_startup(struct rootd *rootd, size_t index) {
    close_descriptor(&rootd->waiting[index]);
    rootd->waiting[index] = rootd->waiting[--rootd->waiting_count];
}
