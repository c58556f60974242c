/* Frames between our processes: u32 length (big-endian), u8 type, fields as src/protocol/broker-leader.ts declares
 * them. Reading never trusts a length; the first wrong field makes the whole frame bad. */
#ifndef VESTIBULE_FRAME_H
#define VESTIBULE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A frame that is being received. data holds type and fields once frame_receive returned 1. Zero-initialise. */
struct frame {
    uint8_t *data;
    size_t size;     /* bytes of type and fields, known once the length has arrived */
    size_t have;     /* bytes received so far, with the four of the length */
    uint8_t header[4];
};

/* Reads what is available, without blocking and never past the end of this frame. limit: longest frame accepted.
 * 1: the frame is complete (call frame_clear before the next one); 0: it is incomplete; -1: end of stream (errno 0),
 * error (errno) or a length that is not accepted (EMSGSIZE). */
int frame_receive(int fd, struct frame *frame, size_t limit);
/* The same, waiting until CLOCK_BOOTTIME deadline_ms (0: for ever). -1 with ETIMEDOUT when it passed. */
int frame_wait(int fd, struct frame *frame, size_t limit, uint64_t deadline_ms);
/* Wipes (explicit_bzero) and frees the data, ready for the next frame. */
void frame_clear(struct frame *frame);

/* Reads the fields of a complete frame. bad stays set after the first field that does not fit. */
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

/* A frame that is being built. Grows as needed; dies if it gets too long. */
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
/* Puts a text of any encoding and length (from a PAM module; NULL: empty) as a string: truncates it, and replaces bytes
 * that are not UTF-8 by '?'. Needs a UTF-8 locale. */
enum { MAX_TEXT = 4096 };
void put_text(struct writer *writer, const char *text);
void put_bytes(struct writer *writer, const uint8_t *data, size_t size);
/* Puts bytes without their length (for the leader's grants and signed texts). */
void put_raw(struct writer *writer, const uint8_t *data, size_t size);
/* NULL-terminated vector. */
void put_strings(struct writer *writer, char *const *texts);
/* Sends all of it, waiting at most timeout_ms for the peer to take it; wipes and frees it. False (errno) on failure. */
bool frame_send(int fd, struct writer *writer, int timeout_ms);
/* Gives the finished frame, with its length, to the caller, who frees it. */
uint8_t *writer_take(struct writer *writer, size_t *ret_size);
void writer_clear(struct writer *writer);

#endif
