/* Forks and execs a leader. It outlives this process: it has its own session and no PR_SET_PDEATHSIG. */
#include "rootd.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

static _Noreturn void exec_leader(char *program, const int passed[2]) {
    char *const arguments[] = {program, NULL};
    char *const environment[] = {NULL};
    if (setsid() < 0)
        die_errno("cannot make a session for a leader");
    pass_descriptors(passed, 2);
    reset_signals();
    (void)execve(program, arguments, environment);
    die_errno("cannot run '%s'", program);
}

bool start_leader(char *program, const int passed[2]) {
    const pid_t pid = fork();
    if (pid == 0)
        exec_leader(program, passed);
    if (pid < 0)
        log_line(LOG_ERR, "cannot fork a leader: %s", strerror(errno));
    return pid > 0;
}

void reap_leaders(struct rootd *rootd) {
    struct signalfd_siginfo signal;
    while (read(rootd->signals, &signal, sizeof signal) == (ssize_t)sizeof signal)
        continue;
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (status != 0)
            log_line(LOG_WARNING, "leader %d ended with %s %d", (int)pid, WIFSIGNALED(status) ? "signal" : "status",
                     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}
