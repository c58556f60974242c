/* The scroll-back ring: see ring.h. */
#include "ring.h"

#include <sys/mman.h>

bool ring_open(struct ring *ring, size_t capacity) {
    void *data = mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED)
        return false;
    /* One huge page would cost an idle terminal 2 MiB. A kernel without huge pages refuses this, which does no harm. */
    (void)madvise(data, capacity, MADV_NOHUGEPAGE);
    *ring = (struct ring){.data = data, .capacity = capacity};
    return true;
}

uint8_t *ring_space(const struct ring *ring, size_t *ret_size) {
    size_t position = (size_t)(ring->end % ring->capacity);
    *ret_size = ring->capacity - position;
    return ring->data + position;
}

void ring_written(struct ring *ring, size_t size) {
    ring->end += size;
    if (ring->end - ring->start > ring->capacity)
        ring->start = ring->end - ring->capacity;
}

size_t ring_pieces(const struct ring *ring, uint64_t at, size_t max, struct iovec ret_pieces[2]) {
    size_t size = (size_t)(ring->end - at);
    if (size > max)
        size = max;
    size_t position = (size_t)(at % ring->capacity);
    size_t first = ring->capacity - position;
    if (first > size)
        first = size;
    ret_pieces[0] = (struct iovec){.iov_base = ring->data + position, .iov_len = first};
    ret_pieces[1] = (struct iovec){.iov_base = ring->data, .iov_len = size - first};
    return size;
}
