/* needs: src/session-host/ring.c */

#include "session-host/ring.h"
#include "tap.h"

enum { CAPACITY = 4096 };

/* Byte number n of the stream: a prime period, so that a slip of a page or a ring shows. */
static uint8_t byte_at(uint64_t n) {
    return (uint8_t)(n % 251);
}

static void fill(struct ring *ring, size_t size) {
    while (size > 0) {
        size_t space;
        uint8_t *to = ring_space(ring, &space);
        if (space > size)
            space = size;
        for (size_t i = 0; i < space; i++)
            to[i] = byte_at(ring->end + i);
        ring_written(ring, space);
        size -= space;
    }
}

/* True when size bytes from offset at on are there and right. */
static bool holds(const struct ring *ring, uint64_t at, size_t max, size_t size) {
    struct iovec pieces[2];
    if (ring_pieces(ring, at, max, pieces) != size || pieces[0].iov_len + pieces[1].iov_len != size)
        return false;
    for (int piece = 0; piece < 2; piece++) {
        const uint8_t *bytes = pieces[piece].iov_base;
        for (size_t i = 0; i < pieces[piece].iov_len; i++)
            if (bytes[i] != byte_at(at++))
                return false;
    }
    return true;
}

static void test_growth(void) {
    struct ring ring;
    check(ring_open(&ring, CAPACITY), "a ring opens");
    check(holds(&ring, 0, 100, 0), "an empty ring has nothing to give");
    fill(&ring, 100);
    check(ring.start == 0 && ring.end == 100 && holds(&ring, 0, CAPACITY, 100), "what was written is there");
    check(holds(&ring, 40, 30, 30), "from an offset, at most as much as asked");
    check(holds(&ring, 100, 30, 0), "at the end there is nothing yet");
    fill(&ring, CAPACITY - 100);
    check(ring.start == 0 && holds(&ring, 0, CAPACITY, CAPACITY), "a full ring has all");
    fill(&ring, 1);
    check(ring.start == 1 && holds(&ring, 1, CAPACITY, CAPACITY), "one byte more pushes the oldest out");
}

static void test_wraps(void) {
    struct ring ring;
    check(ring_open(&ring, CAPACITY), "a ring opens");
    bool right = true;
    for (size_t size = 1; size < 3 * CAPACITY; size += 97) {
        fill(&ring, size);
        right = right && ring.end - ring.start <= CAPACITY && holds(&ring, ring.start, CAPACITY, (size_t)(ring.end - ring.start));
    }
    check(right, "after any number of bytes the last ones are there, in order");
    /* Far beyond 32 bits: a terminal that has run for months. */
    ring.start = ring.end = (UINT64_C(1) << 40) * CAPACITY + 4000;
    fill(&ring, 500);
    check(holds(&ring, ring.end - 500, CAPACITY, 500), "offsets beyond 32 bits");
}

static void test_space(void) {
    struct ring ring;
    size_t space;
    check(ring_open(&ring, CAPACITY), "a ring opens");
    fill(&ring, CAPACITY - 10);
    check(ring_space(&ring, &space) == ring.data + CAPACITY - 10 && space == 10, "space ends where the ring does");
    ring_written(&ring, 10);
    check(ring_space(&ring, &space) == ring.data && space == CAPACITY, "and goes on at its start");
}

static void test_refusal(void) {
    struct ring ring;
    check(!ring_open(&ring, SIZE_MAX / 2), "more than there is cannot be reserved");
}

int main(void) {
    test_growth();
    test_wraps();
    test_space();
    test_refusal();
    return tap_end();
}
