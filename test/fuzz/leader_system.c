/* The system under the leader's harness: nothing happens, and what must not be asked for is found. */
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "leader_fuzz.h"

FUZZ_NO_COVERAGE

/* Only these may be touched: the control socket, the session's directory, its socket. */
static void check_path(const char *path) {
    const char *id = run.shared.session;
    char wanted[3][MAX_PATH];
    (void)snprintf(wanted[0], MAX_PATH, "%s/%s", VST_PATH_LEADERS, id);
    (void)snprintf(wanted[1], MAX_PATH, "%s/%s", VST_PATH_SESSIONS, id);
    (void)snprintf(wanted[2], MAX_PATH, "%s/%s/s", VST_PATH_SESSIONS, id);
    must(is_id(id));
    must(strcmp(path, wanted[0]) == 0 || strcmp(path, wanted[1]) == 0 || strcmp(path, wanted[2]) == 0);
}

#define FORWARD(result, name, parameters, arguments, ...) \
    result __real_##name parameters; \
    result __wrap_##name parameters; \
    result __wrap_##name parameters { \
        if (!fuzz_inside()) \
            return __real_##name arguments; \
        __VA_ARGS__ \
        return 0; \
    }

FORWARD(int, chown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid), check_path(path);)
FORWARD(int, lchown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid), check_path(path);)
FORWARD(int, chmod, (const char *path, mode_t mode), (path, mode), check_path(path); must((mode & 07) == 0);)
FORWARD(int, mkdir, (const char *path, mode_t mode), (path, mode), check_path(path); must(mode == 0700);)
FORWARD(int, unlink, (const char *path), (path), check_path(path);)
FORWARD(int, rmdir, (const char *path), (path), check_path(path);)
FORWARD(int, bind, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size),
        check_path(((const struct sockaddr_un *)(const void *)address)->sun_path);)
FORWARD(int, listen, (int fd, int backlog), (fd, backlog), )
FORWARD(int, initgroups, (const char *user, gid_t gid), (user, gid), must(find_known(user) != NULL);)
FORWARD(int, sigaction, (int number, const struct sigaction *new, struct sigaction *old), (number, new, old), )
FORWARD(int, access, (const char *path, int mode), (path, mode),
        must(strncmp(path, "/etc/pam.d/", 11) == 0 && strchr(path + 11, '/') == NULL);)
FORWARD(int, kill, (pid_t pid, int number), (pid, number), must(pid == HOST_PID && number == SIGKILL); run.host_dies = true;)

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void) {
    if (!fuzz_inside())
        return __real_fork();
    errno = EAGAIN;
    run.programs = !run.fork_fails;
    return run.fork_fails ? -1 : HOST_PID;
}

pid_t __real_waitpid(pid_t pid, int *ret_status, int options);
pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options);
pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options) {
    if (!fuzz_inside())
        return __real_waitpid(pid, ret_status, options);
    must(pid == -1 && options == WNOHANG);
    const bool dies = run.host_dies && run.leader.host.pid == HOST_PID;
    if (dies)
        close_descriptor(&run.host);
    run.host_dies = false;
    return dies ? HOST_PID : 0;
}

/* The leader's pair to its session-host: the other end is ours. */
int __real_socketpair(int domain, int type, int protocol, int ret_fds[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ret_fds[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ret_fds[2]) {
    const int result = __real_socketpair(domain, type, protocol, ret_fds);
    if (fuzz_inside() && (type & SOCK_NONBLOCK) == 0 && result == 0) {
        close_descriptor(&run.host);
        run.host = fcntl(ret_fds[1], F_DUPFD_CLOEXEC, 3);
        must(run.host >= 0 && fcntl(run.host, F_SETFL, O_NONBLOCK) == 0);
    }
    return result;
}

int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
    int pair[2];
    must(fd == run.leader.listener && address == NULL && size == NULL && flags == SOCK_CLOEXEC);
    errno = EAGAIN;
    for (size_t i = 1; i < CLIENTS && run.wants_in; i++)
        if (run.clients[i].fd < 0) {
            fuzz_pair(pair);
            run.clients[i].fd = pair[1];
            run.wants_in = false;
            return pair[0];
        }
    return -1;
}

/* Whoever waits gets the next step; at the script's end time passes. */
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout) {
    if (!fuzz_inside())
        return __real_poll(fds, count, timeout);
    take_words();
    const bool more = take_step();
    if (!more)
        leave_all();
    const int ready = __real_poll(fds, count, 0);
    if (ready == 0 && !more)
        run.now += timeout > 0 ? (uint64_t)timeout : 1;
    return ready;
}

bool __wrap_peer_uid(int fd, uid_t *ret_uid);
bool __wrap_peer_uid(int fd, uid_t *ret_uid) {
    (void)fd;
    *ret_uid = run.next_uid;
    return true;
}

uint64_t __wrap_monotonic_ms(void);
uint64_t __wrap_monotonic_ms(void) { return run.now; }
uint64_t __wrap_unix_ms(void);
uint64_t __wrap_unix_ms(void) { return NOW_MS + run.now; }

bool __wrap_read_root_file(const char *path, uint8_t *ret_data, size_t size);
bool __wrap_read_root_file(const char *path, uint8_t *ret_data, size_t size) {
    must(strcmp(path, VST_PATH_HOST_SECRET_KEY) == 0 || strcmp(path, VST_PATH_GRANT_KEY) == 0);
    fill_key(ret_data, size);
    return true;
}

int __wrap_crypto_box_keypair(uint8_t *ret_public, uint8_t *ret_secret);
int __wrap_crypto_box_keypair(uint8_t *ret_public, uint8_t *ret_secret) {
    uint8_t seed[crypto_box_SEEDBYTES];
    fill_key(seed, sizeof seed);
    return crypto_box_seed_keypair(ret_public, ret_secret, seed);
}

const char *const KNOWN_NAMES[8] = {"alice", "ALICE", "root", "bob", "daemon", "far", "nobody", "alice@REALM"};
static const struct known_user USERS[] = {
    {"alice", "alice", "/home/alice", "/bin/bash", 1000}, {"ALICE", "alice", "/home/alice", "/bin/bash", 1000},
    {"alice@REALM", "alice", "/home/alice", "/bin/bash", 1000}, {"bob", "bob", "/home/bob", "/bin/sh", 1001},
    {"far", "far", "/", "", 1002}, {"root", "root", "/root", "/bin/bash", 0}, {"daemon", "daemon", "/", "/sbin/nologin", 1},
    {"vestibule", "vestibule", "/", "/sbin/nologin", BROKER_UID},
    {"vestibule-web", "vestibule-web", "/", "/sbin/nologin", BROKER_UID + 1},
};

const struct known_user *find_known(const char *name) {
    for (size_t i = 0; i < sizeof USERS / sizeof *USERS; i++)
        if (strcmp(USERS[i].name, name) == 0)
            return &USERS[i];
    return NULL;
}

static void fill_entry(const struct known_user *user, struct passwd *entry, char *buffer, size_t size) {
    char *texts[3] = {buffer, buffer + 256, buffer + 512};
    must(size >= 1024);
    (void)snprintf(texts[0], 256, "%s", user->real_name);
    (void)snprintf(texts[1], 256, "%s", user->home);
    (void)snprintf(texts[2], 256, "%s", user->shell);
    *entry = (struct passwd){.pw_name = texts[0], .pw_dir = texts[1], .pw_shell = texts[2], .pw_uid = user->uid, .pw_gid = user->uid};
}

int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size, struct passwd **ret_found);
int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size, struct passwd **ret_found) {
    const struct known_user *user = find_known(name);
    *ret_found = user == NULL ? NULL : entry;
    if (user != NULL)
        fill_entry(user, entry, buffer, size);
    return 0;
}

int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **ret_found);
int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **ret_found) {
    const struct known_user *user = USERS;
    while (user->uid != uid) /* it was found by a name of the same table */
        user++;
    fill_entry(user, entry, buffer, size);
    *ret_found = entry;
    return 0;
}

int __wrap_getgrouplist(const char *name, gid_t gid, gid_t *groups, int *count);
int __wrap_getgrouplist(const char *name, gid_t gid, gid_t *groups, int *count) {
    must(*count >= 2);
    groups[0] = gid;
    groups[1] = strcmp(name, "alice") == 0 ? 100 : 101;
    return *count = 2;
}

struct group *__wrap_getgrnam(const char *name);
struct group *__wrap_getgrnam(const char *name) {
    static struct group users = {.gr_gid = 100};
    return strcmp(name, "users") == 0 ? &users : NULL;
}

/* Files of the leader that only do things to the system. */
void watch_begin(struct leader *leader) { leader->shared = &run.shared; }
void watch_clock(struct leader *leader, bool running) { (void)leader, (void)running; }
bool terminal_open(struct leader *leader) {
    (void)snprintf(leader->tty, sizeof leader->tty, "/dev/pts/7");
    leader->pty = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    return leader->pty >= 0;
}
bool terminal_give(struct leader *leader) { return leader->account.uid != 0; }
void terminal_release(struct leader *leader) { close_descriptor(&leader->pty); }
void terminal_say(const struct leader *leader, const char *text);
void terminal_say(const struct leader *leader, const char *text) { must(leader->pty >= 0 && text != NULL); }
void syslog_take(struct leader *leader);
void syslog_take(struct leader *leader) { (void)leader, must(!run.broker); }
void syslog_give_back(struct leader *leader);
void syslog_give_back(struct leader *leader) { (void)leader; }
pid_t syslog_read(struct leader *leader);
pid_t syslog_read(struct leader *leader) { return (void)leader, -1; }
void syslog_read_end(const struct leader *leader, pid_t reader);
void syslog_read_end(const struct leader *leader, pid_t reader) { (void)leader, must(reader == -1); }
void utmp_write(const struct leader *leader) { (void)leader; }
void utmp_clear(struct shared *shared) { (void)shared; }
void group_create(struct shared *shared) { must(is_id(shared->session)); }
pid_t group_fork(const struct shared *shared) { return (void)shared, fork(); }
void group_remove(const struct shared *shared) { (void)shared; }
void helpers_note(struct shared *shared) { (void)shared; }
bool programs_left(const struct shared *shared, int events) { return (void)shared, (void)events, run.programs; }
void programs_kill(const struct shared *shared) { (void)shared, run.programs = false, run.host_dies = true; }
int programs_events(const struct shared *shared) { return (void)shared, -1; }

FUZZ_END
