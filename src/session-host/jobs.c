/* Whether the program has jobs: a shell gives each job its own process group. Checks shortly after input or output, and
 * again while there are jobs, because the end of a background job is not signalled. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"
#include "util.h"

static bool has_foreground_job(const struct host *host) {
    pid_t group = 0;
    /* On the master: on the slave only processes of its session may ask. */
    return host->input >= 0 && ioctl(host->input, TIOCGPGRP, &group) == 0 && group > 0 && group != host->program;
}

/* A process with a session of its own is no job: an agent that the shell has started, for example. */
static bool is_job(const struct host *host, pid_t child) {
    return getsid(child) == host->program && getpgid(child) != host->program;
}

static bool has_background_job(const struct host *host) {
    char path[64], *line = NULL;
    size_t size = 0;
    bool found = false;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", host->program, host->program);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    if (getline(&line, &size, file) > 0) {
        char *at = line, *end;
        for (long child; !found && (child = strtol(at, &end, 10), end != at); at = end)
            found = is_job(host, (pid_t)child);
    }
    free(line);
    (void)fclose(file);
    return found;
}

void jobs_expect(struct host *host) {
    if (!host->pty)
        return;
    host->event_at = monotonic_ms();
    const uint64_t soon = host->event_at + JOBS_MS;
    if (host->look_by == 0 || host->look_by > soon)
        host->look_by = soon;
}

void jobs_look(struct host *host, uint64_t now) {
    if (host->look_by == 0 || now < host->look_by)
        return;
    host->jobs = !host->exited && (has_foreground_job(host) || has_background_job(host));
    /* The last event may be newer than the one that this check was for, and may have started a silent job: check
     * again. */
    const uint64_t next = !host->jobs ? host->event_at + JOBS_MS : viewers_count(host) > 0 ? now + JOBS_AGAIN_MS : 0;
    host->look_by = next > now ? next : 0;
}
