/* Writes pens as SGR: only the difference from the cell before. If a property ends, SGR 0 and the whole pen are
 * written. */
#include "screen-paint.h"

struct sgr {
    char text[256];
    size_t size;
};

static const struct { uint32_t fg, bg; const char *code; } FLAGS[] = {
    {FG_BOLD, 0, "1"}, {0, BG_DIM, "2"}, {0, BG_ITALIC, "3"}, {FG_BLINK, 0, "5"}, {FG_INVERSE, 0, "7"},
    {FG_INVISIBLE, 0, "8"}, {FG_STRIKE, 0, "9"}, {0, BG_OVERLINE, "53"},
};

static void add_text(struct sgr *sgr, const char *text) {
    while (*text != '\0' && sgr->size < sizeof sgr->text)
        sgr->text[sgr->size++] = *text++;
}

/* number has at most three digits. fprintf takes several times as long, and a screen may need millions of these. */
static void add_number(struct sgr *sgr, uint32_t number) {
    const char digits[] = {(char)('0' + number / 100), (char)('0' + number / 10 % 10), (char)('0' + number % 10), '\0'};
    add_text(sgr, digits + (number < 10 ? 2 : number < 100 ? 1 : 0));
}

static void add_code(struct sgr *sgr, const char *code) {
    if (sgr->size > 0)
        add_text(sgr, ";");
    add_text(sgr, code);
}

static void add_color(struct sgr *sgr, const char *what, uint32_t color) {
    add_code(sgr, what);
    if ((color & KIND) != KIND_RGB) {
        add_text(sgr, ":5:");
        add_number(sgr, color & 0xff);
        return;
    }
    add_text(sgr, ":2:");
    for (int shift = 16; shift >= 0; shift -= 8) {
        add_text(sgr, ":");
        add_number(sgr, color >> shift & 0xff);
    }
}

/* The 16 colours are not the same as the first 16 of 256: bold makes them bright. tens: 3 or 4. */
static void add_ground(struct sgr *sgr, uint32_t tens, uint32_t color) {
    const char *const what = tens == 3 ? "38" : "48";
    if ((color & KIND) == 0)
        add_code(sgr, tens == 3 ? "39" : "49");
    else if ((color & KIND) == KIND_16) {
        add_code(sgr, "");
        add_number(sgr, tens * 10 + ((color & 8) != 0 ? 60 : 0) + (color & 7));
    } else
        add_color(sgr, what, color);
}

static void add_changes(struct sgr *sgr, struct pen had, struct pen pen) {
    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        if ((pen.fg & ~had.fg & FLAGS[i].fg) != 0 || (pen.bg & ~had.bg & FLAGS[i].bg) != 0)
            add_code(sgr, FLAGS[i].code);
    if (((pen.fg ^ had.fg) & COLOR) != 0)
        add_ground(sgr, 3, pen.fg & COLOR);
    if (((pen.bg ^ had.bg) & COLOR) != 0)
        add_ground(sgr, 4, pen.bg & COLOR);
}

static void put_sgr(struct painter *to, const struct sgr *sgr) {
    if (sgr->size == 0)
        return;
    (void)fputs("\x1b[", to->out);
    (void)fwrite(sgr->text, 1, sgr->size, to->out);
    (void)fputc('m', to->out);
}

/* Whether any property ends, apart from the colours of text and background. */
static bool ends_something(struct pen had, struct pen pen) {
    const uint32_t fg = FG_BOLD | FG_BLINK | FG_INVERSE | FG_INVISIBLE | FG_STRIKE;
    const uint32_t bg = BG_DIM | BG_ITALIC | BG_OVERLINE | BG_PROTECTED;
    return (had.fg & ~pen.fg & fg) != 0 || (had.bg & ~pen.bg & bg) != 0 ||
           (had.under >> UNDERLINE_SHIFT != 0 && pen.under >> UNDERLINE_SHIFT == 0) ||
           ((had.under & KIND) != 0 && (pen.under & KIND) == 0);
}

void put_pen(struct painter *to, struct pen pen) {
    struct sgr sgr = {.size = 0};
    struct pen had = to->pen;
    if (!to->knows_pen || ends_something(had, pen)) {
        had = (struct pen){0};
        add_code(&sgr, "0");
    }
    add_changes(&sgr, had, pen);
    if (pen.under >> UNDERLINE_SHIFT != had.under >> UNDERLINE_SHIFT) {
        add_code(&sgr, "4:");
        add_number(&sgr, pen.under >> UNDERLINE_SHIFT);
    }
    if (((pen.under ^ had.under) & COLOR) != 0)
        add_color(&sgr, "58", pen.under & COLOR);
    put_sgr(to, &sgr);
    /* SGR 0 has removed the protection, if it was sent. */
    if ((pen.bg & ~had.bg & BG_PROTECTED) != 0)
        (void)fputs("\x1b[1\"q", to->out);
    put_link(to, pen.link);
    to->pen = pen;
    to->knows_pen = true;
}

void put_colors(struct painter *to, struct pen pen) {
    struct sgr sgr = {.size = 0};
    add_code(&sgr, "22;23;25;27;28;29;39;49;55");
    add_changes(&sgr, (struct pen){0}, pen);
    put_sgr(to, &sgr);
    (void)fputs((pen.bg & BG_PROTECTED) != 0 ? "\x1b[1\"q" : "\x1b[0\"q", to->out);
    to->knows_pen = false;
}
