/* Says what a process of a session is, one "item<TAB>value" a line: for comparing sessions, from inside, without privileges.
 * As a login shell it waits for a line: "second" makes a second program of the same session say the same, any other ends.
 * Usage: session-dump [once] */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmpx.h>

extern char **environ;

/* What would break a line, or the terminal, is written \xNN. */
static void say_text(const char *text) {
    for (const char *at = text; *at != '\0'; at++)
        if (*at == '\\' || iscntrl((unsigned char)*at))
            (void)printf("\\x%02x", (unsigned char)*at);
        else
            (void)putchar(*at);
}

static void say(const char *item, const char *name, const char *value) {
    (void)printf("%s%s%s\t", item, *name == '\0' ? "" : " ", name);
    say_text(value);
    (void)putchar('\n');
}

__attribute__((format(printf, 3, 4))) static void say_formatted(const char *item, const char *name, const char *format, ...) {
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say(item, name, text);
}

static int compare_groups(const void *a, const void *b) {
    const gid_t one = *(const gid_t *)a, other = *(const gid_t *)b;
    return (one > other) - (one < other);
}

static void say_identity(void) {
    uid_t uids[3];
    gid_t gids[3], groups[1024];
    if (getresuid(&uids[0], &uids[1], &uids[2]) == 0)
        say_formatted("uid", "", "%u %u %u", uids[0], uids[1], uids[2]);
    if (getresgid(&gids[0], &gids[1], &gids[2]) == 0)
        say_formatted("gid", "", "%u %u %u", gids[0], gids[1], gids[2]);
    const int count = getgroups(1024, groups);
    char text[8192] = "";
    size_t size = 0;
    if (count > 0)
        qsort(groups, (size_t)count, sizeof *groups, compare_groups);
    for (int i = 0; i < count; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, i == 0 ? "%u" : " %u", groups[i]);
    say("groups", "", count < 0 ? strerror(errno) : text);
}

static void say_limits(void) {
    static const struct { const char *name; int number; } limits[] = {
        {"as", RLIMIT_AS}, {"core", RLIMIT_CORE}, {"cpu", RLIMIT_CPU}, {"data", RLIMIT_DATA}, {"fsize", RLIMIT_FSIZE},
        {"locks", RLIMIT_LOCKS}, {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
        {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC}, {"rss", RLIMIT_RSS}, {"rtprio", RLIMIT_RTPRIO},
        {"rttime", RLIMIT_RTTIME}, {"sigpending", RLIMIT_SIGPENDING}, {"stack", RLIMIT_STACK},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit limit;
        if (getrlimit((__rlimit_resource_t)limits[i].number, &limit) < 0)
            continue;
        const rlim_t values[] = {limit.rlim_cur, limit.rlim_max};
        char text[2][32];
        for (size_t at = 0; at < 2; at++)
            (void)snprintf(text[at], sizeof text[at], values[at] == RLIM_INFINITY ? "unlimited" : "%ju", (uintmax_t)values[at]);
        say_formatted("limit", limits[i].name, "%s soft, %s hard", text[0], text[1]);
    }
}

/* The first line of a small file. */
static void say_file(const char *item, const char *path) {
    char text[4096] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(text, sizeof text, file) == NULL)
        (void)snprintf(text, sizeof text, "%s", strerror(errno));
    text[strcspn(text, "\n")] = '\0';
    say(item, "", text);
    if (file != NULL)
        (void)fclose(file);
}

/* Lines of /proc/self/status that begin with one of these. */
static void say_status(void) {
    static const char *const fields[][2] = {
        {"SigBlk", "signals blocked"}, {"SigIgn", "signals ignored"}, {"SigCgt", "signals caught"},
        {"CapInh", "capabilities inheritable"}, {"CapPrm", "capabilities permitted"}, {"CapEff", "capabilities effective"},
        {"CapBnd", "capabilities bounding"}, {"CapAmb", "capabilities ambient"}, {"NoNewPrivs", "no_new_privs"},
        {"Seccomp", "seccomp"},
    };
    char line[512];
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *value = strchr(line, ':');
        for (size_t i = 0; i < sizeof fields / sizeof *fields && value != NULL; i++)
            if (strncmp(line, fields[i][0], (size_t)(value - line)) == 0 && strlen(fields[i][0]) == (size_t)(value - line))
                say(fields[i][1], "", value + 1 + strspn(value + 1, "\t "));
    }
    if (file != NULL)
        (void)fclose(file);
    say_formatted("securebits", "", "%#x", (unsigned)prctl(PR_GET_SECUREBITS));
}

static void say_process(void) {
    const mode_t mask = umask(0);
    (void)umask(mask);
    say_formatted("umask", "", "%04o", mask);
    errno = 0;
    say_formatted("nice", "", "%d", getpriority(PRIO_PROCESS, 0));
    say_formatted("scheduler", "", "%d", sched_getscheduler(0));
    say_file("oom_score_adj", "/proc/self/oom_score_adj");
    say_file("loginuid", "/proc/self/loginuid");
    say_file("audit session", "/proc/self/sessionid");
    char path[4096];
    say("cwd", "", getcwd(path, sizeof path) == NULL ? strerror(errno) : path);
    struct stat status;
    if (stat("/tmp", &status) == 0)
        say_formatted("/tmp", "", "%ju:%ju %u:%u %04o", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino, status.st_uid,
                   status.st_gid, status.st_mode & 07777);
}

/* Numbers are those of this kernel: whoever compares says whose they are. */
static void say_namespaces(void) {
    static const char *const names[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64], text[128];
        (void)snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        const ssize_t size = readlink(path, text, sizeof text - 1);
        text[size < 0 ? 0 : size] = '\0';
        say("namespace", names[i], text);
    }
    char line[4096];
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *controllers = strchr(line, ':'), *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        line[strcspn(line, "\n")] = '\0';
        if (path == NULL)
            continue;
        *path = '\0';
        say("cgroup", controllers[1] == '\0' ? "v2" : controllers + 1, path + 1);
    }
    if (file != NULL)
        (void)fclose(file);
    file = fopen("/proc/self/mountinfo", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char point[2048], kind[256];
        const char *rest = strstr(line, " - ");
        if (rest != NULL && sscanf(line, "%*d %*d %*s %*s %2047s", point) == 1 && sscanf(rest, " - %255s", kind) == 1)
            say("mount", point, kind);
    }
    if (file != NULL)
        (void)fclose(file);
}

static void say_keyring(void) {
    char text[512] = "";
    const long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
    const long user = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0);
    if (id < 0 || syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text, sizeof text - 1) < 0)
        (void)snprintf(text, sizeof text, "%s", strerror(errno));
    say("session keyring", "", text);
    say_formatted("session keyring id", "", "%ld", id);
    int32_t linked[64];
    const long size = id < 0 ? -1 : syscall(SYS_keyctl, KEYCTL_READ, id, linked, sizeof linked);
    bool has = false;
    for (long i = 0; i < size / (long)sizeof *linked && i < 64; i++)
        has = has || linked[i] == user;
    say("session keyring holds the user keyring", "", size < 0 ? strerror(errno) : has ? "yes" : "no");
}

static void say_terminal(void) {
    struct stat status;
    const char *name = ttyname(STDIN_FILENO);
    if (name == NULL || fstat(STDIN_FILENO, &status) < 0) {
        say("tty", "", "none");
        return;
    }
    const struct group *group = getgrgid(status.st_gid);
    say("tty", "", name);
    say_formatted("tty owner", "", "%u", status.st_uid);
    say_formatted("tty group", "", "%s", group == NULL ? "?" : group->gr_name);
    say_formatted("tty mode", "", "%04o", status.st_mode & 07777);
    say("tty controls the session", "", tcgetsid(STDIN_FILENO) == getsid(0) ? "yes" : "no");
    say("in the foreground", "", tcgetpgrp(STDIN_FILENO) == getpgrp() ? "yes" : "no");
    struct utmpx wanted = {.ut_type = USER_PROCESS};
    (void)snprintf(wanted.ut_line, sizeof wanted.ut_line, "%.31s", name + strlen("/dev/"));
    const struct utmpx *row = getutxline(&wanted);
    if (row == NULL)
        say("utmp", "", "no row");
    else
        say_formatted("utmp", "", "%.32s from '%.256s', its process %s", row->ut_user, row->ut_host,
                   kill(row->ut_pid, 0) == 0 || errno == EPERM ? "lives" : "is gone");
    endutxent();
}

/* Before anything else is opened. */
static void say_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    char text[4096] = "";
    size_t size = 0;
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        const int fd = atoi(entry->d_name);
        struct stat status;
        if (!isdigit((unsigned char)entry->d_name[0]) || fd == dirfd(directory) || fstat(fd, &status) < 0)
            continue;
        const int flags = fcntl(fd, F_GETFL);
        const char *kind = isatty(fd) ? "tty" : S_ISFIFO(status.st_mode) ? "pipe" : S_ISSOCK(status.st_mode) ? "socket" :
            S_ISCHR(status.st_mode) ? "device" : S_ISREG(status.st_mode) ? "file" : S_ISDIR(status.st_mode) ? "directory" : "other";
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%d:%s%s", size == 0 ? "" : " ", fd, kind,
                                 (flags & O_NONBLOCK) != 0 ? " (non-blocking)" : "");
    }
    say("descriptors", "", text);
    if (directory != NULL)
        (void)closedir(directory);
}

static void say_all(const char *name) {
    (void)printf("@begin\n");
    say_descriptors();
    say("program name", "", name);
    say_identity();
    say_limits();
    say_process();
    say_status();
    say_namespaces();
    say_keyring();
    say_terminal();
    for (char **entry = environ; *entry != NULL; entry++) {
        char *value = strchr(*entry, '=');
        if (value == NULL) {
            say("environment", *entry, "");
            continue;
        }
        *value = '\0';
        say("environment", *entry, value + 1);
        *value = '=';
    }
    (void)printf("@end\n");
    (void)fflush(stdout);
}

int main(int argc, char **argv) {
    char line[64];
    say_all(argv[0]);
    if (argc > 1 && strcmp(argv[1], "once") == 0)
        return 0;
    while (fgets(line, sizeof line, stdin) != NULL && strcmp(line, "second\n") == 0) {
        const pid_t child = fork();
        if (child == 0) {
            say_all(argv[0]);
            _exit(0);
        }
        if (child < 0 || waitpid(child, NULL, 0) < 0)
            return 1;
    }
    return 0;
}
