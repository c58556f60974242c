/* vestibule-session-host: runs as the user, started by the leader (src/protocol/leader-host.ts says how). */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "host.h"
#include "util.h"

enum { AT_CONTROL, AT_LISTENER, AT_SETTLING, AT_PROGRAM, AT_INPUT, AT_STREAMS, AT_VIEWERS = AT_STREAMS + STREAMS };
struct poll_set {
    struct pollfd at[AT_VIEWERS + MAX_VIEWERS];
};

/* Fills the set and returns its size, which poll(2) wants to be below the user's RLIMIT_NOFILE. Unwanted descriptors
 * are -1: with no events poll(2) would still report a hang-up. */
static nfds_t fill(const struct host *host, uint64_t now, struct poll_set *set) {
    nfds_t count = AT_VIEWERS;
    set->at[AT_CONTROL] = (struct pollfd){.fd = host->control, .events = POLLIN};
    set->at[AT_LISTENER] = (struct pollfd){.fd = now < host->accept_after ? -1 : host->listener, .events = POLLIN};
    set->at[AT_SETTLING] = (struct pollfd){.fd = host->settling, .events = POLLIN};
    set->at[AT_PROGRAM] = (struct pollfd){.fd = host->program_fd, .events = POLLIN};
    set->at[AT_INPUT] = (struct pollfd){.fd = input_waits(host) ? host->input : -1, .events = POLLOUT};
    for (size_t i = 0; i < STREAMS; i++)
        set->at[AT_STREAMS + i] = (struct pollfd){
            .fd = stream_wanted(host, i) ? host->streams[i].fd : -1,
            .events = POLLIN,
        };
    for (size_t i = 0; i < MAX_VIEWERS; i++) {
        const struct viewer *viewer = &host->viewers[i];
        count = viewer->fd < 0 ? count : AT_VIEWERS + i + 1;
        set->at[AT_VIEWERS + i] = (struct pollfd){
            .fd = viewer->fd,
            .events = (short)((viewer->waiting ? 0 : POLLIN) | (viewer->wants_out ? POLLOUT : 0)),
        };
    }
    return count;
}

static void sooner(uint64_t *deadline, uint64_t other) {
    if (other != 0 && (*deadline == 0 || other < *deadline))
        *deadline = other;
}

/* Milliseconds until the next deadline; -1: there is none. */
static int patience(const struct host *host, uint64_t now) {
    uint64_t deadline = 0;
    if (now < host->accept_after)
        sooner(&deadline, host->accept_after);
    if (!host->lossless)
        sooner(&deadline, host->linger_by);
    if (host->settling >= 0)
        sooner(&deadline, host->settle_by);
    if (host->exited && !host->end_told)
        sooner(&deadline, host->first_by);
    sooner(&deadline, host->look_by);
    for (size_t i = 0; i < STREAMS; i++)
        if (host->exited && stream_wanted(host, i))
            return 0;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        if (host->viewers[i].fd >= 0 && !host->viewers[i].joined)
            sooner(&deadline, host->viewers[i].hello_by);
    if (deadline == 0)
        return -1;
    return deadline > now ? (int)(deadline - now) : 0;
}

static void serve_viewer(struct host *host, struct viewer *viewer, short events) {
    if ((events & POLLOUT) != 0)
        viewer->wants_out = false;
    if (viewer->waiting && (events & (POLLHUP | POLLERR)) != 0)
        viewer_drop(host, viewer);
    else if (!viewer->waiting && (events & (POLLIN | POLLHUP | POLLERR)) != 0)
        viewer_receive(host, viewer);
}

static void serve(struct host *host) {
    struct poll_set set;
    uint64_t now = monotonic_ms();
    const nfds_t count = fill(host, now, &set);
    if (poll(set.at, count, patience(host, now)) < 0) {
        if (errno != EINTR)
            die_errno("cannot wait for events");
        program_reap(host);
        return;
    }
    if (set.at[AT_CONTROL].revents != 0)
        control_serve(host);
    if (set.at[AT_SETTLING].revents != 0)
        program_settle(host);
    if (set.at[AT_PROGRAM].revents != 0)
        program_reap(host);
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        if (set.at[AT_VIEWERS + i].revents != 0 && host->viewers[i].fd >= 0)
            serve_viewer(host, &host->viewers[i], set.at[AT_VIEWERS + i].revents);
    if (set.at[AT_INPUT].revents != 0)
        input_feed(host);
    for (size_t i = 0; i < STREAMS; i++)
        if ((set.at[AT_STREAMS + i].revents != 0 || host->exited) && stream_wanted(host, i))
            stream_read(host, i);
    if (set.at[AT_LISTENER].revents != 0)
        viewers_accept(host);
    now = monotonic_ms();
    program_expire(host, now);
    viewers_expire(host, now);
    jobs_look(host, now);
    program_tell_end(host, now);
    if (host->end_told && host->linger_by == 0 && streams_finished(host))
        host->linger_by = now + LINGER_MS;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        if (host->viewers[i].joined && !host->viewers[i].finished && !host->viewers[i].wants_out)
            viewer_deliver(host, &host->viewers[i]);
}

/* After the program's end: the viewers have been sent everything, or no viewer is left or can come. */
static bool is_over(const struct host *host) {
    if (host->ended || (host->exited && host->control < 0 && viewers_count(host) == 0))
        return true;
    if (host->linger_by == 0)
        return false;
    if (host->lossless)
        return viewers_count(host) == 0 && host->served;
    return viewers_count(host) == 0 || monotonic_ms() >= host->linger_by;
}

static void wake_up(int number) { (void)number; }

int main(void) {
    struct host host = {
        .control = CONTROL_FD, .listener = LISTENER_FD, .slave = -1, .input = -1, .settling = -1, .program_fd = -1,
    };
    for (size_t i = 0; i < STREAMS; i++)
        host.streams[i].fd = -1;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        host.viewers[i].fd = -1;

    /* wcwidth(3) needs it. */
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        (void)setlocale(LC_CTYPE, "");
    log_open("vestibule-session-host");
    open_standard_descriptors();
    /* The user's other programs must not read the session key from this process. */
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        die_errno("cannot become undumpable");
    /* Orphans of the program stay below this process: so the leader knows, even without a cgroup, to which session a
     * process belongs. The program itself is waited for by its pidfd. */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || sigaction(SIGCHLD, &(struct sigaction){.sa_handler = wake_up}, NULL) < 0)
        die_errno("cannot become a subreaper");
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        die_errno("cannot ignore SIGPIPE");
    set_cloexec(CONTROL_FD, true);
    set_cloexec(LISTENER_FD, true);
    control_start(&host);
    while (!is_over(&host))
        serve(&host);
    viewers_drop_all(&host);
    explicit_bzero(host.key, sizeof host.key);
    return 0;
}
