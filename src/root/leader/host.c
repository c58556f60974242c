/* What session-host says, and its end. */
#include <signal.h>

#include "leader.h"

enum { MAX_HOST_FRAME = 4096 };

void host_send(struct leader *leader, struct writer *writer) {
    if (leader->host.control >= 0 && !frame_send(leader->host.control, writer, SEND_MS))
        log_line(LOG_WARNING, "session-host does not take a message: %s", strerror(errno));
    writer_clear(writer);
}

static void tell_failed(struct leader *leader, uint32_t error, const char *text) {
    if (leader->host.asker != NULL)
        send_failed(leader, leader->host.asker, VST_STAGE_SPAWN, (int)error, text);
    leader->host.asker = NULL;
}

static void tell_started(struct leader *leader, uint32_t pid) {
    leader->host.started = true;
    leader->program = pid;
    struct writer writer = {0};
    writer_start(&writer, VST_FROM_LEADER_SPAWNED);
    put_u32(&writer, pid);
    if (leader->host.asker != NULL)
        connection_send(leader, leader->host.asker, &writer);
    writer_clear(&writer);
    leader->host.asker = NULL;
}

static void tell_exited(struct leader *leader, uint32_t status) {
    leader->exited = true;
    leader->status = status;
    announce(leader, VST_FROM_LEADER_EXITED);
}

/* False when it is none of its messages, or not now. */
static bool take_frame(struct leader *leader) {
    const uint8_t type = frame_type(&leader->host.frame);
    struct reader reader = reader_of(&leader->host.frame);
    char text[1024] = "";
    const uint32_t number = read_u32(&reader);
    if (type == VST_FROM_HOST_FAILED)
        read_string(&reader, text, sizeof text);
    if (!read_end(&reader) || leader->exited || leader->host.started != (type == VST_FROM_HOST_EXITED))
        return false;
    if (type == VST_FROM_HOST_FAILED)
        tell_failed(leader, number, text);
    else if (type == VST_FROM_HOST_STARTED)
        tell_started(leader, number);
    else if (type == VST_FROM_HOST_EXITED)
        tell_exited(leader, number);
    return type == VST_FROM_HOST_FAILED || type == VST_FROM_HOST_STARTED || type == VST_FROM_HOST_EXITED;
}

void host_read(struct leader *leader) {
    struct host *host = &leader->host;
    for (int got; host->control >= 0 && (got = frame_receive(host->control, &host->frame, MAX_HOST_FRAME)) != 0;) {
        const bool good = got > 0 && take_frame(leader);
        frame_clear(&host->frame);
        if (good)
            continue;
        close_descriptor(&host->control);
        /* Without its leader it is of no use. A child not reaped: the pid is still its own. */
        if (host->pid > 0)
            (void)kill(host->pid, SIGKILL);
    }
}

void host_ended(struct leader *leader) {
    host_read(leader); /* its last words */
    close_descriptor(&leader->host.control);
    leader->host.present = false;
    if (leader->host.started) {
        if (!leader->exited)
            tell_exited(leader, SIGKILL); /* killed with its programs, or alone: then they are killed now */
        end_begin(leader, "its program ended");
        return;
    }
    tell_failed(leader, ECHILD, "session-host ended before it started the program: the log says why");
    session_directory_remove(leader->shared);
    if (leader->phase == VST_PHASE_RUNNING)
        leader->phase = VST_PHASE_OPEN;
}
