/* The loop: starts what is due, reaps what ended, stops all in the end. Leaders are nobody's business here. */
#include "supervise.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

enum { FIRST_DELAY_MS = 100, LONGEST_DELAY_MS = 10000, SETTLED_MS = 10000, STOP_MS = 5000 };

/* Plans the next start: at once if we ended it ourselves, else later each time until it has lived for a while. */
static void plan_start(struct service *service) {
    const uint64_t now = monotonic_ms();
    if (service->restarting || service->delay_ms == 0 || now - service->started_ms >= SETTLED_MS)
        service->delay_ms = FIRST_DELAY_MS;
    service->start_at_ms = service->restarting ? now : now + service->delay_ms;
    service->restarting = false;
    service->delay_ms = service->delay_ms * 2 > LONGEST_DELAY_MS ? LONGEST_DELAY_MS : service->delay_ms * 2;
}

static void stop_service(struct service *service) {
    if (service->pid == 0 || service->kill_at_ms != 0)
        return;
    (void)kill(service->pid, SIGTERM);
    service->kill_at_ms = monotonic_ms() + STOP_MS;
}

static void take_end(struct supervisor *supervisor, pid_t pid, int status) {
    for (struct service *service = supervisor->services; service < supervisor->services + SERVICE_COUNT; service++) {
        if (service->pid != pid)
            continue;
        close_descriptor(&service->ready_fd);
        service->ready = false;
        service->pid = 0;
        service->kill_at_ms = 0;
        plan_start(service);
        const bool killed = WIFSIGNALED(status);
        log_line(supervisor->stopping ? LOG_INFO : LOG_WARNING, "%s ended with %s %d", service->name,
                 killed ? "signal" : "status", killed ? WTERMSIG(status) : WEXITSTATUS(status));
    }
}

/* Children that are no service of ours come to process 1 of a container, and are reaped all the same. */
static void reap(struct supervisor *supervisor) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        take_end(supervisor, pid, status);
}

static void take_signals(struct supervisor *supervisor) {
    struct signalfd_siginfo signal;
    while (read(supervisor->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        if (signal.ssi_signo == SIGCHLD) {
            reap(supervisor);
        } else if (signal.ssi_signo == SIGHUP) {
            log_line(LOG_INFO, "SIGHUP: starting the gateway anew");
            supervisor->services[GATEWAY].restarting = supervisor->services[GATEWAY].pid != 0;
            stop_service(&supervisor->services[GATEWAY]);
        } else if (!supervisor->stopping) {
            log_line(LOG_INFO, "%s: stopping the services", strsignal((int)signal.ssi_signo));
            supervisor->stopping = true;
        }
    }
}

static void take_ready(struct service *service) {
    char text[16];
    const ssize_t size = read(service->ready_fd, text, sizeof text);
    close_descriptor(&service->ready_fd);
    service->ready = size == 8 && memcmp(text, "READY=1\n", 8) == 0;
    if (service->ready)
        log_line(LOG_INFO, "%s is ready after %llu ms", service->name,
                 (unsigned long long)(monotonic_ms() - service->started_ms));
}

/* Starts, kills, and stops what is due now. False when all is stopped. */
static bool do_what_is_due(struct supervisor *supervisor) {
    const uint64_t now = monotonic_ms();
    struct service *last = NULL;
    for (struct service *service = supervisor->services; service < supervisor->services + SERVICE_COUNT; service++) {
        if (service->pid == 0 && !supervisor->stopping && now >= service->start_at_ms && !start_service(service))
            plan_start(service);
        if (service->kill_at_ms != 0 && now >= service->kill_at_ms) {
            log_line(LOG_WARNING, "%s did not end in %d ms: killing it", service->name, STOP_MS);
            (void)kill(service->pid, SIGKILL);
            service->kill_at_ms = UINT64_MAX;
        }
        if (service->pid != 0)
            last = service;
    }
    if (supervisor->stopping && last != NULL)
        stop_service(last);
    return last != NULL || !supervisor->stopping;
}

static int next_due(const struct supervisor *supervisor) {
    uint64_t due = UINT64_MAX;
    for (const struct service *service = supervisor->services; service < supervisor->services + SERVICE_COUNT; service++) {
        if (service->pid == 0 && !supervisor->stopping && service->start_at_ms < due)
            due = service->start_at_ms;
        if (service->kill_at_ms != 0 && service->kill_at_ms < due)
            due = service->kill_at_ms;
    }
    const uint64_t now = monotonic_ms();
    return due == UINT64_MAX ? -1 : due <= now ? 0 : due - now > INT_MAX ? INT_MAX : (int)(due - now);
}

void run_services(struct supervisor *supervisor) {
    while (do_what_is_due(supervisor)) {
        struct pollfd polled[SERVICE_COUNT + 1] = {{.fd = supervisor->signals, .events = POLLIN}};
        for (size_t i = 0; i < SERVICE_COUNT; i++)
            polled[i + 1] = (struct pollfd){
                .fd = supervisor->services[i].pid == 0 ? -1 : supervisor->services[i].ready_fd, .events = POLLIN};
        if (poll(polled, SERVICE_COUNT + 1, next_due(supervisor)) < 0 && errno != EINTR)
            die_errno("cannot wait for events");
        for (size_t i = 0; i < SERVICE_COUNT; i++)
            if (polled[i + 1].revents != 0)
                take_ready(&supervisor->services[i]);
        announce_when_ready(supervisor);
        take_signals(supervisor);
    }
}
