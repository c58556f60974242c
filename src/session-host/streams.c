/* Reads the program's output into the scroll-back, and writes the viewers' input to the program. */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"
#include "util.h"

enum {
    ROUND = 65536,       /* most bytes read before viewers get their turn */
    SHORT_READ = 1024,   /* a shorter read has most likely emptied the pty */
    PTY_REST = 262144,   /* more than a pty holds; a limit, because a remaining job may write for ever */
};

/* How many bytes may be read. In a lossless session bytes that a viewer has not been sent must not be overwritten. */
static size_t room(const struct host *host, size_t which) {
    const struct ring *ring = &host->streams[which].ring;
    if (!host->lossless)
        return ring->capacity;
    uint64_t oldest = ring->end;
    bool joined = false;
    for (size_t i = 0; i < MAX_VIEWERS; i++) {
        const struct viewer *viewer = &host->viewers[i];
        if (viewer->joined && viewer->at[which] < oldest)
            oldest = viewer->at[which];
        joined = joined || viewer->joined;
    }
    if (!joined)
        oldest = ring->start;
    return ring->capacity - (size_t)(ring->end - oldest);
}

bool stream_wanted(const struct host *host, size_t which) {
    return host->streams[which].fd >= 0 && room(host, which) > 0;
}

static void stream_close(struct stream *stream) {
    close_descriptor(&stream->fd);
}

/* Reads once; false: there is nothing more at the moment. */
static bool read_some(struct host *host, struct stream *stream, size_t max, uint64_t by) {
    const bool exited = host->exited;
    size_t size;
    uint8_t *space = ring_space(&stream->ring, &size);
    if (size > max)
        size = max;
    if (exited && size > stream->left)
        size = stream->left;
    if (host->pty && size > LET_GO)
        size = LET_GO;
    const struct ring *ring = &stream->ring;
    if (host->pty && ring->end - ring->start + size > ring->capacity) {
        history_make_room(host, host->lossless ? size : LET_GO, by);
        const size_t made = ring->capacity - (size_t)(ring->end - ring->start);
        size = size < made ? size : made;
    }
    ssize_t got = size == 0 ? 0 : read(stream->fd, space, size);
    if (got < 0 && errno == EINTR)
        return true;
    if (got < 0 && errno == EAGAIN && !exited)
        return false;
    /* End of file; or EIO: the terminal is gone; or EAGAIN after the program's end: all its output has been read. */
    if (got <= 0) {
        stream_close(stream);
        return false;
    }
    ring_written(&stream->ring, (size_t)got);
    if (exited)
        stream->left -= (size_t)got;
    return got >= SHORT_READ;
}

void stream_read(struct host *host, size_t which) {
    struct stream *stream = &host->streams[which];
    const uint64_t until = stream->ring.end + ROUND, by = monotonic_ms() + TURN_MS;
    jobs_expect(host);
    while (stream->fd >= 0 && stream->ring.end < until) {
        size_t max = room(host, which);
        if (max == 0 || !read_some(host, stream, max, by) || monotonic_ms() >= by)
            return;
    }
}

/* After the program's end its output is still read to the end, but further output of other processes is not awaited. */
void streams_finish(struct host *host) {
    for (size_t i = 0; i < STREAMS; i++) {
        int queued = 0;
        struct stream *stream = &host->streams[i];
        if (host->pty)
            stream->left = PTY_REST;
        else if (stream->fd >= 0 && ioctl(stream->fd, FIONREAD, &queued) == 0)
            stream->left = (size_t)queued;
    }
    input_close(host);
}

bool streams_finished(const struct host *host) {
    return host->streams[OUTPUT].fd < 0 && host->streams[ERRORS].fd < 0;
}

void streams_last_words(const struct host *host, char ret_words[VST_LAST_WORDS_BYTES + 1]) {
    const struct ring *ring = &host->streams[OUTPUT].ring;
    const uint64_t size = ring->end - ring->start, most = VST_LAST_WORDS_BYTES;
    for (uint64_t at = ring->end - (size < most ? size : most); host->keeps_words && at < ring->end; at++)
        if (ring->data[at % ring->capacity] != '\0')
            *ret_words++ = (char)ring->data[at % ring->capacity];
    *ret_words = '\0';
}

bool input_waits(const struct host *host) {
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        if (host->viewers[i].waiting)
            return true;
    return false;
}

/* True: the program has read this viewer's whole frame, or reads no more. */
static bool give(struct host *host, struct viewer *viewer) {
    size_t size = viewer->frame.size - 1;
    while (host->input >= 0 && viewer->given < size) {
        ssize_t put = write(host->input, viewer->frame.data + 1 + viewer->given, size - viewer->given);
        if (put > 0) {
            viewer->given += (size_t)put;
            viewer->taken += (uint64_t)put;
            jobs_expect(host);
        }
        else if (put == 0 || errno == EAGAIN)
            break;
        else if (errno != EINTR)
            input_close(host);
    }
    bool taken = host->input < 0 || viewer->given == size;
    host->feeding = taken ? NULL : viewer;
    if (taken) {
        frame_clear(&viewer->frame);
        viewer->waiting = false;
        viewer->given = 0;
    }
    return taken;
}

/* The input of two viewers is never mixed within a frame: a frame that was begun is finished first. */
void input_feed(struct host *host) {
    if (host->feeding != NULL && !give(host, host->feeding))
        return;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        if (host->viewers[i].waiting && !give(host, &host->viewers[i]))
            return;
}

void input_close(struct host *host) {
    close_descriptor(&host->input);
}
