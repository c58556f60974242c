/* Framing and field readers: the first byte chooses the limit and how the stream is cut, eight more the fields that a
 * frame is read as. What was read without fault must give the same frame when it is written. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "fuzz.h"
#include "util.h"

FUZZ_NO_COVERAGE

enum { FIELDS = 8 };

struct plan {
    size_t limit, piece;
    uint8_t fields[FIELDS];
};

static void copy_strings(struct reader *reader, size_t max, struct writer *copy) {
    cleanup_free char **texts = read_strings(reader, max);
    must((texts == NULL) == reader->bad);
    if (texts == NULL)
        return;
    size_t count = 0;
    while (texts[count] != NULL)
        count++;
    must(count <= max);
    put_strings(copy, texts);
}

static void copy_string(struct reader *reader, size_t size, struct writer *copy) {
    cleanup_free char *text = malloc(size);
    must(text != NULL);
    read_string(reader, text, size);
    must(strnlen(text, size) < size);
    must(!reader->bad || text[0] == '\0');
    put_string(copy, text);
}

static void copy_bytes(struct reader *reader, size_t max, struct writer *copy) {
    size_t size = SIZE_MAX;
    const uint8_t *bytes = read_bytes(reader, max, &size);
    must(size <= max && (bytes != NULL || size == 0));
    put_bytes(copy, bytes, size);
}

static void copy_exact(struct reader *reader, size_t size, struct writer *copy) {
    cleanup_free uint8_t *data = malloc(size + 1);
    must(data != NULL);
    read_exact(reader, data, size);
    put_bytes(copy, data, size);
}

/* high: five bits that the readers which take a size make one of. */
static void copy_field(struct reader *reader, uint8_t kind, size_t high, struct writer *copy) {
    switch (kind) {
    case 0: put_u8(copy, read_u8(reader)); break;
    case 1: put_u16(copy, read_u16(reader)); break;
    case 2: put_u32(copy, read_u32(reader)); break;
    case 3: put_u64(copy, read_u64(reader)); break;
    case 4: copy_string(reader, 1 + high * high, copy); break;
    case 5: copy_exact(reader, high, copy); break;
    case 6: copy_bytes(reader, high * 64, copy); break;
    default: copy_strings(reader, high * 33, copy); break;
    }
}

static void walk(const struct plan *plan, const struct frame *frame) {
    struct writer copy = {0};
    struct reader reader = reader_of(frame);
    copy = writer_of(frame_type(frame));
    for (size_t i = 0; i < FIELDS && !reader.bad && reader.at < reader.end; i++) {
        copy_field(&reader, plan->fields[i] & 7, plan->fields[i] >> 3, &copy);
        must(reader.at <= reader.end);
    }
    const struct reader before = reader;
    if (reader.bad) {
        must(read_u64(&reader) == 0 && reader.at == before.at && !read_end(&reader));
        writer_clear(&copy);
        return;
    }
    const bool whole = read_end(&reader);
    size_t size;
    cleanup_free uint8_t *again = writer_take(&copy, &size);
    must(!whole || size == 4 + frame->size);
    must(memcmp(again + 4, frame->data, size - 4) == 0);
}

/* False when the stream is broken. */
static bool take(const struct plan *plan, int fd, struct frame *frame) {
    for (int got; (got = frame_receive(fd, frame, plan->limit)) != 0;) {
        if (got < 0)
            return false;
        must(frame->size >= 1 && frame->size <= plan->limit && frame->have == 4 + frame->size);
        walk(plan, frame);
        frame_clear(frame);
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const size_t LIMITS[] = {1, 51, 4096, 65536};
    static const size_t PIECES[] = {1, 3, 4, 5, 100, 4096, 65536, 1 << 20};
    struct script script = {data, data + size};
    struct frame frame = {0};
    int pair[2];
    const uint8_t first = (uint8_t)script_number(&script, 1);
    struct plan plan = {.limit = LIMITS[first & 3], .piece = PIECES[first >> 2 & 7]};
    for (size_t i = 0; i < FIELDS; i++)
        plan.fields[i] = (uint8_t)script_number(&script, 1);
    fuzz_pair(pair);
    bool working = true;
    for (size_t left; working && (left = (size_t)(script.end - script.at)) > 0; ) {
        const size_t piece = left < plan.piece ? left : plan.piece;
        fuzz_say(pair[1], script.at, piece);
        script.at += piece;
        working = take(&plan, pair[0], &frame);
    }
    (void)close(pair[1]);
    must(!working || frame_receive(pair[0], &frame, plan.limit) < 0);
    frame_clear(&frame);
    (void)close(pair[0]);
    return 0;
}

FUZZ_END
