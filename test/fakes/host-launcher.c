/* Plays the leader's part for tests of session-host: host-launcher PROGRAM SOCKET pty|pipes UID [NPROC]
 * Becomes PROGRAM as uid UID with the descriptors that leader-host.ts names; a child carries the control socket's
 * bytes from its stdin and to its stdout, and hangs the socket up when its stdin ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "util.h"

/* Copies what is there; false at the end. */
static bool copy(int from, int to) {
    char bytes[65536];
    ssize_t got = read(from, bytes, sizeof bytes);
    for (ssize_t done = 0; got > 0 && done < got;) {
        ssize_t put = write(to, bytes + done, (size_t)(got - done));
        if (put < 0)
            return false;
        done += put;
    }
    return got > 0;
}

static void bridge(int control) {
    struct pollfd set[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = control, .events = POLLIN}};
    while (poll(set, 2, -1) > 0) {
        /* Node ends stdin as soon as session-host is gone: what it said last is still to be carried. */
        if (set[0].revents != 0 && !copy(STDIN_FILENO, control)) {
            (void)shutdown(control, SHUT_WR);
            set[0].fd = -1;
        }
        if (set[1].revents != 0 && !copy(control, STDOUT_FILENO))
            break;
    }
    _exit(0);
}

static int listen_for_all(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        die("the path '%s' is too long for a socket", path);
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 128) < 0)
        die_errno("cannot listen at '%s'", path);
    /* Any uid may try: the peer check is what is tested. */
    if (chmod(path, 0666) < 0)
        die_errno("cannot open '%s' to all", path);
    return fd;
}

static int open_pty(uid_t uid) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[64];
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, name, sizeof name) != 0)
        die_errno("cannot open a pty");
    if (geteuid() == 0 && chown(name, uid, 5) < 0)
        die_errno("cannot give '%s' to uid %u", name, uid);
    return master;
}

int main(int argc, char **argv) {
    if (argc != 5 && argc != 6)
        die("usage: host-launcher PROGRAM SOCKET pty|pipes UID [NPROC]");
    log_open("host-launcher");
    uid_t uid = (uid_t)strtoul(argv[4], NULL, 10);
    int pair[2];
    /* Opened as root: the build may lie where the user cannot go. */
    int program = open(argv[1], O_PATH | O_CLOEXEC);
    if (program < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        die_errno("cannot open '%s' and a socketpair", argv[1]);
    int fds[3] = {pair[1], listen_for_all(argv[2]), -1};
    bool pty = strcmp(argv[3], "pty") == 0;
    if (pty)
        fds[2] = open_pty(uid);

    pid_t child = fork();
    if (child < 0)
        die_errno("cannot fork");
    if (child == 0) {
        (void)close(pair[1]);
        bridge(pair[0]);
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    program = fcntl(program, F_DUPFD_CLOEXEC, 20);
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0 && (fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 20)) < 0)
            die_errno("cannot move descriptors");
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0 && dup2(fds[i], 3 + i) < 0)
            die_errno("cannot place descriptors");
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        die_errno("cannot open /dev/null");
    struct rlimit processes = {0};
    processes.rlim_cur = processes.rlim_max = argc == 6 ? strtoul(argv[5], NULL, 10) : RLIM_INFINITY;
    if (argc == 6 && setrlimit(RLIMIT_NPROC, &processes) < 0)
        die_errno("cannot limit processes");
    if (geteuid() == 0)
        drop_privileges(uid, uid, &uid, 1);
    /* LeakSanitizer cannot look into a process that is not dumpable. */
    char *environment[] = {(char[]){"ASAN_OPTIONS=detect_leaks=0"}, NULL};
    char *arguments[] = {(char[]){"vestibule-session-host"}, NULL};
    (void)syscall(SYS_execveat, program, "", arguments, environment, AT_EMPTY_PATH);
    die_errno("cannot execute '%s'", argv[1]);
}
