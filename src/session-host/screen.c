/* The screen's memory: allocates, resizes, resets it. */
#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

static int screen_side(int wanted) {
    return wanted < 2 ? 2 : wanted > MAX_SIDE ? MAX_SIDE : wanted;
}

static struct line *new_line(int columns) {
    struct line *line = must_alloc(1, sizeof *line + (size_t)columns * sizeof line->cells[0]);
    empty_cells(line, 0, columns, (struct pen){0});
    return line;
}

static void set_tabs(struct buffer *buffer, int from, int columns) {
    for (int x = (from + TAB_WIDTH - 1) / TAB_WIDTH * TAB_WIDTH; x < columns; x += TAB_WIDTH)
        buffer->tabs[x] = true;
}

static void empty_buffer(struct buffer *buffer, int rows, int columns) {
    *buffer = (struct buffer){.lines = buffer->lines, .tabs = buffer->tabs, .bottom = rows - 1};
    for (int y = 0; y < rows; y++) {
        buffer->lines[y]->wrapped = false;
        empty_cells(buffer->lines[y], 0, columns, (struct pen){0});
    }
    memset(buffer->tabs, 0, (size_t)columns * sizeof(bool));
    set_tabs(buffer, 0, columns);
}

static void open_buffer(struct buffer *buffer, int rows, int columns) {
    *buffer = (struct buffer){.bottom = rows - 1};
    buffer->lines = must_alloc((size_t)rows, sizeof(struct line *));
    buffer->tabs = must_alloc((size_t)columns, sizeof(bool));
    for (int y = 0; y < rows; y++)
        buffer->lines[y] = new_line(columns);
    set_tabs(buffer, 0, columns);
}

static void close_buffer(struct buffer *buffer, int rows) {
    for (int y = 0; y < rows; y++)
        free(buffer->lines[y]);
    free(buffer->lines);
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
    free(screen);
}

/* RIS: only two bytes, so it must not allocate. As in xterm.js it keeps title, cursor visibility and LNM. */
void screen_reset(struct screen *screen) {
    struct screen made = {.rows = screen->rows, .columns = screen->columns};
    made.modes = (struct modes){.blink = screen->modes.blink, .hidden = screen->modes.hidden, .line_feed = screen->modes.line_feed};
    memcpy(made.title, screen->title, sizeof made.title);
    memcpy(made.buffers, screen->buffers, sizeof made.buffers);
    *screen = made;
    for (int i = 0; i < 2; i++)
        empty_buffer(&screen->buffers[i], screen->rows, screen->columns);
    screen->now = &screen->buffers[0];
}

static int at_most(int value, int most) {
    return value < most ? value : most;
}

/* A smaller screen loses lines below the cursor first, then at the top. */
static void resize_buffer(struct buffer *buffer, int old_rows, int old_columns, int rows, int columns) {
    struct buffer made;
    open_buffer(&made, rows, columns);
    const int over = buffer->y + 1 - rows, skip = over > 0 ? over : 0;
    for (int y = 0; y < rows && y + skip < old_rows; y++) {
        const struct line *from = buffer->lines[y + skip];
        made.lines[y]->wrapped = from->wrapped;
        memcpy(made.lines[y]->cells, from->cells, (size_t)at_most(columns, old_columns) * sizeof(struct cell));
    }
    memcpy(made.tabs, buffer->tabs, (size_t)at_most(columns, old_columns) * sizeof(bool));
    made.x = at_most(buffer->x, columns - 1);
    made.y = buffer->y - skip;
    made.saved_x = at_most(buffer->saved_x, columns - 1);
    made.saved_y = buffer->saved_y > skip ? at_most(buffer->saved_y - skip, rows - 1) : 0;
    made.saved_pen = buffer->saved_pen;
    made.saved_charset = buffer->saved_charset;
    close_buffer(buffer, old_rows);
    *buffer = made;
}

void screen_resize(struct screen *screen, int wanted_rows, int wanted_columns) {
    const int rows = screen_side(wanted_rows), columns = screen_side(wanted_columns);
    if (rows == screen->rows && columns == screen->columns)
        return;
    for (int i = 0; i < 2; i++)
        resize_buffer(&screen->buffers[i], screen->rows, screen->columns, rows, columns);
    screen->rows = rows;
    screen->columns = columns;
}
