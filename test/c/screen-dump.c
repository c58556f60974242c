/* Reads a terminal's output from stdin and writes what session-host's screen.h keeps of it: screen-dump ROWS COLUMNS. */
#include <stdio.h>
#include <stdlib.h>
#include <locale.h>
#include <unistd.h>

#include "../../src/session-host/screen-control.c"
#include "../../src/session-host/screen-edit.c"
#include "../../src/session-host/screen-feed.c"
#include "../../src/session-host/screen-modes.c"
#include "../../src/session-host/screen-pen.c"
#include "../../src/session-host/screen-print.c"
#include "../../src/session-host/screen-snapshot.c"
#include "../../src/session-host/screen.c"

int main(int argc, char **argv) {
    uint8_t bytes[65536];
    size_t size;
    if (argc != 3 || setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 2;
    struct screen *screen = screen_new(atoi(argv[1]), atoi(argv[2]));
    for (ssize_t got; (got = read(STDIN_FILENO, bytes, sizeof bytes)) > 0;)
        screen_feed(screen, bytes, (size_t)got);
    char *text = screen_snapshot(screen, &size);
    (void)fwrite(text, 1, size, stdout);
    free(text);
    screen_free(screen);
    return ferror(stdout) || fflush(stdout) != 0;
}
