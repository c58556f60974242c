/* The main loop of an open PAM session: waits for events, handles them, and then does what is due (end.c). PAM is never
 * called with blocked signals, since helpers of modules would inherit the mask: signals are blocked only during the
 * wait. */
#include <poll.h>
#include <sys/wait.h>

#include "messages.h"
#include "programs.h"

static bool is_done(const struct leader *leader, const struct program *program) {
    return (program->hosted && program->host == 0) || (program->ending && !group_is_left(leader->shared, program, program->events));
}

/* The PAM session is closed, and the broker has noted that or its time is over. */
static bool is_finished(const struct leader *leader) {
    return leader->phase == VST_PHASE_CLOSED &&
        (signals_terminate() || leader->deadline_ms == 0 || monotonic_ms() >= leader->deadline_ms);
}

/* The timeout of poll(2). 0 if something is due already; -1: there is no deadline. */
static int sleep_ms(const struct leader *leader) {
    uint64_t deadline = leader->deadline_ms;
    bool done = end_reason(leader) != NULL || is_finished(leader);
    for (each_program(program, leader->shared)) {
        if (program->state == VST_PROGRAM_FREE || program->state == VST_PROGRAM_ENDED)
            continue;
        done |= is_done(leader, program);
        if (program->deadline_ms != 0 && (deadline == 0 || program->deadline_ms < deadline))
            deadline = program->deadline_ms;
    }
    const uint64_t now = monotonic_ms();
    bool followed = leader->listener < 0;
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        followed |= leader->connections[i].fd >= 0 && leader->connections[i].who != WHO_ROOT;
    if (!followed && (deadline == 0 || deadline > now + LISTEN_AGAIN_MS))
        deadline = now + LISTEN_AGAIN_MS;
    return done ? 0 : deadline == 0 ? -1 : deadline > now ? (int)(deadline - now) : 0;
}

/* For each program: the connection to its session-host, then the events of its cgroup. */
enum {
    AT_SIGNALS, AT_LISTENER, AT_CONNECTIONS, AT_PROGRAMS = AT_CONNECTIONS + MAX_CONNECTIONS,
    POLLED = AT_PROGRAMS + 2 * MAX_PROGRAMS
};

static nfds_t list_events(const struct leader *leader, int signals, struct pollfd polled[POLLED]) {
    nfds_t count = AT_PROGRAMS; /* only those in use: poll(2) refuses more than RLIMIT_NOFILE */
    polled[AT_SIGNALS] = (struct pollfd){.fd = signals, .events = POLLIN};
    polled[AT_LISTENER] = (struct pollfd){.fd = leader->listener, .events = POLLIN};
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        polled[AT_CONNECTIONS + i] = (struct pollfd){.fd = leader->connections[i].fd, .events = POLLIN};
    for (each_program(program, leader->shared)) {
        const bool used = program->state != VST_PROGRAM_FREE;
        polled[count++] = (struct pollfd){.fd = used ? program->control : -1, .events = POLLIN};
        /* Only while the program ends: before that every change of the cgroup would wake us. */
        polled[count++] = (struct pollfd){.fd = used && program->ending ? program->events : -1, .events = POLLPRI};
    }
    return count;
}

/* Reaps session-hosts, processes that they left, and helpers of modules. */
static void reap(struct leader *leader) {
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
        helper_forget(leader->shared, pid);
        for (each_program(program, leader->shared))
            if (program->host == pid)
                program->host = 0;
    }
}

static void wait_for_events(struct leader *leader, int signals, const sigset_t *held, struct pollfd polled[POLLED]) {
    const nfds_t count = list_events(leader, signals, polled);
    sigset_t before;
    if (sigprocmask(SIG_BLOCK, held, &before) < 0)
        die_errno("cannot block signals");
    reap(leader);
    if (poll(polled, count, sleep_ms(leader)) < 0 && errno != EINTR)
        die_errno("cannot wait for events");
    signals_read(signals);
    if (sigprocmask(SIG_SETMASK, &before, NULL) < 0)
        die_errno("cannot unblock signals");
}

/* Reads at most one frame in a turn: a busy connection must not keep the others waiting. */
static void take_request(struct leader *leader, struct connection *connection) {
    const int got = frame_receive(connection->fd, &connection->frame, VST_MAX_ROOT_FRAME);
    if (got < 0)
        connection_drop(connection, errno == 0 ? "it ended" : strerror(errno));
    else if (got > 0 && !request_dispatch(leader, connection))
        connection_drop(connection, "it violated the protocol");
}

static void take_events(struct leader *leader, const struct pollfd polled[POLLED]) {
    for (size_t i = 0; i < leader->shared->program_count; i++) {
        struct program *program = &leader->shared->programs[i];
        if (polled[AT_PROGRAMS + 2 * i].revents != 0)
            host_read(leader, program);
        if (program->hosted && program->host == 0)
            host_ended(leader, program);
    }
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        /* The descriptor is compared because a request on another connection may have dropped this one. */
        if (polled[AT_CONNECTIONS + i].revents != 0 && leader->connections[i].fd == polled[AT_CONNECTIONS + i].fd)
            take_request(leader, &leader->connections[i]);
    if (polled[AT_LISTENER].revents != 0)
        connections_accept(leader);
}

void serve(struct leader *leader) {
    sigset_t held;
    cleanup_fd int signals = signals_open(&held);
    for (struct pollfd polled[POLLED]; !is_finished(leader);) {
        wait_for_events(leader, signals, &held, polled);
        take_events(leader, polled);
        end_advance(leader);
        listener_open_again(leader);
    }
}
