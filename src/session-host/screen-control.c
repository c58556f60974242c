/* The table of all known control characters and sequences, and what they do. */
#include "screen.h"

static void next_tab(struct screen *screen) {
    struct buffer *now = screen->now;
    if (now->x >= screen->columns)
        return;
    do
        now->x++;
    while (now->x < screen->columns && !now->tabs[now->x]);
    if (now->x >= screen->columns)
        now->x = screen->columns - 1;
}

static void previous_tab(struct screen *screen) {
    struct buffer *now = screen->now;
    do
        now->x--;
    while (now->x > 0 && !now->tabs[now->x]);
    if (now->x < 0)
        now->x = 0;
}

static void back(struct screen *screen) {
    struct buffer *now = screen->now;
    restrict_cursor(screen, screen->modes.reverse_wrap ? screen->columns : screen->columns - 1);
    if (now->x > 0)
        now->x--;
    else if (screen->modes.reverse_wrap && now->y > now->top && now->y <= now->bottom && now->lines[now->y]->wrapped) {
        now->lines[now->y--]->wrapped = false;
        now->x = screen->columns - 1;
        const struct cell *cell = cell_at(now->lines[now->y], now->x);
        if (cell->width != 0 && cell->code == 0)
            now->x--;
    }
    restrict_cursor(screen, screen->columns - 1);
}

static void index_line(struct screen *screen) {
    restrict_cursor(screen, screen->columns - 1);
    line_feed(screen);
    restrict_cursor(screen, screen->columns - 1);
}

static void next_line(struct screen *screen) {
    struct buffer *now = screen->now;
    if (screen->modes.line_feed)
        now->x = 0;
    const bool scrolls = now->y == now->bottom;
    const int before = now->y;
    line_feed(screen);
    if (!scrolls && now->y != before)
        now->lines[now->y]->wrapped = false;
    if (now->x >= screen->columns)
        now->x--;
}

void screen_execute(struct screen *screen, uint32_t code) {
    struct buffer *now = screen->now;
    switch (code) {
    case 0x08: back(screen); break;
    case 0x09: next_tab(screen); break;
    case 0x0a: case 0x0b: case 0x0c: next_line(screen); break;
    case 0x0d: now->x = 0; break;
    case 0x0e: choose_level(screen, 1); break;
    case 0x0f: choose_level(screen, 0); break;
    case 0x84: index_line(screen); break;
    case 0x85: now->x = 0; index_line(screen); break;
    case 0x88: if (now->x < screen->columns) now->tabs[now->x] = true; break;
    default: break;
    }
}

static int value(const struct screen *screen, int at) {
    return at < screen->sequence.count ? screen->sequence.values[at] : 0;
}

/* The repeat count, limited to more than any screen's size. */
static int count_of(const struct screen *screen) {
    const int given = value(screen, 0);
    return given == 0 ? 1 : given > 65536 ? 65536 : given;
}

static void move(struct screen *screen, int x, int y) {
    restrict_cursor(screen, screen->columns - 1);
    const struct buffer *now = screen->now;
    set_cursor(screen, now->x + x, now->y + y);
}

static void move_lines(struct screen *screen, int count) {
    const struct buffer *now = screen->now;
    const int to_top = now->y - now->top, to_bottom = now->bottom - now->y;
    if (count < 0 && to_top >= 0 && -count > to_top)
        count = -to_top;
    if (count > 0 && to_bottom >= 0 && count > to_bottom)
        count = to_bottom;
    move(screen, 0, count);
}

static void move_to(struct screen *screen) {
    const int row = value(screen, 0), column = value(screen, 1);
    const int most = MAX_SIDE + 1;
    set_cursor(screen, column > most ? most : column > 0 ? column - 1 : 0, row > most ? most : row > 0 ? row - 1 : 0);
}

static bool in_region(const struct screen *screen) {
    return screen->now->y >= screen->now->top && screen->now->y <= screen->now->bottom;
}

static void edit_lines(struct screen *screen, int count) {
    restrict_cursor(screen, screen->columns - 1);
    if (!in_region(screen))
        return;
    scroll_lines(screen, screen->now->y, screen->now->bottom, count, erase_pen(screen));
    screen->now->x = 0;
}

static void edit_columns(struct screen *screen, int at, int count) {
    struct buffer *now = screen->now;
    for (int y = now->top; in_region(screen) && y <= now->bottom; y++) {
        if (count > 0)
            insert_cells(screen, now->lines[y], at, count, erase_pen(screen));
        else
            delete_cells(screen, now->lines[y], at, -count, erase_pen(screen));
        now->lines[y]->wrapped = false;
    }
}

static void set_region(struct screen *screen) {
    struct buffer *now = screen->now;
    const int top = value(screen, 0) != 0 ? value(screen, 0) : 1;
    int bottom = value(screen, 1);
    if (bottom == 0 || bottom > screen->rows)
        bottom = screen->rows;
    if (bottom <= top)
        return;
    now->top = top - 1;
    now->bottom = bottom - 1;
    set_cursor(screen, 0, 0);
}

static void remove_tabs(struct screen *screen) {
    struct buffer *now = screen->now;
    if (value(screen, 0) == 3)
        clear_tabs(now);
    else if (value(screen, 0) == 0)
        now->tabs[now->x] = false;
}

static void edit_cells(struct screen *screen, uint32_t final) {
    struct buffer *now = screen->now;
    restrict_cursor(screen, screen->columns - 1);
    struct line *line = now->lines[now->y];
    if (final == '@')
        insert_cells(screen, line, now->x, count_of(screen), erase_pen(screen));
    else if (final == 'P')
        delete_cells(screen, line, now->x, count_of(screen), erase_pen(screen));
    else
        replace_cells(screen, line, now->x, now->x + count_of(screen), false);
}

static void set_modes(struct screen *screen, bool is_private, bool on) {
    for (int i = 0; i < screen->sequence.count; i++)
        set_mode(screen, is_private, screen->sequence.values[i], on);
}

static void tabs(struct screen *screen, void step(struct screen *)) {
    const int count = count_of(screen); /* each step moves the cursor, until it is at the edge */
    for (int i = count < screen->columns ? count : screen->columns; i > 0 && screen->now->x < screen->columns; i--)
        step(screen);
}

static void protect(struct screen *screen) {
    if (value(screen, 0) == 1)
        screen->pen.bg |= BG_PROTECTED;
    else if (value(screen, 0) == 0 || value(screen, 0) == 2)
        screen->pen.bg &= ~BG_PROTECTED;
}

/* CSI sequences without prefix and intermediates. */
static void plain(struct screen *screen, uint32_t final) {
    struct buffer *now = screen->now;
    const int count = count_of(screen);
    switch (final) {
    case '@': case 'P': case 'X': edit_cells(screen, final); break;
    case 'A': move_lines(screen, -count); break;
    case 'B': move_lines(screen, count); break;
    case 'C': case 'a': move(screen, count, 0); break;
    case 'D': move(screen, -count, 0); break;
    case 'E': move_lines(screen, count); now->x = 0; break;
    case 'F': move_lines(screen, -count); now->x = 0; break;
    case 'G': case '`': set_cursor(screen, count - 1, now->y); break;
    case 'H': case 'f': move_to(screen); break;
    case 'I': tabs(screen, next_tab); break;
    case 'J': erase_display(screen, value(screen, 0), false); break;
    case 'K': erase_line(screen, value(screen, 0), false); break;
    case 'L': edit_lines(screen, -count); break;
    case 'M': edit_lines(screen, count); break;
    case 'S': scroll_lines(screen, now->top, now->bottom, count, erase_pen(screen)); break;
    case 'T': scroll_lines(screen, now->top, now->bottom, -count, (struct pen){0}); break;
    case 'Z': tabs(screen, previous_tab); break;
    case 'b': screen_repeat(screen, value(screen, 0) == 0 ? 1 : value(screen, 0)); break;
    case 'd': set_cursor(screen, now->x, count - 1); break;
    case 'e': move(screen, 0, count); break;
    case 'g': remove_tabs(screen); break;
    case 'h': set_modes(screen, false, true); break;
    case 'l': set_modes(screen, false, false); break;
    case 'm': set_pen(screen); break;
    case 'r': set_region(screen); break;
    case 's': save_cursor(screen); break;
    case 'u': restore_cursor(screen); break;
    default: break;
    }
}

void screen_csi(struct screen *screen, uint32_t final) {
    const int count = count_of(screen);
    if (screen->sequence.collected == 0) {
        plain(screen, final);
        return;
    }
    switch (screen->sequence.collected << 8 | final) {
    case '?' << 8 | 'h': set_modes(screen, true, true); break;
    case '?' << 8 | 'l': set_modes(screen, true, false); break;
    case '?' << 8 | 'J': erase_display(screen, value(screen, 0), true); break;
    case '?' << 8 | 'K': erase_line(screen, value(screen, 0), true); break;
    case '!' << 8 | 'p': soft_reset(screen); break;
    case ' ' << 8 | 'q': screen->modes.cursor_style = value(screen, 0) <= 6 ? (uint8_t)value(screen, 0) : screen->modes.cursor_style; break;
    case '"' << 8 | 'q': protect(screen); break;
    case ' ' << 8 | '@': edit_columns(screen, 0, -count); break;
    case ' ' << 8 | 'A': edit_columns(screen, 0, count); break;
    case '\'' << 8 | '}': edit_columns(screen, screen->now->x, count); break;
    case '\'' << 8 | '~': edit_columns(screen, screen->now->x, -count); break;
    default: break;
    }
}

/* DECALN. As in xterm.js, the cells get no underline and no link. */
static void fill_with_e(struct screen *screen) {
    const struct pen bare = {.fg = screen->pen.fg, .bg = screen->pen.bg}, pen = shown_pen(bare);
    set_cursor(screen, 0, 0);
    for (int y = screen->now->y; y < screen->rows; y++) {
        struct line *line = screen->now->lines[y];
        line->wrapped = false;
        fill_cells(screen, line, 0, screen->columns, make_cell('E', 1, pen));
    }
    set_cursor(screen, 0, 0);
}

static void plain_esc(struct screen *screen, uint32_t final) {
    switch (final) {
    case '7': save_cursor(screen); break;
    case '8': restore_cursor(screen); break;
    case 'D': screen_execute(screen, 0x84); break;
    case 'E': screen_execute(screen, 0x85); break;
    case 'H': screen_execute(screen, 0x88); break;
    case 'M': reverse_index(screen); break;
    case '=': screen->modes.keypad = true; break;
    case '>': screen->modes.keypad = false; break;
    case 'c': screen_reset(screen); break;
    case 'n': case '}': choose_level(screen, 2); break;
    case 'o': case '|': choose_level(screen, 3); break;
    case '~': choose_level(screen, 1); break;
    default: break;
    }
}

void screen_esc(struct screen *screen, uint32_t final) {
    const uint32_t collected = screen->sequence.collected;
    if (collected == 0)
        plain_esc(screen, final);
    else if (collected == '#' && final == '8')
        fill_with_e(screen);
    else if (collected == '%' && (final == '@' || final == 'G')) {
        choose_level(screen, 0);
        choose_charset(screen, 0, 'B');
    } else if ((collected >= '(' && collected <= '+') || collected == '-' || collected == '.')
        choose_charset(screen, collected == '-' ? 1 : collected == '.' ? 2 : (int)(collected - '('), (char)final);
}
