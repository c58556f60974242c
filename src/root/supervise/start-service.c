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

enum { MAX_PASSED = MAX_LISTENING + MAX_FILES + 1 };

/* The rights it has no use for: to gain others by exec, and to leave its memory in a core file. */
static void confine(const struct service *service) {
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0)
        die_errno("cannot forbid core files");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        die_errno("cannot set no_new_privs");
    const gid_t no_groups[1] = {0};
    drop_privileges(service->identity.uid, service->identity.gid, no_groups, 0);
}

static _Noreturn void exec_service(const struct service *service, const int *passed, size_t count, pid_t parent) {
    cleanup_free char *program = sibling_path(service->program);
    cleanup_free char *script = service->script == NULL ? NULL : sibling_path(service->script);
    char fds[32], names[128], pid[32];
    (void)snprintf(fds, sizeof fds, "LISTEN_FDS=%zu", count);
    (void)snprintf(names, sizeof names, "LISTEN_FDNAMES=%s", service->descriptor_names);
    (void)snprintf(pid, sizeof pid, "LISTEN_PID=%d", (int)getpid());
    char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    char *const environment[] = {path, fds, names, pid, NULL};
    char *const arguments[] = {program, script, NULL};

    if (setsid() < 0 || chdir("/") < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        die_errno("cannot prepare the process of %s", service->name);
    pass_descriptors(passed, count);
    reset_signals();
    if (service->identity.uid != 0)
        confine(service);
    /* After the change of uid, which clears it (prctl(2)); our parent may have died before. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        die_errno("cannot tie %s to vestibule-supervise", service->name);
    if (getppid() != parent)
        die("vestibule-supervise ended while %s was being started", service->name);
    (void)execve(program, arguments, environment);
    die_errno("cannot run '%s'", program);
}

/* Opens what is opened anew at each start: files, and the pipe that it says READY=1 on. */
static bool open_anew(const struct service *service, int *opened, int *ret_ready) {
    for (size_t i = 0; i < service->file_count; i++) {
        opened[i] = open(service->files[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (opened[i] < 0) {
            log_line(LOG_ERR, "cannot read '%s' for %s: %s", service->files[i], service->name, strerror(errno));
            return false;
        }
    }
    int ends[2];
    if (!service->reports_ready)
        return true;
    if (pipe2(ends, O_CLOEXEC) < 0)
        die_errno("cannot make a pipe");
    *ret_ready = ends[0];
    opened[service->file_count] = ends[1];
    return true;
}

bool start_service(struct service *service) {
    int passed[MAX_PASSED] = {-1, -1, -1, -1, -1};
    int *const opened = passed + service->listening_count;
    memcpy(passed, service->listening, service->listening_count * sizeof passed[0]);
    service->ready_fd = -1;
    const bool complete = open_anew(service, opened, &service->ready_fd);
    const size_t opened_count = service->file_count + (service->reports_ready ? 1 : 0);
    const pid_t parent = getpid(), pid = complete ? fork() : -1;
    if (pid == 0)
        exec_service(service, passed, service->listening_count + opened_count, parent);
    if (complete && pid < 0)
        log_line(LOG_ERR, "cannot fork for %s: %s", service->name, strerror(errno));
    for (size_t i = 0; i < opened_count; i++)
        close_descriptor(&opened[i]);
    if (pid < 0) {
        close_descriptor(&service->ready_fd);
        return false;
    }
    service->pid = pid;
    service->started_ms = monotonic_ms();
    log_line(LOG_INFO, "%s started as process %d", service->name, (int)pid);
    return true;
}
