/* Forks and execs one service with exactly its descriptors, its uid, and nothing else of ours. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util.h"

enum { MAX_PASSED = 5 };

/* Drops root, and forbids what no service needs: gaining privileges by exec, and core files. */
static void confine(struct identity identity) {
    const struct rlimit none = {0, 0};
    const gid_t no_groups[1] = {0};
    if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        die_errno("cannot forbid core files and new privileges");
    drop_privileges(identity.uid, identity.gid, no_groups, 0);
}

static _Noreturn void exec_service(const struct service *service, const int *passed, size_t count, pid_t parent) {
    /* Node's young generation, in MiB: by default it grows to 16 with the number of sessions, and never shrinks. */
    char young[] = "--max-semi-space-size=2", *program = sibling_path(service->program);
    char *script = service->script == NULL ? NULL : sibling_path(service->script);
    char *const arguments[] = {program, script == NULL ? NULL : young, script, NULL};
    char fds[32], names[128], pid[32], path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    (void)snprintf(fds, sizeof fds, "LISTEN_FDS=%zu", count);
    (void)snprintf(names, sizeof names, "LISTEN_FDNAMES=%s", service->descriptor_names);
    (void)snprintf(pid, sizeof pid, "LISTEN_PID=%d", (int)getpid());
    if (setsid() < 0 || chdir("/") < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        die_errno("cannot prepare the process of %s", service->name);
    pass_descriptors(passed, count);
    reset_signals();
    if (service->identity.uid != 0)
        confine(service->identity);
    /* After the change of uid, which clears it (prctl(2)). Our parent may have ended before this call. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != parent)
        die("cannot set the parent-death signal of %s, or vestibule-supervise has ended", service->name);
    (void)execve(program, arguments, (char *const[]){path, fds, names, pid, NULL});
    die_errno("cannot run '%s'", program);
}

/* Opens what is new at each start: the files, and the pipe to which the service writes READY=1. */
static bool open_anew(struct service *service, int *opened, int *ret_ready) {
    for (size_t i = 0; i < service->file_count; i++) {
        opened[i] = open(service->files[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (opened[i] < 0) {
            (void)snprintf(service->words, sizeof service->words, "cannot read '%.200s': %s", service->files[i], strerror(errno));
            log_line(LOG_ERR, "the %s does not start: %s", service->name, service->words);
            service->failures++;
            return false;
        }
    }
    int ends[2];
    if (!service->reports_ready)
        return true;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        die_errno("cannot make a pipe");
    *ret_ready = ends[0];
    opened[service->file_count] = ends[1];
    return true;
}

bool start_service(struct service *service) {
    int passed[MAX_PASSED] = {-1, -1, -1, -1, -1};
    const size_t count = service->listening_count + service->file_count + (service->reports_ready ? 1 : 0);
    memcpy(passed, service->listening, service->listening_count * sizeof passed[0]);
    service->ready_fd = -1;
    service->pid = 0;
    if (open_anew(service, passed + service->listening_count, &service->ready_fd)) {
        const pid_t parent = getpid(), pid = fork();
        if (pid == 0)
            exec_service(service, passed, count, parent);
        if (pid < 0)
            log_line(LOG_ERR, "cannot fork for %s: %s", service->name, strerror(errno));
        service->pid = pid < 0 ? 0 : pid;
    }
    for (size_t i = service->listening_count; i < count; i++)
        close_descriptor(&passed[i]);
    service->started_ms = monotonic_ms();
    if (service->pid == 0)
        close_descriptor(&service->ready_fd);
    else
        log_line(LOG_INFO, "%s started as process %d", service->name, (int)service->pid);
    return service->pid != 0;
}
