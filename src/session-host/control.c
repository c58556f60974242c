/* The connection to the leader: receives start, rotate, hangup; sends started, failed, exited. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "host.h"
#include "util.h"

static bool read_start(struct host *host, struct start *start) {
    if (frame_type(&host->frame) != VST_TO_HOST_START)
        return false;
    struct reader reader = reader_of(&host->frame);
    if (read_u32(&reader) != VST_LEADER_PROTOCOL_VERSION)
        return false;
    start->pam_sessions = read_u8(&reader) != 0;
    host->pty = read_u8(&reader) != 0;
    host->lossless = read_u8(&reader) != 0;
    size_t scrollback = read_u32(&reader);
    host->web_uid = read_u32(&reader);
    start->seconds = read_u32(&reader);
    host->rows = read_u16(&reader);
    host->columns = read_u16(&reader);
    read_exact(&reader, host->key, sizeof host->key);
    read_string(&reader, start->home, sizeof start->home);
    read_string(&reader, start->program, sizeof start->program);
    start->argv = read_strings(&reader, VST_MAX_STRINGS);
    start->environment = read_strings(&reader, VST_MAX_STRINGS);
    if (!read_end(&reader) || start->argv == NULL || start->argv[0] == NULL || start->environment == NULL)
        return false;
    if (scrollback < MIN_SCROLLBACK || scrollback > MAX_SCROLLBACK)
        return false;
    for (size_t i = 0; i < (host->pty ? 1 : STREAMS); i++)
        if (!ring_open(&host->streams[i].ring, scrollback + (host->pty ? LET_GO : 0)))
            die_errno("cannot reserve %zu bytes for the scroll-back", scrollback);
    return true;
}

void control_start(struct host *host) {
    if (frame_wait(host->control, &host->frame, VST_MAX_ROOT_FRAME, monotonic_ms() + START_MS) != 1)
        die_errno("wanted start from the leader");
    struct start start = {0};
    if (!read_start(host, &start))
        die("wanted a well-formed start from the leader, got a frame of type %d and %zu bytes",
            frame_type(&host->frame), host->frame.size);
    frame_clear(&host->frame);
    program_start(host, &start);
    free(start.argv);
    free(start.environment);
}

/* The session ends with its leader: a program that still runs gets a hang-up. */
static void lose_leader(struct host *host) {
    close_descriptor(&host->control);
    if (host->exited)
        return;
    program_hangup(host);
    host->ended = true;
}

static bool handle(struct host *host) {
    uint8_t key[VST_SESSION_KEY_BYTES];
    bool drop;
    struct reader reader = reader_of(&host->frame);
    switch (frame_type(&host->frame)) {
    case VST_TO_HOST_ROTATE:
        drop = read_u8(&reader) != 0;
        read_exact(&reader, key, sizeof key);
        if (!read_end(&reader))
            return false;
        memcpy(host->key, key, sizeof key);
        explicit_bzero(key, sizeof key);
        if (drop)
            viewers_drop_all(host);
        return true;
    case VST_TO_HOST_HANGUP:
        if (!read_end(&reader))
            return false;
        /* The viewer that wanted every byte is gone, or asks for the end. */
        host->lossless = false;
        host->first_by = 0;
        host->keeps_words = false;
        program_hangup(host);
        return true;
    default:
        return false;
    }
}

void control_serve(struct host *host) {
    int got = frame_receive(host->control, &host->frame, VST_MAX_ROOT_FRAME);
    if (got == 0)
        return;
    if (got > 0 && !handle(host)) {
        log_line(LOG_ERR, "wanted rotate or hangup from the leader, got a frame of type %d and %zu bytes",
                 frame_type(&host->frame), host->frame.size);
        got = -1;
    }
    frame_clear(&host->frame);
    if (got < 0)
        lose_leader(host);
}

void control_tell(struct host *host, struct writer *writer) {
    if (host->control < 0)
        writer_clear(writer);
    else if (!frame_send(host->control, writer, /* timeout_ms= */ 1000))
        log_line(LOG_WARNING, "cannot reach the leader, ignoring: %s", strerror(errno));
}

void control_fail(struct host *host, int error, const char *text) {
    struct writer writer = writer_of(VST_FROM_HOST_FAILED);
    put_u32(&writer, (uint32_t)error);
    put_u8(&writer, host->executing);
    put_string(&writer, text);
    control_tell(host, &writer);
    host->ended = true;
}
