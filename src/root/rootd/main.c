/* Waits for connections, for the byte that each leader writes, and for leaders to exit. Only leaders read messages. */
#include "rootd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include "util.h"

enum { LEADER_FD = 3, PAM_TEST_FD };
enum { AT_SIGNALS = ENDPOINT_COUNT, AT_WAITING };

static int take_listener(int fd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 || listening == 0)
        die("wanted a listening socket as descriptor %d: vestibule-supervise starts this program", fd);
    set_cloexec(fd, true);
    return fd;
}

static void prepare(struct rootd *rootd) {
    gid_t gid;
    if (!find_user("vestibule", &rootd->broker, &gid))
        die("there is no user 'vestibule', which the broker runs as");
    rootd->endpoints[0] = (struct endpoint){take_listener(LEADER_FD), sibling_path("vestibule-leader"), .root_only = false};
    rootd->endpoints[1] = (struct endpoint){take_listener(PAM_TEST_FD), sibling_path("vestibule-pam-test"), .root_only = true};
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
    struct pollfd polled[AT_WAITING + STARTUPS_FULL] = {[AT_SIGNALS] = {.fd = rootd->signals, .events = POLLIN}};
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        polled[i] = (struct pollfd){.fd = rootd->endpoints[i].listener, .events = POLLIN};
    for (size_t i = 0; i < rootd->waiting_count; i++)
        polled[AT_WAITING + i] = (struct pollfd){.fd = rootd->waiting[i], .events = POLLIN};
    if (poll(polled, AT_WAITING + rootd->waiting_count, -1) < 0 && errno != EINTR)
        die_errno("cannot wait for events");
    if (polled[AT_SIGNALS].revents != 0)
        reap_leaders(rootd);
    /* Backwards, because remove_startup moves the last one into the free place. */
    for (size_t i = rootd->waiting_count; i-- > 0;)
        if (polled[AT_WAITING + i].revents != 0)
            remove_startup(rootd, i);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        if (polled[i].revents != 0)
            accept_connection(rootd, &rootd->endpoints[i]);
}

int main(void) {
    struct rootd rootd = {0};
    log_open("vestibule-rootd");
    open_standard_descriptors();
    prepare(&rootd);
    for (;;)
        serve_once(&rootd);
}
