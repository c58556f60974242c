/* Writes a screen as output for a terminal: pens, cells and lines. */
#ifndef VESTIBULE_SCREEN_PAINT_H
#define VESTIBULE_SCREEN_PAINT_H

#include <stdio.h>

#include "screen.h"

#define WIDE_SPACE "\u3000"
enum { MAX_LINK_BYTES = 1 << 20 }; /* most bytes of addresses in one snapshot; cells after that have no link */

struct painter {
    FILE *out;
    const struct screen *screen;
    struct pen pen; /* of what is printed next, as far as SGR sets it */
    bool knows_pen;
    uint16_t link; /* the open one; 0: none */
    size_t link_bytes;
};

/* screen-sgr.c */
void put_pen(struct painter *to, struct pen pen);
/* Sets the pen except underline and link, which stay as they are. */
void put_colors(struct painter *to, struct pen pen);

void put_link(struct painter *to, uint16_t number); /* 0: none */
/* charset: the one that is chosen in the terminal. */
void put_cell(struct painter *to, const struct cell *cell, char charset);
void go_to(struct painter *to, int x, int y);
void draw_line(struct painter *to, const struct buffer *buffer, int y);
/* screen-cursor.c */
void put_cursor(struct painter *to);

#endif
