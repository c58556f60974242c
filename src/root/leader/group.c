/* Finds and kills the processes of a session. They have their own cgroup (cgroups(7), version 2) if one can be made.
 * Else they are descendants of their session-host, which is a subreaper, and become our children when it has ended. So
 * all our children belong to sessions that are ending, except helpers of PAM modules and the session-hosts of other
 * sessions. */
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "programs.h"

static void close_file(FILE **file) {
    if (*file != NULL)
        (void)fclose(*file);
}
#define cleanup_file __attribute__((cleanup(close_file)))

/* Must be called after pam_open_session, because pam_systemd moves the leader to the scope of its session. */
void groups_find(struct shared *shared) {
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    struct statfs status;
    const char *mount = NULL;
    char line[PATH_MAX], groups[PATH_MAX];
    for (size_t i = 0; i < 2 && mount == NULL; i++)
        if (statfs(mounts[i], &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC)
            mount = mounts[i];
    cleanup_file FILE *file = fopen("/proc/self/cgroup", "re");
    while (mount != NULL && file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::/", 4) == 0 && (size_t)snprintf(groups, sizeof groups, "%s%s", mount, line + 3) < sizeof groups)
            (void)strcpy(shared->groups, groups);
    }
}

enum { GROUP_PATH = PATH_MAX + 64 };

static void format_path(const struct shared *shared, const struct program *program, const char *name, char ret_path[GROUP_PATH]) {
    (void)snprintf(ret_path, GROUP_PATH, "%s/vestibule-%s%s", shared->groups, program->session, name);
}

void group_create(const struct shared *shared, struct program *program) {
    char path[GROUP_PATH];
    format_path(shared, program, "", path);
    program->grouped = shared->groups[0] != '\0' && mkdir(path, 0755) == 0;
    if (!program->grouped)
        log_line(LOG_INFO, "cannot make cgroup %s: %s, finding processes by their parents", path, strerror(errno));
}

static int open_in_group(const struct shared *shared, const struct program *program, const char *name, int flags) {
    char path[GROUP_PATH];
    format_path(shared, program, name, path);
    return program->grouped ? open(path, flags | O_CLOEXEC) : -1;
}

/* For Linux before 5.7, and for containers that forbid clone3(2). */
static pid_t fork_and_join(int group) {
    const pid_t pid = fork();
    cleanup_fd int processes = pid == 0 ? openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC) : -1;
    if (pid == 0 && (processes < 0 || write(processes, "0", 1) != 1))
        die_errno("cannot join the cgroup of the session");
    return pid;
}

/* clone3(2), because moving a process to its cgroup later (cgroup.procs) takes 10 ms. */
pid_t group_fork(const struct shared *shared, const struct program *program) {
    if (!program->grouped)
        return fork();
    cleanup_fd int group = open_in_group(shared, program, "", O_PATH | O_DIRECTORY);
    struct clone_args arguments = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (unsigned)group};
    const pid_t pid = group < 0 ? -1 : (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    return pid < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL) ? fork_and_join(group) : pid;
}

void group_remove(const struct shared *shared, struct program *program) {
    char path[GROUP_PATH];
    format_path(shared, program, "", path);
    if (program->grouped && rmdir(path) < 0)
        log_line(LOG_WARNING, "cannot remove %s: %s", path, strerror(errno));
    program->grouped = false;
}

/* The list is exact (proc(5)): no child leaves it before our own waitpid. */
static FILE *open_children(void) {
    return fopen("/proc/thread-self/children", "re");
}

void helpers_note(struct shared *shared) {
    cleanup_file FILE *file = open_children();
    for (int pid; file != NULL && shared->helper_count < MAX_HELPERS && fscanf(file, "%d", &pid) == 1;)
        shared->helpers[shared->helper_count++] = pid;
}

/* For a child that was reaped: its pid may be reused. */
void helper_forget(struct shared *shared, pid_t pid) {
    for (size_t i = 0; i < shared->helper_count; i++)
        if (shared->helpers[i] == pid)
            shared->helpers[i] = 0;
}

static bool is_spared(const struct shared *shared, const struct program *ending, pid_t pid) {
    for (size_t i = 0; i < shared->helper_count; i++)
        if (shared->helpers[i] == pid)
            return true;
    for (size_t i = 0; i < shared->program_count; i++)
        if (shared->programs[i].host == pid && &shared->programs[i] != ending)
            return true;
    return false;
}

/* The next child that is not spared, 0 at the end. It has not been reaped, so its pid cannot have been reused. */
static pid_t next_child(const struct shared *shared, const struct program *ending, FILE *file) {
    for (int pid; file != NULL && fscanf(file, "%d", &pid) == 1;)
        if (!is_spared(shared, ending, pid))
            return pid;
    return 0;
}

int group_events(const struct shared *shared, const struct program *program) {
    return open_in_group(shared, program, "/cgroup.events", O_RDONLY);
}

bool group_is_left(const struct shared *shared, const struct program *program, int events) {
    char text[256] = "";
    if (events >= 0)
        return pread(events, text, sizeof text - 1, 0) > 0 && strstr(text, "populated 1") != NULL;
    cleanup_file FILE *file = open_children();
    return next_child(shared, program, file) != 0;
}

void group_kill(const struct shared *shared, const struct program *program) {
    cleanup_fd int fd = open_in_group(shared, program, "/cgroup.kill", O_WRONLY);
    if (fd >= 0 && write(fd, "1", 1) == 1)
        return;
    cleanup_file FILE *file = open_children();
    for (pid_t pid; (pid = next_child(shared, program, file)) != 0;)
        (void)kill(pid, SIGKILL);
}

bool children_signal(int number) {
    cleanup_file FILE *file = open_children();
    bool any = false;
    for (int pid; file != NULL && fscanf(file, "%d", &pid) == 1; any = true)
        (void)kill(pid, number);
    return any;
}
