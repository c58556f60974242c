/* Writes the cursor of a screen: its position, and the pen and character set of what is printed there next. */
#include "screen-paint.h"

static void put_level(FILE *out, int level) {
    static const char *const levels[] = {"\x0f", "\x0e", "\x1bn", "\x1bo"};
    (void)fputs(levels[level], out);
}

static void put_charset(FILE *out, int level, char charset) {
    if (charset != '\0')
        (void)fprintf(out, "\x1b%c%c", "()*+"[level], charset);
}

static void put_charsets(FILE *out, const struct screen *screen) {
    for (int i = 0; i < 4; i++)
        put_charset(out, i, screen->charsets[i]);
    put_level(out, screen->level);
}

/* The current character set may be one that no level has. Restoring the cursor may not be able to set it: then it is
 * designated for the current level. So what is printed next is right, until the program chooses a level again. */
static void put_chosen(FILE *out, const struct screen *screen) {
    if (screen->charset != screen->charsets[screen->level])
        (void)fprintf(out, "\x1b%c%c", "()*+"[screen->level], screen->charset == '\0' ? 'B' : screen->charset);
}

/* Whether the last character was a wide one that did not fit and was not shown. */
static bool is_lost(const struct screen *screen) {
    const struct buffer *now = screen->now;
    return screen->modes.no_wrap && screen->last_width == 2 && now->x == screen->columns - 1 &&
           (now->x < 2 || cell_at(now->lines[now->y], now->x - 2)->width != 2);
}

/* How many columns before the cursor the character is that a combining mark would join; 0: there is none. */
static int joinable(const struct screen *screen) {
    const struct buffer *now = screen->now;
    const int width = screen->last_width;
    const bool is_there = width > 0 && now->x >= width && cell_at(now->lines[now->y], now->x - width)->code != 0;
    return is_there && !is_lost(screen) ? width : 0;
}

/* States that only restoring the cursor (DECRC) can set: a character set that no level has, and flags of the pen that
 * do not match its underline and link. */
struct odd {
    bool charset, pen;
};

static bool fits(struct pen pen) {
    struct pen marked = pen;
    mark_extended(&marked);
    return marked.bg == pen.bg;
}

static bool is_consistent(struct pen pen) {
    return fits(pen) && is_underlined(pen) == (pen.under >> UNDERLINE_SHIFT != 0);
}

/* last: the cell that is printed again after restoring the cursor; NULL: none. It must not change the restored pen. */
static struct odd find_odd(const struct screen *screen, const struct cell *last) {
    const struct pen saved = screen->now->saved_pen, pen = screen->pen;
    const bool saves = is_underlined(saved) == is_underlined(pen) && (is_extended(saved) || !is_underlined(saved));
    const struct pen shown = shown_pen(pen);
    const bool keeps = last == NULL || (last->pen.under == shown.under && last->pen.link == shown.link);
    return (struct odd){
        .charset = screen->charset != screen->charsets[screen->level] && screen->charset == screen->now->saved_charset,
        .pen = !is_consistent(pen) && saves && keeps && (is_extended(saved) == is_extended(pen) || fits(pen)),
    };
}

static void put_restored(struct painter *to, struct odd odd) {
    const struct screen *screen = to->screen;
    const struct pen pen = screen->pen;
    put_charsets(to->out, screen);
    put_pen(to, (struct pen){.under = pen.under, .link = pen.link});
    (void)fputs("\x1b" "8", to->out);
    to->knows_pen = false;
    if (!odd.charset)
        put_level(to->out, screen->level);
    if (odd.pen && is_extended(pen) != is_extended(screen->now->saved_pen)) {
        to->link = to->link == 0 ? MAX_LINKS + 1 : 0; /* sent again, which sets the flag */
        put_link(to, pen.link);
    }
}

/* The effect of the last character on the next one: it wraps, or a mark joins. To get it, the last one is printed
 * again. */
struct tail {
    int width; /* of the character that a combining mark would join; 0: none */
    int back;  /* the character that is printed again begins so many columns before the cursor */
    bool lost, cut, wraps;
};

static struct tail find_tail(const struct screen *screen) {
    const struct buffer *now = screen->now;
    const struct line *line = now->lines[now->y];
    struct tail tail = {.width = joinable(screen), .lost = is_lost(screen)};
    tail.cut = tail.lost && cell_at(line, now->x - 1)->width == 2;
    tail.wraps = now->x == screen->columns && tail.width == 0 && !tail.cut;
    tail.back = tail.cut ? 1 : tail.width > 0 ? tail.width : !tail.wraps ? 0 : cell_at(line, screen->columns - 1)->width == 0 ? 2 : 1;
    return tail;
}

/* Puts the character sets, unless restoring the cursor has set them. */
static void put_sets(struct painter *to, struct odd odd) {
    if (!odd.charset && !odd.pen)
        put_charsets(to->out, to->screen);
    if (!odd.charset)
        put_chosen(to->out, to->screen);
}

void put_cursor(struct painter *to) {
    const struct screen *screen = to->screen;
    const struct buffer *now = screen->now;
    const struct tail tail = find_tail(screen);
    const struct cell *last = cell_at(now->lines[now->y], now->x - tail.back);
    const struct odd odd = find_odd(screen, tail.wraps ? last : NULL);
    if (odd.charset || odd.pen)
        put_restored(to, odd);
    if (screen->modes.origin)
        (void)fputs("\x1b[?6h", to->out);
    go_to(to, now->x - tail.back, now->y - (screen->modes.origin ? now->top : 0));
    if (tail.wraps) {
        if (odd.pen)
            put_colors(to, last->pen);
        else
            put_pen(to, last->pen);
        put_cell(to, last, odd.charset ? screen->charset : '\0');
        to->knows_pen = false; /* so that a sequence is sent: after it no mark joins this character */
    }
    put_sets(to, odd);
    if (odd.pen)
        put_colors(to, screen->pen);
    else
        put_pen(to, is_consistent(screen->pen) ? screen->pen : shown_pen(screen->pen));
    if (screen->modes.insert && tail.width > 0) /* make up for the cells that printing it again inserts */
        (void)fprintf(to->out, "\x1b[%dP", tail.width);
    if (screen->modes.insert)
        (void)fputs("\x1b[4h", to->out);
    if (screen->modes.sync)
        (void)fputs("\x1b[?2026h", to->out);
    if (tail.width > 0 || tail.cut)
        put_cell(to, last, screen->charset);
    if (tail.lost)
        (void)fputs(WIDE_SPACE, to->out);
}
