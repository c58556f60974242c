/* Length-prefixed frames: see frame.h. Nothing here trusts a length that came from outside. */
#include "frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <wchar.h>

#include "protocol.h"
#include "util.h"

enum {
    LENGTH_BYTES = 4,
    FIRST_CAPACITY = 256,
    WAIT_MAX_MS = 3600000,
    /* No reader of ours accepts a longer frame: building one is a bug. */
    WRITER_LIMIT = LENGTH_BYTES + VST_MAX_ROOT_FRAME,
};

/* ---- in ---- */

/* The length has arrived: allocates the body, unless the length is 0 or above the limit. */
static bool begin_body(struct frame *frame, size_t limit) {
    uint32_t length;
    memcpy(&length, frame->header, sizeof length);
    frame->size = ntohl(length);
    if (frame->size > 0 && frame->size <= limit)
        frame->data = must_alloc(frame->size, 1);
    errno = EMSGSIZE;
    return frame->data != NULL;
}

int frame_receive(int fd, struct frame *frame, size_t limit) {
    while (frame->data == NULL || frame->have < LENGTH_BYTES + frame->size) {
        const bool in_body = frame->have >= LENGTH_BYTES;
        uint8_t *to = in_body ? frame->data + (frame->have - LENGTH_BYTES) : frame->header + frame->have;
        const size_t want = LENGTH_BYTES + (in_body ? frame->size : 0) - frame->have;
        const ssize_t count = recv(fd, to, want, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN ? 0 : -1;
        if (count == 0) {
            errno = frame->have == 0 ? 0 : ECONNRESET;
            return -1;
        }
        frame->have += (size_t)count;
        if (frame->have == LENGTH_BYTES && !begin_body(frame, limit))
            return -1;
    }
    return 1;
}

/* Waits once. True also after a signal: the caller tries again. An error of the descriptor shows up in that try. */
static bool wait_for(int fd, short events, uint64_t deadline_ms) {
    const uint64_t now = monotonic_ms();
    if (deadline_ms != 0 && now >= deadline_ms) {
        errno = ETIMEDOUT;
        return false;
    }
    const uint64_t left = deadline_ms == 0 || deadline_ms - now > WAIT_MAX_MS ? WAIT_MAX_MS : deadline_ms - now;
    struct pollfd polled = {.fd = fd, .events = events};
    return poll(&polled, 1, (int)left) >= 0 || errno == EINTR;
}

int frame_wait(int fd, struct frame *frame, size_t limit, uint64_t deadline_ms) {
    int got;
    while ((got = frame_receive(fd, frame, limit)) == 0)
        if (!wait_for(fd, POLLIN, deadline_ms))
            return -1;
    return got;
}

static void wipe_and_free(uint8_t *data, size_t size) {
    if (data != NULL)
        explicit_bzero(data, size);
    free(data);
}

void frame_clear(struct frame *frame) {
    wipe_and_free(frame->data, frame->size);
    *frame = (struct frame){0};
}

uint8_t frame_type(const struct frame *frame) { return frame->data[0]; }

struct reader reader_of(const struct frame *frame) {
    return (struct reader){.at = frame->data + 1, .end = frame->data + frame->size};
}

/* The next size bytes, or NULL with bad set. */
static const uint8_t *take_bytes(struct reader *reader, size_t size) {
    if (reader->bad || (size_t)(reader->end - reader->at) < size) {
        reader->bad = true;
        return NULL;
    }
    const uint8_t *taken = reader->at;
    reader->at += size;
    return taken;
}

static uint64_t read_integer(struct reader *reader, size_t size) {
    const uint8_t *bytes = take_bytes(reader, size);
    uint64_t value = 0;
    for (size_t i = 0; bytes != NULL && i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

uint8_t read_u8(struct reader *reader) { return (uint8_t)read_integer(reader, 1); }
uint16_t read_u16(struct reader *reader) { return (uint16_t)read_integer(reader, 2); }
uint32_t read_u32(struct reader *reader) { return (uint32_t)read_integer(reader, 4); }
uint64_t read_u64(struct reader *reader) { return read_integer(reader, 8); }

size_t read_count(struct reader *reader, size_t max) {
    const size_t count = read_u16(reader);
    if (count > max)
        reader->bad = true;
    return reader->bad ? 0 : count;
}

const uint8_t *read_bytes(struct reader *reader, size_t max, size_t *ret_size) {
    const size_t size = read_count(reader, max);
    const uint8_t *bytes = take_bytes(reader, size);
    *ret_size = bytes == NULL ? 0 : size;
    return bytes;
}

void read_exact(struct reader *reader, uint8_t *ret_data, size_t size) {
    size_t have;
    const uint8_t *bytes = read_bytes(reader, size, &have);
    reader->bad = bytes == NULL || have != size;
    if (reader->bad)
        memset(ret_data, 0, size);
    else
        memcpy(ret_data, bytes, size);
}

void read_string(struct reader *reader, char *ret_text, size_t size) {
    size_t length;
    const uint8_t *bytes = read_bytes(reader, size - 1, &length);
    if (bytes != NULL && memchr(bytes, '\0', length) != NULL)
        reader->bad = true;
    if (!reader->bad)
        memcpy(ret_text, bytes, length);
    ret_text[reader->bad ? 0 : length] = '\0';
}

char **read_strings(struct reader *reader, size_t max) {
    const size_t count = read_count(reader, max);
    /* The rest of the frame is large enough for all texts: each has two bytes of length there, and needs one for its
     * NUL. One byte more is for the empty text that read_string writes when nothing is left. */
    const size_t pointers = (count + 1) * sizeof(char *);
    char **texts = must_alloc(pointers + (size_t)(reader->end - reader->at) + 1, 1);
    char *to = (char *)texts + pointers;
    for (size_t i = 0; i < count && !reader->bad; i++) {
        texts[i] = to;
        read_string(reader, to, (size_t)UINT16_MAX + 1);
        to += strlen(to) + 1;
    }
    if (reader->bad)
        free_pointer(&texts);
    return texts;
}

bool read_end(const struct reader *reader) { return !reader->bad && reader->at == reader->end; }

/* ---- out ---- */

/* Grows by copy and wipe, not realloc(3): a frame may hold a key. */
static uint8_t *make_room(struct writer *writer, size_t size) {
    if (size > WRITER_LIMIT - writer->size)
        die("a frame of over %d bytes was to be sent", WRITER_LIMIT);
    if (writer->size + size > writer->capacity) {
        size_t capacity = writer->capacity == 0 ? FIRST_CAPACITY : writer->capacity;
        while (capacity < writer->size + size)
            capacity *= 2;
        struct writer grown = {.data = must_alloc(capacity, 1), .size = writer->size, .capacity = capacity};
        if (writer->size > 0)
            memcpy(grown.data, writer->data, writer->size);
        writer_clear(writer);
        *writer = grown;
    }
    uint8_t *room = writer->data + writer->size;
    writer->size += size;
    return room;
}

static void put_integer(struct writer *writer, uint64_t value, size_t size) {
    uint8_t *room = make_room(writer, size);
    for (size_t i = 0; i < size; i++)
        room[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

struct writer writer_of(uint8_t type) {
    struct writer writer = {0};
    put_u32(&writer, 0);
    put_u8(&writer, type);
    return writer;
}

void put_u8(struct writer *writer, uint8_t value) { put_integer(writer, value, 1); }
void put_u16(struct writer *writer, uint16_t value) { put_integer(writer, value, 2); }
void put_u32(struct writer *writer, uint32_t value) { put_integer(writer, value, 4); }
void put_u64(struct writer *writer, uint64_t value) { put_integer(writer, value, 8); }

void put_raw(struct writer *writer, const uint8_t *data, size_t size) {
    if (size > 0)
        memcpy(make_room(writer, size), data, size);
}

void put_text(struct writer *writer, const char *text) {
    char clean[MAX_TEXT + 1];
    (void)snprintf(clean, sizeof clean, "%s", text == NULL ? "" : text);
    for (char *at = clean; *at != '\0';) {
        wchar_t point = 0;
        size_t size = mbrtowc(&point, at, strlen(at), &(mbstate_t){0});
        if (size > MAX_TEXT || point > 0x10ffff) { /* glibc accepts points above Unicode; strict decoders do not */
            *at = '?';
            size = 1;
        }
        at += size;
    }
    put_string(writer, clean);
}

void put_bytes(struct writer *writer, const uint8_t *data, size_t size) {
    if (size > UINT16_MAX)
        die("a field of %zu bytes was to be sent, at most %d fit", size, UINT16_MAX);
    put_u16(writer, (uint16_t)size);
    put_raw(writer, data, size);
}

void put_string(struct writer *writer, const char *text) {
    put_bytes(writer, (const uint8_t *)text, strlen(text));
}

void put_strings(struct writer *writer, char *const *texts) {
    size_t count = 0;
    while (texts[count] != NULL)
        count++;
    if (count > UINT16_MAX)
        die("%zu strings were to be sent, at most %d fit", count, UINT16_MAX);
    put_u16(writer, (uint16_t)count);
    for (size_t i = 0; i < count; i++)
        put_string(writer, texts[i]);
}

uint8_t *writer_take(struct writer *writer, size_t *ret_size) {
    const uint32_t length = htonl((uint32_t)(writer->size - LENGTH_BYTES));
    memcpy(writer->data, &length, sizeof length);
    uint8_t *taken = writer->data;
    *ret_size = writer->size;
    *writer = (struct writer){0};
    return taken;
}

bool frame_send(int fd, struct writer *writer, int timeout_ms) {
    const uint64_t deadline = monotonic_ms() + (uint64_t)timeout_ms;
    size_t size;
    uint8_t *data = writer_take(writer, &size);
    bool working = true;
    for (size_t done = 0; working && done < size;) {
        const ssize_t count = send(fd, data + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0)
            done += (size_t)count;
        else
            working = errno == EINTR || (errno == EAGAIN && wait_for(fd, POLLOUT, deadline));
    }
    const int saved = errno;
    wipe_and_free(data, size);
    errno = saved;
    return working;
}

void writer_clear(struct writer *writer) {
    wipe_and_free(writer->data, writer->size);
    *writer = (struct writer){0};
}
