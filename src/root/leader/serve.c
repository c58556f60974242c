/* The loop of an open session. PAM is never called with signals blocked, its helpers would inherit that: they are held
 * back only while the loop looks and sleeps. */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "leader.h"

/* All that a signal handler can reach. */
static struct {
    volatile sig_atomic_t terminate;
} context;

static void note_signal(int number) {
    if (number == SIGTERM || number == SIGINT)
        context.terminate = 1;
}

static void set_handler(int number, void (*handler)(int)) {
    if (sigaction(number, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) < 0)
        die_errno("cannot set the handler of signal %d", number);
}

/* Not SIG_IGN, which would last over exec, into the programs that modules run. */
static void ignore_signals(const int *numbers, size_t count) {
    for (size_t i = 0; i < count; i++)
        set_handler(numbers[i], note_signal);
}

void signals_prepare(void) {
    reset_signals();
    ignore_signals((const int[]){SIGPIPE, SIGHUP}, 2);
}

/* Handlers first: a module may have left blocked what has come meanwhile, and a timer. */
void signals_keep_alive(void) {
    ignore_signals((const int[]){SIGPIPE, SIGHUP, SIGTERM, SIGINT, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2}, 9);
    set_handler(SIGCHLD, SIG_DFL);
    sigset_t none;
    if (sigemptyset(&none) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        die_errno("cannot unblock signals");
}

static bool is_done(const struct leader *leader, const struct program *program) {
    return (program->hosted && program->host == 0) || (program->ending && !programs_left(leader->shared, program, program->events));
}

/* 0 when something is to be done before any descriptor says so. */
static int sleep_ms(const struct leader *leader) {
    uint64_t deadline = leader->deadline_ms;
    bool done = context.terminate && leader->phase != VST_PHASE_ENDING;
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

static void wait_for_events(struct leader *leader, int signals, const sigset_t *held, struct pollfd polled[POLLED]) {
    polled[AT_SIGNALS] = (struct pollfd){.fd = signals, .events = POLLIN};
    polled[AT_LISTENER] = (struct pollfd){.fd = leader->listener, .events = POLLIN};
    nfds_t count = AT_PROGRAMS; /* no more than are used: poll(2) refuses more than RLIMIT_NOFILE */
    for (each_program(program, leader->shared)) {
        const bool used = program->state != VST_PROGRAM_FREE;
        polled[count++] = (struct pollfd){.fd = used ? program->control : -1, .events = POLLIN};
        /* Left out until it is of interest: it would wake us for every change before. */
        polled[count++] = (struct pollfd){.fd = used && program->ending ? program->events : -1, .events = POLLPRI};
    }
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        polled[AT_CONNECTIONS + i] = (struct pollfd){.fd = leader->connections[i].fd, .events = POLLIN};
    sigset_t before;
    if (sigprocmask(SIG_BLOCK, held, &before) < 0)
        die_errno("cannot hold signals back");
    /* Session-hosts, what they left, modules' helpers. */
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
        helper_forget(leader->shared, pid);
        for (each_program(program, leader->shared))
            if (program->host == pid)
                program->host = 0;
    }
    if (poll(polled, count, sleep_ms(leader)) < 0 && errno != EINTR)
        die_errno("cannot wait for events");
    for (struct signalfd_siginfo info; read(signals, &info, sizeof info) == sizeof info;)
        note_signal((int)info.ssi_signo);
    if (sigprocmask(SIG_SETMASK, &before, NULL) < 0)
        die_errno("cannot let signals through");
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
            connection_read(leader, &leader->connections[i]);
    if (polled[AT_LISTENER].revents != 0)
        connections_accept(leader);
    if (context.terminate)
        end_begin(leader, "a signal asked for it");
    end_advance(leader);
    connections_listen_again(leader);
}

/* Closed, and whoever should hear the exit status has it. */
static bool is_finished(const struct leader *leader) {
    return leader->phase == VST_PHASE_CLOSED &&
        (context.terminate || leader->deadline_ms == 0 || monotonic_ms() >= leader->deadline_ms);
}

void serve(struct leader *leader) {
    sigset_t held;
    if (sigemptyset(&held) < 0 || sigaddset(&held, SIGCHLD) < 0 || sigaddset(&held, SIGTERM) < 0 || sigaddset(&held, SIGINT) < 0)
        die_errno("cannot name signals");
    cleanup_fd int signals = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        die_errno("cannot receive signals");
    for (struct pollfd polled[POLLED]; !is_finished(leader);) {
        wait_for_events(leader, signals, &held, polled);
        take_events(leader, polled);
    }
}

void leave(struct leader *leader, int status) {
    transaction_end(leader);
    syslog_give_back(leader);
    key_forget(leader);
    connections_close_listener(leader);
    atomic_store(&leader->shared->closed, true);
    _exit(status); /* not exit: what modules registered with atexit(3) is nobody's any more */
}
