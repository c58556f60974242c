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
    if (number != SIGHUP)
        context.terminate = 1;
}

static void set_handler(int number, void (*handler)(int)) {
    if (sigaction(number, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) < 0)
        die_errno("cannot set the handler of signal %d", number);
}

void signals_prepare(void) {
    sigset_t none;
    if (sigemptyset(&none) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        die_errno("cannot unblock signals");
    set_handler(SIGCHLD, SIG_DFL); /* modules fork and wait for their helpers */
    set_handler(SIGPIPE, SIG_IGN);
    /* Limits that pam_limits sets for the user bind the leader too, which must live to close the session. */
    set_handler(SIGXCPU, SIG_IGN);
    set_handler(SIGXFSZ, SIG_IGN);
    set_handler(SIGHUP, note_signal); /* not SIG_IGN, which would last over exec */
}

void signals_keep_alive(void) {
    set_handler(SIGTERM, note_signal);
    set_handler(SIGINT, note_signal);
}

/* Session-host, orphans of the session's programs, modules' helpers. */
static void reap_children(struct leader *leader) {
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;)
        if (pid == leader->host.pid)
            leader->host.pid = 0;
}

/* 0 when something is to be done before any descriptor says so. */
static int sleep_ms(const struct leader *leader) {
    if ((leader->host.present && leader->host.pid == 0) || (context.terminate && leader->phase != VST_PHASE_ENDING) ||
        (leader->phase == VST_PHASE_ENDING && !programs_left(leader->shared)))
        return 0;
    const uint64_t now = monotonic_ms(), deadline = leader->deadline_ms;
    return deadline == 0 ? -1 : deadline > now ? (int)(deadline - now) : 0;
}

enum { AT_SIGNALS, AT_GROUP, AT_LISTENER, AT_HOST, AT_CONNECTIONS, POLLED = AT_CONNECTIONS + MAX_CONNECTIONS };

static void wait_for_events(struct leader *leader, const sigset_t *held, int group, struct pollfd polled[POLLED]) {
    polled[AT_GROUP] = (struct pollfd){.fd = leader->phase == VST_PHASE_ENDING ? group : -1, .events = POLLPRI};
    polled[AT_LISTENER] = (struct pollfd){.fd = leader->listener, .events = POLLIN};
    polled[AT_HOST] = (struct pollfd){.fd = leader->host.control, .events = POLLIN};
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        polled[AT_CONNECTIONS + i] = (struct pollfd){.fd = leader->connections[i].fd, .events = POLLIN};
    sigset_t before;
    if (sigprocmask(SIG_BLOCK, held, &before) < 0)
        die_errno("cannot hold signals back");
    reap_children(leader);
    if (poll(polled, POLLED, sleep_ms(leader)) < 0 && errno != EINTR)
        die_errno("cannot wait for events");
    struct signalfd_siginfo info;
    while (read(polled[AT_SIGNALS].fd, &info, sizeof info) == sizeof info)
        note_signal(info.ssi_signo == SIGCHLD ? SIGHUP : (int)info.ssi_signo);
    if (sigprocmask(SIG_SETMASK, &before, NULL) < 0)
        die_errno("cannot let signals through");
}

static void take_events(struct leader *leader, const struct pollfd polled[POLLED]) {
    if (polled[AT_HOST].revents != 0)
        host_read(leader);
    if (leader->host.present && leader->host.pid == 0)
        host_ended(leader);
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        /* The same descriptor still: an earlier connection's request may have dropped this one. */
        if (polled[AT_CONNECTIONS + i].revents != 0 && leader->connections[i].fd == polled[AT_CONNECTIONS + i].fd)
            connection_read(leader, &leader->connections[i]);
    if (polled[AT_LISTENER].revents != 0)
        connections_accept(leader);
    if (context.terminate)
        end_begin(leader, "a signal asked for it");
    /* Read, so that it is quiet until the next change; then looked at: what changed in between shows. */
    char any;
    if (polled[AT_GROUP].revents != 0)
        (void)!pread(polled[AT_GROUP].fd, &any, sizeof any, 0);
    end_advance(leader);
}

/* Closed, and nobody who should still hear the exit status is away. */
static bool is_finished(const struct leader *leader) {
    return leader->phase == VST_PHASE_CLOSED && (context.terminate || leader->deadline_ms == 0 || broker_connected(leader) ||
                                                 monotonic_ms() >= leader->deadline_ms);
}

void serve(struct leader *leader) {
    sigset_t held;
    if (sigemptyset(&held) < 0 || sigaddset(&held, SIGCHLD) < 0 || sigaddset(&held, SIGTERM) < 0 || sigaddset(&held, SIGINT) < 0)
        die_errno("cannot name signals");
    cleanup_fd int signals = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        die_errno("cannot receive signals");
    cleanup_fd int group = programs_events(leader->shared);
    struct pollfd polled[POLLED] = {[AT_SIGNALS] = {.fd = signals, .events = POLLIN}};
    while (!is_finished(leader)) {
        wait_for_events(leader, &held, group, polled);
        take_events(leader, polled);
    }
}

void leave(struct leader *leader, int status) {
    transaction_end(leader);
    key_forget(leader);
    connections_close_listener(leader);
    atomic_store(&leader->shared->closed, true);
    _exit(status); /* not exit: what modules registered with atexit(3) is nobody's any more */
}
