/* Shows root what PAM modules write to syslog (test-profile.c): replaces /dev/log by a socket of ours, in a mount
 * namespace that ends with this leader. The reasons are in docs/decisions/0011. */
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

#include "messages.h"
#include "pam.h"

enum { MAX_LINE = 8192, FULL_MS = 100 };

static const struct sockaddr_un dev_log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};

static void send_logged(struct leader *leader, const char *line) {
    struct writer writer = writer_of(VST_FROM_LEADER_LOGGED);
    put_text(&writer, line);
    connection_send(&leader->connections[0], &writer);
}

/* Removing the file removes the mounts of all leaders on it, so the last leader does it. All of them share a lock on a
 * directory that only root can open. */
static bool make_file(struct leader *leader) {
    leader->syslog.lock = open(VST_PATH_SESSIONS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return leader->syslog.lock >= 0 && flock(leader->syslog.lock, LOCK_SH) == 0 &&
           (mknod(dev_log.sun_path, S_IFREG | 0600, 0) == 0 || errno == EEXIST);
}

/* Removes only our empty file: a syslog daemon may have put its socket there. */
static void remove_file(struct leader *leader) {
    struct stat status;
    if (flock(leader->syslog.lock, LOCK_EX | LOCK_NB) == 0 && lstat(dev_log.sun_path, &status) == 0 &&
        S_ISREG(status.st_mode) && status.st_size == 0)
        (void)unlink(dev_log.sun_path);
    (void)flock(leader->syslog.lock, LOCK_UN); /* a child of a module may have a copy of the descriptor */
    close_descriptor(&leader->syslog.lock);
}

/* Without a syslog daemon there is no /dev/log: then an empty file is made as the mount point. */
void syslog_take(struct leader *leader) {
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_usec = FULL_MS * 1000};
    (void)snprintf(own.sun_path, sizeof own.sun_path, "%s/log-%d", VST_PATH_RUN, (int)getpid());
    leader->syslog.machine = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)connect(leader->syslog.machine, (const struct sockaddr *)&dev_log, sizeof dev_log);
    (void)setsockopt(leader->syslog.machine, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    leader->syslog.own = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    leader->syslog.taken = make_file(leader) && unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) == 0 &&
                           bind(leader->syslog.own, (const struct sockaddr *)&own, sizeof own) == 0 &&
                           mount(own.sun_path, dev_log.sun_path, NULL, MS_BIND, NULL) == 0;
    if (!leader->syslog.taken) {
        char text[128];
        (void)snprintf(text, sizeof text, "(what modules write to syslog cannot be shown: %s)", strerror(errno));
        send_logged(leader, text);
    }
    (void)unlink(own.sun_path);
    closelog(); /* so that the next line connects to our socket */
}

void syslog_give_back(struct leader *leader) {
    if (leader->syslog.taken)
        (void)umount2(dev_log.sun_path, MNT_DETACH); /* unmounted already if a syslog daemon has replaced the file */
    if (leader->syslog.lock > 0)
        remove_file(leader);
    leader->syslog.taken = false;
    closelog();
}

/* Reads in a child: otherwise a module that writes more than the queue of the socket holds (10 lines) would block for
 * ever. Frames to the owner from both processes are not mixed: a frame of this size is queued as a whole or not at all.
 * Each line also goes to the log of the machine, unless its daemon reads none for FULL_MS. */
pid_t syslog_read(struct leader *leader) {
    char line[MAX_LINE];
    const pid_t leader_pid = getpid(), pid = leader->syslog.taken ? fork() : -1;
    if (pid != 0)
        return pid;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != leader_pid)
        _exit(EXIT_FAILURE);
    for (ssize_t size; (size = recv(leader->syslog.own, line, sizeof line - 1, 0)) > 0;) {
        (void)send(leader->syslog.machine, line, (size_t)size, MSG_NOSIGNAL);
        line[size] = '\0';
        send_logged(leader, line);
    }
    _exit(EXIT_SUCCESS);
}

/* An empty datagram ends the reader, after it has read all lines before it. */
void syslog_read_end(const struct leader *leader, pid_t reader) {
    if (reader > 0 && sendto(leader->syslog.own, "", 0, 0, (const struct sockaddr *)&dev_log, sizeof dev_log) < 0)
        (void)kill(reader, SIGKILL);
    while (reader > 0 && waitpid(reader, NULL, 0) < 0 && errno == EINTR)
        continue;
}
