/* SGR: colours and properties of the characters that follow. */
#include "screen.h"

static void set_color(uint32_t *color, uint32_t kind, uint32_t value) {
    *color = (*color & ~(uint32_t)COLOR) | kind | value;
}

static uint32_t style_of(struct pen pen) {
    return pen.under >> UNDERLINE_SHIFT;
}

bool is_underlined(struct pen pen) {
    return (pen.fg & FG_UNDERLINE) != 0;
}

bool is_extended(struct pen pen) {
    return (pen.bg & BG_EXTENDED) != 0;
}

void mark_extended(struct pen *pen) {
    const bool extended = style_of(*pen) != 0 || pen->link != 0;
    pen->bg = extended ? pen->bg | BG_EXTENDED : pen->bg & ~BG_EXTENDED;
}

/* The style of the underline counts, not the flag. In a cell with a link xterm.js draws its own line. */
struct pen shown_pen(struct pen pen) {
    const bool extended = is_extended(pen);
    const uint32_t style = !extended ? is_underlined(pen) : pen.link != 0 ? 0 : style_of(pen);
    struct pen shown = {.fg = pen.fg & ~FG_UNDERLINE, .bg = pen.bg & ~BG_EXTENDED, .link = extended ? pen.link : 0};
    if (style != 0)
        shown.fg |= FG_UNDERLINE;
    shown.under = style << UNDERLINE_SHIFT;
    if (extended && (style != 0 || pen.link != 0))
        shown.under |= pen.under & COLOR;
    mark_extended(&shown);
    return shown;
}

static void underline(struct pen *pen, int style) {
    if (style < 0 || style > 5)
        style = 1;
    pen->under = (pen->under & COLOR) | (uint32_t)style << UNDERLINE_SHIFT;
    pen->fg = style == 0 ? pen->fg & ~FG_UNDERLINE : pen->fg | FG_UNDERLINE;
    mark_extended(pen);
}

/* SGR 0: a link stays open. */
static void reset_pen(struct pen *pen) {
    *pen = (struct pen){.link = pen->link};
    mark_extended(pen);
}

static uint32_t rgb(const int32_t *values) {
    return ((uint32_t)values[0] & 0xff) << 16 | ((uint32_t)values[1] & 0xff) << 8 | ((uint32_t)values[2] & 0xff);
}

/* 38, 48, 58: with semicolons or colons, with or without a colour space, like xterm.js. Returns how many further
 * parameters were used. */
static int extended_color(const struct sequence *sequence, int at, struct pen *pen) {
    int32_t taken[6] = {0, 0, -1, 0, 0, 0};
    int space = 0, advance = 0;
    do {
        taken[advance + space] = sequence->values[at + advance];
        if (sequence->part_counts[at + advance] > 0) {
            for (int i = 0; i < sequence->part_counts[at + advance] && i + advance + 1 + space < 6; i++) {
                if (taken[1] == 5)
                    space = 1;
                if (advance + i + 1 + space < 6)
                    taken[advance + i + 1 + space] = sequence->parts[at + advance][i];
            }
            break;
        }
        if ((taken[1] == 5 && advance + space >= 2) || (taken[1] == 2 && advance + space >= 5))
            break;
        if (taken[1] != 0)
            space = 1;
    } while (++advance + at < sequence->count && advance + space < 6);
    for (int i = 2; i < 6; i++)
        if (taken[i] == -1)
            taken[i] = 0;
    uint32_t *color = taken[0] == 38 ? &pen->fg : taken[0] == 48 ? &pen->bg : &pen->under;
    if (taken[1] == 2)
        set_color(color, KIND_RGB, rgb(taken + 3));
    else if (taken[1] == 5)
        set_color(color, KIND_256, (uint32_t)taken[3] & 0xff);
    return advance;
}

static void set_flag(struct pen *pen, int code) {
    switch (code) {
    case 1: pen->fg |= FG_BOLD; break;
    case 2: pen->bg |= BG_DIM; break;
    case 3: pen->bg |= BG_ITALIC; break;
    case 5: pen->fg |= FG_BLINK; break;
    case 7: pen->fg |= FG_INVERSE; break;
    case 8: pen->fg |= FG_INVISIBLE; break;
    case 9: pen->fg |= FG_STRIKE; break;
    case 21: underline(pen, 2); break;
    case 22: pen->fg &= ~FG_BOLD, pen->bg &= ~BG_DIM; break;
    case 23: pen->bg &= ~BG_ITALIC; break;
    case 24: underline(pen, 0); break;
    case 25: pen->fg &= ~FG_BLINK; break;
    case 27: pen->fg &= ~FG_INVERSE; break;
    case 28: pen->fg &= ~FG_INVISIBLE; break;
    case 29: pen->fg &= ~FG_STRIKE; break;
    case 39: pen->fg &= ~(uint32_t)COLOR; break;
    case 49: pen->bg &= ~(uint32_t)COLOR; break;
    case 53: pen->bg |= BG_OVERLINE; break;
    case 55: pen->bg &= ~BG_OVERLINE; break;
    case 59: pen->under |= COLOR, mark_extended(pen); break; /* in xterm.js 6.0.0 this is white, not the default */
    default: break;
    }
}

void set_pen(struct screen *screen) {
    const struct sequence *sequence = &screen->sequence;
    struct pen *pen = &screen->pen;
    for (int i = 0; i < sequence->count; i++) {
        const int code = sequence->values[i];
        if (code == 0)
            reset_pen(pen);
        else if (code == 4)
            underline(pen, sequence->part_counts[i] > 0 ? sequence->parts[i][0] : 1);
        else if (code == 38 || code == 48 || code == 58)
            i += extended_color(sequence, i, pen);
        else if (code >= 30 && code <= 37)
            set_color(&pen->fg, KIND_16, (uint32_t)code - 30);
        else if (code >= 40 && code <= 47)
            set_color(&pen->bg, KIND_16, (uint32_t)code - 40);
        else if (code >= 90 && code <= 97)
            set_color(&pen->fg, KIND_16, (uint32_t)(code - 90) | 8);
        else if (code >= 100 && code <= 107)
            set_color(&pen->bg, KIND_16, (uint32_t)(code - 100) | 8);
        else
            set_flag(pen, code);
    }
}
