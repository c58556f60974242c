/* A parcel is a gap and the screen after it, which are being sent to viewers. Viewers that continue at the same offset
 * share one. A slow viewer holds it until it has read all of it, so the size of all parcels has a limit. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "screen.h"
#include "util.h"

struct parcel {
    size_t holders, size;
    uint64_t at;
    uint16_t rows, columns;
    uint8_t *bytes; /* frames */
};

static void append(struct parcel *parcel, struct writer *writer) {
    size_t size;
    cleanup_free uint8_t *frame = writer_take(writer, &size);
    uint8_t *all = realloc(parcel->bytes, parcel->size + size);
    if (all == NULL)
        die_errno("cannot allocate %zu bytes", parcel->size + size);
    memcpy(all + parcel->size, frame, size);
    parcel->bytes = all;
    parcel->size += size;
}

static void append_gap(struct parcel *parcel) {
    struct writer writer = writer_of(VST_FROM_SESSION_GAP);
    put_u64(&writer, parcel->at);
    put_u16(&writer, parcel->rows);
    put_u16(&writer, parcel->columns);
    append(parcel, &writer);
}

static void append_screen(struct parcel *parcel, const struct screen *screen, size_t most) {
    size_t size;
    cleanup_free char *text = screen_snapshot(screen, most, &size);
    for (size_t at = 0; at < size; at += OUTPUT_CHUNK) {
        const size_t left = size - at, piece = left < OUTPUT_CHUNK ? left : OUTPUT_CHUNK;
        struct writer writer = writer_of(VST_FROM_SESSION_SCREEN);
        put_u8(&writer, piece == left);
        put_raw(&writer, (const uint8_t *)text + at, piece);
        append(parcel, &writer);
    }
}

static size_t room(const struct host *host) {
    const size_t left = host->parcel_bytes < MAX_PARCEL_BYTES ? MAX_PARCEL_BYTES - host->parcel_bytes : 0;
    return left < LEAST_SCREEN_BYTES ? LEAST_SCREEN_BYTES : left < MAX_SCREEN_BYTES ? left : MAX_SCREEN_BYTES;
}

/* Without a terminal there is no size and no screen. */
static struct parcel *parcel_now(struct host *host) {
    struct parcel wanted = {.at = host->streams[OUTPUT].ring.start};
    const struct parcel *last = host->parcel;
    if (host->pty)
        history_size(host, &wanted.rows, &wanted.columns);
    if (last != NULL && last->at == wanted.at && last->rows == wanted.rows && last->columns == wanted.columns)
        return host->parcel;
    struct parcel *parcel = must_alloc(1, sizeof *parcel);
    *parcel = wanted;
    append_gap(parcel);
    if (host->pty)
        append_screen(parcel, host->screen, room(host));
    host->parcel_bytes += parcel->size;
    host->parcel = parcel;
    return parcel;
}

void parcel_give(struct host *host, struct viewer *viewer) {
    struct parcel *parcel = parcel_now(host);
    parcel->holders++;
    viewer->parcel = parcel;
    viewer->pending = parcel->bytes;
    viewer->pending_size = parcel->size;
    viewer->pending_sent = 0;
}

void pending_free(struct host *host, struct viewer *viewer) {
    struct parcel *parcel = viewer->parcel;
    if (parcel == NULL)
        free((void *)viewer->pending);
    else if (--parcel->holders == 0) {
        host->parcel_bytes -= parcel->size;
        if (host->parcel == parcel)
            host->parcel = NULL;
        free(parcel->bytes);
        free(parcel);
    }
    viewer->parcel = NULL;
    viewer->pending = NULL;
}
