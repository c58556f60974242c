/* needs: src/session-host/screen*.c */
/* What the screen costs, counted and not timed: a few bytes must not cost more than a look at each line, or where
 * nothing less will do a look at each cell, and a turn ends in time. */
#include <locale.h>

#include "session-host/host.h"
#include "session-host/screen.h"
#include "tap.h"

enum { FED = 4096, SIZES = 3 };
static const int SIDES[SIZES][2] = {{24, 80}, {100, 300}, {1000, 1000}};

struct load {
    const char *setup, *pattern;
    bool by_cell; /* each sequence may cost a look at each cell */
};

static const struct load LOADS[] = {
    {"", "hello world, this is text\r\n", false},
    {"", "\n", false},
    {"", "x\x1b" "c", false},
    {"", "\x1b#8\x1b" "c", false},
    {"", "\x1b[44m\x1b[2J\x1b[45m\x1b[2J", false},
    {"", "\x1b#8\x1b[999S", false},
    {"", "\x1b#8\x1b[999L\x1b#8\x1b[999M", false},
    {"", "\x1b[?1049h\x1b#8\x1b[?1049l", false},
    {"", "\x1b[?2J\x1b#8", false},
    {"", "a\x1b[65536b", false},
    {"\x1b[44m", "a\x1b[2147483647b", false},
    {"\x1b[4h", "a\x1b[65536b", false},
    {"\x1b[4h", "a\xcc\x81\x1b[65536b", false},
    {"\x1b[4h\x1b[?7l", "\ra\x1b[65536b", false},
    {"\x1b[3;9r\x1b[4H", "a\x1b[65536b", false},
    {"\x1b[2;3r\x1b[9H", "a\x1b[65536b", false},
    {"", "\xe4\xb8\xad\x1b[65536b", true},
    {"\x1b[4h", "\xe4\xb8\xad\x1b[65536b", true},
    {"\xe4\xb8\xad\x1b[65536b", "\x1b[44m\x1b['}\x1b[45m\x1b['}", true},
    {"\x1b[1\"q\xe4\xb8\xad\x1b[65536b", "\x1b[?2J", true},
    {"", "\x1b]8;;a\x07" "b", true},
};
enum { LOAD_COUNT = sizeof LOADS / sizeof *LOADS };

/* The work of one load, and the most that a turn's step has taken beyond its limit. */
static uint64_t work_of(const struct load *load, int rows, int columns, uint64_t *ret_over) {
    uint8_t bytes[FED];
    struct screen *screen = screen_new(rows, columns);
    const size_t size = strlen(load->pattern);
    for (size_t i = 0; i < FED; i++)
        bytes[i] = (uint8_t)load->pattern[i % size];
    (void)screen_feed(screen, (const uint8_t *)load->setup, strlen(load->setup), UINT64_MAX);
    const uint64_t begin = screen->work;
    *ret_over = 0;
    for (size_t done = 0; done < FED;) {
        const uint64_t before = screen->work;
        done += screen_feed(screen, bytes + done, FED - done, LET_GO_WORK);
        const uint64_t over = screen->work - before > LET_GO_WORK ? screen->work - before - LET_GO_WORK : 0;
        *ret_over = over > *ret_over ? over : *ret_over;
    }
    const uint64_t work = screen->work - begin;
    screen_free(screen);
    return work;
}

static void test_load(const struct load *load, int rows, int columns) {
    char name[256];
    uint64_t over;
    const uint64_t line_work = (uint64_t)(2 * rows + columns), cells = (uint64_t)rows * (uint64_t)columns;
    const uint64_t sequences = FED / strlen(load->pattern) + 1;
    const uint64_t work = work_of(load, rows, columns, &over);
    const uint64_t most = load->by_cell ? sequences * (4 * cells + 4 * line_work) : sequences * 8 * line_work;
    (void)snprintf(name, sizeof name, "load %d of a screen of %d rows and %d columns costs %llu, at most %llu",
                   (int)(load - LOADS), rows, columns, (unsigned long long)work, (unsigned long long)most);
    check(work <= most, name);
    (void)snprintf(name, sizeof name, "and a step of it at most %llu more than it may", (unsigned long long)over);
    check(over <= 2 * cells + 8 * line_work, name);
}

int main(void) {
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 1;
    for (int i = 0; i < SIZES; i++)
        for (size_t n = 0; n < LOAD_COUNT; n++)
            test_load(&LOADS[n], SIDES[i][0], SIDES[i][1]);
    return tap_end();
}
