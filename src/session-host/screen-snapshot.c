/* The screen as output: it makes any xterm.js of this size show the same screen and modes, whatever it showed
 * before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"
#include "util.h"

enum { WIDE_SPACE = 0x3000 };

static void put_code(FILE *out, uint32_t code) {
    uint8_t bytes[4];
    (void)fwrite(bytes, 1, encode_utf8(code, bytes), out);
}

static void put_cell(FILE *out, const struct cell *cell) {
    put_code(out, cell->code == 0 ? ' ' : cell->code);
    for (int i = 0; i < MAX_MARKS && cell->marks[i] != 0; i++)
        put_code(out, cell->marks[i]);
}

static void put_color(FILE *out, int what, uint32_t color) {
    if ((color & KIND) == KIND_RGB)
        (void)fprintf(out, ";%d:2::%u:%u:%u", what, color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff);
    else if ((color & KIND) != 0)
        (void)fprintf(out, ";%d:5:%u", what, color & 0xff);
}

/* The 16 colours are not the first 16 of the 256: bold makes only the former bright. */
static void put_ground(FILE *out, int what, uint32_t color) {
    if ((color & KIND) == KIND_16)
        (void)fprintf(out, ";%u", (unsigned)(what - 8) + ((color & 8) != 0 ? 60 : 0) + (color & 7));
    else
        put_color(out, what, color);
}

static void put_pen(FILE *out, struct pen pen) {
    static const struct { uint32_t fg, bg; const char *code; } flags[] = {
        {FG_BOLD, 0, ";1"}, {0, BG_DIM, ";2"}, {0, BG_ITALIC, ";3"}, {FG_BLINK, 0, ";5"}, {FG_INVERSE, 0, ";7"},
        {FG_INVISIBLE, 0, ";8"}, {FG_STRIKE, 0, ";9"}, {0, BG_OVERLINE, ";53"},
    };
    (void)fputs("\x1b[0", out);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if ((pen.fg & flags[i].fg) != 0 || (pen.bg & flags[i].bg) != 0)
            (void)fputs(flags[i].code, out);
    if ((pen.fg & FG_UNDERLINE) != 0)
        (void)fprintf(out, ";4:%u", pen.under >> UNDERLINE_SHIFT != 0 ? pen.under >> UNDERLINE_SHIFT : 1);
    put_ground(out, 38, pen.fg);
    put_ground(out, 48, pen.bg);
    put_color(out, 58, pen.under);
    (void)fputs((pen.bg & BG_PROTECTED) != 0 ? "m\x1b[1\"q" : "m\x1b[0\"q", out);
}

static bool is_same(struct pen one, struct pen other) {
    return one.fg == other.fg && one.bg == other.bg && one.under == other.under;
}

static void go_to(FILE *out, int x, int y) {
    (void)fprintf(out, "\x1b[%d;%dH", y + 1, x + 1);
}

static void erase_cell(FILE *out, const struct cell *cell, int x, int y) {
    if (cell->code != 0)
        return;
    go_to(out, x, y);
    put_pen(out, cell->pen);
    (void)fputs("\x1b[X", out);
}

/* Only printing a character past the edge makes a wrapped line, which differs from two separate lines. */
static void wrap_into(FILE *out, const struct buffer *buffer, int y, int columns) {
    const struct cell *first = &buffer->lines[y]->cells[0];
    const int last = buffer->lines[y - 1]->cells[columns - 1].width == 0 ? columns - 2 : columns - 1;
    const struct cell *before = &buffer->lines[y - 1]->cells[last];
    go_to(out, last, y - 1);
    put_pen(out, before->pen);
    put_cell(out, before);
    put_pen(out, first->pen);
    put_cell(out, first);
    erase_cell(out, before, last, y - 1);
    erase_cell(out, first, 0, y);
}

static int draw_empty(FILE *out, const struct line *line, int x, int columns) {
    int count = 1;
    const struct cell *cell = &line->cells[x];
    while (x + count < columns && cell[count].code == 0 && is_same(cell[count].pen, cell->pen))
        count++;
    if ((cell->pen.bg & COLOR) != 0) {
        put_pen(out, cell->pen);
        (void)fprintf(out, "\x1b[%dX", count);
    }
    return count;
}

static void draw_line(FILE *out, const struct buffer *buffer, int y, int columns) {
    const struct line *line = buffer->lines[y];
    if (line->wrapped && y > 0)
        wrap_into(out, buffer, y, columns);
    struct pen pen = {0};
    int drawn = -1; /* where the last character ended */
    for (int x = 0; x < columns;) {
        const struct cell *cell = &line->cells[x];
        if (cell->code == 0) {
            if ((cell->pen.bg & COLOR) != 0)
                go_to(out, x, y);
            x += draw_empty(out, line, x, columns);
            drawn = -1;
            continue;
        }
        if (drawn != x || cell->width == 0) {
            go_to(out, x, y);
            put_pen(out, cell->pen);
        } else if (!is_same(pen, cell->pen))
            put_pen(out, cell->pen);
        put_cell(out, cell);
        pen = cell->pen;
        x += cell->width > 1 ? 2 : 1;
        drawn = x;
    }
}

static void put_saved(FILE *out, const struct buffer *buffer) {
    go_to(out, buffer->saved_x, buffer->saved_y);
    put_pen(out, buffer->saved_pen);
    if (buffer->saved_charset != '\0')
        (void)fprintf(out, "\x1b(%c\x1b" "7\x1b(B", buffer->saved_charset);
    else
        (void)fputs("\x1b" "7", out);
}

static void put_buffer(FILE *out, const struct screen *screen, const struct buffer *buffer) {
    for (int y = 0; y < screen->rows; y++)
        draw_line(out, buffer, y, screen->columns);
    (void)fputs("\x1b[0m\x1b[0\"q\x1b[3g", out);
    for (int x = 0; x < screen->columns; x++)
        if (buffer->tabs[x])
            (void)fprintf(out, "\x1b[%dG\x1bH", x + 1);
    put_saved(out, buffer);
    (void)fprintf(out, "\x1b[%d;%dr\x1b[0m\x1b[0\"q", buffer->top + 1, buffer->bottom + 1);
}

static void put_mode(FILE *out, const char *text, bool on) {
    if (on)
        (void)fputs(text, out);
}

static void put_modes(FILE *out, const struct modes *modes) {
    put_mode(out, "\x1b[20h", modes->line_feed);
    put_mode(out, "\x1b[?1h", modes->cursor_keys);
    put_mode(out, "\x1b=", modes->keypad);
    put_mode(out, "\x1b[?7l", modes->no_wrap);
    put_mode(out, "\x1b[?45h", modes->reverse_wrap);
    put_mode(out, "\x1b[?1004h", modes->focus);
    put_mode(out, "\x1b[?2004h", modes->paste);
    put_mode(out, "\x1b[?25l", modes->hidden);
    put_mode(out, modes->blink > 0 ? "\x1b[?12h" : "\x1b[?12l", modes->blink != 0);
    if (modes->mouse != 0)
        (void)fprintf(out, "\x1b[?%uh", modes->mouse);
    if (modes->mouse_form != 0)
        (void)fprintf(out, "\x1b[?%uh", modes->mouse_form);
    if (modes->cursor_style != 0)
        (void)fprintf(out, "\x1b[%u q", modes->cursor_style);
}

static void put_charsets(FILE *out, const struct screen *screen) {
    static const char *const levels[] = {"\x0f", "\x0e", "\x1bn", "\x1bo"};
    for (int i = 0; i < 4; i++)
        if (screen->charsets[i] != '\0')
            (void)fprintf(out, "\x1b%c%c", "()*+"[i], screen->charsets[i]);
    (void)fputs(levels[screen->level], out);
}

/* The last character was a wide one without room, which is not shown. */
static bool is_lost(const struct screen *screen) {
    const struct buffer *now = screen->now;
    return screen->modes.no_wrap && screen->last_width == 2 && now->x == screen->columns - 1 &&
           (now->x < 2 || now->lines[now->y]->cells[now->x - 2].width != 2);
}

/* How many columns before the cursor the character is that combining characters join; 0: none. */
static int joinable(const struct screen *screen) {
    const struct buffer *now = screen->now;
    const int width = screen->last_width;
    const bool is_there = width > 0 && now->x >= width && now->lines[now->y]->cells[now->x - width].code != 0;
    return is_there && !screen->modes.insert && !is_lost(screen) ? width : 0;
}

/* Sets the cursor, and with it what happens to the next character: it may wrap, or join the last one. */
static void put_cursor(FILE *out, const struct screen *screen) {
    const struct buffer *now = screen->now;
    const struct modes *modes = &screen->modes;
    const struct cell *cells = now->lines[now->y]->cells;
    const bool lost = is_lost(screen), cut = lost && cells[now->x - 1].width == 2;
    const int width = joinable(screen);
    const int end = now->x < screen->columns ? 0 : cells[screen->columns - 1].width == 0 ? 2 : 1;
    const int back = cut ? 1 : width > 0 ? width : end;
    const struct cell *last = &cells[now->x - back];
    put_charsets(out, screen);
    put_mode(out, "\x1b[?6h", modes->origin);
    go_to(out, now->x - back, now->y - (modes->origin ? now->top : 0));
    if (back > 0 && width == 0 && !cut) {
        put_pen(out, last->pen);
        put_cell(out, last);
    }
    put_pen(out, screen->pen);
    put_mode(out, "\x1b[4h", modes->insert);
    put_mode(out, "\x1b[?2026h", modes->sync);
    if (width > 0 || cut)
        put_cell(out, last);
    if (lost)
        put_code(out, WIDE_SPACE);
}

static void put_pending(FILE *out, const struct screen *screen) {
    if (screen->sequence.state != 0)
        (void)fwrite(screen->sequence.pending, 1, screen->sequence.pending_size, out);
    (void)fwrite(screen->utf8, 1, screen->utf8_size, out);
}

char *screen_snapshot(const struct screen *screen, size_t *ret_size) {
    char *text = NULL;
    const struct buffer *alternate = &screen->buffers[1];
    FILE *out = open_memstream(&text, ret_size);
    if (out == NULL)
        die_errno("cannot keep the screen");
    (void)fputs("\x18\x1b[?1047l\x1b[!p\x1b[?9l\x1b[?1006l\x1b[20l\x1b[H\x1b[2J", out);
    (void)fprintf(out, "\x1b]2;%s\x07", screen->title);
    put_buffer(out, screen, &screen->buffers[0]);
    (void)fputs("\x1b[?1047h", out);
    if (screen->now == alternate)
        put_buffer(out, screen, alternate);
    else {
        put_saved(out, alternate);
        (void)fputs("\x1b[?1047l", out);
    }
    put_modes(out, &screen->modes);
    put_cursor(out, screen);
    put_pending(out, screen);
    if (fclose(out) != 0)
        die_errno("cannot keep the screen");
    return text;
}
