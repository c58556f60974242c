/* Starts session-host as the user, with what PAM has set up in this process. */
#include <fcntl.h>
#include <sodium.h>
#include <sys/socket.h>

#include "messages.h"
#include "pam.h"
#include "programs.h"

/* environment: base, requested, from PAM. For each name the last entry counts: session-host merges them, as the
 * user. */
struct order {
    char **argv, **environment[3];
    uint8_t key[VST_SESSION_KEY_BYTES], lossless;
    uint32_t scrollback;
    uint16_t rows, columns;
    bool pty;
};

/* In the child: reports a failure with the message that session-host itself would send, and exits. */
static _Noreturn void give_up(int control, const char *what) {
    const int error = errno;
    char text[256];
    (void)snprintf(text, sizeof text, "%s: %s", what,
                   error == EAGAIN ? "the user has as many processes as RLIMIT_NPROC allows" : strerror(error));
    struct writer writer = writer_of(VST_FROM_HOST_FAILED);
    put_u32(&writer, (uint32_t)error);
    put_u8(&writer, 0);
    put_string(&writer, text);
    (void)frame_send(control, &writer, SEND_MS);
    _exit(EXIT_FAILURE);
}

/* In the child. The order is that of login(1). No PR_SET_PDEATHSIG: when the leader dies, session-host sees the end of
 * its control socket and hangs its program up before it ends, too. */
static _Noreturn void become_host(struct leader *leader, int pty, int control, int listener) {
    cleanup_free char *program = sibling_path("vestibule-session-host");
    reset_signals();
    if (setsid() < 0)
        give_up(control, "making a session");
    if (!limits_give(leader))
        give_up(control, "setting limits");
    drop_privileges(leader->account.uid, leader->account.gid, leader->groups, (size_t)leader->group_count);
    /* As the user, for pam_cap. PAM_DATA_SILENT: otherwise modules would destroy the Kerberos cache of the session. */
    (void)pam_end(leader->pam.handle, PAM_SUCCESS | PAM_DATA_SILENT);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC); /* our log is only for root */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (dup2(nothing, fd) < 0)
            give_up(control, "/dev/null");
    pass_descriptors((const int[]){control, listener, pty}, pty < 0 ? 2 : 3);
    if (!limits_give_rest(leader))
        give_up(OWNER_FD, "setting limits");
    (void)execve(program, (char *[]){program, NULL}, (char *[]){NULL});
    give_up(OWNER_FD, "executing session-host");
}

/* Counts the environment. False if arguments and environment do not fit in one message: PAM's part can have any
 * size. */
static bool fits(const struct order *order, uint16_t *ret_count) {
    size_t size = 4 * PATH_MAX, count = 0;
    for (char **text = order->argv; *text != NULL; text++)
        size += strlen(*text) + 2;
    for (size_t i = 0; i < 3; i++)
        for (char **text = order->environment[i]; text != NULL && *text != NULL; text++, count++)
            size += strlen(*text) <= UINT16_MAX ? strlen(*text) + 2 : VST_MAX_ROOT_FRAME;
    *ret_count = (uint16_t)count;
    return size < VST_MAX_ROOT_FRAME && count <= VST_MAX_STRINGS;
}

static void send_start(struct leader *leader, struct program *program, const struct order *order, uint16_t count, uid_t web_uid) {
    char *shell = leader->account.shell, dashed[PATH_MAX + 1];
    const char *slash = strrchr(shell, '/');
    (void)snprintf(dashed, sizeof dashed, "-%s", slash == NULL ? shell : slash + 1); /* '-' first: a login shell */
    struct writer writer = writer_of(VST_TO_HOST_START);
    put_u32(&writer, VST_LEADER_PROTOCOL_VERSION);
    put_u8(&writer, leader->config.auth_pam_sessions_enabled);
    put_u8(&writer, program->pty >= 0);
    put_u8(&writer, order->lossless);
    put_u32(&writer, order->scrollback);
    put_u32(&writer, web_uid);
    put_u32(&writer, leader->config.session_start_timeout_seconds);
    put_u16(&writer, order->rows);
    put_u16(&writer, order->columns);
    put_bytes(&writer, order->key, sizeof order->key);
    put_string(&writer, leader->account.home);
    put_string(&writer, order->argv[0] == NULL ? shell : order->argv[0]);
    put_strings(&writer, order->argv[0] == NULL ? (char *[]){dashed, NULL} : order->argv);
    put_u16(&writer, count);
    for (size_t i = 0; i < 3; i++)
        for (char **text = order->environment[i]; text != NULL && *text != NULL; text++)
            put_string(&writer, *text);
    host_send(program, &writer);
}

/* NULL, or what failed (errno says why). */
static const char *start_host(struct leader *leader, struct program *program, const struct order *order) {
    uid_t web_uid;
    gid_t web_gid;
    uint16_t count;
    int pair[2];
    errno = leader->phase != VST_PHASE_OPEN ? ECANCELED : !fits(order, &count) ? E2BIG : 0;
    if (errno != 0)
        return "arguments and environment for an open session";
    errno = EINVAL;
    if (order->argv[0] != NULL && order->argv[0][0] != '/')
        return "wanted the absolute path of a program";
    errno = ENOENT;
    if (!find_user("vestibule-web", &web_uid, &web_gid))
        return "user vestibule-web";
    if (order->pty && program->pty < 0 && (!terminal_open(program) || !terminal_give(leader, program)))
        return "making a terminal";
    cleanup_fd int listener = directory_create(program, web_gid);
    if (listener < 0)
        return "making the session's socket";
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return "making a socket pair";
    cleanup_fd int mine = pair[0], theirs = pair[1];
    const int room = VST_MAX_ROOT_FRAME; /* for the longest start; the kernel limits it to wmem_max and doubles it (socket(7)) */
    (void)setsockopt(mine, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    group_create(leader->shared, program);
    const pid_t pid = group_fork(leader->shared, program);
    if (pid < 0)
        return "making a process";
    if (pid == 0)
        become_host(leader, program->pty, theirs, listener);
    program->host = pid;
    program->hosted = true;
    program->lossless = order->lossless != 0;
    program->control = take_fd(&mine);
    program->events = group_events(leader->shared, program);
    program->state = VST_PROGRAM_STARTING;
    program->deadline_ms = monotonic_ms() + leader->config.session_start_timeout_seconds * UINT64_C(1000) + HOST_MS;
    /* The row must exist before the program can look for it. From here on nothing fails. */
    if (program->pty >= 0)
        utmp_write(leader, program);
    send_start(leader, program, order, count, web_uid);
    return NULL;
}

static void start_program(struct leader *leader, struct program *program, struct order *order) {
    const bool pty = order->pty || program->pty >= 0;
    char *base[] = {(char[]){"LANG=C.UTF-8"}, pty ? (char[]){"TERM=xterm-256color"} : NULL, NULL};
    order->environment[0] = base;
    order->environment[2] = leader->pam.handle == NULL ? NULL : pam_getenvlist(leader->pam.handle);
    const char *failed = start_host(leader, program, order);
    if (failed != NULL) {
        char text[256];
        const int error = errno;
        (void)snprintf(text, sizeof text, "%s: %s", failed, strerror(error));
        program_undo(leader, program);
        tell_failed(leader, program->session, VST_STAGE_SPAWN, error, text);
    }
    for (char **entry = order->environment[2]; entry != NULL && *entry != NULL; entry++)
        free(*entry);
    free(order->environment[2]);
}

static bool spawn(struct leader *leader, struct connection *connection, struct reader *reader, bool chosen) {
    char session[ID_SIZE], *shell[] = {NULL};
    size_t size = 0;
    read_string(reader, session, sizeof session);
    struct order order = {.pty = read_u8(reader) != 0};
    order.rows = read_u16(reader);
    order.columns = read_u16(reader);
    read_exact(reader, order.key, sizeof order.key);
    order.lossless = read_u8(reader) != 0;
    order.scrollback = read_u32(reader);
    const uint8_t *grant = chosen ? NULL : read_bytes(reader, UINT16_MAX, &size);
    cleanup_free char **argv = chosen ? read_strings(reader, VST_MAX_STRINGS) : NULL;
    cleanup_free char **environment = chosen ? read_strings(reader, VST_MAX_STRINGS) : NULL;
    order.argv = chosen ? argv : shell;
    order.environment[1] = environment;
    struct program *program = program_find(leader, session);
    const bool good = read_end(reader) && is_id(session) && strcmp(session, leader->shared->pam_session) != 0 &&
                      (program == NULL || (program->state == VST_PROGRAM_READY && !program->ending));
    /* A grant is needed for every program: it may have expired since the PAM session was opened. */
    const int code = good ? grant_check(connection, &leader->account, grant, size) : PAM_SUCCESS;
    if (code != PAM_SUCCESS)
        tell_failed(leader, session, VST_STAGE_GRANT, code, "the grant is not valid for this user, or has expired");
    else if (good && program == NULL && (program = program_add(leader, session)) == NULL)
        tell_failed(leader, session, VST_STAGE_SPAWN, EMFILE, "this PAM session has the maximum number of programs");
    else if (good)
        start_program(leader, program, &order);
    sodium_memzero(order.key, sizeof order.key);
    return good;
}

/* Starts the login shell. The broker cannot choose a program or variables: a grant allows the user's login shell
 * only. */
bool request_spawn(struct leader *leader, struct connection *connection, struct reader *reader) {
    return spawn(leader, connection, reader, /* chosen= */ false);
}

/* Starts any program, for root only. */
bool request_run(struct leader *leader, struct connection *connection, struct reader *reader) {
    return spawn(leader, connection, reader, /* chosen= */ true);
}

bool request_rotate(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)connection;
    char session[ID_SIZE];
    uint8_t key[VST_SESSION_KEY_BYTES];
    read_string(reader, session, sizeof session);
    const uint8_t drop = read_u8(reader);
    read_exact(reader, key, sizeof key);
    struct program *program = program_find(leader, session);
    struct writer writer = writer_of(VST_TO_HOST_ROTATE);
    put_u8(&writer, drop);
    put_bytes(&writer, key, sizeof key);
    if (read_end(reader) && program != NULL)
        host_send(program, &writer);
    writer_clear(&writer);
    sodium_memzero(key, sizeof key);
    return read_end(reader);
}
