/* needs: src/session-host/[!m]*.c */
/* What screens on their way to viewers that read nothing take: bytes, counted. [!m]: all but main.c. */
#include <locale.h>
#include <sys/socket.h>

#include "session-host/host.h"
#include "session-host/screen.h"
#include "tap.h"
#include "util.h"

enum { ROWS = 400, COLUMNS = 400, FRAME_BYTES = 512 * 6 /* the heads of a screen's frames */ };

static void feed(struct screen *screen, const char *text) {
    (void)screen_feed(screen, (const uint8_t *)text, strlen(text), UINT64_MAX);
}

/* Each cell with another look than the one before, on both screens. */
static void fill(struct screen *screen) {
    for (int i = 0; i < 2 * ROWS * COLUMNS; i++) {
        char text[200];
        if (i == ROWS * COLUMNS)
            feed(screen, "\x1b[?1049h");
        (void)snprintf(text, sizeof text, "\x1b[%d;1;4:3;58:2::25%d:255:255;38:2::255:255:25%d;48:2::255:25%d:255m" "a\xcc\x80\xcc\x81",
                       i % 2 * 3, i % 5, i % 3, i % 4);
        feed(screen, text);
    }
}

static void open_host(struct host *host) {
    *host = (struct host){.control = -1, .listener = -1, .slave = -1, .input = -1, .settling = -1, .program_fd = -1, .pty = true};
    for (size_t i = 0; i < STREAMS; i++)
        host->streams[i].fd = -1;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        host->viewers[i].fd = -1;
    if (!ring_open(&host->streams[OUTPUT].ring, MIN_SCROLLBACK))
        abort();
    ring_written(&host->streams[OUTPUT].ring, MIN_SCROLLBACK + 1000);
    host->sizes[host->size_count++] = (struct size_change){0, ROWS, COLUMNS};
    host->screen = screen_new(ROWS, COLUMNS);
    fill(host->screen);
}

/* A viewer that begins at the ring's start and reads nothing; returns its own end of the connection. */
static int join(struct host *host, struct viewer *viewer) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        abort();
    *viewer = (struct viewer){.fd = pair[0], .joined = true, .screen_due = true, .at = {host->streams[OUTPUT].ring.start, 0}};
    viewer->told_rows = host->rows;
    viewer->told_columns = host->columns;
    viewer_deliver(host, viewer);
    return pair[1];
}

static void join_all(struct host *host, int ends[MAX_VIEWERS], uint64_t apart) {
    for (size_t i = 0; i < MAX_VIEWERS; i++) {
        ends[i] = join(host, &host->viewers[i]);
        host->streams[OUTPUT].ring.start += apart;
    }
}

static void leave_all(struct host *host, int ends[MAX_VIEWERS], const char *name) {
    viewers_drop_all(host);
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        close_descriptor(&ends[i]);
    check(host->parcel_bytes == 0 && host->parcel == NULL, name);
}

static void test_viewers(struct host *host) {
    int ends[MAX_VIEWERS];
    const size_t state = MAX_STATE_BYTES + FRAME_BYTES;
    join_all(host, ends, 0);
    const struct viewer *viewers = host->viewers;
    check(viewers[0].pending != NULL && viewers[0].pending == viewers[MAX_VIEWERS - 1].pending &&
              host->parcel_bytes == viewers[0].pending_size,
          "viewers at the same offset share one screen");
    check(viewers[0].pending_size <= MAX_SCREEN_BYTES + state, "which has a limit");
    leave_all(host, ends, "and is gone with them");
    join_all(host, ends, 1);
    check(viewers[0].pending != viewers[1].pending && viewers[MAX_VIEWERS - 1].pending_size <= LEAST_SCREEN_BYTES + state,
          "those at other offsets get one of their own, as large as there is room for");
    check(host->parcel_bytes <= MAX_PARCEL_BYTES + MAX_VIEWERS * (LEAST_SCREEN_BYTES + state), "and all of them have a limit");
    leave_all(host, ends, "and are gone with them, too");
}

/* The bytes of a screen full of cells, each put by one of the two texts in turn. */
static size_t size_of(const char *look, const char *even, const char *odd) {
    size_t size;
    struct screen *screen = screen_new(24, 80);
    feed(screen, look);
    for (int i = 0; i < 24 * 80; i++)
        feed(screen, i % 2 == 0 ? even : odd);
    cleanup_free char *text = screen_snapshot(screen, SIZE_MAX / 2, &size);
    screen_free(screen);
    return size;
}

static void test_size(void) {
    const char *look = "\x1b[1;3;4:3;58:2::250:251:252;38:2::240:241:242m\x1b[1\"q";
    const size_t cells = 24 * 80, rest = 2048;
    check(size_of("", "a", "a") <= cells + rest, "a screen of plain text takes a byte for each cell");
    check(size_of(look, "a", "a") <= cells + rest, "as one in any other single look does");
    check(size_of(look, "\x1b[41ma", "\x1b[42ma") <= cells * 6 + rest, "with changing looks it takes the changes");
    check(size_of(look, "\x1b[9ma", "\x1b[29ma") <= cells * 40 + rest, "or all of a look when something of it ends");
}

static void test_notice(const struct host *host) {
    size_t size;
    cleanup_free char *text = screen_snapshot(host->screen, 20000, &size);
    check(size <= 20000 + MAX_STATE_BYTES && strstr(text, " lines of the screen are not kept") != NULL,
          "what there is no room for is said");
}

int main(void) {
    static struct host host;
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 1;
    open_host(&host);
    test_viewers(&host);
    test_size();
    test_notice(&host);
    screen_free(host.screen);
    return tap_end();
}
