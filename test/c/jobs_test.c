/* needs: src/session-host/jobs.c */
/* When session-host looks for jobs: a silent one that begins late is found, too. */
#include <sys/socket.h>

#include "session-host/host.h"
#include "tap.h"
#include "util.h"

size_t viewers_count(const struct host *host) {
    (void)host;
    return 0;
}

/* A shell that, told by a byte, starts a job of its own group that says nothing. Answers with a byte when it runs. */
static _Noreturn void be_shell(int orders) {
    char byte = 0;
    if (setsid() < 0 || write(orders, "s", 1) != 1 || read(orders, &byte, 1) != 1)
        _exit(1);
    const pid_t job = fork();
    if (job < 0 || setpgid(job, 0) < 0)
        _exit(1);
    if (job > 0 && write(orders, "j", 1) != 1)
        _exit(1);
    (void)read(orders, &byte, 1); /* until the test ends */
    _exit(0);
}

static void test_late_job(void) {
    int pair[2];
    char byte = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        abort();
    struct host host = {.input = -1, .pty = true, .program = fork()};
    if (host.program == 0) {
        (void)close(pair[0]);
        be_shell(pair[1]);
    }
    (void)close(pair[1]);
    check(host.program > 0 && read(pair[0], &byte, 1) == 1 && byte == 's', "the shell runs");
    jobs_expect(&host);
    host.look_by -= JOBS_MS - 10; /* the first event was so long before this one */
    jobs_look(&host, host.look_by);
    check(!host.jobs && host.look_by == host.event_at + JOBS_MS, "a look that finds nothing: another, for the last event");
    check(write(pair[0], "g", 1) == 1 && read(pair[0], &byte, 1) == 1 && byte == 'j', "the job begins after that look");
    jobs_look(&host, host.look_by);
    check(host.jobs, "it is found");
    (void)close(pair[0]);
    (void)waitpid(host.program, NULL, 0);
    jobs_expect(&host);
    const uint64_t last = host.look_by;
    jobs_look(&host, last);
    check(!host.jobs && host.look_by == 0, "nothing since, nothing found: no look more");
}

int main(void) {
    test_late_job();
    return tap_end();
}
