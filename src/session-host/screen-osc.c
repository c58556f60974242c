/* OSC sequences: only the title and links are kept. */
#include <string.h>

#include "screen.h"

enum { INTRODUCER_BYTES = 2, MAX_NUMBER = 1000 };

static void set_title(struct screen *screen, const char *text, size_t size) {
    if (size >= sizeof screen->title)
        size = sizeof screen->title - 1;
    memcpy(screen->title, text, size);
    screen->title[size] = '\0';
}

void screen_osc(struct screen *screen) {
    const struct sequence *sequence = &screen->sequence;
    const char *at = (const char *)sequence->pending + INTRODUCER_BYTES;
    const char *end = (const char *)sequence->pending + sequence->pending_size;
    int number = -1;
    for (; at < end && *at >= '0' && *at <= '9'; at++)
        number = number < 0 ? *at - '0' : number < MAX_NUMBER ? number * 10 + *at - '0' : number;
    if (at < end && *at++ != ';')
        return;
    if (number == 0 || number == 2)
        set_title(screen, at, (size_t)(end - at));
    else if (number == 8)
        open_link(screen, at, (size_t)(end - at), !sequence->is_cut);
}
