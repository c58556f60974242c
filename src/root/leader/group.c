/* The programs of the session and how to end them: a cgroup of their own (cgroups(7), version 2) where one can be made,
 * else all children of this subreaper but the helpers that PAM modules left. */
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "leader.h"

static void close_file(FILE **file) {
    if (*file != NULL)
        (void)fclose(*file);
}
#define cleanup_file __attribute__((cleanup(close_file)))

/* After pam_open_session: pam_systemd moves the leader to the scope of its session. */
void group_create(struct shared *shared) {
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    struct statfs status;
    const char *mount = NULL;
    char line[PATH_MAX], group[PATH_MAX];
    for (size_t i = 0; i < 2 && mount == NULL; i++)
        if (statfs(mounts[i], &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC)
            mount = mounts[i];
    cleanup_file FILE *file = fopen("/proc/self/cgroup", "re");
    while (mount != NULL && file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::/", 4) != 0 ||
            (size_t)snprintf(group, sizeof group, "%s%s/vestibule-%s", mount, line + 3, shared->session) >= sizeof group)
            continue;
        if (mkdir(group, 0755) == 0)
            (void)strcpy(shared->group, group);
        else
            log_line(LOG_INFO, "programs are told by their parent, no cgroup %s: %s", group, strerror(errno));
    }
}

static int open_in_group(const struct shared *shared, const char *name, int flags) {
    char path[PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/%s", shared->group, name);
    return shared->group[0] == '\0' ? -1 : open(path, flags | O_CLOEXEC);
}

/* For Linux before 5.7, and containers that forbid clone3(2). */
static pid_t fork_and_join(int group) {
    const pid_t pid = fork();
    cleanup_fd int processes = pid == 0 ? openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC) : -1;
    if (pid == 0 && (processes < 0 || write(processes, "0", 1) != 1))
        die_errno("cannot join the cgroup of the session");
    return pid;
}

/* clone3(2): to move a process to its group later (cgroup.procs) takes the kernel 10 ms. */
pid_t group_fork(const struct shared *shared) {
    if (shared->group[0] == '\0')
        return fork();
    cleanup_fd int group = open(shared->group, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct clone_args arguments = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (unsigned)group};
    const pid_t pid = group < 0 ? -1 : (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    return pid < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL) ? fork_and_join(group) : pid;
}

void group_remove(const struct shared *shared) {
    if (shared->group[0] != '\0' && rmdir(shared->group) < 0)
        log_line(LOG_WARNING, "cannot remove %s: %s", shared->group, strerror(errno));
}

/* Exact: only our own waitpid shortens this list. */
static FILE *open_children(void) {
    return fopen("/proc/thread-self/children", "re");
}

void helpers_note(struct shared *shared) {
    cleanup_file FILE *file = open_children();
    for (int pid; file != NULL && shared->helper_count < MAX_HELPERS && fscanf(file, "%d", &pid) == 1;)
        shared->helpers[shared->helper_count++] = pid;
}

/* The next child that is no helper, 0 at the end. A child that was not reaped: the pid is its own. */
static pid_t next_program(const struct shared *shared, FILE *file) {
    for (int pid; file != NULL && fscanf(file, "%d", &pid) == 1;) {
        size_t i = 0;
        while (i < shared->helper_count && shared->helpers[i] != pid)
            i++;
        if (i == shared->helper_count)
            return pid;
    }
    return 0;
}

int programs_events(const struct shared *shared) {
    return open_in_group(shared, "cgroup.events", O_RDONLY);
}

bool programs_left(const struct shared *shared, int events) {
    char text[256] = "";
    if (events >= 0)
        return pread(events, text, sizeof text - 1, 0) > 0 && strstr(text, "populated 1") != NULL;
    cleanup_file FILE *file = open_children();
    return next_program(shared, file) != 0;
}

void programs_kill(const struct shared *shared) {
    cleanup_fd int fd = open_in_group(shared, "cgroup.kill", O_WRONLY);
    if (fd >= 0 && write(fd, "1", 1) == 1)
        return;
    cleanup_file FILE *file = open_children();
    for (pid_t pid; (pid = next_program(shared, file)) != 0;)
        (void)kill(pid, SIGKILL);
}

bool children_signal(int number) {
    cleanup_file FILE *file = open_children();
    bool any = false;
    for (int pid; file != NULL && fscanf(file, "%d", &pid) == 1; any = true)
        (void)kill(pid, number);
    return any;
}
