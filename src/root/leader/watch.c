/* The watch: the parent of the leader. It kills the leader if a PAM module hangs before the session is open, and cleans
 * up after a leader that died. It does not call PAM and reads no messages: its only input is struct shared. */
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "messages.h"
#include "programs.h"

enum {
    LEFTOVERS_MS = 10000,
    KILLED = 1, /* instead of a deadline: it had passed before the call returned, and the watch kills the leader */
};

struct watch {
    struct shared *shared;
    pid_t leader; /* 0 once it has ended, with this status */
    int status;
    struct pollfd polled[1 + MAX_PROGRAMS]; /* signals, then the cgroup events of programs that are being ended */
    nfds_t count;
    uint64_t timeout_ms; /* the shorter one of the two timeouts */
};

static void reap(struct watch *watch) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == watch->leader) {
            watch->leader = 0;
            watch->status = status;
        } else {
            helper_forget(watch->shared, pid);
        }
}

/* Sleeps until a child has ended, a cgroup has changed or the timeout is over. */
static void sleep_once(struct watch *watch, int timeout) {
    if (poll(watch->polled, watch->count, timeout) < 0 && errno != EINTR)
        die_errno("the watch cannot wait");
    for (struct signalfd_siginfo info; read(watch->polled[0].fd, &info, sizeof info) > 0;)
        continue;
}

/* Without a deadline it is enough to wake every timeout_ms: a deadline is set at least that long ahead. */
static void wait_or_kill(struct watch *watch) {
    uint64_t deadline = atomic_load(&watch->shared->deadline_ms);
    const uint64_t now = monotonic_ms();
    int timeout = deadline == 0 ? (int)watch->timeout_ms : (int)(deadline - now);
    if (deadline == KILLED || atomic_load(&watch->shared->opened)) {
        timeout = -1;
    } else if (deadline != 0 && now >= deadline) {
        if (!atomic_compare_exchange_strong(&watch->shared->deadline_ms, &deadline, KILLED))
            return; /* the call has returned */
        log_line(LOG_ERR, "PAM did not return to leader %d within auth-pam-timeout-seconds, or auth-person-timeout-seconds where "
                 "it may wait for the user; killed in %s", (int)watch->leader, watch->shared->call);
        (void)kill(watch->leader, SIGKILL);
        timeout = -1;
    }
    sleep_once(watch, timeout);
}

/* In rounds over all programs: a process that waits in the kernel cannot be killed, and must not delay the cleanup of
 * other programs. Without a cgroup we cannot tell to which program a process belongs: then we clean up without
 * waiting. */
static void end_programs(struct watch *watch) {
    do {
        watch->count = 1;
        reap(watch);
        for (each_program(program, watch->shared)) {
            const bool runs = program->state != VST_PROGRAM_FREE && program->state != VST_PROGRAM_ENDED;
            if (runs && group_is_left(watch->shared, program, program->events)) {
                group_kill(watch->shared, program);
                watch->polled[watch->count++] = (struct pollfd){.fd = program->events, .events = POLLPRI};
                if (program->events >= 0)
                    continue;
            }
            group_remove(watch->shared, program);
            directory_remove(program);
            utmp_clear(program); /* also if its state is free: its terminal may still have a row */
        }
        sleep_once(watch, watch->count > 1 ? -1 : 0);
    } while (watch->count > 1);
}

static void clean_up(struct watch *watch, pid_t leader) {
    struct shared *shared = watch->shared;
    log_line(LOG_ERR, "unclean: leader %d of PAM session '%s' ended with wait status %#x, last in %s%s", (int)leader, shared->pam_session,
             (unsigned)watch->status, shared->call, atomic_load(&shared->opened) ? ": its PAM session was not closed" : "");
    char early[MAX_PATH], path[MAX_PATH];
    format_listener(shared, LISTENER_EARLY, early);
    format_listener(shared, "", path);
    /* If the socket was not renamed yet, the socket with the final name may be that of another leader. */
    if (is_id(shared->pam_session) && unlink(early) < 0 && atomic_load(&shared->named))
        (void)unlink(path);
    for (each_program(program, shared)) {
        program->host = 0; /* so that is_spared() spares no session-host */
        program->events = group_events(shared, program); /* the descriptor was opened in the leader only */
    }
    end_programs(watch);
}

/* Ends processes that modules have started and left. They get some time: the daemon of a file system that was just
 * unmounted may still write data. If the session was never open they get none. */
static void end_leftovers(struct watch *watch, uint64_t deadline) {
    for (reap(watch); children_signal(0); reap(watch)) {
        const uint64_t now = monotonic_ms();
        if (now >= deadline && children_signal(SIGKILL))
            log_line(LOG_WARNING, "killed processes that PAM modules left behind, last in %s", watch->shared->call);
        sleep_once(watch, now >= deadline ? -1 : (int)(deadline - now));
    }
}

static _Noreturn void become_watch(struct watch *watch, const sigset_t *child) {
    const pid_t leader = watch->leader;
    log_open("vestibule-watch");
    close_from(OWNER_FD);
    /* At shutdown all processes get SIGTERM: the leader closes its session, and the watch must stay until then. */
    if (signal(SIGTERM, SIG_IGN) == SIG_ERR || signal(SIGINT, SIG_IGN) == SIG_ERR)
        die_errno("cannot ignore signals");
    watch->polled[0] = (struct pollfd){.fd = signalfd(-1, child, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN};
    if (watch->polled[0].fd < 0)
        die_errno("the watch cannot receive signals");
    trim_memory();
    for (reap(watch); watch->leader != 0; reap(watch))
        wait_or_kill(watch);
    const bool closed = atomic_load(&watch->shared->closed);
    if (!closed)
        clean_up(watch, leader);
    if (closed || !atomic_load(&watch->shared->opened))
        end_leftovers(watch, closed ? monotonic_ms() + LEFTOVERS_MS : 0);
    _exit(closed ? EXIT_SUCCESS : EXIT_FAILURE);
}

void watch_begin(struct leader *leader) {
    leader->shared = mmap(NULL, sizeof *leader->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const struct config *config = &leader->config;
    const uint32_t modules = config->auth_pam_timeout_seconds, person = config->auth_person_timeout_seconds;
    struct watch watch = {.shared = leader->shared, .count = 1, .timeout_ms = (modules < person ? modules : person) * UINT64_C(1000)};
    sigset_t child, before;
    if (leader->shared == MAP_FAILED || sigemptyset(&child) < 0 || sigaddset(&child, SIGCHLD) < 0 ||
        sigprocmask(SIG_BLOCK, &child, &before) < 0)
        die_errno("cannot prepare the watch");
    /* Orphans of the leader become children of the watch; orphans of session-hosts, children of the leader. */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || (watch.leader = fork()) < 0)
        die_errno("cannot fork the leader");
    if (watch.leader > 0)
        become_watch(&watch, &child);
    if (sigprocmask(SIG_SETMASK, &before, NULL) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || setsid() < 0)
        die_errno("cannot become the leader");
}

void watch_clock(struct leader *leader, bool running) {
    const struct config *config = &leader->config;
    const uint64_t timeout = UINT64_C(1000) *
        (leader->pam.person ? config->auth_person_timeout_seconds : config->auth_pam_timeout_seconds);
    /* The watch has decided to kill us: we must not go on and open a session that nobody would close. */
    if (atomic_exchange(&leader->shared->deadline_ms, running ? monotonic_ms() + timeout : 0) == KILLED)
        (void)raise(SIGKILL);
}
