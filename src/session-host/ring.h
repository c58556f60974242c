/* The scroll-back: the last bytes of a stream, each with its offset from the stream's start. */
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
/* Where the next bytes go, in one piece; what is oldest is overwritten. */
uint8_t *ring_space(const struct ring *ring, size_t *ret_size);
/* size bytes were put into that space. */
void ring_written(struct ring *ring, size_t size);
/* The bytes from offset at on (start <= at <= end), at most max of them, in at most two pieces. Returns their number. */
size_t ring_pieces(const struct ring *ring, uint64_t at, size_t max, struct iovec ret_pieces[2]);

#endif
