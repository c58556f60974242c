/* needs: src/root/rootd/count-startups.c */
/* The caps on leaders that have let nobody in yet: start 100, rate 30 %, full 200, as sshd counts. */
#include "root/rootd/rootd.h"

#include <fcntl.h>

#include "tap.h"
#include "util.h"

static void add_one_too_many(void) {
    struct rootd rootd = {.waiting_count = STARTUPS_FULL};
    add_startup(&rootd, 0);
}

int main(void) {
    char errors[512];
    log_open("count_startups_test");
    check(refusal_percent(0) == 0 && refusal_percent(99) == 0, "below start none is refused");
    check(refusal_percent(100) == 30, "at start the rate is refused");
    check(refusal_percent(150) == 65, "half-way to full, half-way to all");
    check(refusal_percent(199) == 99, "just below full not quite all");
    check(refusal_percent(200) == 100, "at full all are refused");
    struct rootd rootd = {0};
    const int first = open("/dev/null", O_RDONLY), second = open("/dev/null", O_RDONLY);
    add_startup(&rootd, first);
    add_startup(&rootd, second);
    remove_startup(&rootd, 0);
    check(rootd.waiting_count == 1 && rootd.waiting[0] == second, "the last takes the place of the one removed");
    check(fcntl(first, F_GETFD) < 0 && fcntl(second, F_GETFD) >= 0, "whose descriptor is closed");
    remove_startup(&rootd, 0);
    check(rootd.waiting_count == 0, "and the last goes too");
    check(tap_status(add_one_too_many, errors, sizeof errors) == 1 << 8, "one more than full is a mistake of ours");
    return tap_end();
}
