/* Frames between our processes: u32 length (big-endian), u8 type, fields as src/protocol/broker-leader.ts declares
 * them. Reading never trusts a length; the first wrong field makes the whole frame bad. */
#ifndef VESTIBULE_FRAME_H
#define VESTIBULE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A frame on its way in. data holds type and fields once frame_receive returned 1. Zero-initialise. */
struct frame {
    uint8_t *data;
    size_t size;     /* bytes of type and fields, known once the length is in */
    size_t have;     /* bytes received so far, the four of the length included */
    uint8_t header[4];
};

/* Reads what is there, without blocking and never past the end of this frame. limit: longest frame taken.
 * 1: whole frame (call frame_clear before the next); 0: more must come; -1: end of stream, error or too long (errno 0,
 * errno, EMSGSIZE). */
int frame_receive(int fd, struct frame *frame, size_t limit);
/* The same, waiting until CLOCK_BOOTTIME deadline_ms (0: for ever). -1 with ETIMEDOUT when it passed. */
int frame_wait(int fd, struct frame *frame, size_t limit, uint64_t deadline_ms);
/* Wipes (explicit_bzero) and frees the data, ready for the next frame. */
void frame_clear(struct frame *frame);

/* Walks over a whole frame's fields. bad stays set after the first field that does not fit. */
struct reader {
    const uint8_t *at, *end;
    bool bad;
};
/* Starts after the type byte. */
struct reader reader_of(const struct frame *frame);
/* The type byte. */
uint8_t frame_type(const struct frame *frame);
uint8_t read_u8(struct reader *reader);
uint16_t read_u16(struct reader *reader);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
/* A string into a buffer of size bytes, NUL-terminated; bad when it does not fit or holds a NUL. */
void read_string(struct reader *reader, char *ret_text, size_t size);
/* A `bytes` field (u16 length, then the bytes) of exactly size bytes. */
void read_exact(struct reader *reader, uint8_t *ret_data, size_t size);
/* Bytes that stay in the frame; bad when longer than max. */
const uint8_t *read_bytes(struct reader *reader, size_t max, size_t *ret_size);
/* A NULL-terminated vector in one allocation (free it), bad when there are more than max or a string holds a NUL. */
char **read_strings(struct reader *reader, size_t max);
/* A u16 count, bad when over max. */
size_t read_count(struct reader *reader, size_t max);
/* True when nothing was bad and nothing is left. */
bool read_end(const struct reader *reader);

/* A frame on its way out. Grows as needed; dies past limit. */
struct writer {
    uint8_t *data;
    size_t size, capacity;
};
struct writer writer_of(uint8_t type);
void put_u8(struct writer *writer, uint8_t value);
void put_u16(struct writer *writer, uint16_t value);
void put_u32(struct writer *writer, uint32_t value);
void put_u64(struct writer *writer, uint64_t value);
void put_string(struct writer *writer, const char *text);
/* A text of any encoding and length (a PAM module's; NULL: none) as a string: cut, and what is not UTF-8 made '?'. Reads
 * the locale, which must be of UTF-8. */
enum { MAX_TEXT = 4096 };
void put_text(struct writer *writer, const char *text);
void put_bytes(struct writer *writer, const uint8_t *data, size_t size);
/* Without a length of its own (the leader's grants and signed texts). */
void put_raw(struct writer *writer, const uint8_t *data, size_t size);
/* NULL-terminated vector. */
void put_strings(struct writer *writer, char *const *texts);
/* Sends all of it, waiting at most timeout_ms for the peer to take it; wipes and frees it. False (errno) on failure. */
bool frame_send(int fd, struct writer *writer, int timeout_ms);
/* Gives up the finished frame (length included) to the caller, who frees it. */
uint8_t *writer_take(struct writer *writer, size_t *ret_size);
void writer_clear(struct writer *writer);

#endif
