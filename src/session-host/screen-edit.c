/* Moves the cursor and lines, and erases. */
#include <string.h>

#include "screen.h"

void put_empty(struct line *line, int at, struct pen pen) {
    line->cells[at] = (struct cell){.width = 1, .pen = pen};
}

void empty_cells(struct line *line, int from, int to, struct pen pen) {
    if (from >= to)
        return;
    struct cell *cells = line->cells + from;
    const size_t count = (size_t)(to - from);
    put_empty(line, from, pen);
    for (size_t done = 1; done < count; done *= 2)
        memcpy(cells + done, cells, (done < count - done ? done : count - done) * sizeof *cells);
}

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

/* Scrolls up by count (down if negative): lines that leave are reused as empty ones at the other end. */
void scroll_lines(struct screen *screen, int top, int bottom, int count, struct pen pen) {
    struct line **lines = screen->now->lines;
    const int height = bottom - top + 1, times = clamp(count < 0 ? -(count + 1) + 1 : count, 0, height);
    for (int i = 0; i < times; i++) {
        struct line *moved = lines[count > 0 ? top : bottom];
        if (count > 0)
            memmove(lines + top, lines + top + 1, (size_t)(height - 1) * sizeof(struct line *));
        else
            memmove(lines + top + 1, lines + top, (size_t)(height - 1) * sizeof(struct line *));
        lines[count > 0 ? bottom : top] = moved;
        moved->wrapped = false;
        empty_cells(moved, 0, screen->columns, pen);
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
static void mend_left(struct line *line, int at, struct pen pen) {
    if (at > 0 && line->cells[at - 1].width == 2)
        put_empty(line, at - 1, pen);
}

void insert_cells(struct screen *screen, struct line *line, int at, int count, struct pen pen) {
    const int columns = screen->columns;
    at %= columns;
    mend_left(line, at, pen);
    const int n = clamp(count, 0, columns - at);
    memmove(line->cells + at + n, line->cells + at, (size_t)(columns - at - n) * sizeof(struct cell));
    empty_cells(line, at, at + n, pen);
    if (line->cells[columns - 1].width == 2)
        put_empty(line, columns - 1, pen);
}

void delete_cells(struct screen *screen, struct line *line, int at, int count, struct pen pen) {
    const int columns = screen->columns;
    at %= columns;
    const int n = clamp(count, 0, columns - at);
    memmove(line->cells + at, line->cells + at + n, (size_t)(columns - at - n) * sizeof(struct cell));
    empty_cells(line, columns - n, columns, pen);
    mend_left(line, at, pen);
    if (line->cells[at].width == 0 && line->cells[at].code == 0)
        put_empty(line, at, pen);
}

void replace_cells(struct screen *screen, struct line *line, int start, int end, bool keep_protected) {
    const struct pen pen = erase_pen(screen);
    const int columns = screen->columns;
    const bool keeps_left = keep_protected && start > 0 && (line->cells[start - 1].pen.bg & BG_PROTECTED) != 0;
    if (!keeps_left)
        mend_left(line, start, pen);
    if (end > 0 && end < columns && line->cells[end - 1].width == 2 &&
        !(keep_protected && (line->cells[end].pen.bg & BG_PROTECTED) != 0))
        put_empty(line, end, pen);
    const int stop = end < columns ? end : columns;
    if (!keep_protected)
        empty_cells(line, start, stop, pen);
    for (int x = start; keep_protected && x < stop; x++)
        if ((line->cells[x].pen.bg & BG_PROTECTED) == 0)
            put_empty(line, x, pen);
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
