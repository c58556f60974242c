/* The memory of the screen: creates, resizes and resets it. */
#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

static int screen_side(int wanted) {
    return wanted < 2 ? 2 : wanted > MAX_SIDE ? MAX_SIDE : wanted;
}

static struct line *new_line(int columns) {
    struct line *line = must_alloc(1, sizeof *line + (size_t)columns * sizeof line->cells[0]);
    line->rest.width = 1;
    return line;
}

static void set_tabs(struct buffer *buffer, int from, int columns) {
    for (int x = from; x < columns; x += TAB_WIDTH)
        buffer->tabs[x] = true;
}

void clear_tabs(struct buffer *buffer) {
    memset(buffer->tabs, 0, (MAX_SIDE + 1) * sizeof(bool));
}

void reset_tabs(struct buffer *buffer, int columns) {
    clear_tabs(buffer);
    set_tabs(buffer, 0, columns);
}

/* New tab stops continue after the last one. Those beyond the edge of a narrower screen stay. */
static void continue_tabs(struct buffer *buffer, int columns) {
    int from = columns;
    if (!buffer->tabs[from])
        do
            from--;
        while (from > 0 && !buffer->tabs[from]);
    set_tabs(buffer, from, columns);
}

static void empty_buffer(struct screen *screen, struct buffer *buffer) {
    const int rows = screen->rows, columns = screen->columns;
    *buffer = (struct buffer){.lines = buffer->lines, .tabs = buffer->tabs, .bottom = rows - 1};
    for (int y = 0; y < rows; y++) {
        buffer->lines[y]->wrapped = false;
        empty_cells(screen, buffer->lines[y], 0, columns, (struct pen){0});
    }
    reset_tabs(buffer, columns);
}

static struct line **new_lines(int rows, int columns) {
    struct line **lines = must_alloc((size_t)rows, sizeof *lines);
    for (int y = 0; y < rows; y++)
        lines[y] = new_line(columns);
    return lines;
}

static void free_lines(struct line **lines, int rows) {
    for (int y = 0; y < rows; y++)
        free(lines[y]);
    free(lines);
}

static void open_buffer(struct buffer *buffer, int rows, int columns) {
    *buffer = (struct buffer){.bottom = rows - 1, .lines = new_lines(rows, columns)};
    buffer->tabs = must_alloc(MAX_SIDE + 1, sizeof(bool));
    reset_tabs(buffer, columns);
}

static void close_buffer(struct buffer *buffer, int rows) {
    free_lines(buffer->lines, rows);
    free(buffer->tabs);
}

struct screen *screen_new(int rows, int columns) {
    struct screen *screen = must_alloc(1, sizeof *screen);
    screen->rows = screen_side(rows);
    screen->columns = screen_side(columns);
    for (int i = 0; i < 2; i++)
        open_buffer(&screen->buffers[i], screen->rows, screen->columns);
    screen->now = &screen->buffers[0];
    return screen;
}

void screen_free(struct screen *screen) {
    if (screen == NULL)
        return;
    for (int i = 0; i < 2; i++)
        close_buffer(&screen->buffers[i], screen->rows);
    links_free(screen);
    free(screen);
}

/* RIS is only two bytes, so it must be cheap. As in xterm.js the title, the visibility of the cursor and LNM stay. */
void screen_reset(struct screen *screen) {
    const struct modes *had = &screen->modes;
    screen->modes = (struct modes){.blink = had->blink, .hidden = had->hidden, .line_feed = had->line_feed};
    screen->pen = (struct pen){0};
    memset(screen->charsets, 0, sizeof screen->charsets);
    screen->charset = '\0';
    screen->level = 0;
    screen->last_width = 0;
    screen->in_run = false;
    screen->sequence.state = 0;
    screen->utf8_size = 0;
    for (int i = 0; i < 2; i++)
        empty_buffer(screen, &screen->buffers[i]);
    screen->now = &screen->buffers[0];
}

static int at_most(int value, int most) {
    return value < most ? value : most;
}

static void copy_line(struct screen *screen, struct line *to, struct line *from, int columns) {
    const int old_columns = screen->columns;
    if (columns <= old_columns)
        to->rest = from->rest;
    else
        (void)reach(screen, from, from->rest.code == 0 && is_same_pen(from->rest.pen, to->rest.pen) ? from->used : old_columns);
    to->wrapped = from->wrapped;
    to->used = at_most(from->used, columns);
    memcpy(to->cells, from->cells, (size_t)to->used * sizeof(struct cell));
    if (columns < old_columns && cell_at(to, columns - 1)->width == 2)
        to->cells[columns - 1] = (struct cell){.width = 1};
}

/* If the new screen has fewer rows, lines are removed: first those below the cursor, then the top ones. */
static void resize_lines(struct screen *screen, struct buffer *buffer, int skip, int rows, int columns) {
    struct line **lines = new_lines(rows, columns);
    for (int y = 0; y < rows && y + skip < screen->rows; y++)
        copy_line(screen, lines[y], buffer->lines[y + skip], columns);
    free_lines(buffer->lines, screen->rows);
    buffer->lines = lines;
}

static void resize_buffer(struct screen *screen, struct buffer *buffer, int rows, int columns) {
    const bool is_used = buffer == &screen->buffers[0] || buffer == screen->now;
    const int over = buffer->y + 1 - rows, skip = over > 0 ? over : 0;
    resize_lines(screen, buffer, skip, rows, columns);
    continue_tabs(buffer, columns);
    buffer->x = at_most(buffer->x, columns - 1);
    buffer->y -= skip;
    buffer->top = 0;
    buffer->bottom = rows - 1;
    if (!is_used)
        return;
    buffer->saved_x = at_most(buffer->saved_x, columns - 1);
    buffer->saved_y = buffer->saved_y > skip ? buffer->saved_y - skip : 0;
}

void screen_resize(struct screen *screen, int wanted_rows, int wanted_columns) {
    const int rows = screen_side(wanted_rows), columns = screen_side(wanted_columns);
    if (rows == screen->rows && columns == screen->columns)
        return;
    for (int i = 0; i < 2; i++)
        resize_buffer(screen, &screen->buffers[i], rows, columns);
    screen->rows = rows;
    screen->columns = columns;
}
