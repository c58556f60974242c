/* The screen's memory: made, given another size, emptied. */
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

/* Further ones follow the last one that there is, and those beyond a narrower screen stay. */
static void continue_tabs(struct buffer *buffer, int columns) {
    int from = columns;
    if (!buffer->tabs[from])
        do
            from--;
        while (from > 0 && !buffer->tabs[from]);
    set_tabs(buffer, from, columns);
}

static void empty_buffer(struct buffer *buffer, int rows, int columns) {
    *buffer = (struct buffer){.lines = buffer->lines, .tabs = buffer->tabs, .bottom = rows - 1};
    for (int y = 0; y < rows; y++) {
        buffer->lines[y]->wrapped = false;
        empty_cells(buffer->lines[y], 0, columns, (struct pen){0});
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

/* RIS: two bytes, so it must not cost memory anew. As in xterm.js title, cursor's visibility and LNM stay. */
void screen_reset(struct screen *screen) {
    struct screen made = {.rows = screen->rows, .columns = screen->columns, .links = screen->links, .sweep_after = screen->sweep_after};
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

static void copy_line(struct line *to, const struct line *from, int old_columns, int columns) {
    to->wrapped = from->wrapped;
    memcpy(to->cells, from->cells, (size_t)at_most(columns, old_columns) * sizeof(struct cell));
    if (columns < old_columns && to->cells[columns - 1].width == 2)
        put_empty(to, columns - 1, (struct pen){0});
}

/* What a smaller screen has no room for goes: below the cursor first, then the top. */
static void resize_lines(struct buffer *buffer, int skip, int old_rows, int old_columns, int rows, int columns) {
    struct line **lines = new_lines(rows, columns);
    for (int y = 0; y < rows && y + skip < old_rows; y++)
        copy_line(lines[y], buffer->lines[y + skip], old_columns, columns);
    free_lines(buffer->lines, old_rows);
    buffer->lines = lines;
}

static void resize_buffer(struct buffer *buffer, bool is_used, int old_rows, int old_columns, int rows, int columns) {
    const int over = buffer->y + 1 - rows, skip = over > 0 ? over : 0;
    resize_lines(buffer, skip, old_rows, old_columns, rows, columns);
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
        resize_buffer(&screen->buffers[i], i == 0 || screen->now == &screen->buffers[i], screen->rows, screen->columns, rows, columns);
    screen->rows = rows;
    screen->columns = columns;
}
