/* The scroll-back: the last bytes of a stream. Offsets count from the stream's start. */
#ifndef VESTIBULE_RING_H
#define VESTIBULE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct ring {
    uint8_t *data;
    size_t capacity;
    uint64_t start; /* offset of the oldest byte kept */
    uint64_t end;   /* offset of the next byte to come */
};

/* Reserves address space only: memory is taken page by page as output comes. False (errno) on failure. */
bool ring_open(struct ring *ring, size_t capacity);
/* The contiguous space for the next bytes; writing there overwrites the oldest ones. */
uint8_t *ring_space(const struct ring *ring, size_t *ret_size);
/* Records that size bytes were written there. */
void ring_written(struct ring *ring, size_t size);
/* The bytes from offset `at` (start <= at <= end), at most max, in at most two pieces. Returns their number. */
size_t ring_pieces(const struct ring *ring, uint64_t at, size_t max, struct iovec ret_pieces[2]);

#endif
