/* The system under the leader's harness: nothing happens, and what must not be asked for is found. */
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <shadow.h>
#include <signal.h>
#include <sodium.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "leader_fuzz.h"

FUZZ_NO_COVERAGE

/* Only these may be touched: the control socket, under both its names, a session's directory, its socket. */
static bool is_wanted(const char *path, const char *directory, const char *id, const char *name) {
    char wanted[MAX_PATH];
    (void)snprintf(wanted, sizeof wanted, "%s/%s%s", directory, id, name);
    return is_id(id) && strcmp(path, wanted) == 0;
}

static void check_path(const char *path) {
    bool found = is_wanted(path, VST_PATH_LEADERS, run.shared.pam_session, "") ||
                 is_wanted(path, VST_PATH_LEADERS, run.shared.pam_session, LISTENER_EARLY);
    for (each_program(program, &run.shared))
        found |= program->state != VST_PROGRAM_FREE && (is_wanted(path, VST_PATH_SESSIONS, program->session, "") ||
                                                        is_wanted(path, VST_PATH_SESSIONS, program->session, "/s"));
    must(found);
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

static int last_bound = -1; /* a socket that was bound and does not listen */

FORWARD(int, chown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid), check_path(path);)
FORWARD(int, lchown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid), check_path(path);)
FORWARD(int, chmod, (const char *path, mode_t mode), (path, mode), check_path(path); must((mode & 07) == 0);)
FORWARD(int, mkdir, (const char *path, mode_t mode), (path, mode), check_path(path); must(mode == 0700);)
FORWARD(int, unlink, (const char *path), (path), check_path(path);)
FORWARD(int, rmdir, (const char *path), (path), check_path(path);)
FORWARD(int, bind, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size),
        check_path(((const struct sockaddr_un *)(const void *)address)->sun_path); last_bound = fd;)
FORWARD(int, listen, (int fd, int backlog), (fd, backlog), must(fd == last_bound); last_bound = -1;)
/* What is seen under this name listens. */
FORWARD(int, renameat2, (int old_at, const char *old, int new_at, const char *new, unsigned flags), (old_at, old, new_at, new, flags),
        must(is_wanted(old, VST_PATH_LEADERS, run.shared.pam_session, LISTENER_EARLY));
        must(is_wanted(new, VST_PATH_LEADERS, run.shared.pam_session, "")); must(flags == RENAME_NOREPLACE && last_bound < 0);)
FORWARD(int, initgroups, (const char *user, gid_t gid), (user, gid), must(find_known(user) != NULL);)
FORWARD(int, sigaction, (int number, const struct sigaction *new, struct sigaction *old), (number, new, old), )
FORWARD(int, access, (const char *path, int mode), (path, mode),
        must((strncmp(path, "/etc/pam.d/", 11) == 0 && strchr(path + 11, '/') == NULL) ||
             is_wanted(path, VST_PATH_LEADERS, run.shared.pam_session, ""));)
FORWARD(int, kill, (pid_t pid, int number), (pid, number), must(pid >= FIRST_HOST && pid < FIRST_HOST + HOSTS && number == SIGKILL); run.hosts[pid - FIRST_HOST].dies = true;)

static struct program *find_program(pid_t host) {
    for (each_program(program, &run.shared))
        if (program->state != VST_PROGRAM_FREE && program->host == host)
            return program;
    return NULL;
}

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void) {
    if (!fuzz_inside())
        return __real_fork();
    /* A pid that no other program of this leader has. */
    struct fake_host *host = NULL;
    for (size_t i = 0; i < HOSTS && host == NULL; i++)
        if (find_program(FIRST_HOST + (pid_t)i) == NULL && !run.hosts[i].left)
            host = &run.hosts[i];
    errno = EAGAIN;
    if (run.fork_fails || host == NULL)
        return -1;
    close_descriptor(&host->fd);
    *host = (struct fake_host){.fd = take_fd(&run.next_host), .left = true};
    return FIRST_HOST + (pid_t)(host - run.hosts);
}

pid_t __real_waitpid(pid_t pid, int *ret_status, int options);
pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options);
pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options) {
    if (!fuzz_inside())
        return __real_waitpid(pid, ret_status, options);
    must(pid == -1 && options == WNOHANG);
    for (size_t i = 0; i < HOSTS; i++) {
        const bool dies = run.hosts[i].dies && find_program(FIRST_HOST + (pid_t)i) != NULL;
        run.hosts[i].dies = false;
        if (!dies)
            continue;
        close_descriptor(&run.hosts[i].fd);
        return FIRST_HOST + (pid_t)i;
    }
    return 0;
}

/* The leader's pair to its session-host: the other end is ours. */
int __real_socketpair(int domain, int type, int protocol, int ret_fds[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ret_fds[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ret_fds[2]) {
    const int result = __real_socketpair(domain, type, protocol, ret_fds);
    if (fuzz_inside() && (type & SOCK_NONBLOCK) == 0 && result == 0) {
        close_descriptor(&run.next_host);
        run.next_host = fcntl(ret_fds[1], F_DUPFD_CLOEXEC, 3);
        must(run.next_host >= 0 && fcntl(run.next_host, F_SETFL, O_NONBLOCK) == 0);
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
    run.root_came |= run.next_uid == 0;
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

/* ALICE's password is locked only in name. */
struct spwd *__wrap_getspnam(const char *name);
struct spwd *__wrap_getspnam(const char *name) {
    static char nothing[] = "!", hash[] = "!$y$hash";
    static struct spwd open = {.sp_pwdp = nothing}, locked = {.sp_pwdp = hash};
    return strcmp(name, "bob") == 0 ? &locked : strcmp(name, "far") == 0 ? NULL : &open;
}

struct group *__wrap_getgrnam(const char *name);
struct group *__wrap_getgrnam(const char *name) {
    static struct group users = {.gr_gid = 100};
    return strcmp(name, "users") == 0 ? &users : NULL;
}

/* Files of the leader that only do things to the system. */
void watch_begin(struct leader *leader) { leader->shared = &run.shared; }
void watch_clock(struct leader *leader, bool running) { (void)leader, (void)running; }
bool terminal_open(struct program *program) {
    (void)snprintf(program->tty, sizeof program->tty, "/dev/pts/7");
    program->pty = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    return program->pty >= 0;
}
bool terminal_give(const struct leader *leader, struct program *program) { return leader->account.uid != 0 && program->pty >= 0; }
void terminal_release(struct program *program) { close_descriptor(&program->pty); }
void terminal_say(const struct program *program, const char *text) { must(program->pty >= 0 && text != NULL); }
void syslog_take(struct leader *leader) { (void)leader, must(!run.broker); }
pid_t syslog_read(struct leader *leader) { return (void)leader, -1; }
void syslog_give_back(void) {}
void syslog_read_end(pid_t reader) { must(reader == -1); }
void utmp_write(const struct leader *leader, struct program *program) {
    int size = 0;
    (void)leader, must(program->pty >= 0 && program->host != 0);
    /* Its session-host has not been told to start: who(1) in the program finds the row. */
    must(ioctl(run.hosts[program->host - FIRST_HOST].fd, FIONREAD, &size) == 0 && size == 0);
}
void utmp_clear(struct program *program) { must(program->session[0] != '\0'); }
void groups_find(struct shared *shared) { must(is_id(shared->pam_session)); }
void group_create(const struct shared *shared, struct program *program) { (void)shared, must(is_id(program->session)); }
pid_t group_fork(const struct shared *shared, const struct program *program) {
    const pid_t pid = ((void)shared, fork());
    run.forks++;
    must(run.root_came || run.forks <= run.good_spawns);
    if (pid > 0)
        run.hosts[pid - FIRST_HOST].program = program;
    return pid;
}
void group_remove(const struct shared *shared, struct program *program) { (void)shared, (void)program; }
void helpers_note(struct shared *shared) { (void)shared; }

bool limits_begin(void) { return true; }
bool limits_take(struct leader *leader) { return leader->pam.entered; }
bool limits_give(const struct leader *leader) { return (void)leader, true; }
bool limits_give_rest(const struct leader *leader) { return (void)leader, true; }
void helper_forget(struct shared *shared, pid_t pid) { (void)shared, must(pid >= FIRST_HOST); }
static struct fake_host *host_of(const struct program *program) {
    struct fake_host *host = run.hosts;
    while (host->program != program)
        host++;
    return host;
}
bool group_is_left(const struct shared *shared, const struct program *program, int events) {
    return (void)shared, (void)events, host_of(program)->left;
}
bool anything_left(void) {
    bool left = false;
    for (size_t i = 0; i < HOSTS; i++)
        left |= run.hosts[i].left;
    return left;
}
void group_kill(const struct shared *shared, const struct program *program) {
    (void)shared;
    host_of(program)->left = false;
    host_of(program)->dies = true;
}
int group_events(const struct shared *shared, const struct program *program) { return (void)shared, (void)program, -1; }

FUZZ_END
