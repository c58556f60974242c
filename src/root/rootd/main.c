/* Waits for connections, for the byte that each leader writes, and for leaders to exit. Only leaders read messages. */
#include "rootd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include "util.h"

enum { LISTENER_FD = 3 };

static void prepare(struct rootd *rootd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    if (getsockopt(LISTENER_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 || listening == 0)
        die("wanted a listening socket as descriptor %d: vestibule-supervise starts this program", LISTENER_FD);
    set_cloexec(LISTENER_FD, true);
    rootd->listener = LISTENER_FD;
    gid_t gid;
    if (!find_user("vestibule", &rootd->broker, &gid))
        die("there is no user 'vestibule', which the broker runs as");
    rootd->leader = sibling_path("vestibule-leader");
    sigset_t taken;
    (void)sigemptyset(&taken);
    (void)sigaddset(&taken, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &taken, NULL) < 0)
        die_errno("cannot block SIGCHLD");
    rootd->signals = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    if (rootd->signals < 0)
        die_errno("cannot receive SIGCHLD");
}

static void serve_once(struct rootd *rootd) {
    struct pollfd polled[2 + STARTUPS_FULL] = {
        {.fd = rootd->listener, .events = POLLIN}, {.fd = rootd->signals, .events = POLLIN}};
    for (size_t i = 0; i < rootd->waiting_count; i++)
        polled[2 + i] = (struct pollfd){.fd = rootd->waiting[i], .events = POLLIN};
    if (poll(polled, 2 + rootd->waiting_count, -1) < 0 && errno != EINTR)
        die_errno("cannot wait for events");
    if (polled[1].revents != 0)
        reap_leaders(rootd);
    /* Backwards, because remove_startup moves the last one into the free place. */
    for (size_t i = rootd->waiting_count; i-- > 0;)
        if (polled[2 + i].revents != 0)
            remove_startup(rootd, i);
    if (polled[0].revents != 0)
        accept_connection(rootd);
}

int main(void) {
    struct rootd rootd = {0};
    log_open("vestibule-rootd");
    open_standard_descriptors();
    prepare(&rootd);
    for (;;)
        serve_once(&rootd);
}
