/* The screen as output: makes any xterm.js of this size show it, with its modes, whatever it showed before. */
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "screen-paint.h"
#include "util.h"

/* A saved cursor has only the flags of underline and link, not style and address. */
static void put_saved(struct painter *to, const struct buffer *buffer) {
    struct pen pen = buffer->saved_pen;
    const bool as_link = is_extended(pen) && !is_underlined(pen);
    pen.under = is_underlined(pen) ? 1 << UNDERLINE_SHIFT : 0;
    go_to(to, buffer->saved_x, buffer->saved_y);
    put_pen(to, pen);
    if (as_link)
        (void)fputs("\x1b]8;;v\x07", to->out);
    if (buffer->saved_charset != '\0')
        (void)fprintf(to->out, "\x1b(%c\x1b" "7\x1b(B", buffer->saved_charset);
    else
        (void)fputs("\x1b" "7", to->out);
    if (as_link)
        (void)fputs("\x1b]8;;\x07", to->out);
}

static size_t written(const struct painter *to) {
    const off_t at = ftello(to->out);
    if (at < 0)
        die_errno("cannot write the snapshot of the screen");
    return (size_t)at;
}

/* Writes a notice in the first line that is left out, truncated to its length. */
static void put_notice(struct painter *to, int y) {
    char text[100];
    (void)snprintf(text, sizeof text, "[%d lines of the screen are not kept: with their colors they are too large]", to->screen->rows - y);
    go_to(to, 0, y);
    put_pen(to, (struct pen){0});
    (void)fprintf(to->out, "%.*s", to->screen->columns, text);
}

/* Puts as many lines as there is room for: the first one that does not fit is removed again. */
static void put_lines(struct painter *to, const struct buffer *buffer, size_t most) {
    for (int y = 0; y < to->screen->rows; y++) {
        const struct painter before = *to;
        const size_t at = written(to);
        draw_line(to, buffer, y);
        if (written(to) <= most)
            continue;
        *to = before;
        if (fseeko(to->out, (off_t)at, SEEK_SET) < 0)
            die_errno("cannot write the snapshot of the screen");
        put_notice(to, y);
        return;
    }
}

static void put_buffer(struct painter *to, const struct buffer *buffer, size_t most) {
    put_lines(to, buffer, most);
    put_pen(to, (struct pen){0});
    (void)fputs("\x1b[3g", to->out);
    for (int x = 0; x < to->screen->columns; x++)
        if (buffer->tabs[x])
            (void)fprintf(to->out, "\x1b[%dG\x1bH", x + 1);
    put_saved(to, buffer);
    (void)fprintf(to->out, "\x1b[%d;%dr", buffer->top + 1, buffer->bottom + 1);
    put_pen(to, (struct pen){0});
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

static void put_pending(FILE *out, const struct screen *screen) {
    if (screen->sequence.state != 0)
        (void)fwrite(screen->sequence.pending, 1, screen->sequence.pending_size, out);
    (void)fwrite(screen->utf8, 1, screen->utf8_size, out);
}

char *screen_snapshot(const struct screen *screen, size_t most, size_t *ret_size) {
    char *text = NULL;
    const struct buffer *alternate = &screen->buffers[1];
    struct painter to = {.out = open_memstream(&text, ret_size), .screen = screen};
    if (to.out == NULL)
        die_errno("cannot write the snapshot of the screen");
    (void)__fsetlocking(to.out, FSETLOCKING_BYCALLER); /* no locks: no other thread uses it */
    (void)fputs("\x18\x1b[?1047l\x1b[!p\x1b[?9l\x1b[?1006l\x1b[20l\x1b[H\x1b[2J", to.out);
    (void)fprintf(to.out, "\x1b]2;%s\x07", screen->title);
    put_buffer(&to, &screen->buffers[0], screen->now == alternate ? most / 2 : most);
    (void)fputs("\x1b[?1047h", to.out);
    if (screen->now == alternate)
        put_buffer(&to, alternate, most);
    else {
        put_saved(&to, alternate);
        put_pen(&to, (struct pen){0});
        (void)fputs("\x1b[?1047l", to.out);
    }
    put_modes(to.out, &screen->modes);
    put_cursor(&to);
    put_pending(to.out, screen);
    if (fclose(to.out) != 0)
        die_errno("cannot write the snapshot of the screen");
    return text;
}
