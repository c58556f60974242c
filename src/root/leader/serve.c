/* The loop of an open PAM session: it waits, takes what has come, and has done about it what is to be done (end.c). PAM is
 * never called with signals blocked, its helpers would inherit that: they are held back only while the loop looks and
 * sleeps. */
#include <poll.h>
#include <sys/wait.h>

#include "messages.h"
#include "programs.h"

static bool is_done(const struct leader *leader, const struct program *program) {
    return (program->hosted && program->host == 0) || (program->ending && !group_is_left(leader->shared, program, program->events));
}

/* Closed, and whoever should hear the exit status has it. */
static bool is_finished(const struct leader *leader) {
    return leader->phase == VST_PHASE_CLOSED &&
        (signals_terminate() || leader->deadline_ms == 0 || monotonic_ms() >= leader->deadline_ms);
}

/* 0 when something is to be done before any descriptor says so. */
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

/* Of each program its session-host, and behind that the events of its group. */
enum {
    AT_SIGNALS, AT_LISTENER, AT_CONNECTIONS, AT_PROGRAMS = AT_CONNECTIONS + MAX_CONNECTIONS,
    POLLED = AT_PROGRAMS + 2 * MAX_PROGRAMS
};

static nfds_t list_events(const struct leader *leader, int signals, struct pollfd polled[POLLED]) {
    nfds_t count = AT_PROGRAMS; /* no more than are used: poll(2) refuses more than RLIMIT_NOFILE */
    polled[AT_SIGNALS] = (struct pollfd){.fd = signals, .events = POLLIN};
    polled[AT_LISTENER] = (struct pollfd){.fd = leader->listener, .events = POLLIN};
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        polled[AT_CONNECTIONS + i] = (struct pollfd){.fd = leader->connections[i].fd, .events = POLLIN};
    for (each_program(program, leader->shared)) {
        const bool used = program->state != VST_PROGRAM_FREE;
        polled[count++] = (struct pollfd){.fd = used ? program->control : -1, .events = POLLIN};
        /* Left out until it is of interest: it would wake us for every change before. */
        polled[count++] = (struct pollfd){.fd = used && program->ending ? program->events : -1, .events = POLLPRI};
    }
    return count;
}

/* Session-hosts, what they left, modules' helpers. */
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
        die_errno("cannot hold signals back");
    reap(leader);
    if (poll(polled, count, sleep_ms(leader)) < 0 && errno != EINTR)
        die_errno("cannot wait for events");
    signals_read(signals);
    if (sigprocmask(SIG_SETMASK, &before, NULL) < 0)
        die_errno("cannot let signals through");
}

/* One frame a turn: a busy connection must not keep the others waiting. */
static void take_request(struct leader *leader, struct connection *connection) {
    const int got = frame_receive(connection->fd, &connection->frame, VST_MAX_ROOT_FRAME);
    if (got < 0)
        connection_drop(connection, errno == 0 ? "it ended" : strerror(errno));
    else if (got > 0 && !request_dispatch(leader, connection))
        connection_drop(connection, "it did not keep to the protocol");
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
        /* The same descriptor still: an earlier connection's request may have dropped this one. */
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
