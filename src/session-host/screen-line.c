/* A line's cells. All cells from `used` on are the same; they are not written until one of them changes. So erasing or
 * filling a line costs the same for any length. Cells that are written are counted (screen.work). */
#include <string.h>

#include "screen.h"

static bool is_same_cell(const struct cell *one, const struct cell *other) {
    return one->code == other->code && memcmp(one->marks, other->marks, sizeof one->marks) == 0 &&
           one->width == other->width && is_same_pen(one->pen, other->pen);
}

static void fill(struct screen *screen, struct cell *cells, int count, const struct cell *cell) {
    if (count <= 0)
        return;
    screen->work += (uint64_t)count;
    cells[0] = *cell;
    for (int done = 1; done < count; done *= 2)
        memcpy(cells + done, cells, (size_t)(done < count - done ? done : count - done) * sizeof *cells);
}

struct cell *reach(struct screen *screen, struct line *line, int end) {
    if (end > line->used) {
        const struct cell rest = line->rest;
        fill(screen, line->cells + line->used, end - line->used, &rest);
        line->used = end;
    }
    return line->cells;
}

void fill_cells(struct screen *screen, struct line *line, int from, int to, struct cell cell) {
    screen->work++;
    if (from >= to || (from >= line->used && is_same_cell(&cell, &line->rest)))
        return;
    if (to < screen->columns) {
        (void)reach(screen, line, from);
        fill(screen, line->cells + from, to - from, &cell);
        line->used = line->used > to ? line->used : to;
        return;
    }
    if (!is_same_cell(&cell, &line->rest))
        (void)reach(screen, line, from);
    line->used = line->used < from ? line->used : from;
    line->rest = cell;
}

void empty_cells(struct screen *screen, struct line *line, int from, int to, struct pen pen) {
    fill_cells(screen, line, from, to, (struct cell){.width = 1, .pen = pen});
}

void put_empty(struct screen *screen, struct line *line, int at, struct pen pen) {
    empty_cells(screen, line, at, at + 1, pen);
}

static void move_cells(struct screen *screen, struct line *line, int to, int from, int count) {
    if (count <= 0)
        return;
    screen->work += (uint64_t)count;
    memmove(line->cells + to, line->cells + from, (size_t)count * sizeof(struct cell));
}

void shift_right(struct screen *screen, struct line *line, int at, int count, struct pen pen) {
    const int used = line->used, end = used + count < screen->columns ? used + count : screen->columns;
    if (at < used) {
        move_cells(screen, line, at + count, at, end - at - count);
        line->used = end;
    }
    empty_cells(screen, line, at, at + count, pen);
}

void shift_left(struct screen *screen, struct line *line, int at, int count, struct pen pen) {
    const int columns = screen->columns;
    const struct cell empty = {.width = 1, .pen = pen};
    const bool is_rest = is_same_cell(&empty, &line->rest);
    if (at >= (is_rest ? line->used : columns))
        return;
    const int end = is_rest ? line->used : columns;
    (void)reach(screen, line, end);
    move_cells(screen, line, at, at + count, end - at - count);
    line->used = end - count > at ? end - count : at;
    line->rest = empty;
}
