/* REP: a few bytes can request the same character very often. The cost is limited to about one write of each line. */
#include "screen.h"

/* After so many characters in the same place more change nothing: one for the cell, one for each mark, and one more. */
enum { SETTLED = 4 };

static void print_one(struct screen *screen, const struct cell *cell) {
    screen_print(screen, cell->code);
    for (int m = 0; m < MAX_MARKS && cell->marks[m] != 0; m++)
        screen_print(screen, cell->marks[m]);
}

static void print_some(struct screen *screen, const struct cell *cell, int count) {
    for (int i = 0; i < count && i < SETTLED; i++)
        print_one(screen, cell);
}

static void put_wide(struct screen *screen, struct line *line, int from, int end, struct cell cell) {
    struct cell *cells = reach(screen, line, from);
    for (int x = from; x < end; x += 2) {
        cells[x] = cell;
        cells[x + 1] = make_cell(0, 0, cell.pen);
    }
    line->used = line->used > end ? line->used : end;
    screen->work += (uint64_t)(end - from);
}

/* Prints as many as the line has room for. The result is the same as of printing them one by one. */
static void put_in_line(struct screen *screen, struct cell cell, int count) {
    struct buffer *now = screen->now;
    struct line *line = now->lines[now->y];
    const int end = now->x + count * cell.width;
    if (screen->modes.insert)
        insert_cells(screen, line, now->x, count * cell.width, cell.pen);
    if (cell.width == 1)
        fill_cells(screen, line, now->x, end, cell);
    else
        put_wide(screen, line, now->x, end, cell);
    now->x = end;
    mend_right(screen);
}

/* Prints whole lines; the cursor is behind the last column. In the last line they scroll, and fill the whole region if
 * there are enough of them. Returns how many lines are done; 0: the caller must print a character. */
static int put_lines(struct screen *screen, struct cell cell, int lines) {
    struct buffer *now = screen->now;
    const bool scrolls = now->y == now->bottom, is_last = scrolls || now->y == screen->rows - 1;
    const int top = scrolls ? now->top : now->y;
    if (lines == 0 || (is_last && lines < now->y - top + 1) || cell.width != 1)
        return 0;
    if (!is_last) {
        wrap(screen);
        fill_cells(screen, now->lines[now->y], 0, screen->columns, cell);
        now->x = screen->columns;
        return 1;
    }
    for (int y = top; y <= now->y; y++) {
        fill_cells(screen, now->lines[y], 0, screen->columns, cell);
        now->lines[y]->wrapped = true;
    }
    return lines;
}

/* In the last line of the region or screen, further lines change nothing after the first rows + 2: leaves the others
 * out. */
static int without_excess(const struct screen *screen, int count, int per_line) {
    const struct buffer *now = screen->now;
    const int most = screen->rows + 2;
    const bool is_last = now->y == now->bottom || now->y == screen->rows - 1;
    return is_last && count / per_line > most ? count - (count / per_line - most) * per_line : count;
}

/* shown: the cell before the cursor after the character was printed once. */
static void repeat(struct screen *screen, const struct cell *cell, struct cell shown, int count) {
    const struct buffer *now = screen->now;
    const int columns = screen->columns, per_line = columns / shown.width;
    while (count > 0) {
        const int room = (columns - now->x) / shown.width;
        if (room > 0) {
            const int fits = room < count ? room : count;
            put_in_line(screen, shown, fits);
            count -= fits;
        } else if (screen->modes.no_wrap) {
            print_some(screen, cell, count);
            return;
        } else {
            count = without_excess(screen, count, per_line);
            const int lines = put_lines(screen, shown, count / per_line);
            if (lines == 0)
                print_one(screen, cell);
            count -= lines == 0 ? 1 : lines * per_line;
        }
    }
}

void screen_repeat(struct screen *screen, int count) {
    const struct buffer *now = screen->now;
    const int at = now->x - screen->last_width;
    if (screen->last_width == 0 || at < 0)
        return;
    const struct cell cell = *cell_at(now->lines[now->y], at);
    if (cell.code == 0)
        return;
    const int width = width_of(translate(screen->charset, cell.code));
    print_one(screen, &cell);
    const struct cell *shown = now->x < width ? NULL : cell_at(now->lines[now->y], now->x - width);
    if (width > 0 && shown != NULL && shown->code != 0 && shown->width == width)
        repeat(screen, &cell, *shown, count - 1);
    else
        print_some(screen, &cell, count - 1);
}
