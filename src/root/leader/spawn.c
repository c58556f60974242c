/* Starting session-host as the user, in the session that PAM set up in this process. */
#include <fcntl.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "leader.h"

/* environment: base, requested, PAM's. Of one name the last counts; session-host sees to it, as the user. */
struct program {
    char **argv, **environment[3];
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

/* In the child. The order is that of login(1); where a line could stand elsewhere it says why it must not. No signal at
 * the leader's death: session-host sees the end of its control socket, and hangs its program up before it ends too. */
static _Noreturn void become_host(struct leader *leader, int control, int listener) {
    cleanup_free char *program = sibling_path("vestibule-session-host");
    reset_signals();
    if (setsid() < 0)
        give_up(control, "making a session");
    drop_privileges(leader->account.uid, leader->account.gid, leader->groups, (size_t)leader->group_count);
    /* As the user, for pam_cap; silent, or it would destroy the session's Kerberos cache. */
    (void)pam_end(leader->pam.handle, PAM_SUCCESS | PAM_DATA_SILENT);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC); /* the log is root's */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (dup2(nothing, fd) < 0)
            give_up(control, "/dev/null");
    pass_descriptors((const int[]){control, listener, leader->pty}, leader->pty < 0 ? 2 : 3);
    (void)execve(program, (char *[]){program, NULL}, (char *[]){NULL});
    give_up(OWNER_FD, "executing session-host");
}

static void format_path(const struct shared *shared, const char *name, char ret_path[MAX_PATH]) {
    (void)snprintf(ret_path, MAX_PATH, "%s/%s%s", VST_PATH_SESSIONS, shared->session, name);
}

/* The directory that only the gateway may enter, with the session's socket in it. -1 (errno) on failure. */
static int make_session_socket(struct shared *shared, gid_t web_gid) {
    char directory[MAX_PATH], path[MAX_PATH];
    format_path(shared, "", directory);
    format_path(shared, "/s", path);
    if (mkdir(directory, 0700) < 0)
        return -1;
    atomic_store(&shared->has_directory, true);
    return chown(directory, 0, web_gid) < 0 || chmod(directory, 0710) < 0 ? -1 : listen_at(path, web_gid);
}

void session_directory_remove(struct shared *shared) {
    char path[MAX_PATH];
    if (!atomic_exchange(&shared->has_directory, false))
        return;
    format_path(shared, "/s", path);
    (void)unlink(path);
    format_path(shared, "", path);
    if (rmdir(path) < 0)
        log_line(LOG_WARNING, "cannot remove %s: %s", path, strerror(errno));
}

/* Counts the texts; false when they do not fit in one message: PAM's part of the environment has any size. */
static bool fits(const struct program *program, uint16_t *ret_count) {
    size_t size = 4 * PATH_MAX, count = 0;
    for (char **text = program->argv; *text != NULL; text++)
        size += strlen(*text) + 2;
    for (size_t i = 0; i < 3; i++)
        for (char **text = program->environment[i]; text != NULL && *text != NULL; text++, count++)
            size += strlen(*text) <= UINT16_MAX ? strlen(*text) + 2 : VST_MAX_ROOT_FRAME;
    *ret_count = (uint16_t)count;
    return size < VST_MAX_ROOT_FRAME && count <= VST_MAX_STRINGS;
}

static void send_start(struct leader *leader, const struct program *program, uint16_t count, uid_t web_uid) {
    char *shell = leader->account.shell, dashed[PATH_MAX + 1];
    const char *slash = strrchr(shell, '/');
    (void)snprintf(dashed, sizeof dashed, "-%s", slash == NULL ? shell : slash + 1); /* so it knows that it is a login's */
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
    put_u16(&writer, count);
    for (size_t i = 0; i < 3; i++)
        for (char **text = program->environment[i]; text != NULL && *text != NULL; text++)
            put_string(&writer, *text);
    host_send(leader, &writer);
}

/* NULL, or what failed (errno says why). */
static const char *start_host(struct leader *leader, const struct program *program) {
    uid_t web_uid;
    gid_t web_gid;
    uint16_t count;
    int pair[2];
    errno = leader->phase != VST_PHASE_OPEN ? ECANCELED : !fits(program, &count) ? E2BIG : 0;
    if (errno != 0)
        return "arguments and environment for an open session";
    errno = EINVAL;
    if (program->argv[0] != NULL && program->argv[0][0] != '/')
        return "wanted the absolute path of a program";
    errno = ENOENT;
    if (!find_user("vestibule-web", &web_uid, &web_gid))
        return "user vestibule-web";
    cleanup_fd int listener = make_session_socket(leader->shared, web_gid);
    if (listener < 0)
        return "making the session's socket";
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return "making a socket pair";
    cleanup_fd int mine = pair[0], theirs = pair[1];
    const pid_t pid = group_fork(leader->shared);
    if (pid < 0)
        return "making a process";
    if (pid == 0)
        become_host(leader, theirs, listener);
    leader->host = (struct host){.present = true, .pid = pid, .control = take_fd(&mine)};
    send_start(leader, program, count, web_uid);
    return NULL;
}

static void start_program(struct leader *leader, struct connection *connection, struct program *program) {
    char *base[] = {(char[]){"LANG=C.UTF-8"}, leader->pty < 0 ? NULL : (char[]){"TERM=xterm-256color"}, NULL};
    program->environment[0] = base;
    program->environment[2] = leader->pam.handle == NULL ? NULL : pam_getenvlist(leader->pam.handle);
    const char *failed = start_host(leader, program);
    if (failed == NULL) {
        leader->phase = VST_PHASE_RUNNING;
        leader->host.asker = connection;
    } else {
        char text[256];
        const int error = errno;
        (void)snprintf(text, sizeof text, "%s: %s", failed, strerror(error));
        session_directory_remove(leader->shared);
        send_failed(leader, connection, VST_STAGE_SPAWN, error, text);
    }
    for (char **entry = program->environment[2]; entry != NULL && *entry != NULL; entry++)
        free(*entry);
    free(program->environment[2]);
}

bool request_spawn(struct leader *leader, struct connection *connection, struct reader *reader) {
    struct program program = {.argv = read_strings(reader, VST_MAX_STRINGS)};
    program.environment[1] = read_strings(reader, VST_MAX_STRINGS);
    read_exact(reader, program.key, sizeof program.key);
    program.lossless = read_u8(reader) != 0;
    program.scrollback = read_u32(reader);
    if (read_end(reader))
        start_program(leader, connection, &program);
    free(program.argv);
    free(program.environment[1]);
    sodium_memzero(program.key, sizeof program.key);
    return read_end(reader);
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
