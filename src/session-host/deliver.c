/* Sends to viewers. A viewer's next frame follows from the state alone (the size it knows, the offset it has
 * reached), so nothing queues up for a slow one: only the unsent rest of one frame is kept. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "host.h"
#include "util.h"

enum { FRAMES_A_TURN = 32, HEAD_BYTES = 5 };

/* False when the viewer is gone or its socket is full. */
static bool flush(struct host *host, struct viewer *viewer) {
    while (viewer->pending != NULL) {
        ssize_t sent = send(viewer->fd, viewer->pending + viewer->pending_sent,
                            viewer->pending_size - viewer->pending_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0) {
            if (errno == EAGAIN)
                viewer->wants_out = true;
            else
                viewer_drop(host, viewer);
            return false;
        }
        viewer->pending_sent += (size_t)sent;
        if (viewer->pending_sent == viewer->pending_size)
            pending_free(host, viewer);
    }
    return true;
}

/* Sends a small frame. Nothing may be pending. */
static bool tell(struct host *host, struct viewer *viewer, struct writer *writer) {
    viewer->pending = writer_take(writer, &viewer->pending_size);
    viewer->pending_sent = 0;
    return flush(host, viewer);
}

static bool tell_size(struct host *host, struct viewer *viewer, struct writer *writer) {
    put_u16(writer, host->rows);
    put_u16(writer, host->columns);
    viewer->told_rows = host->rows;
    viewer->told_columns = host->columns;
    return tell(host, viewer, writer);
}

void viewer_greet(struct host *host, struct viewer *viewer) {
    struct writer writer = writer_of(VST_FROM_SESSION_HELLO);
    put_u32(&writer, VST_SESSION_PROTOCOL_VERSION);
    put_u64(&writer, viewer->taken);
    put_u64(&writer, viewer->at[OUTPUT]);
    put_u64(&writer, host->seen);
    (void)tell_size(host, viewer, &writer);
}

static bool keep_rest(struct viewer *viewer, const struct iovec pieces[3], size_t size, size_t sent) {
    uint8_t *to = malloc(size);
    if (to == NULL)
        return false;
    viewer->pending = to;
    for (size_t i = 0; i < 3; i++) {
        memcpy(to, pieces[i].iov_base, pieces[i].iov_len);
        to += pieces[i].iov_len;
    }
    viewer->pending_size = size;
    viewer->pending_sent = sent;
    return true;
}

/* Sends one frame straight out of the ring. */
static bool send_chunk(struct host *host, struct viewer *viewer, size_t which) {
    struct iovec pieces[3];
    const size_t most = which == OUTPUT ? answers_same_for(viewer, OUTPUT_CHUNK) : OUTPUT_CHUNK;
    size_t size = ring_pieces(&host->streams[which].ring, viewer->at[which], most, pieces + 1);
    uint32_t length = (uint32_t)size + 1;
    uint8_t head[HEAD_BYTES] = {
        (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length,
        which == OUTPUT ? VST_FROM_SESSION_OUTPUT : VST_FROM_SESSION_ERRORS,
    };
    pieces[0] = (struct iovec){.iov_base = head, .iov_len = HEAD_BYTES};
    struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 3 };
    ssize_t sent = sendmsg(viewer->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
        viewer->wants_out = true;
        return false;
    }
    bool whole = sent == (ssize_t)(HEAD_BYTES + size);
    if (sent < 0 || (!whole && !keep_rest(viewer, pieces, HEAD_BYTES + size, (size_t)sent))) {
        viewer_drop(host, viewer);
        return false;
    }
    viewer->at[which] += size;
    if (viewer->at[OUTPUT] > host->seen)
        host->seen = viewer->at[OUTPUT];
    viewer->turn = which == OUTPUT ? ERRORS : OUTPUT;
    return true;
}

/* Finds a stream with output that this viewer has not been sent: stdout and stderr in turn, so that neither starves. */
static bool find_unseen(const struct host *host, const struct viewer *viewer, size_t *ret_which) {
    for (unsigned i = 0; i < STREAMS; i++) {
        size_t which = (viewer->turn + i) % STREAMS;
        if (viewer->at[which] < host->streams[which].ring.end) {
            *ret_which = which;
            return true;
        }
    }
    return false;
}

/* Tells the viewer of the gap, and lets it continue at the ring's start. */
static bool tell_gap(struct host *host, struct viewer *viewer, size_t which) {
    viewer->at[which] = host->streams[which].ring.start;
    if (which == ERRORS)
        return true;
    viewer->screen_due = false;
    parcel_give(host, viewer);
    return flush(host, viewer);
}

static bool tell_exit(struct host *host, struct viewer *viewer) {
    if (viewer->exit_told) {
        viewer_finish(host, viewer);
        return false;
    }
    struct writer writer = writer_of(VST_FROM_SESSION_EXIT);
    put_u32(&writer, host->status);
    viewer->exit_told = true;
    return tell(host, viewer, &writer);
}

static bool tell_taken(struct host *host, struct viewer *viewer) {
    struct writer writer = writer_of(VST_FROM_SESSION_TAKEN);
    put_u64(&writer, viewer->taken);
    viewer->told_taken = viewer->taken;
    return tell(host, viewer, &writer);
}

static bool tell_jobs(struct host *host, struct viewer *viewer) {
    struct writer writer = writer_of(VST_FROM_SESSION_JOBS);
    put_u8(&writer, host->jobs);
    viewer->told_jobs = host->jobs;
    return tell(host, viewer, &writer);
}

static bool tell_answers(struct host *host, struct viewer *viewer) {
    struct writer writer = writer_of(VST_FROM_SESSION_ANSWERS);
    viewer->told_answers = answers_now(viewer);
    put_u8(&writer, viewer->told_answers);
    return tell(host, viewer, &writer);
}

/* Sends the next frame; false: there is none, or the socket is full. */
static bool tell_next(struct host *host, struct viewer *viewer) {
    size_t which;
    if (viewer->told_rows != host->rows || viewer->told_columns != host->columns) {
        struct writer writer = writer_of(VST_FROM_SESSION_SIZE);
        return tell_size(host, viewer, &writer);
    }
    if (viewer->id != 0 && viewer->told_answers != answers_now(viewer))
        return tell_answers(host, viewer);
    if (viewer->id != 0 && viewer->taken - viewer->told_taken >= TELL_TAKEN)
        return tell_taken(host, viewer);
    if (viewer->id != 0 && viewer->told_jobs != host->jobs)
        return tell_jobs(host, viewer);
    if (viewer->screen_due)
        return tell_gap(host, viewer, OUTPUT);
    if (find_unseen(host, viewer, &which)) {
        if (viewer->at[which] < host->streams[which].ring.start)
            return tell_gap(host, viewer, which);
        return send_chunk(host, viewer, which);
    }
    return host->linger_by != 0 && tell_exit(host, viewer);
}

void viewer_deliver(struct host *host, struct viewer *viewer) {
    for (int i = 0; i < FRAMES_A_TURN; i++)
        if (!flush(host, viewer) || !tell_next(host, viewer))
            return;
    /* There may be more; the other viewers come first. */
    viewer->wants_out = true;
}
