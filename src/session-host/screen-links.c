/* Hyperlinks (OSC 8). A cell has the number of its link; the addresses are kept here as long as a cell may use them. */
#include <stdlib.h>
#include <string.h>

#include "screen.h"
#include "util.h"

static void forget(struct link *link) {
    free(link->id);
    free(link->address);
    *link = (struct link){0};
}

void links_free(struct screen *screen) {
    for (size_t i = 0; screen->links != NULL && i < MAX_LINKS; i++)
        forget(&screen->links[i]);
    free(screen->links);
}

static void sweep(struct screen *screen) {
    bool used[MAX_LINKS + 1] = {false};
    used[screen->pen.link] = true;
    for (int i = 0; i < 2; i++) {
        const struct buffer *buffer = &screen->buffers[i];
        for (int y = 0; y < screen->rows; y++) {
            const struct line *line = buffer->lines[y];
            used[line->rest.pen.link] = true;
            for (int x = 0; x < line->used; x++)
                used[line->cells[x].pen.link] = true;
            screen->work += (uint64_t)line->used + 1;
        }
    }
    for (size_t i = 0; i < MAX_LINKS; i++)
        if (!used[i + 1])
            forget(&screen->links[i]);
}

static size_t find_place(const struct screen *screen) {
    size_t place = 0;
    while (place < MAX_LINKS && screen->links[place].address != NULL)
        place++;
    return place;
}

static char *copy(const char *text, size_t size) {
    char *copied = must_alloc(1, size + 1);
    memcpy(copied, text, size);
    return copied;
}

static bool is_text(const char *text, size_t size, const char *other, size_t other_size) {
    return size == other_size && memcmp(text, other, size) == 0;
}

/* Returns the number of the link; 0: there are too many. Links with the same id and address are one link; a link
 * without an id is always a new one. */
static uint16_t keep_link(struct screen *screen, const char *id, size_t id_size, const char *address, size_t size) {
    if (screen->links == NULL)
        screen->links = must_alloc(MAX_LINKS, sizeof *screen->links);
    screen->work += MAX_LINKS / 8;
    for (size_t i = 0; id_size > 0 && i < MAX_LINKS; i++) {
        const struct link *link = &screen->links[i];
        if (is_text(link->id, link->id_size, id, id_size) && is_text(link->address, link->size, address, size))
            return (uint16_t)(i + 1);
    }
    size_t place = find_place(screen);
    if (screen->sweep_after > 0)
        screen->sweep_after--;
    else if (place == MAX_LINKS) {
        sweep(screen);
        screen->sweep_after = MAX_LINKS / 8;
        place = find_place(screen);
    }
    if (place == MAX_LINKS)
        return 0;
    screen->links[place] = (struct link){
        .id = id_size > 0 ? copy(id, id_size) : NULL, .id_size = id_size, .address = copy(address, size), .size = size};
    return (uint16_t)(place + 1);
}

/* The value of id=… in parameters that are separated by colons. */
static const char *find_id(const char *parameters, size_t size, size_t *ret_size) {
    *ret_size = 0;
    for (const char *at = parameters, *end = parameters + size; at < end;) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        const char *stop = colon == NULL ? end : colon;
        if (stop - at >= 3 && memcmp(at, "id=", 3) == 0) {
            *ret_size = (size_t)(stop - at) - 3;
            return at + 3;
        }
        at = stop + 1;
    }
    return NULL;
}

void open_link(struct screen *screen, const char *text, size_t size, bool is_whole) {
    const char *end = text + size, *semicolon = memchr(text, ';', size);
    if (semicolon == NULL)
        return;
    const char *from = text, *to = semicolon;
    while (from < to && *from == ' ')
        from++;
    while (to > from && to[-1] == ' ')
        to--;
    const char *address = semicolon + 1;
    if (address == end && from < to)
        return;
    size_t id_size;
    const char *id = find_id(from, (size_t)(to - from), &id_size);
    screen->pen.link = address == end || !is_whole ? 0 : keep_link(screen, id, id_size, address, (size_t)(end - address));
    mark_extended(&screen->pen);
}
