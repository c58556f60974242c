/* The user's program: fork, the child's steps before exec, error messages, signals, the end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>
#include <linux/close_range.h>

#include "host.h"
#include "util.h"

static const char *explain(int error) {
    switch (error) {
    case E2BIG:
        return "its arguments and environment are too long together";
    case EAGAIN:
        return "the user has as many processes as the limit 'nproc' allows";
    case ENOENT:
        return "no such file, or its interpreter is missing";
    case EACCES:
        return "the user may not execute it";
    default:
        return strerror(error);
    }
}

static void fail(struct host *host, const char *doing, int error) {
    char text[512];
    (void)snprintf(text, sizeof text, "cannot %s: %s", doing, explain(error));
    log_line(LOG_ERR, "%s", text);
    control_fail(host, error, text);
}

/* Merges the environment: of entries with the same name the last counts. The order is the login's PATH, then the
 * leader's entries: base, requested, PAM's. ret_settled has room for all. False: an entry has no name. */
static bool settle_environment(char *path, char **given, char **ret_settled) {
    size_t count = 0;
    for (char *entry = path; entry != NULL; entry = *given++) {
        const size_t name = strcspn(entry, "=") + 1; /* with the '=' */
        if (name == 1 || entry[name - 1] != '=')
            return false;
        size_t at = 0;
        while (at < count && strncmp(ret_settled[at], entry, name) != 0)
            at++;
        ret_settled[at] = entry;
        count += at == count;
    }
    ret_settled[count] = NULL;
    return true;
}

static char **room_for(char *const *given) {
    size_t count = 2; /* the PATH and NULL */
    while (*given++ != NULL)
        count++;
    return must_alloc(count, sizeof *given);
}

/* Changes to the home directory as the user, because root may have no access to it on NFS or FUSE. HOME is not
 * changed. */
static void enter_home(const char *home, bool pam_sessions) {
    if (chdir(home) == 0)
        return;
    if (home[0] == '\0')
        (void)dprintf(STDERR_FILENO, "The account has no home directory, starting in '/'.\n");
    else if (errno == ENOENT && !pam_sessions)
        (void)dprintf(STDERR_FILENO, "Home directory %s does not exist; PAM sessions are off, so pam_mkhomedir did not run\n", home);
    else
        (void)dprintf(STDERR_FILENO, "Cannot enter the home directory '%s' (%s), starting in '/'.\n", home, strerror(errno));
    if (chdir("/") < 0)
        (void)dprintf(STDERR_FILENO, "Cannot enter '/' either (%s).\n", strerror(errno));
}

/* The child's report to session-host: 0: the next step is exec; else errno. */
static void tell_parent(int settled, int error) {
    (void)!write(settled, &error, sizeof error);
}

/* In the child. Returns only on failure, with errno set. */
static void become(const struct host *host, const struct start *start, char **environment, const int child[3], int settled) {
    if (setsid() < 0 || (host->pty && ioctl(child[0], TIOCSCTTY, 0) < 0))
        return;
    for (int i = 0; i < 3; i++)
        if (dup2(child[i], i) < 0)
            return;
    enter_home(start->home, start->pam_sessions);
    tell_parent(settled, 0);
    reset_signals();
    /* A login shell without '/' in passwd(5) is not searched for in PATH. */
    if (start->program[0] != '/')
        errno = ENOENT;
    else if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        (void)execve(start->program, start->argv, environment);
}

static bool run(struct host *host, const struct start *start, char **environment, const int child[3]) {
    int settled[2];
    if (pipe2(settled, O_CLOEXEC) < 0)
        return false;
    host->settling = settled[0];
    host->settle_by = monotonic_ms() + start->seconds * UINT64_C(1000);
    host->keeps_words = host->pty && !host->lossless;
    host->first_by = host->keeps_words ? monotonic_ms() + FIRST_VIEWER_MS : 0;
    host->program = fork();
    if (host->program == 0) {
        become(host, start, environment, child, settled[1]);
        tell_parent(settled[1], errno);
        _exit(127);
    }
    int error = errno;
    (void)close(settled[1]);
    errno = error;
    if (host->program < 0)
        return false;
    host->program_fd = pidfd_open(host->program, 0);
    return host->program_fd >= 0;
}

void program_start(struct host *host, const struct start *start) {
    int child[3] = { -1, -1, -1 };
    (void)snprintf(host->path, sizeof host->path, "%.200s", start->program);
    cleanup_free char *path = login_path();
    cleanup_free char **environment = room_for(start->environment);
    if (!settle_environment(path, start->environment, environment)) {
        fail(host, "use an environment entry that is no NAME=value", EINVAL);
        return;
    }
    bool open = host->pty ? terminal_open(host, child) : pipes_open(host, child);
    if (!open)
        fail(host, host->pty ? "open the terminal" : "make pipes", errno);
    else if (!run(host, start, environment, child))
        fail(host, "start a process", errno);
    for (int i = 0; i < 3 && !host->pty; i++)
        close_descriptor(&child[i]);
}

void program_settle(struct host *host) {
    int error = 0;
    ssize_t got = read(host->settling, &error, sizeof error);
    if (got < 0 && errno == EINTR)
        return;
    if (got > 0 && error == 0) {
        host->executing = true;
        return;
    }
    close_descriptor(&host->settling);
    if (got > 0) {
        char doing[256];
        (void)snprintf(doing, sizeof doing, "run '%s'", host->path);
        fail(host, doing, error);
        return;
    }
    struct writer writer = writer_of(VST_FROM_HOST_STARTED);
    put_u32(&writer, (uint32_t)host->program);
    control_tell(host, &writer);
}

/* A file server does not answer: the child waits in the kernel, and cannot be killed. */
void program_expire(struct host *host, uint64_t now) {
    if (host->settling < 0 || now < host->settle_by)
        return;
    close_descriptor(&host->settling);
    const int error = host->executing ? ETIME : ETIMEDOUT;
    char text[256] = "the home directory does not answer";
    if (host->executing)
        (void)snprintf(text, sizeof text, "'%s' does not answer", host->path);
    log_line(LOG_ERR, "%s", text);
    control_fail(host, error, text);
}

static void take_end(struct host *host, int status) {
    while (host->settling >= 0)
        program_settle(host);
    close_descriptor(&host->program_fd);
    host->exited = true;
    host->status = (uint32_t)status;
    streams_finish(host);
}

void program_tell_end(struct host *host, uint64_t now) {
    if (!host->exited || host->end_told || host->ended || (!host->visited && now < host->first_by))
        return;
    if (host->keeps_words && !streams_finished(host))
        return;
    host->end_told = true;
    char words[VST_LAST_WORDS_BYTES + 1];
    streams_last_words(host, words);
    struct writer writer = writer_of(VST_FROM_HOST_EXITED);
    put_u32(&writer, host->status);
    put_string(&writer, words);
    control_tell(host, &writer);
}

/* Reaps the program and its orphans. */
void program_reap(struct host *host) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == host->program)
            take_end(host, status);
}

void program_signal(const struct host *host, int number) {
    /* Once it is reaped the number may belong to another process. Before its setsid there is no group yet. */
    if (host->program > 0 && !host->exited && kill(-host->program, number) < 0)
        (void)kill(host->program, number);
}

void program_hangup(const struct host *host) {
    program_signal(host, SIGHUP);
    program_signal(host, SIGCONT);
}
