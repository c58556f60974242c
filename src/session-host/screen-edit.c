/* Moves the cursor and lines, and erases. */
#include <string.h>

#include "screen.h"

enum { MOVED = 16 }; /* lines moved at once */

/* Erased cells keep the background colour, and no other property. */
struct pen erase_pen(const struct screen *screen) {
    return (struct pen){.bg = screen->pen.bg & COLOR};
}

static int clamp(int value, int least, int most) {
    return value > most ? most : value < least ? least : value;
}

void restrict_cursor(struct screen *screen, int max_x) {
    struct buffer *now = screen->now;
    now->x = clamp(now->x, 0, max_x);
    now->y = screen->modes.origin ? clamp(now->y, now->top, now->bottom) : clamp(now->y, 0, screen->rows - 1);
}

void set_cursor(struct screen *screen, int x, int y) {
    struct buffer *now = screen->now;
    now->x = x;
    now->y = screen->modes.origin ? now->top + clamp(y, -MAX_SIDE, MAX_SIDE) : y;
    restrict_cursor(screen, screen->columns - 1);
}

/* Moves the first `times` of these lines behind the others. */
static void rotate_up(struct line **lines, int height, int times) {
    struct line *moved[MOVED];
    for (int step; times > 0; times -= step) {
        step = times < MOVED ? times : MOVED;
        memcpy(moved, lines, (size_t)step * sizeof *lines);
        memmove(lines, lines + step, (size_t)(height - step) * sizeof *lines);
        memcpy(lines + height - step, moved, (size_t)step * sizeof *lines);
    }
}

/* Moves the last `times` of these lines before the others. */
static void rotate_down(struct line **lines, int height, int times) {
    struct line *moved[MOVED];
    for (int step; times > 0; times -= step) {
        step = times < MOVED ? times : MOVED;
        memcpy(moved, lines + height - step, (size_t)step * sizeof *lines);
        memmove(lines + step, lines, (size_t)(height - step) * sizeof *lines);
        memcpy(lines, moved, (size_t)step * sizeof *lines);
    }
}

/* Scrolls up by count (down if negative): lines that leave are reused as empty ones at the other end. */
void scroll_lines(struct screen *screen, int top, int bottom, int count, struct pen pen) {
    struct line **lines = screen->now->lines + top;
    const int height = bottom - top + 1, times = clamp(count < 0 ? -(count + 1) + 1 : count, 0, height);
    if (times < height && count > 0)
        rotate_up(lines, height, times);
    else if (times < height)
        rotate_down(lines, height, times);
    screen->work += (uint64_t)(height / 8 * (times / MOVED + 1));
    for (int i = count > 0 ? height - times : 0, end = i + times; i < end; i++) {
        lines[i]->wrapped = false;
        empty_cells(screen, lines[i], 0, screen->columns, pen);
    }
}

void line_feed(struct screen *screen) {
    struct buffer *now = screen->now;
    now->y++;
    if (now->y == now->bottom + 1) {
        now->y--;
        scroll_lines(screen, now->top, now->bottom, 1, erase_pen(screen));
    } else if (now->y >= screen->rows)
        now->y = screen->rows - 1;
}

void reverse_index(struct screen *screen) {
    struct buffer *now = screen->now;
    restrict_cursor(screen, screen->columns - 1);
    if (now->y == now->top)
        scroll_lines(screen, now->top, now->bottom, -1, erase_pen(screen));
    else {
        now->y--;
        restrict_cursor(screen, screen->columns - 1);
    }
}

/* Erases the other half of a wide character that was cut. */
static void mend_left(struct screen *screen, struct line *line, int at, struct pen pen) {
    if (at > 0 && cell_at(line, at - 1)->width == 2)
        put_empty(screen, line, at - 1, pen);
}

void insert_cells(struct screen *screen, struct line *line, int at, int count, struct pen pen) {
    const int columns = screen->columns;
    at %= columns;
    mend_left(screen, line, at, pen);
    shift_right(screen, line, at, clamp(count, 0, columns - at), pen);
    if (cell_at(line, columns - 1)->width == 2)
        put_empty(screen, line, columns - 1, pen);
}

void delete_cells(struct screen *screen, struct line *line, int at, int count, struct pen pen) {
    const int columns = screen->columns;
    at %= columns;
    shift_left(screen, line, at, clamp(count, 0, columns - at), pen);
    mend_left(screen, line, at, pen);
    if (cell_at(line, at)->width == 0 && cell_at(line, at)->code == 0)
        put_empty(screen, line, at, pen);
}

static bool is_protected(const struct line *line, int at) {
    return (cell_at(line, at)->pen.bg & BG_PROTECTED) != 0;
}

/* The column from which on all cells are the same, so that all or none of them are protected. */
static int same_from(const struct line *line, int start, int stop) {
    const int from = line->used < stop ? line->used : stop;
    return from > start ? from : start;
}

static void erase_unprotected(struct screen *screen, struct line *line, int start, int stop) {
    const struct pen pen = erase_pen(screen);
    const int alike = same_from(line, start, stop);
    screen->work += (uint64_t)(alike - start);
    int first = start;
    while (first < alike && !is_protected(line, first))
        first++;
    if (alike < stop && !is_protected(line, alike))
        empty_cells(screen, line, first == alike ? start : alike, stop, pen);
    for (int x = start; x < alike; x++)
        if (!is_protected(line, x))
            put_empty(screen, line, x, pen);
}

void replace_cells(struct screen *screen, struct line *line, int start, int end, bool keep_protected) {
    const struct pen pen = erase_pen(screen);
    const int columns = screen->columns;
    const bool keeps_left = keep_protected && start > 0 && is_protected(line, start - 1);
    if (!keeps_left)
        mend_left(screen, line, start, pen);
    if (end > 0 && end < columns && cell_at(line, end - 1)->width == 2 && !(keep_protected && is_protected(line, end)))
        put_empty(screen, line, end, pen);
    const int stop = end < columns ? end : columns;
    if (keep_protected)
        erase_unprotected(screen, line, start, stop);
    else
        empty_cells(screen, line, start, stop, pen);
}

static void reset_lines(struct screen *screen, int from, int to, bool keep_protected) {
    for (int y = from; y < to; y++) {
        struct line *line = screen->now->lines[y];
        replace_cells(screen, line, 0, screen->columns, keep_protected);
        line->wrapped = false;
    }
}

void erase_display(struct screen *screen, int what, bool keep_protected) {
    struct buffer *now = screen->now;
    restrict_cursor(screen, screen->columns);
    struct line *line = now->lines[now->y];
    if (what == 0) {
        replace_cells(screen, line, now->x, screen->columns, keep_protected);
        line->wrapped = line->wrapped && now->x != 0;
        reset_lines(screen, now->y + 1, screen->rows, keep_protected);
    } else if (what == 1) {
        replace_cells(screen, line, 0, now->x + 1, keep_protected);
        line->wrapped = false;
        if (now->x + 1 >= screen->columns && now->y + 1 < screen->rows)
            now->lines[now->y + 1]->wrapped = false;
        reset_lines(screen, 0, now->y, keep_protected);
    } else if (what == 2)
        reset_lines(screen, 0, screen->rows, keep_protected);
}

void erase_line(struct screen *screen, int what, bool keep_protected) {
    struct buffer *now = screen->now;
    restrict_cursor(screen, screen->columns);
    struct line *line = now->lines[now->y];
    if (what == 0)
        replace_cells(screen, line, now->x, screen->columns, keep_protected);
    else if (what == 1)
        replace_cells(screen, line, 0, now->x + 1, keep_protected);
    else if (what == 2)
        replace_cells(screen, line, 0, screen->columns, keep_protected);
    line->wrapped = line->wrapped && !(what == 2 || (what == 0 && now->x == 0));
}
