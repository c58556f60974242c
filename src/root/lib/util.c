/* Owned pointers and descriptors, the log, dying, and the few system calls that need care: see util.h. */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LOG_TEXT_MAX = 2048, LOG_FULL_MS = 100, PASSWD_BUFFER_MAX = 1 << 20 };

/* Set once by log_open, so that callers of log_line need not pass it. */
static struct {
    const char *program;
} context = {.program = "vestibule"};

void free_pointer(void *pointer) {
    void **owned = pointer;
    free(*owned);
    *owned = NULL;
}

void close_descriptor(int *fd) {
    const int saved = errno;
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    errno = saved;
}

int take_fd(int *fd) {
    const int given = *fd;
    *fd = -1;
    return given;
}

void log_open(const char *program) {
    context.program = program;
    openlog(program, LOG_PID, LOG_AUTHPRIV);
}

/* The log contains user names and texts of PAM modules: they must not control the terminal that shows the log. C1
 * controls are escaped too, in their UTF-8 form (C2 80 to C2 9F). */
static void escape_controls(const char *text, char *ret_line, size_t size) {
    size_t used = 0;
    unsigned char before = 0;
    for (const char *at = text; *at != '\0' && used + 5 < size; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c < 0x20 || c == 0x7f || (before == 0xc2 && c >= 0x80 && c < 0xa0))
            used += (size_t)snprintf(ret_line + used, size - used, "\\x%02x", c);
        else
            ret_line[used++] = (char)c;
        before = c;
    }
    ret_line[used] = '\0';
}

/* One write(2) for each line, because several processes share the log. Node makes a pipe or a socket non-blocking for
 * all of them: if it is full we wait for its reader, but drop the line if it reads nothing for LOG_FULL_MS. */
static void write_line(const char *line, size_t size) {
    struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};
    while (write(STDERR_FILENO, line, size) < 0 && errno == EAGAIN && poll(&log, 1, LOG_FULL_MS) > 0)
        continue;
}

/* Logs one line, followed by strerror(error) unless error is 0. */
static void log_arguments(int priority, int error, const char *format, va_list arguments) {
    char text[LOG_TEXT_MAX], escaped[2 * LOG_TEXT_MAX], line[3 * LOG_TEXT_MAX];
    (void)vsnprintf(text, sizeof text, format, arguments);
    const size_t length = strlen(text);
    if (error != 0)
        (void)snprintf(text + length, sizeof text - length, ": %s", strerror(error));
    escape_controls(text, escaped, sizeof escaped);
    const int size = snprintf(line, sizeof line, "%.64s[%d]: %s\n", context.program, (int)getpid(), escaped);
    if (size > 0)
        write_line(line, (size_t)size);
    syslog(priority, "%s", escaped);
}

void log_line(int priority, const char *format, ...) {
    const int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    log_arguments(priority, 0, format, arguments);
    va_end(arguments);
    errno = saved;
}

/* _exit, not exit: a forked child must not run atexit(3) handlers of its parent or of a PAM module. */
void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_arguments(LOG_ERR, 0, format, arguments);
    _exit(EXIT_FAILURE);
}

void die_errno(const char *format, ...) {
    const int error = errno;
    va_list arguments;
    va_start(arguments, format);
    log_arguments(LOG_ERR, error, format, arguments);
    _exit(EXIT_FAILURE);
}

void *must_alloc(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL)
        die("no memory for %zu times %zu bytes", count, size);
    return memory;
}

void open_standard_descriptors(void) {
    /* open(2) returns the lowest free number: here always fd, because all lower ones are open. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            die_errno("cannot open /dev/null as descriptor %d", fd);
}

void trim_memory(void) {
    enum { NEAR = 1024, FAR = 1 << 18 }; /* NEAR: stack for the calls below; the kernel maps nothing else within FAR */
    char *const near = (char *)__builtin_frame_address(0) - NEAR, *const end = near - (uintptr_t)near % (uintptr_t)getpagesize();
    (void)malloc_trim(0);
    (void)madvise(end - FAR, FAR, MADV_DONTNEED); /* skips pages that are not mapped */
}

void close_from(unsigned lowest) {
    /* syslog(3) keeps a descriptor. Without closelog the next line would go to whatever gets that number later. */
    closelog();
    if (close_range(lowest, ~0U, 0) < 0)
        die_errno("cannot close descriptors from %u", lowest);
    openlog(context.program, LOG_PID, LOG_AUTHPRIV);
}

void pass_descriptors(const int *fds, size_t count) {
    enum { FIRST = 3, MOST = 8 };
    int copies[MOST];
    if (count > MOST)
        die("%zu descriptors were to be passed, at most %d can be", count, MOST);
    /* The descriptor of syslog(3) may have a target number: closing it later would close the copy there. */
    closelog();
    /* Copied to high numbers first, because a target number may be one of the sources. */
    for (size_t i = 0; i < count; i++)
        if ((copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FIRST + MOST)) < 0)
            die_errno("cannot copy descriptor %d", fds[i]);
    for (size_t i = 0; i < count; i++)
        if (dup2(copies[i], FIRST + (int)i) < 0)
            die_errno("cannot make descriptor %d", FIRST + (int)i);
    close_from((unsigned)(FIRST + count));
}

void reset_signals(void) {
    /* Fails for SIGKILL, SIGSTOP and the two signals that glibc reserves; these have no other disposition. */
    for (int number = 1; number <= SIGRTMAX; number++)
        (void)signal(number, SIG_DFL);
    sigset_t none;
    if (sigemptyset(&none) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        die_errno("cannot unblock signals");
}

char *sibling_path(const char *name) {
    char own[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
    if (size < 0)
        die_errno("cannot read /proc/self/exe");
    own[size] = '\0';
    char *path = NULL;
    if (asprintf(&path, "%s/%s", dirname(own), name) < 0)
        die("no memory for the path of '%s'", name);
    return path;
}

static uint64_t clock_ms(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) < 0)
        die_errno("cannot read clock %d", (int)clock);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t monotonic_ms(void) { return clock_ms(CLOCK_BOOTTIME); }
uint64_t unix_ms(void) { return clock_ms(CLOCK_REALTIME); }

bool is_id(const char *text) {
    return strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32;
}

bool read_root_file(const char *path, uint8_t *ret_data, size_t size) {
    /* O_NONBLOCK: opening a FIFO must not hang. */
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return false;
    if (!S_ISREG(status.st_mode) || status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        errno = EPERM;
        return false;
    }
    /* One read(2) returns the whole of a regular file. Only root can have changed it since fstat. */
    ssize_t count = status.st_size == (off_t)size ? read(fd, ret_data, size) : 0;
    if (count >= 0 && (size_t)count != size)
        errno = EBADMSG;
    return count >= 0 && (size_t)count == size;
}

bool find_user(const char *name, uid_t *ret_uid, gid_t *ret_gid) {
    for (size_t size = 4096; size <= PASSWD_BUFFER_MAX; size *= 4) {
        cleanup_free char *buffer = must_alloc(size, 1);
        struct passwd entry, *found = NULL;
        if (getpwnam_r(name, &entry, buffer, size, &found) == ERANGE)
            continue;
        if (found == NULL)
            return false;
        *ret_uid = found->pw_uid;
        *ret_gid = found->pw_gid;
        return true;
    }
    return false;
}

int listen_at(const char *path, gid_t gid, mode_t mode) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const mode_t before = umask(0777);
    const int bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&address, sizeof address);
    (void)umask(before);
    const bool good = bound == 0 && lchown(path, 0, gid) == 0 && chmod(path, mode) == 0 && listen(fd, SOMAXCONN) == 0;
    return good ? take_fd(&fd) : -1;
}

bool peer_uid(int fd, uid_t *ret_uid) {
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return false;
    *ret_uid = peer.uid;
    return true;
}

void set_cloexec(int fd, bool on) {
    if (fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) < 0)
        die_errno("cannot set close-on-exec of descriptor %d", fd);
}

void drop_privileges(uid_t uid, gid_t gid, const gid_t *groups, size_t group_count) {
    if (groups != NULL && setgroups(group_count, groups) < 0)
        die_errno("cannot set %zu supplementary groups", group_count);
    if (setresgid(gid, gid, gid) < 0)
        die_errno("cannot become group %u", gid);
    if (setresuid(uid, uid, uid) < 0)
        die_errno("cannot become user %u", uid);
    uid_t uids[3];
    gid_t gids[3];
    if (getresuid(&uids[0], &uids[1], &uids[2]) < 0 || getresgid(&gids[0], &gids[1], &gids[2]) < 0)
        die_errno("cannot read the ids back");
    if (uids[0] != uid || uids[1] != uid || uids[2] != uid || gids[0] != gid || gids[1] != gid || gids[2] != gid)
        die("the ids are not user %u and group %u after the change", uid, gid);
    if (uid == 0)
        return;
    if (setuid(0) == 0 || seteuid(0) == 0)
        die("user %u could become root again", uid);
    if (gid != 0 && (setgid(0) == 0 || setegid(0) == 0))
        die("group %u could become root's again", gid);
}
