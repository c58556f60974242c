/* What PAM modules write to syslog, for root to see (test-profile.c): /dev/log becomes a socket of ours, in a mount
 * namespace that ends with this process. Why so: docs/decisions/0011. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "pam-test.h"

enum { MAX_LINE = 8192, FULL_MS = 100 };

/* All that is given back, whatever way the process leaves. */
static struct {
    int machine, own; /* sockets: to what /dev/log was, and what it is */
    int lock;         /* that all share who use the file; above 0 while this one does */
    bool taken;
} context;

static const struct sockaddr_un dev_log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};

static void send_logged(struct leader *leader, const char *line) {
    struct writer writer = writer_of(VST_FROM_LEADER_LOGGED);
    put_text(&writer, line);
    connection_send(&leader->connections[0], &writer);
}

/* Removing the file removes the mounts of all leaders on it, so the last leader does it. All of them share a lock on a
 * directory that only root can open. */
static bool make_file(void) {
    context.lock = open(VST_PATH_SESSIONS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return context.lock >= 0 && flock(context.lock, LOCK_SH) == 0 &&
           (mknod(dev_log.sun_path, S_IFREG | 0600, 0) == 0 || errno == EEXIST);
}

/* Removes only our empty file: a syslog daemon may have put its socket there. */
static void remove_file(void) {
    struct stat status;
    if (flock(context.lock, LOCK_EX | LOCK_NB) == 0 && lstat(dev_log.sun_path, &status) == 0 &&
        S_ISREG(status.st_mode) && status.st_size == 0)
        (void)unlink(dev_log.sun_path);
    (void)flock(context.lock, LOCK_UN); /* a child of a module may have a copy of the descriptor */
    close_descriptor(&context.lock);
}

/* Without a syslog daemon there is no /dev/log: then an empty file is made as the mount point. */
void syslog_take(struct leader *leader) {
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_usec = FULL_MS * 1000};
    leader->leaving = syslog_give_back;
    (void)snprintf(own.sun_path, sizeof own.sun_path, "%s/log-%d", VST_PATH_RUN, (int)getpid());
    context.machine = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)connect(context.machine, (const struct sockaddr *)&dev_log, sizeof dev_log);
    (void)setsockopt(context.machine, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    context.own = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    context.taken = make_file() && unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) == 0 &&
                    bind(context.own, (const struct sockaddr *)&own, sizeof own) == 0 &&
                    mount(own.sun_path, dev_log.sun_path, NULL, MS_BIND, NULL) == 0;
    if (!context.taken) {
        char text[128];
        (void)snprintf(text, sizeof text, "(what modules write to syslog cannot be shown: %s)", strerror(errno));
        send_logged(leader, text);
    }
    (void)unlink(own.sun_path);
    closelog(); /* so that the next line connects to our socket */
}

void syslog_give_back(void) {
    if (context.taken)
        (void)umount2(dev_log.sun_path, MNT_DETACH); /* unmounted already if a syslog daemon has replaced the file */
    if (context.lock > 0)
        remove_file();
    context.taken = false;
    closelog();
}

/* Reads in a child: otherwise a module that writes more than the queue of the socket holds (10 lines) would block for
 * ever. Frames to the owner from both processes are not mixed: a frame of this size is queued as a whole or not at all.
 * Each line also goes to the log of the machine, unless its daemon reads none for FULL_MS. */
pid_t syslog_read(struct leader *leader) {
    char line[MAX_LINE];
    const pid_t leader_pid = getpid(), pid = context.taken ? fork() : -1;
    if (pid != 0)
        return pid;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != leader_pid)
        _exit(EXIT_FAILURE);
    for (ssize_t size; (size = recv(context.own, line, sizeof line - 1, 0)) > 0;) {
        (void)send(context.machine, line, (size_t)size, MSG_NOSIGNAL);
        line[size] = '\0';
        send_logged(leader, line);
    }
    _exit(EXIT_SUCCESS);
}

/* An empty datagram ends the reader, after it has read all lines before it. */
void syslog_read_end(pid_t reader) {
    if (reader > 0 && sendto(context.own, "", 0, 0, (const struct sockaddr *)&dev_log, sizeof dev_log) < 0)
        (void)kill(reader, SIGKILL);
    while (reader > 0 && waitpid(reader, NULL, 0) < 0 && errno == EINTR)
        continue;
}
