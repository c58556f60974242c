/* Modes, the saved cursor, the two buffers. */
#include "screen.h"

void save_cursor(struct screen *screen) {
    struct buffer *now = screen->now;
    now->saved_x = now->x;
    now->saved_y = now->y;
    now->saved_pen = (struct pen){.fg = screen->pen.fg, .bg = screen->pen.bg}; /* the rest is not restored */
    now->saved_charset = screen->charset;
}

void restore_cursor(struct screen *screen) {
    struct buffer *now = screen->now;
    now->x = now->saved_x;
    now->y = now->saved_y;
    screen->pen.fg = now->saved_pen.fg;
    screen->pen.bg = now->saved_pen.bg;
    screen->charset = now->saved_charset;
    restrict_cursor(screen, screen->columns - 1);
}

void soft_reset(struct screen *screen) {
    struct buffer *now = screen->now;
    const struct modes *had = &screen->modes;
    screen->modes = (struct modes){.mouse = had->mouse, .mouse_form = had->mouse_form, .blink = had->blink, .line_feed = had->line_feed};
    now->top = 0;
    now->bottom = screen->rows - 1;
    screen->pen = (struct pen){0};
    for (int i = 0; i < 4; i++)
        screen->charsets[i] = '\0';
    screen->charset = '\0';
    screen->level = 0;
    now->saved_x = now->saved_y = 0;
    now->saved_pen = screen->pen;
    now->saved_charset = '\0';
}

static void choose_alternate(struct screen *screen) {
    struct buffer *normal = &screen->buffers[0], *alternate = &screen->buffers[1];
    if (screen->now == alternate)
        return;
    alternate->x = normal->x;
    alternate->y = normal->y;
    alternate->top = 0;
    alternate->bottom = screen->rows - 1;
    reset_tabs(alternate, screen->columns);
    screen->now = alternate;
    scroll_lines(screen, 0, screen->rows - 1, screen->rows, erase_pen(screen));
}

static void choose_normal(struct screen *screen) {
    struct buffer *normal = &screen->buffers[0];
    if (screen->now == normal)
        return;
    normal->x = screen->now->x;
    normal->y = screen->now->y;
    screen->now = normal;
}

static void switch_buffer(struct screen *screen, int mode, bool on) {
    if (mode == 1049 && on)
        save_cursor(screen);
    if (on)
        choose_alternate(screen);
    else
        choose_normal(screen);
    if (mode == 1049 && !on)
        restore_cursor(screen);
}

static void set_private(struct screen *screen, int mode, bool on) {
    struct modes *modes = &screen->modes;
    switch (mode) {
    case 1: modes->cursor_keys = on; break;
    case 2:
        for (int i = 0; on && i < 4; i++)
            choose_charset(screen, i, 'B');
        break;
    case 6: modes->origin = on; set_cursor(screen, 0, 0); break;
    case 7: modes->no_wrap = !on; break;
    case 12: modes->blink = on ? 1 : -1; break;
    case 25: modes->hidden = !on; break;
    case 45: modes->reverse_wrap = on; break;
    case 66: modes->keypad = on; break;
    case 9: case 1000: case 1002: case 1003: modes->mouse = on ? (uint16_t)mode : 0; break;
    case 1004: modes->focus = on; break;
    case 1006: case 1016: modes->mouse_form = on ? (uint16_t)mode : 0; break;
    case 1048:
        if (on)
            save_cursor(screen);
        else
            restore_cursor(screen);
        break;
    case 47: case 1047: case 1049: switch_buffer(screen, mode, on); break;
    case 2004: modes->paste = on; break;
    case 2026: modes->sync = on; break;
    default: break;
    }
}

void set_mode(struct screen *screen, bool is_private, int mode, bool on) {
    if (is_private)
        set_private(screen, mode, on);
    else if (mode == 4)
        screen->modes.insert = on;
    else if (mode == 20)
        screen->modes.line_feed = on;
}
