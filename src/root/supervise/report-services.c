/* Writes the state of the services to a file for 'vestibule status', which is replaced at each change. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol.h"
#include "util.h"

static const char *state_of(const struct service *service) {
    if (service->pid == 0)
        return "waiting";
    return service->ready || !service->reports_ready ? "running" : "starting";
}

static bool write_report(const char *text) {
    cleanup_fd int fd = open(VST_PATH_SERVICES ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
           rename(VST_PATH_SERVICES ".new", VST_PATH_SERVICES) == 0;
}

void report_services(struct supervisor *supervisor) {
    char text[REPORT_SIZE];
    size_t used = (size_t)snprintf(text, sizeof text, "%d\n", (int)getpid());
    for (const struct service *service = supervisor->services; service < supervisor->services + SERVICE_COUNT; service++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s\t%s\t%u\t%s\n", service->name, state_of(service),
                                 service->failures, service->words);
    if (strcmp(text, supervisor->reported) == 0)
        return;
    if (write_report(text)) {
        memcpy(supervisor->reported, text, used + 1);
    } else {
        log_line(LOG_WARNING, "cannot write '%s': %s; 'vestibule status' cannot show why a service fails",
                 VST_PATH_SERVICES, strerror(errno));
        /* No report is better than an outdated one. */
        (void)unlink(VST_PATH_SERVICES);
    }
}
