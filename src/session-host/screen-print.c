/* Prints one character: width, wrapping, combining, insert mode. */
#include <string.h>
#include <wchar.h>

#include "screen.h"

int width_of(uint32_t code) {
    if (code < 127)
        return code < 32 ? 0 : 1;
    const int width = wcwidth((wchar_t)code);
    return width < 0 ? (code < 160 ? 0 : code >= 0x20000 && code < 0x3fffe ? 2 : 1) : width;
}

struct cell make_cell(uint32_t code, int width, struct pen pen) {
    return (struct cell){.code = code, .width = (uint8_t)width, .pen = pen};
}

/* Written in place, because copying a cell takes longer. */
static void put(struct screen *screen, struct line *line, int at, uint32_t code, int width, struct pen pen) {
    struct cell *cells = at > line->used ? reach(screen, line, at) : line->cells;
    cells[at] = (struct cell){.code = code, .width = (uint8_t)width, .pen = pen};
    line->used = line->used > at ? line->used : at + 1;
}

static void add_mark(struct cell *cell, uint32_t code) {
    if (cell->code == 0) {
        cell->code = code;
        cell->width = 1;
        return;
    }
    for (int i = 0; i < MAX_MARKS; i++)
        if (cell->marks[i] == 0) {
            cell->marks[i] = code;
            return;
        }
}

void wrap(struct screen *screen) {
    struct buffer *now = screen->now;
    struct line *before = now->lines[now->y];
    empty_cells(screen, before, now->x, screen->columns, shown_pen(screen->pen));
    now->x = 0;
    now->y++;
    if (now->y == now->bottom + 1) {
        now->y--;
        scroll_lines(screen, now->top, now->bottom, 1, erase_pen(screen));
    }
    if (now->y >= screen->rows)
        now->y = screen->rows - 1;
    now->lines[now->y]->wrapped = true;
}

/* Joins a combining character to the one before it. */
static void join(struct screen *screen, uint32_t code) {
    struct buffer *now = screen->now;
    struct line *line = now->lines[now->y];
    const int back = cell_at(line, now->x - 1)->width != 0 ? 1 : 2;
    if (now->x >= back)
        add_mark(&reach(screen, line, now->x)[now->x - back], code);
}

static void place(struct screen *screen, uint32_t code, int width) {
    struct buffer *now = screen->now;
    const struct pen pen = shown_pen(screen->pen);
    struct line *line = now->lines[now->y];
    if (screen->modes.insert)
        insert_cells(screen, line, now->x, width, pen);
    if (now->x < screen->columns)
        put(screen, line, now->x, code, width, pen);
    now->x++;
    for (int i = 1; i < width; i++)
        put(screen, line, now->x++, 0, 0, pen);
}

void mend_right(struct screen *screen) {
    struct line *line = screen->now->lines[screen->now->y];
    const int x = screen->now->x;
    if (x < screen->columns && cell_at(line, x)->width == 0 && cell_at(line, x)->code == 0)
        put_empty(screen, line, x, shown_pen(screen->pen));
}

size_t screen_print_run(struct screen *screen, const uint8_t *bytes, size_t size) {
    struct buffer *now = screen->now;
    if (!screen->in_run || screen->charset != '\0' || screen->modes.insert || now->x >= screen->columns)
        return 0;
    struct line *line = now->lines[now->y];
    const struct pen pen = shown_pen(screen->pen);
    struct cell *cells = reach(screen, line, now->x) + now->x;
    const size_t room = (size_t)(screen->columns - now->x), most = room < size ? room : size;
    size_t done = 0;
    for (; done < most && bytes[done] >= 0x20 && bytes[done] < 0x7f; done++)
        cells[done] = (struct cell){.code = bytes[done], .width = 1, .pen = pen};
    now->x += (int)done;
    screen->work += done;
    line->used = line->used > now->x ? line->used : now->x;
    if (done > 0) {
        screen->last_width = 1;
        mend_right(screen);
    }
    return done;
}

void screen_print(struct screen *screen, uint32_t given) {
    struct buffer *now = screen->now;
    const int columns = screen->columns;
    struct line *line = now->lines[now->y];
    /* Only the first character of a run can hit the second half of a wide one. */
    if (!screen->in_run && now->x > 0 && cell_at(line, now->x - 1)->width == 2)
        put_empty(screen, line, now->x - 1, shown_pen(screen->pen));
    screen->in_run = true;
    const uint32_t code = translate(screen->charset, given);
    const int width = width_of(code);
    if (width == 0 && screen->last_width > 0) {
        if (now->x > 0)
            join(screen, code);
        return;
    }
    screen->last_width = (uint8_t)width;
    bool has_room = true;
    if (now->x + width > columns) {
        if (!screen->modes.no_wrap)
            wrap(screen);
        else {
            now->x = columns - 1;
            has_room = width < 2;
        }
    }
    if (has_room)
        place(screen, code, width);
    mend_right(screen);
    if (now->x > columns)
        now->x = columns;
}
