/* Frames: what is put comes out, and nothing that came from outside is trusted. */
#include "frame.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "protocol.h"
#include "tap.h"
#include "util.h"

struct pair {
    int near, far;
};

static struct pair make_pair(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        die_errno("cannot make a socket pair");
    return (struct pair){ends[0], ends[1]};
}

static void close_pair(struct pair *pair) {
    close_descriptor(&pair->near);
    close_descriptor(&pair->far);
}

static void send_raw(int fd, const char *data, size_t size) {
    if (send(fd, data, size, 0) != (ssize_t)size)
        die_errno("cannot send");
}

/* A frame as it would have come: takes what the writer holds. */
static struct frame frame_of(struct writer *writer) {
    size_t size;
    cleanup_free uint8_t *sent = writer_take(writer, &size);
    struct frame frame = {.size = size - 4, .have = size, .data = must_alloc(size - 4, 1)};
    memcpy(frame.data, sent + 4, size - 4);
    return frame;
}

static void test_every_field(void) {
    struct pair pair = make_pair();
    struct writer writer = {0};
    char *texts[] = {(char[]){"a"}, (char[]){""}, (char[]){"long enough to be three words"}, NULL};
    writer = writer_of(9);
    put_u8(&writer, 0xab);
    put_u16(&writer, 0xabcd);
    put_u32(&writer, 0xabcdef01);
    put_u64(&writer, 0xabcdef0123456789);
    put_string(&writer, "grüße");
    put_bytes(&writer, (const uint8_t *)"\0\1\2", 3);
    put_bytes(&writer, (const uint8_t *)"four", 4);
    put_strings(&writer, texts);
    put_u16(&writer, 2);
    put_u32(&writer, 0x72657374);
    check(frame_send(pair.near, &writer, 1000) && writer.data == NULL, "a frame is sent and the writer is empty again");

    struct frame frame = {0};
    char text[16];
    uint8_t exact[3];
    size_t size;
    check(frame_receive(pair.far, &frame, 4096) == 1 && frame_type(&frame) == 9, "the frame arrives with its type");
    check(frame_receive(pair.far, &frame, 4096) == 1, "a whole frame stays whole until it is cleared");
    struct reader reader = reader_of(&frame);
    check(read_u8(&reader) == 0xab && read_u16(&reader) == 0xabcd, "u8 and u16");
    check(read_u32(&reader) == 0xabcdef01 && read_u64(&reader) == 0xabcdef0123456789, "u32 and u64");
    read_string(&reader, text, sizeof text);
    check_text(text, "grüße", "string");
    read_exact(&reader, exact, sizeof exact);
    check(memcmp(exact, "\0\1\2", 3) == 0, "bytes of an exact size");
    const uint8_t *bytes = read_bytes(&reader, 4, &size);
    check(size == 4 && memcmp(bytes, "four", 4) == 0, "bytes up to a size");
    cleanup_free char **came = read_strings(&reader, 3);
    check(came != NULL && strcmp(came[0], "a") == 0 && came[1][0] == '\0' && strcmp(came[2], texts[2]) == 0 &&
              came[3] == NULL,
          "strings end with NULL");
    check(read_count(&reader, 2) == 2, "count");
    check(!read_end(&reader), "bytes that are left are seen");
    reader.at += 4;
    check(read_end(&reader), "the end is seen");
    frame_clear(&frame);
    close_pair(&pair);
}

static void test_slow_arrival(void) {
    struct pair pair = make_pair();
    const char sent[] = "\0\0\0\3\7ab\0\0\0\1\10";
    struct frame frame = {0};
    bool early = false;
    for (size_t i = 0; i < 6; i++) {
        send_raw(pair.far, sent + i, 1);
        early = early || frame_receive(pair.near, &frame, 16) != 0;
    }
    check(!early, "a frame in pieces is not whole before its last byte");
    send_raw(pair.far, sent + 6, 6);
    check(frame_receive(pair.near, &frame, 16) == 1 && frame.size == 3 && frame_type(&frame) == 7, "then it is whole");
    frame_clear(&frame);
    check(frame_receive(pair.near, &frame, 16) == 1 && frame_type(&frame) == 8, "the next one was left alone");
    frame_clear(&frame);
    send_raw(pair.far, "\0\0\0\2\1", 5);
    close_descriptor(&pair.far);
    check(frame_receive(pair.near, &frame, 16) == -1 && errno == ECONNRESET, "an end inside a frame is an error");
    frame_clear(&frame);
    check(frame_receive(pair.near, &frame, 16) == -1 && errno == 0, "an end between frames is an end");
    close_pair(&pair);
}

static void test_wrong_lengths(void) {
    static const struct {
        const char *data, *name;
    } cases[] = {
        {"\0\0\0\0", "a frame without a type is refused"},
        {"\0\0\0\21", "a frame one byte over the limit is refused"},
        {"\377\377\377\377", "a frame of 4 GiB is refused"},
        {"GET ", "an HTTP request is refused"},
        {"\26\3\1\2", "a TLS hello is refused"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair pair = make_pair();
        struct frame frame = {0};
        send_raw(pair.far, cases[i].data, 4);
        check(frame_receive(pair.near, &frame, 16) == -1 && errno == EMSGSIZE, cases[i].name);
        frame_clear(&frame);
        close_pair(&pair);
    }
}

static void test_deadlines(void) {
    struct pair pair = make_pair();
    struct frame frame = {0};
    check(frame_wait(pair.near, &frame, 16, monotonic_ms() + 1) == -1 && errno == ETIMEDOUT, "a wait ends in time");
    send_raw(pair.far, "\0\0\0\1\5", 5);
    check(frame_wait(pair.near, &frame, 16, 0) == 1, "a wait for ever ends with a frame");
    frame_clear(&frame);

    struct writer writer = {0};
    uint8_t filler[4096] = {0};
    while (send(pair.near, filler, sizeof filler, MSG_DONTWAIT) > 0)
        continue;
    writer = writer_of(1);
    check(!frame_send(pair.near, &writer, 1) && errno == ETIMEDOUT, "sending to a peer that does not read ends in time");
    check(writer.data == NULL, "and leaves nothing behind");
    close_descriptor(&pair.far);
    writer = writer_of(1);
    check(!frame_send(pair.near, &writer, 1000) && errno == EPIPE, "sending to nobody fails without a signal");
    close_pair(&pair);
}

static void test_wrong_fields(void) {
    struct writer writer = {0};
    char text[4];
    uint8_t exact[3] = {1, 1, 1};
    size_t size = 1;
    writer = writer_of(1);
    put_string(&writer, "abcd");
    struct frame frame = frame_of(&writer);

    struct reader reader = reader_of(&frame);
    read_string(&reader, text, sizeof text);
    check(reader.bad && text[0] == '\0', "a string that does not fit with its NUL is bad");
    check(read_u32(&reader) == 0 && !read_end(&reader), "what follows a bad field is bad");
    reader = reader_of(&frame);
    read_exact(&reader, exact, sizeof exact);
    check(reader.bad && exact[0] == 0 && exact[2] == 0, "too many bytes for an exact size are bad");
    reader = reader_of(&frame);
    uint8_t more[5];
    read_exact(&reader, more, sizeof more);
    check(reader.bad, "too few bytes for an exact size are bad");
    reader = reader_of(&frame);
    check(read_bytes(&reader, 3, &size) == NULL && size == 0 && reader.bad, "bytes over the maximum are bad");
    reader = reader_of(&frame);
    check(read_count(&reader, 3) == 0 && reader.bad, "a count over the maximum is bad");
    reader = reader_of(&frame);
    check(read_u64(&reader) == 0 && reader.bad, "an integer past the end is bad");
    reader = reader_of(&frame);
    check(read_strings(&reader, 3) == NULL && reader.bad, "more strings than the maximum are bad");
    reader = reader_of(&frame);
    check(read_strings(&reader, 4) == NULL && reader.bad, "strings with lengths past the end are bad");
    frame_clear(&frame);
}

static void test_wrong_strings(void) {
    struct writer writer = {0};
    char text[8];
    writer = writer_of(1);
    put_bytes(&writer, (const uint8_t *)"a\0b", 3);
    struct frame frame = frame_of(&writer);
    struct reader reader = reader_of(&frame);
    read_string(&reader, text, sizeof text);
    check(reader.bad && text[0] == '\0', "a string with a NUL is bad");
    frame_clear(&frame);

    writer = writer_of(1);
    put_u16(&writer, 1);
    put_bytes(&writer, (const uint8_t *)"a\0b", 3);
    frame = frame_of(&writer);
    reader = reader_of(&frame);
    check(read_strings(&reader, 8) == NULL && reader.bad, "strings of which one has a NUL are bad");
    frame_clear(&frame);

    writer = writer_of(1);
    put_u16(&writer, 1);
    frame = frame_of(&writer);
    reader = reader_of(&frame);
    check(read_strings(&reader, 8) == NULL && reader.bad, "a count of strings with nothing behind it is bad");
    frame_clear(&frame);

    writer = writer_of(1);
    put_u16(&writer, 0);
    frame = frame_of(&writer);
    reader = reader_of(&frame);
    cleanup_free char **none = read_strings(&reader, 8);
    check(none != NULL && none[0] == NULL && read_end(&reader), "no strings at all are fine");
    frame_clear(&frame);
}

/* Room for what a frame of the limit holds, in fields of 32 KiB. */
static void put_many(struct writer *writer, size_t last) {
    cleanup_free uint8_t *data = must_alloc(32768, 1);
    *writer = writer_of(1);
    for (int i = 0; i < 7; i++)
        put_bytes(writer, data, 32766);
    put_bytes(writer, data, last);
}

static void write_too_much(void) {
    struct writer writer = {0};
    put_many(&writer, 32766);
}

static void write_too_long_a_field(void) {
    struct writer writer = {0};
    cleanup_free uint8_t *data = must_alloc(UINT16_MAX + 1, 1);
    writer = writer_of(1);
    put_bytes(&writer, data, UINT16_MAX + 1);
}

static void test_our_own_mistakes(void) {
    char errors[512];
    check(tap_status(write_too_much, errors, sizeof errors) == 1 << 8, "to build a frame over the limit is to die");
    check(strstr(errors, "a frame of over 262148 bytes was to be sent") != NULL, "and says so");
    check(tap_status(write_too_long_a_field, errors, sizeof errors) == 1 << 8, "to build too long a field is to die");
    struct writer writer = {0};
    put_many(&writer, 32765);
    check(writer.size == VST_MAX_ROOT_FRAME + 4, "a frame of the limit can be built");
    writer_clear(&writer);
}

/* Whatever the bytes: no read past the frame (ASan watches), and no reader is both bad and at its end. */
static void test_random_frames(void) {
    bool sound = true;
    uint64_t state = 1;
    for (unsigned round = 0; round < 20000; round++) {
        struct frame frame = {.size = 1 + round % 48};
        frame.data = must_alloc(frame.size, 1);
        for (size_t i = 0; i < frame.size; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            frame.data[i] = (uint8_t)(state >> 33) & (round % 2 == 0 ? 0x07 : 0xff);
            if (i % 2 == 1)
                frame.data[i] &= 0x03;
        }
        struct reader reader = reader_of(&frame);
        char text[8];
        size_t size;
        read_string(&reader, text, sizeof text);
        (void)read_bytes(&reader, 16, &size);
        cleanup_free char **texts = read_strings(&reader, 4);
        sound = sound && (texts == NULL) == reader.bad && !(reader.bad && read_end(&reader)) && reader.at <= reader.end;
        frame_clear(&frame);
    }
    check(sound, "random frames are read to their end or found bad");
}

int main(void) {
    log_open("frame_test");
    test_every_field();
    test_slow_arrival();
    test_wrong_lengths();
    test_deadlines();
    test_wrong_fields();
    test_wrong_strings();
    test_our_own_mistakes();
    test_random_frames();
    return tap_end();
}
