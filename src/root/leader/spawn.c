/* Starting session-host as the user, in the session that PAM set up in this process. */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "leader.h"

struct program {
    char **argv, **environment;
    uint8_t key[VST_SESSION_KEY_BYTES], lossless;
    uint32_t scrollback;
};

/* The child's last words: the message that session-host itself would send. */
static _Noreturn void give_up(int control, const char *what) {
    const int error = errno;
    char text[256];
    (void)snprintf(text, sizeof text, "%s: %s", what,
                   error == EAGAIN ? "the user has as many processes as RLIMIT_NPROC allows" : strerror(error));
    struct writer writer = {0};
    writer_start(&writer, VST_FROM_HOST_FAILED);
    put_u32(&writer, (uint32_t)error);
    put_string(&writer, text);
    (void)frame_send(control, &writer, SEND_MS);
    _exit(EXIT_FAILURE);
}

static bool has_groups(const struct leader *leader) {
    cleanup_free gid_t *groups = must_alloc(NGROUPS_MAX, sizeof *groups);
    const int count = getgroups(NGROUPS_MAX, groups);
    errno = EPERM;
    return count == leader->group_count && memcmp(groups, leader->groups, (size_t)count * sizeof *groups) == 0;
}

/* In the child. The order is that of login(1); where a line could stand elsewhere it says why it must not. */
static _Noreturn void become_host(struct leader *leader, pid_t parent, int control, int listener) {
    cleanup_free char *program = sibling_path("vestibule-session-host");
    group_join(leader->shared); /* as root, before anything of the user's can run */
    reset_signals();
    if (setsid() < 0 || !has_groups(leader))
        give_up(control, "the session's groups");
    drop_privileges(leader->account.uid, leader->account.gid, NULL, 0);
    /* As the user, for pam_cap; silent, or it would destroy the session's Kerberos cache. */
    (void)pam_end(leader->pam.handle, PAM_SUCCESS | PAM_DATA_SILENT);
    /* After setresuid, which clears it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        give_up(control, "the leader is gone");
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC); /* the log is root's */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (dup2(nothing, fd) < 0)
            give_up(control, "/dev/null");
    pass_descriptors((const int[]){control, listener, leader->pty}, leader->pty < 0 ? 2 : 3);
    (void)execve(program, (char *[]){program, NULL}, (char *[]){NULL});
    give_up(OWNER_FD, "executing session-host");
}

/* The directory that only the gateway may enter, with the session's socket in it. -1 (errno) on failure. */
static int make_session_socket(struct shared *shared, gid_t web_gid) {
    char directory[MAX_PATH], path[MAX_PATH];
    (void)snprintf(directory, sizeof directory, "%s/%s", VST_PATH_SESSIONS, shared->session);
    (void)snprintf(path, sizeof path, "%s/%s/s", VST_PATH_SESSIONS, shared->session);
    if (mkdir(directory, 0700) < 0)
        return -1;
    atomic_store(&shared->has_directory, true);
    return chown(directory, 0, web_gid) < 0 || chmod(directory, 0710) < 0 ? -1 : listen_at(path, web_gid);
}

void session_directory_remove(struct shared *shared) {
    char path[MAX_PATH];
    if (!atomic_exchange(&shared->has_directory, false))
        return;
    (void)snprintf(path, sizeof path, "%s/%s/s", VST_PATH_SESSIONS, shared->session);
    (void)unlink(path);
    *strrchr(path, '/') = '\0';
    if (rmdir(path) < 0)
        log_line(LOG_WARNING, "cannot remove %s: %s", path, strerror(errno));
}

static void send_start(struct leader *leader, const struct program *program, uid_t web_uid) {
    char *shell = leader->account.shell, dashed[PATH_MAX + 1];
    const char *slash = strrchr(shell, '/');
    (void)snprintf(dashed, sizeof dashed, "-%s", slash == NULL ? shell : slash + 1); /* how a shell knows that it is a login's */
    struct writer writer = {0};
    writer_start(&writer, VST_TO_HOST_START);
    put_u32(&writer, VST_LEADER_PROTOCOL_VERSION);
    put_u8(&writer, leader->pty >= 0);
    put_u8(&writer, program->lossless);
    put_u32(&writer, program->scrollback);
    put_u32(&writer, web_uid);
    put_u16(&writer, leader->rows);
    put_u16(&writer, leader->columns);
    put_bytes(&writer, program->key, sizeof program->key);
    put_string(&writer, leader->account.home);
    put_string(&writer, program->argv[0] == NULL ? shell : program->argv[0]);
    put_strings(&writer, program->argv[0] == NULL ? (char *[]){dashed, NULL} : program->argv);
    put_strings(&writer, program->environment);
    host_send(leader, &writer);
}

/* Arguments and environment fit in one message: PAM's part of it has any size. */
static bool fits(const struct program *program) {
    size_t size = 2 * PATH_MAX;
    for (char **lists[] = {program->argv, program->environment}, ***list = lists; list < lists + 2; list++)
        for (char **text = *list; *text != NULL; text++) {
            if (strlen(*text) > UINT16_MAX)
                return false;
            size += strlen(*text) + 2;
        }
    return size < VST_MAX_ROOT_FRAME;
}

/* NULL, or what failed (errno says why). */
static const char *start_host(struct leader *leader, const struct program *program) {
    uid_t web_uid;
    gid_t web_gid;
    int pair[2];
    errno = ECANCELED;
    if (leader->phase != VST_PHASE_OPEN)
        return "the session is ending";
    errno = EINVAL;
    if ((program->argv[0] != NULL && program->argv[0][0] != '/') || program->environment == NULL)
        return "wanted the absolute path of a program and an environment of NAME=value";
    errno = E2BIG;
    if (!fits(program))
        return "arguments and environment";
    errno = ENOENT;
    if (!find_user("vestibule-web", &web_uid, &web_gid))
        return "user vestibule-web";
    cleanup_fd int listener = make_session_socket(leader->shared, web_gid);
    if (listener < 0)
        return "making the session's socket";
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return "making a socket pair";
    cleanup_fd int mine = pair[0], theirs = pair[1];
    const pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return "making a process";
    if (pid == 0)
        become_host(leader, parent, theirs, listener);
    leader->host = (struct host){.present = true, .pid = pid, .control = take_fd(&mine)};
    send_start(leader, program, web_uid);
    return NULL;
}

static void start_program(struct leader *leader, struct connection *connection, struct program *program) {
    char **requested = program->environment;
    program->environment = environment_build(leader, requested);
    const char *failed = start_host(leader, program);
    const int error = errno;
    environment_free(program->environment);
    program->environment = requested;
    if (failed == NULL) {
        leader->phase = VST_PHASE_RUNNING;
        leader->host.asker = connection;
        return;
    }
    session_directory_remove(leader->shared);
    char text[256];
    (void)snprintf(text, sizeof text, "%s: %s", failed, strerror(error));
    send_failed(leader, connection, VST_STAGE_SPAWN, error, text);
}

bool request_spawn(struct leader *leader, struct connection *connection, struct reader *reader) {
    struct program program = {.argv = read_strings(reader, VST_MAX_STRINGS)};
    program.environment = read_strings(reader, VST_MAX_STRINGS);
    read_exact(reader, program.key, sizeof program.key);
    program.lossless = read_u8(reader) != 0;
    program.scrollback = read_u32(reader);
    const bool good = read_end(reader);
    if (good)
        start_program(leader, connection, &program);
    free_pointer(&program.argv);
    free_pointer(&program.environment);
    sodium_memzero(program.key, sizeof program.key);
    return good;
}

bool request_rotate(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)connection;
    uint8_t key[VST_SESSION_KEY_BYTES];
    const uint8_t drop = read_u8(reader);
    read_exact(reader, key, sizeof key);
    struct writer writer = {0};
    writer_start(&writer, VST_TO_HOST_ROTATE);
    put_u8(&writer, drop);
    put_bytes(&writer, key, sizeof key);
    if (read_end(reader))
        host_send(leader, &writer);
    writer_clear(&writer);
    sodium_memzero(key, sizeof key);
    return read_end(reader);
}
