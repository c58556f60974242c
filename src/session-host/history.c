/* A terminal's history: the ring, and the screen as of the ring's start, which is computed from the bytes that leave
 * the ring. So a terminal needs no screen before it has written more than the ring holds. Bytes leave in large
 * steps. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "screen.h"
#include "util.h"

void history_note_size(struct host *host) {
    const struct size_change now = {host->streams[OUTPUT].ring.end, host->rows, host->columns};
    const size_t last = host->size_count - 1;
    if (host->size_count > 0 && host->sizes[last].at == now.at) {
        host->sizes[last] = now;
        return;
    }
    if (host->size_count == MAX_SIZES) {
        /* Somebody is dragging a window: drop the second oldest size, which was there only briefly. */
        memmove(host->sizes + 1, host->sizes + 2, (MAX_SIZES - 2) * sizeof host->sizes[0]);
        host->size_count--;
    }
    host->sizes[host->size_count++] = now;
}

/* Resizes the screen to the terminal's size at the ring's start; returns for how many bytes this size is valid. */
static uint64_t settle_size(struct host *host) {
    const struct ring *ring = &host->streams[OUTPUT].ring;
    while (host->size_count > 1 && host->sizes[1].at <= ring->start) {
        host->size_count--;
        memmove(host->sizes, host->sizes + 1, host->size_count * sizeof host->sizes[0]);
    }
    if (host->screen == NULL)
        host->screen = screen_new(host->sizes[0].rows, host->sizes[0].columns);
    screen_resize(host->screen, host->sizes[0].rows, host->sizes[0].columns);
    return host->size_count > 1 ? host->sizes[1].at - ring->start : UINT64_MAX;
}

void history_make_room(struct host *host, size_t size, uint64_t by) {
    struct ring *ring = &host->streams[OUTPUT].ring;
    while (host->pty && ring->end - ring->start + size > ring->capacity) {
        size_t most = (size_t)(ring->end - ring->start) + size - ring->capacity;
        const uint64_t same = settle_size(host);
        struct iovec pieces[2];
        if (most > same)
            most = (size_t)same;
        if (most > LET_GO)
            most = LET_GO;
        (void)ring_pieces(ring, ring->start, most, pieces);
        size_t let_go = screen_feed(host->screen, pieces[0].iov_base, pieces[0].iov_len, LET_GO_WORK);
        if (let_go == pieces[0].iov_len)
            let_go += screen_feed(host->screen, pieces[1].iov_base, pieces[1].iov_len, LET_GO_WORK);
        ring->start += let_go;
        if (let_go == 0 || monotonic_ms() >= by)
            return;
    }
}

void history_size(struct host *host, uint16_t *ret_rows, uint16_t *ret_columns) {
    (void)settle_size(host);
    *ret_rows = (uint16_t)host->screen->rows;
    *ret_columns = (uint16_t)host->screen->columns;
}
