/* The terminal's screen and modes as of the ring's start, computed from the bytes that leave the ring. It behaves like
 * xterm.js, which shows it (docs/decisions/0032-the-screen-beside-the-ring.md). */
#ifndef VESTIBULE_SCREEN_H
#define VESTIBULE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAX_SIDE = 1000,     /* most rows or columns that are kept of a larger terminal */
    MAX_PARAMETERS = 32, /* of a sequence; further ones are ignored */
    MAX_PENDING = 4096,  /* bytes kept of an unfinished sequence */
    MAX_MARKS = 2,       /* combining characters kept of a cell */
    MAX_LINKS = 1024,    /* on the screen at a time */
    MAX_STATE_BYTES = 49152,
    TAB_WIDTH = 8,
};

/* Colours in bits 0-23, their kind in 24 and 25. */
enum { KIND_16 = 1 << 24, KIND_256 = 2 << 24, KIND_RGB = 3 << 24, KIND = 3 << 24, COLOR = 0x3ffffff };
enum { UNDERLINE_SHIFT = 26 };
#define FG_INVERSE (1U << 26)
#define FG_BOLD (1U << 27)
#define FG_UNDERLINE (1U << 28)
#define FG_BLINK (1U << 29)
#define FG_INVISIBLE (1U << 30)
#define FG_STRIKE (1U << 31)
#define BG_ITALIC (1U << 26)
#define BG_DIM (1U << 27)
#define BG_EXTENDED (1U << 28) /* `under` and `link` are valid; in a cell without it they are 0 */
#define BG_PROTECTED (1U << 29)
#define BG_OVERLINE (1U << 30)

struct pen {
    uint32_t fg, bg, under; /* colour and kind, with flags above; under: style of the underline above its colour */
    uint16_t link;          /* its number; 0: none */
};
struct cell {
    uint32_t code; /* 0: empty */
    uint32_t marks[MAX_MARKS];
    struct pen pen;
    uint8_t width; /* 2: the next cell, of width 0, is its second half */
};
struct line {
    bool wrapped; /* continues the line above */
    int used;     /* the cells from here on are equal to rest; their own memory is not valid */
    struct cell rest; /* of width 1 */
    struct cell cells[];
};
struct buffer {
    struct line **lines;
    bool *tabs; /* for MAX_SIDE + 1 columns */
    int x, y, top, bottom; /* x: the number of columns when the next character wraps */
    int saved_x, saved_y;
    struct pen saved_pen;
    char saved_charset;
};
struct link {
    char *id, *address; /* id NULL: it has none */
    size_t id_size, size;
};
struct modes {
    bool insert, line_feed, cursor_keys, keypad, origin, no_wrap, reverse_wrap, focus, paste, sync, hidden;
    uint16_t mouse, mouse_form; /* as in DECSET; 0: none */
    uint8_t cursor_style;       /* as in DECSCUSR */
    int8_t blink;               /* 0: never set; 1: on; -1: off */
};
struct sequence {
    uint8_t state;
    uint32_t collected; /* prefix and intermediates */
    int count;
    int32_t values[MAX_PARAMETERS];
    int32_t parts[MAX_PARAMETERS][6]; /* sub-parameters; -1: empty */
    int part_counts[MAX_PARAMETERS];
    bool is_full;
    uint8_t pending[MAX_PENDING];
    size_t pending_size;
    bool is_cut; /* more came than pending has room for */
};
struct screen {
    int rows, columns;
    struct buffer buffers[2], *now; /* the normal and the alternate one */
    struct pen pen;
    struct modes modes;
    char charsets[4], charset; /* final characters; 0: ASCII */
    int level;
    uint8_t last_width; /* of the character that was just printed; 0: something else came after it */
    bool in_run;        /* the last input was a printed character */
    struct sequence sequence;
    uint8_t utf8[4];
    size_t utf8_size;
    char title[1024];
    struct link *links; /* by number, from 1 on; NULL: there was none yet */
    int sweep_after;    /* number of new links before the next sweep */
    uint64_t work;      /* total cost: cells written or read, and bytes */
};

/* screen.c */
struct screen *screen_new(int rows, int columns);
void screen_free(struct screen *screen);
void screen_resize(struct screen *screen, int rows, int columns);
void screen_reset(struct screen *screen);
void clear_tabs(struct buffer *buffer);
void reset_tabs(struct buffer *buffer, int columns);

/* screen-line.c */
static inline const struct cell *cell_at(const struct line *line, int x) {
    return x < line->used ? &line->cells[x] : &line->rest;
}
/* Returns the cells; those before `end` may be written. */
struct cell *reach(struct screen *screen, struct line *line, int end);
void fill_cells(struct screen *screen, struct line *line, int from, int to, struct cell cell); /* to: behind the last */
void empty_cells(struct screen *screen, struct line *line, int from, int to, struct pen pen);
void put_empty(struct screen *screen, struct line *line, int at, struct pen pen);
/* Inserts count empty cells, or removes count cells. Cells that leave the line are lost; new ones are empty. */
void shift_right(struct screen *screen, struct line *line, int at, int count, struct pen pen);
void shift_left(struct screen *screen, struct line *line, int at, int count, struct pen pen);

/* screen-feed.c */
/* Stops after the sequence in which the cost reaches `most`; returns how many bytes were processed. One sequence costs
 * at most a few times the number of the screen's cells. */
size_t screen_feed(struct screen *screen, const uint8_t *bytes, size_t size, uint64_t most);
size_t encode_utf8(uint32_t code, uint8_t ret_bytes[4]); /* its size */

/* screen-print.c */
void screen_print(struct screen *screen, uint32_t code);
/* Prints leading ASCII characters that continue a run and fit the line; returns how many. */
size_t screen_print_run(struct screen *screen, const uint8_t *bytes, size_t size);
int width_of(uint32_t code);
struct cell make_cell(uint32_t code, int width, struct pen pen);
/* Continues in the next line. */
void wrap(struct screen *screen);
/* Erases the second half of a wide character whose first half was overwritten. */
void mend_right(struct screen *screen);

/* screen-repeat.c */
void screen_repeat(struct screen *screen, int count);

/* screen-control.c: control characters, CSI and ESC sequences */
void screen_execute(struct screen *screen, uint32_t code);
void screen_csi(struct screen *screen, uint32_t final);
void screen_esc(struct screen *screen, uint32_t final);

/* screen-edit.c: moving and erasing */
void restrict_cursor(struct screen *screen, int max_x);
void set_cursor(struct screen *screen, int x, int y);
void line_feed(struct screen *screen);
void reverse_index(struct screen *screen);
void scroll_lines(struct screen *screen, int top, int bottom, int count, struct pen pen);
void insert_cells(struct screen *screen, struct line *line, int at, int count, struct pen pen);
void delete_cells(struct screen *screen, struct line *line, int at, int count, struct pen pen);
void replace_cells(struct screen *screen, struct line *line, int start, int end, bool keep_protected);
void erase_display(struct screen *screen, int what, bool keep_protected);
void erase_line(struct screen *screen, int what, bool keep_protected);
struct pen erase_pen(const struct screen *screen);

/* screen-modes.c */
void set_mode(struct screen *screen, bool is_private, int mode, bool on);
void save_cursor(struct screen *screen);
void restore_cursor(struct screen *screen);
void soft_reset(struct screen *screen);

/* screen-charsets.c; a charset is the final character that designates it, 0: ASCII */
uint32_t translate(char charset, uint32_t code);
uint32_t translate_back(char charset, uint32_t code); /* the code that is shown as this one */
void choose_level(struct screen *screen, int level);
void choose_charset(struct screen *screen, int level, char final); /* an unknown one changes nothing */

/* screen-pen.c: SGR */
void set_pen(struct screen *screen);
static inline bool is_same_pen(struct pen one, struct pen other) {
    return one.fg == other.fg && one.bg == other.bg && one.under == other.under && one.link == other.link;
}
bool is_underlined(struct pen pen);
bool is_extended(struct pen pen);
void mark_extended(struct pen *pen);  /* to be called after a change of link or underline style */
struct pen shown_pen(struct pen pen); /* as stored in a cell */

/* screen-osc.c, screen-links.c */
void screen_osc(struct screen *screen);
void open_link(struct screen *screen, const char *text, size_t size, bool is_whole); /* the text of OSC 8 */
void links_free(struct screen *screen);

/* screen-snapshot.c: output that makes any xterm.js of this size show this screen in these modes. Lines that do not
 * fit in `most` bytes are left out, with a notice in their place; modes and the rest take up to MAX_STATE_BYTES more.
 * The caller frees it. */
char *screen_snapshot(const struct screen *screen, size_t most, size_t *ret_size);

#endif
