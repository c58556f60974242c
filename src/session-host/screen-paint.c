#include "screen-paint.h"

#include <string.h>

static void put_code(FILE *out, uint32_t code) {
    uint8_t bytes[4];
    (void)fwrite(bytes, 1, encode_utf8(code, bytes), out);
}

void put_cell(struct painter *to, const struct cell *cell, char charset) {
    put_code(to->out, cell->code == 0 ? ' ' : translate_back(charset, cell->code));
    for (int i = 0; i < MAX_MARKS && cell->marks[i] != 0; i++)
        put_code(to->out, cell->marks[i]);
}

/* A link without an id gets one, so that all its cells are one link: each OSC 8 without an id begins a new link. */
void put_link(struct painter *to, uint16_t number) {
    const struct link *link = number == 0 ? NULL : &to->screen->links[number - 1];
    if (number == to->link)
        return;
    if (link != NULL) {
        const size_t size = strlen(link->address) + (link->id == NULL ? 0 : strlen(link->id));
        if (size > MAX_LINK_BYTES - to->link_bytes)
            link = NULL;
        else
            to->link_bytes += size;
    }
    if (link == NULL && to->link != 0)
        (void)fputs("\x1b]8;;\x07", to->out);
    else if (link != NULL && link->id != NULL)
        (void)fprintf(to->out, "\x1b]8;id=%s;%s\x07", link->id, link->address);
    else if (link != NULL)
        (void)fprintf(to->out, "\x1b]8;id=v%u;%s\x07", number, link->address);
    to->link = link == NULL ? 0 : number;
}

void go_to(struct painter *to, int x, int y) {
    (void)fprintf(to->out, "\x1b[%d;%dH", y + 1, x + 1);
}

static void erase_cell(struct painter *to, const struct cell *cell, int x, int y) {
    if (cell->code != 0)
        return;
    go_to(to, x, y);
    put_pen(to, cell->pen);
    (void)fputs("\x1b[X", to->out);
}

/* An empty cell with more than a background: it is left of a wide character that another one has overwritten in
 * part. */
static bool is_rest(const struct cell *cell) {
    return cell->code == 0 && cell->width == 1 &&
           (cell->pen.fg != 0 || (cell->pen.bg & ~(uint32_t)COLOR) != 0 || cell->pen.under != 0 || cell->pen.link != 0);
}

/* at: column of the wide character; over: column of the character that overwrites it, which is erased again. */
static void draw_rest(struct painter *to, struct pen pen, int at, int over, int y) {
    go_to(to, at, y);
    (void)fputs(WIDE_SPACE, to->out);
    go_to(to, over, y);
    put_pen(to, pen);
    (void)fputs(" ", to->out);
    go_to(to, over, y);
    put_pen(to, (struct pen){0});
    (void)fputs("\x1b[X", to->out);
}

/* A terminal marks a line as the continuation of the one above only if a character wraps into it: print one that
 * wraps. */
static void wrap_into(struct painter *to, const struct buffer *buffer, int y) {
    const int columns = to->screen->columns;
    const struct cell *first = cell_at(buffer->lines[y], 0);
    const int last = cell_at(buffer->lines[y - 1], columns - 1)->width == 0 ? columns - 2 : columns - 1;
    const struct cell *before = cell_at(buffer->lines[y - 1], last);
    go_to(to, last, y - 1);
    put_pen(to, before->pen);
    if (is_rest(before)) { /* the wide character that follows did not fit in this line */
        (void)fputs(WIDE_SPACE "\r\x1b[0m\x1b[2X", to->out);
        to->knows_pen = false;
        return;
    }
    put_cell(to, before, '\0');
    put_pen(to, first->pen);
    if (width_of(first->code) == 0 && first->code != 0) /* a mark alone would join the character before it */
        (void)fputc(' ', to->out);
    else
        put_cell(to, first, '\0');
    erase_cell(to, before, last, y - 1);
    erase_cell(to, first, 0, y);
}

static int draw_empty(struct painter *to, const struct line *line, int x) {
    int count = 1;
    const struct cell *cell = cell_at(line, x);
    while (x + count < to->screen->columns && cell_at(line, x + count)->code == 0 &&
           is_same_pen(cell_at(line, x + count)->pen, cell->pen))
        count++;
    if ((cell->pen.bg & COLOR) != 0) {
        put_pen(to, cell->pen);
        (void)fprintf(to->out, "\x1b[%dX", count);
    }
    return count;
}

void draw_line(struct painter *to, const struct buffer *buffer, int y) {
    const struct line *line = buffer->lines[y];
    const int last = to->screen->columns - 1;
    if (line->wrapped && y > 0)
        wrap_into(to, buffer, y);
    if (is_rest(cell_at(line, last)))
        draw_rest(to, cell_at(line, last)->pen, last - 1, last - 1, y);
    int drawn = -1; /* where the last character ended */
    for (int x = 0; x < to->screen->columns;) {
        const struct cell *cell = cell_at(line, x);
        if (is_rest(cell)) {
            if (x < last)
                draw_rest(to, cell->pen, x, x + 1, y);
            x++;
            drawn = -1;
            continue;
        }
        if (cell->code == 0) {
            if ((cell->pen.bg & COLOR) != 0)
                go_to(to, x, y);
            x += draw_empty(to, line, x);
            drawn = -1;
            continue;
        }
        if (drawn != x || cell->width == 0)
            go_to(to, x, y);
        put_pen(to, cell->pen);
        put_cell(to, cell, '\0');
        x += cell->width > 1 ? 2 : 1;
        drawn = x;
    }
}
