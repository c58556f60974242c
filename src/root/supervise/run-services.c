/* The main loop: starts and reaps services, and stops them at the end. It does nothing about leaders. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

enum { FIRST_DELAY_MS = 100, LONGEST_DELAY_MS = 10000, SETTLED_MS = 10000, STOP_MS = 5000, LONGEST_WAIT_MS = 60000 };

/* Plans the next start: at once if we stopped the service or it has run for SETTLED_MS, else after a delay that
 * doubles. */
static void plan_start(struct service *service) {
    const uint64_t now = monotonic_ms(), longer = service->delay_ms * 2;
    if (service->restarting || now - service->started_ms >= SETTLED_MS)
        service->delay_ms = 0;
    else
        service->delay_ms = longer == 0 ? FIRST_DELAY_MS : longer > LONGEST_DELAY_MS ? LONGEST_DELAY_MS : longer;
    service->start_at_ms = now + service->delay_ms;
    service->restarting = false;
}

static void stop_service(struct service *service) {
    if (service->pid == 0 || service->kill_at_ms != 0)
        return;
    (void)kill(service->pid, SIGTERM);
    service->kill_at_ms = monotonic_ms() + STOP_MS;
}

/* Reads READY=1, or STATUS= and why the service fails, as in sd_notify(3). */
static void take_words(struct service *service) {
    char text[WORDS_SIZE + 7];
    const ssize_t size = read(service->ready_fd, text, sizeof text - 1);
    close_descriptor(&service->ready_fd);
    text[size < 0 ? 0 : size] = '\0';
    text[strcspn(text, "\n\t\r")] = '\0';
    service->ready = strcmp(text, "READY=1") == 0;
    if (service->ready) {
        service->failures = 0;
        log_line(LOG_INFO, "%s is ready", service->name);
    }
    (void)snprintf(service->words, sizeof service->words, "%s", strncmp(text, "STATUS=", 7) == 0 ? text + 7 : "");
}

static void take_end(struct service *service, int status) {
    const bool wanted = service->kill_at_ms != 0, killed = WIFSIGNALED(status);
    const char *how = killed ? "signal" : "status";
    const int number = killed ? WTERMSIG(status) : WEXITSTATUS(status);
    log_line(wanted ? LOG_INFO : LOG_WARNING, "%s ended with %s %d", service->name, how, number);
    /* The reason for this end, not for an earlier one. */
    if (service->ready_fd >= 0)
        take_words(service);
    else if (!service->reports_ready)
        service->words[0] = '\0';
    if (service->words[0] == '\0')
        (void)snprintf(service->words, sizeof service->words, "it ended with %s %d", how, number);
    service->failures += !wanted;
    service->ready = false;
    service->pid = 0;
    service->kill_at_ms = 0;
    plan_start(service);
}

/* As process 1 of a container we get children that are none of our services: they are reaped too. */
static void reap(struct supervisor *supervisor) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (size_t i = 0; i < SERVICE_COUNT; i++)
            if (supervisor->services[i].pid == pid)
                take_end(&supervisor->services[i], status);
}

static void take_signals(struct supervisor *supervisor) {
    struct signalfd_siginfo signal;
    while (read(supervisor->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        if (signal.ssi_signo == SIGCHLD) {
            reap(supervisor);
        } else if (signal.ssi_signo == SIGHUP) {
            /* Services restart to get the new log as their standard error. The gateway restarts in any case. */
            for (size_t i = open_log(supervisor->log_path) ? ROOTD : GATEWAY; i < SERVICE_COUNT; i++) {
                supervisor->services[i].restarting = supervisor->services[i].pid != 0;
                stop_service(&supervisor->services[i]);
            }
        } else {
            supervisor->stopping = true;
        }
    }
}

/* Once broker and gateway are ready: prints the file of --announce, which says where the server listens. */
static void announce(struct supervisor *supervisor) {
    const char *path = supervisor->announce_path;
    if (path == NULL || !supervisor->services[BROKER].ready || !supervisor->services[GATEWAY].ready)
        return;
    supervisor->announce_path = NULL;
    char text[8192];
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (size < 0 || write(STDOUT_FILENO, text, (size_t)size) != size || unlink(path) < 0)
        log_line(LOG_WARNING, "cannot print and remove the announcement '%s': %s, ignoring", path, strerror(errno));
    /* It may hold the password of a demonstration account. */
    explicit_bzero(text, sizeof text);
}

/* Starts or kills the service if that is due. Returns the time when something will be due. */
static uint64_t do_what_is_due(struct service *service, bool stopping, uint64_t now) {
    if (service->pid == 0 && !stopping && now >= service->start_at_ms && !start_service(service))
        plan_start(service);
    if (service->kill_at_ms != 0 && now >= service->kill_at_ms) {
        log_line(LOG_WARNING, "%s did not end in %d ms: killing it", service->name, STOP_MS);
        (void)kill(service->pid, SIGKILL);
        service->kill_at_ms = UINT64_MAX;
    }
    if (service->pid == 0)
        return stopping ? UINT64_MAX : service->start_at_ms;
    return service->kill_at_ms == 0 ? UINT64_MAX : service->kill_at_ms;
}

/* False when all is stopped. ret_wait_ms: how long nothing will be due. */
static bool manage_services(struct supervisor *supervisor, int *ret_wait_ms) {
    const uint64_t now = monotonic_ms();
    uint64_t next = now + LONGEST_WAIT_MS;
    /* Services are stopped one by one, from the last: the gateway informs its clients before the broker stops. */
    size_t last = SERVICE_COUNT;
    while (last > 0 && supervisor->services[last - 1].pid == 0)
        last--;
    if (supervisor->stopping && last > 0)
        stop_service(&supervisor->services[last - 1]);
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        const uint64_t due = do_what_is_due(&supervisor->services[i], supervisor->stopping, now);
        next = due < next ? due : next;
    }
    *ret_wait_ms = next <= now ? 0 : (int)(next - now);
    return last > 0 || !supervisor->stopping;
}

void run_services(struct supervisor *supervisor) {
    int wait_ms;
    while (manage_services(supervisor, &wait_ms)) {
        report_services(supervisor);
        struct pollfd polled[SERVICE_COUNT + 1] = {{.fd = supervisor->signals, .events = POLLIN}};
        for (size_t i = 0; i < SERVICE_COUNT; i++)
            polled[i + 1] = (struct pollfd){
                .fd = supervisor->services[i].pid == 0 ? -1 : supervisor->services[i].ready_fd, .events = POLLIN};
        if (poll(polled, SERVICE_COUNT + 1, wait_ms) < 0 && errno != EINTR)
            die_errno("cannot wait for events");
        for (size_t i = 0; i < SERVICE_COUNT; i++)
            if (polled[i + 1].revents != 0)
                take_words(&supervisor->services[i]);
        announce(supervisor);
        take_signals(supervisor);
    }
}
