/* Reads a terminal's output from stdin and writes what session-host's screen.h keeps of it:
 * screen-dump ROWS COLUMNS [OFFSET ROWS COLUMNS]…; each change of size holds from that offset on. */
#include <stdio.h>
#include <stdlib.h>
#include <locale.h>
#include <unistd.h>

#include "session-host/screen.h"

int main(int argc, char **argv) {
    uint8_t bytes[65536];
    size_t size;
    long offset = 0;
    int at = 3; /* of the next change */
    if (argc % 3 != 0 || setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 2;
    struct screen *screen = screen_new(atoi(argv[1]), atoi(argv[2]));
    for (;;) {
        for (; at < argc && atol(argv[at]) == offset; at += 3)
            screen_resize(screen, atoi(argv[at + 1]), atoi(argv[at + 2]));
        const size_t same = at < argc ? (size_t)(atol(argv[at]) - offset) : sizeof bytes;
        const ssize_t got = read(STDIN_FILENO, bytes, same < sizeof bytes ? same : sizeof bytes);
        if (got <= 0)
            break;
        (void)screen_feed(screen, bytes, (size_t)got, UINT64_MAX);
        offset += got;
    }
    char *text = screen_snapshot(screen, SIZE_MAX / 2, &size);
    (void)fwrite(text, 1, size, stdout);
    free(text);
    screen_free(screen);
    return ferror(stdout) || fflush(stdout) != 0;
}
