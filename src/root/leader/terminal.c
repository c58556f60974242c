/* The pseudo-terminal. It is made before pam_start, so that PAM_TTY is its real name, and owned by the user while the
 * session runs. It is kept until the PAM session is closed, so that no other session gets the same name before. Its row
 * in utmp(5) is for who(1), last(1) and maxlogins of pam_limits. */
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <utmp.h>
#include <utmpx.h>

#include "programs.h"

enum { LOCKED_MS = 500 };

bool terminal_open(struct program *program) {
    program->pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    return program->pty >= 0 && grantpt(program->pty) == 0 && unlockpt(program->pty) == 0 &&
           ptsname_r(program->pty, program->tty, sizeof program->tty) == 0;
}

/* By descriptor (TIOCGPTPEER, ioctl_tty(2)): in another mount namespace the name may be another terminal. */
static bool set_owner(const struct program *program, uid_t uid, gid_t gid, mode_t mode) {
    cleanup_fd int terminal = ioctl(program->pty, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return terminal >= 0 && fchown(terminal, uid, gid) == 0 && fchmod(terminal, mode) == 0;
}

/* Group tty for write(1), which is setgid tty: the group of the user gets no access. */
bool terminal_give(const struct leader *leader, struct program *program) {
    const struct group *tty = getgrnam("tty");
    return set_owner(program, leader->account.uid, tty == NULL ? 0 : tty->gr_gid, tty == NULL ? 0600 : 0620);
}

/* As in login(1): texts of modules (last login, message of the day) are shown on the terminal before the program
 * starts. */
void terminal_say(const struct program *program, const char *text) {
    cleanup_fd int terminal = ioctl(program->pty, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal < 0 || dprintf(terminal, "%s\n", text) < 0)
        log_line(LOG_WARNING, "cannot write on %s: %s", program->tty, strerror(errno));
}

void terminal_release(struct program *program) {
    utmp_clear(program);
    if (program->pty >= 0 && !set_owner(program, 0, 0, 0600))
        log_line(LOG_WARNING, "cannot take %s back: %s", program->tty, strerror(errno));
    close_descriptor(&program->pty);
}

/* By the real uid, not the owner of /proc/PID: a user can lock a file and then execute a program that is setuid root. A
 * process that has ended holds no lock: true. */
static bool is_roots(pid_t pid) {
    char path[32], text[2048] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    const char *uid = size <= 0 ? NULL : strstr(text, "\nUid:\t");
    return uid == NULL || strncmp(uid, "\nUid:\t0\t", 8) == 0;
}

/* Every user who can read these files can lock them, and glibc would wait 10 s for the lock: better to write no row. Other
 * leaders, sshd and login, which are root's, hold it for a moment: that is waited for. */
static bool is_free(const char *path) {
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (int ms = 0; ms < LOCKED_MS; ms++) {
        struct flock lock = {.l_type = F_WRLCK};
        if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
            return true;
        if (!is_roots(lock.l_pid))
            return false;
        (void)poll(NULL, 0, 1);
    }
    return false;
}

/* A field that is full has no NUL. */
#define COPY_FIELD(field, text) memcpy(field, text, strnlen(text, sizeof (field)))

void utmp_write(const struct leader *leader, struct program *program) {
    char *line = program->line;
    (void)snprintf(line, sizeof program->line, "%.31s", program->tty + strlen("/dev/"));
    struct utmpx row = {.ut_type = USER_PROCESS, .ut_pid = getpid(), .ut_tv.tv_sec = (int32_t)time(NULL)};
    COPY_FIELD(row.ut_line, line);
    COPY_FIELD(row.ut_id, strlen(line) > sizeof row.ut_id ? line + strlen(line) - sizeof row.ut_id : line);
    COPY_FIELD(row.ut_user, leader->account.name);
    COPY_FIELD(row.ut_host, leader->rhost);
    setutxent();
    if (!is_free(_PATH_UTMP) || pututxline(&row) == NULL)
        log_line(LOG_WARNING, "cannot write the utmp row of %s: its file is locked, or full", line);
    endutxent();
    if (is_free(_PATH_WTMP))
        updwtmpx(_PATH_WTMP, &row);
}

void utmp_clear(struct program *program) {
    if (program->line[0] == '\0')
        return;
    if (!is_free(_PATH_UTMP) || logout(program->line) == 0)
        log_line(LOG_WARNING, "cannot clear the utmp row of %s: its file is locked, or it is gone", program->line);
    if (is_free(_PATH_WTMP))
        logwtmp(program->line, "", "");
    program->line[0] = '\0';
}
