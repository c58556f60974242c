/* Messages from viewers: hello first, then input, resize, eof, signal. Anything else drops the viewer. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#include "host.h"
#include "util.h"

enum {
    HELLO_BYTES = 1 + 4 + 2 + VST_SESSION_KEY_BYTES + 8 + 8 + 2 + 2,
    FRAMES_A_TURN = 16,
};

/* Compares in constant time. */
static bool is_key(const struct host *host, const uint8_t *key, size_t size) {
    volatile uint8_t difference = 0;
    if (key == NULL || size != sizeof host->key)
        return false;
    for (size_t i = 0; i < size; i++)
        difference = (uint8_t)(difference | (key[i] ^ host->key[i]));
    return difference == 0;
}

static void place(const struct host *host, struct viewer *viewer, uint64_t from) {
    const struct ring *output = &host->streams[OUTPUT].ring, *errors = &host->streams[ERRORS].ring;
    viewer->at[OUTPUT] = from < output->start ? output->start : from > output->end ? output->end : from;
    viewer->screen_due = host->pty && from < output->start;
    /* hello has an offset for output only: a viewer that comes back is assumed to have seen the errors. */
    viewer->at[ERRORS] = from == 0 ? errors->start : errors->end;
}

/* Every version's hello begins with type and version. */
static bool is_of_our_version(const struct frame *frame) {
    struct reader reader = reader_of(frame);
    const uint32_t version = read_u32(&reader);
    if (frame_type(frame) != VST_TO_SESSION_HELLO || version == VST_SESSION_PROTOCOL_VERSION)
        return true;
    log_line(LOG_WARNING, "a viewer speaks version %u, wanted %u, closing it", version, VST_SESSION_PROTOCOL_VERSION);
    return false;
}

static bool join(struct host *host, struct viewer *viewer) {
    struct reader reader = reader_of(&viewer->frame);
    if (frame_type(&viewer->frame) != VST_TO_SESSION_HELLO)
        return false;
    (void)read_u32(&reader); /* the version */
    size_t size = 0;
    const uint8_t *key = read_bytes(&reader, VST_SESSION_KEY_BYTES, &size);
    uint64_t id = read_u64(&reader), from = read_u64(&reader);
    viewer->rows = read_u16(&reader);
    viewer->columns = read_u16(&reader);
    if (!read_end(&reader) || !is_key(host, key, size))
        return false;
    viewer_return(host, viewer, id);
    place(host, viewer, from);
    terminal_resize(host, viewer->rows, viewer->columns);
    jobs_expect(host);
    viewer->joined = true;
    host->visited = true;
    answers_join(host, viewer);
    viewer_greet(host, viewer);
    return true;
}

static bool take_resize(struct host *host, struct viewer *viewer, struct reader *reader) {
    uint16_t rows = read_u16(reader), columns = read_u16(reader);
    if (!read_end(reader))
        return false;
    viewer->rows = viewer->told_rows = rows;
    viewer->columns = viewer->told_columns = columns;
    terminal_resize(host, rows, columns);
    return true;
}

static bool take_signal(const struct host *host, struct reader *reader) {
    int number = read_u8(reader);
    if (!read_end(reader))
        return false;
    const uint32_t allowed = 1U << SIGHUP | 1U << SIGINT | 1U << SIGQUIT | 1U << SIGTERM | 1U << SIGUSR1 |
        1U << SIGUSR2 | 1U << SIGWINCH | 1U << SIGCONT;
    if (number > 31 || (allowed >> number & 1) == 0)
        return false;
    program_signal(host, number);
    return true;
}

static bool take(struct host *host, struct viewer *viewer) {
    struct reader reader = reader_of(&viewer->frame);
    switch (frame_type(&viewer->frame)) {
    case VST_TO_SESSION_INPUT:
        host->keeps_words = false;
        terminal_resize(host, viewer->rows, viewer->columns);
        answers_typed(host, viewer);
        viewer->waiting = true;
        input_feed(host);
        return true;
    case VST_TO_SESSION_RESIZE:
        return take_resize(host, viewer, &reader);
    case VST_TO_SESSION_EOF:
        /* Not for a pty, where a character means end of file. Input of other viewers that still waits is dropped. */
        if (!host->pty) {
            input_close(host);
            input_feed(host);
        }
        return read_end(&reader);
    case VST_TO_SESSION_SIGNAL:
        return take_signal(host, &reader);
    default:
        return false;
    }
}

static void discard(struct host *host, struct viewer *viewer) {
    char unread[4096];
    ssize_t size = recv(viewer->fd, unread, sizeof unread, MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
        viewer_drop(host, viewer);
}

void viewer_receive(struct host *host, struct viewer *viewer) {
    if (viewer->finished) {
        discard(host, viewer);
        return;
    }
    for (int i = 0; i < FRAMES_A_TURN && viewer->fd >= 0 && !viewer->waiting; i++) {
        bool joined = viewer->joined;
        int got = frame_receive(viewer->fd, &viewer->frame, joined ? VST_MAX_SESSION_FRAME : HELLO_BYTES);
        if (got == 0)
            return;
        if (got < 0) {
            if (errno != 0 && errno != ECONNRESET)
                log_line(LOG_WARNING, "closing a viewer: %s", strerror(errno));
            viewer_drop(host, viewer);
            return;
        }
        if (!joined && !is_of_our_version(&viewer->frame)) {
            viewer_drop(host, viewer);
            return;
        }
        if (!(joined ? take(host, viewer) : join(host, viewer))) {
            log_line(LOG_WARNING, "%s, got a frame of type %d and %zu bytes, closing a viewer",
                     joined ? "wanted input, resize, eof or signal" : "wanted hello with the session key",
                     frame_type(&viewer->frame), viewer->frame.size);
            viewer_drop(host, viewer);
            return;
        }
        if (!viewer->waiting)
            frame_clear(&viewer->frame);
    }
}
