/* The screen: output in pieces, changes of size and snapshots. Its cells and numbers stay in their bounds; a snapshot
 * is bounded, and another screen that is fed with it has the same pen, character set, modes, region and title. */
#include <locale.h>

#include "fuzz.h"
#include "session-host/screen-paint.h"

FUZZ_NO_COVERAGE

enum { FUZZ_SIDE = 40, CELL_BYTES = 160, TURN_WORK = 256 };

static void check_link(const struct screen *screen, struct pen pen) {
    must(pen.link <= MAX_LINKS && (pen.link == 0 || screen->links[pen.link - 1].address != NULL));
}

static void check_cells(const struct screen *screen, const struct buffer *buffer) {
    for (int y = 0; y < screen->rows; y++) {
        const struct line *line = buffer->lines[y];
        for (int other = 0; other < y; other++)
            must(buffer->lines[other] != line);
        must(line->used >= 0 && line->used <= screen->columns && line->rest.width == 1);
        for (int x = 0; x < screen->columns; x++) {
            const struct cell *cell = cell_at(line, x);
            must(cell->width <= 2 && cell->code <= 0x10ffff);
            must(cell->code == 0 || cell->code >= 0x20);
            must(cell->width != 2 || x + 1 < screen->columns);
            check_link(screen, cell->pen);
        }
    }
}

static void check(const struct screen *screen) {
    must(screen->rows >= 2 && screen->rows <= MAX_SIDE && screen->columns >= 2 && screen->columns <= MAX_SIDE);
    must(screen->now == &screen->buffers[0] || screen->now == &screen->buffers[1]);
    must(screen->level >= 0 && screen->level < 4 && screen->last_width <= 2);
    must(screen->utf8_size < 4 && screen->sequence.pending_size <= MAX_PENDING);
    must(screen->sequence.count <= MAX_PARAMETERS && memchr(screen->title, '\0', sizeof screen->title) != NULL);
    for (int i = 0; i < 2; i++) {
        const struct buffer *buffer = &screen->buffers[i];
        must(buffer->x >= 0 && buffer->x <= screen->columns && buffer->y >= 0 && buffer->y < screen->rows);
        must(buffer->top >= 0 && buffer->top < buffer->bottom && buffer->bottom < screen->rows);
        must(buffer->saved_x >= 0 && buffer->saved_x <= MAX_SIDE && buffer->saved_y >= 0 && buffer->saved_y < MAX_SIDE);
        check_cells(screen, buffer);
    }
    check_link(screen, screen->pen);
}

static void check_pen(const struct screen *screen, const struct screen *other) {
    const struct pen wanted = shown_pen(screen->pen), came = shown_pen(other->pen);
    must(came.fg == wanted.fg && came.bg == wanted.bg && came.under == wanted.under);
    must((came.link == 0) == (wanted.link == 0));
    if (came.link != 0)
        must(strcmp(other->links[came.link - 1].address, screen->links[wanted.link - 1].address) == 0);
    must(other->charset == screen->charset && other->level == screen->level);
}

static void check_snapshot(const struct screen *screen, size_t most) {
    size_t size;
    char *text = screen_snapshot(screen, most, &size);
    must(size <= (size_t)screen->rows * (size_t)screen->columns * 2 * CELL_BYTES + MAX_STATE_BYTES + MAX_LINK_BYTES);
    must(size <= most + MAX_STATE_BYTES);
    struct screen *other = screen_new(screen->rows, screen->columns);
    (void)screen_feed(other, (const uint8_t *)text, size, UINT64_MAX);
    check(other);
    must(other->now->top == screen->now->top && other->now->bottom == screen->now->bottom);
    check_pen(screen, other);
    must(memcmp(&other->modes, &screen->modes, sizeof other->modes) == 0 && strcmp(other->title, screen->title) == 0);
    free(text);
    screen_free(other);
}

/* In turns: none costs much more than it may. */
static void feed(struct screen *screen, const uint8_t *bytes, size_t size) {
    for (size_t at = 0; at < size;) {
        const uint64_t before = screen->work;
        const size_t done = screen_feed(screen, bytes + at, size - at, TURN_WORK);
        must(done > 0 && done <= size - at);
        must(screen->work - before <= TURN_WORK + 8U * (uint64_t)(screen->rows * screen->columns) + MAX_LINKS);
        at += done;
        check(screen);
    }
}

/* A zero byte is a step, 1: size, 2: snapshot, 3: a short one; the rest is output. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct script script = {data, data + size};
    const int rows = (int)script_number(&script, 1) % FUZZ_SIDE, columns = (int)script_number(&script, 1) % FUZZ_SIDE;
    struct screen *screen = screen_new(rows, columns);
    while (script.at < script.end) {
        const uint8_t *zero = memchr(script.at, 0, (size_t)(script.end - script.at));
        const uint8_t *to = zero == NULL ? script.end : zero;
        feed(screen, script.at, (size_t)(to - script.at));
        script.at = zero == NULL ? to : to + 1;
        const uint64_t step = zero == NULL ? 2 : script_number(&script, 1);
        if (step == 1)
            screen_resize(screen, (int)script_number(&script, 1) % FUZZ_SIDE, (int)script_number(&script, 1) % FUZZ_SIDE);
        else if (step == 2)
            check_snapshot(screen, SIZE_MAX / 2);
        else if (step == 3)
            check_snapshot(screen, script_number(&script, 2));
        check(screen);
    }
    screen_free(screen);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    must(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
    return 0;
}

FUZZ_END
