/* What session-host does with hostile viewers: seeded random bytes, and true frames cut and bent. */
#include <fcntl.h>
#include <sys/socket.h>

#include "session-host/host.h"
#include "tap.h"
#include "util.h"

enum { ROUNDS = 3000 };

struct random {
    uint64_t state;
};

/* xorshift64: the same bytes in every run. */
static uint32_t next(struct random *random) {
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (uint32_t)(random->state >> 16);
}

static void open_host(struct host *host) {
    *host = (struct host){.control = -1, .listener = -1, .slave = -1, .settling = -1, .program_fd = -1, .pty = true};
    host->input = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (size_t i = 0; i < STREAMS; i++)
        host->streams[i].fd = -1;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        host->viewers[i].fd = -1;
    memset(host->key, 7, sizeof host->key);
    if (host->input < 0 || !ring_open(&host->streams[OUTPUT].ring, MIN_SCROLLBACK))
        abort();
    ring_written(&host->streams[OUTPUT].ring, 1000);
}

/* A viewer in slot 0; returns its own end of the connection. */
static int connect_viewer(struct host *host, bool joined) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        abort();
    host->viewers[0] = (struct viewer){.fd = pair[0], .joined = joined};
    return pair[1];
}

static size_t make_hello(uint8_t ret_bytes[72], uint8_t key_byte, uint64_t from) {
    struct writer writer = {0};
    uint8_t key[VST_SESSION_KEY_BYTES];
    memset(key, key_byte, sizeof key);
    writer = writer_of(VST_TO_SESSION_HELLO);
    put_u32(&writer, VST_SESSION_PROTOCOL_VERSION);
    put_bytes(&writer, key, sizeof key);
    put_u64(&writer, 0);
    put_u64(&writer, from);
    put_u16(&writer, 24);
    put_u16(&writer, 80);
    size_t size;
    cleanup_free uint8_t *bytes = writer_take(&writer, &size);
    memcpy(ret_bytes, bytes, size);
    return size;
}

static void say(struct host *host, int fd, const uint8_t *bytes, size_t size) {
    (void)send(fd, bytes, size, MSG_NOSIGNAL);
    for (int i = 0; i < 4 && host->viewers[0].fd >= 0; i++) {
        viewer_receive(host, &host->viewers[0]);
        if (host->viewers[0].joined)
            viewer_deliver(host, &host->viewers[0]);
    }
}

static void test_hello(void) {
    struct host host;
    uint8_t hello[72];
    open_host(&host);
    size_t size = make_hello(hello, 7, 0);
    cleanup_fd int good = connect_viewer(&host, false);
    say(&host, good, hello, size);
    check(host.viewers[0].joined && host.viewers[0].at[OUTPUT] == 1000, "the right key joins and gets the output");
    viewers_drop_all(&host);

    bool all_refused = true;
    /* What follows the key is the viewer's number, the offset and the screen: any value of those is good. */
    for (size_t i = 0; i < size - 20; i++) {
        int fd = connect_viewer(&host, false);
        hello[i] ^= 1;
        say(&host, fd, hello, size);
        hello[i] ^= 1;
        all_refused = all_refused && !host.viewers[0].joined;
        viewers_drop_all(&host);
        (void)close(fd);
    }
    check(all_refused, "with any one bit of length, type, version or key wrong it does not");

    bool all_waiting = true;
    for (size_t cut = 0; cut < size; cut++) {
        int fd = connect_viewer(&host, false);
        say(&host, fd, hello, cut);
        all_waiting = all_waiting && host.viewers[0].fd >= 0 && !host.viewers[0].joined;
        say(&host, fd, hello + cut, size - cut);
        all_waiting = all_waiting && host.viewers[0].joined;
        viewers_drop_all(&host);
        (void)close(fd);
    }
    check(all_waiting, "in two pieces, cut anywhere, it joins with the second");
}

static void test_random(void) {
    struct host host;
    struct random random = {.state = 88172645463325252};
    uint8_t bytes[512];
    open_host(&host);
    for (int round = 0; round < ROUNDS; round++) {
        int fd = connect_viewer(&host, round % 2 == 0);
        size_t size = next(&random) % sizeof bytes;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)next(&random);
        /* Most lengths made plausible, or nothing past the length would ever be read. */
        if (size > 8 && round % 8 != 0) {
            bytes[0] = bytes[1] = 0;
            bytes[2] = (uint8_t)(next(&random) % 2);
            bytes[4] = (uint8_t)(1 + 2 * (next(&random) % 5));
        }
        say(&host, fd, bytes, size);
        viewers_drop_all(&host);
        (void)close(fd);
    }
    check(viewers_count(&host) == 0 && host.feeding == NULL, "random frames leave nothing behind");
}

/* Two viewers on pipes; the program reads nothing, so the second one's input waits when the first ends all input. */
static void test_eof(void) {
    struct host host;
    int pair[2], ends[2];
    static const uint8_t frame[9] = {0, 0, 0, 5, VST_TO_SESSION_INPUT, 'm', 'o', 'r', 'e'};
    static const uint8_t eof[5] = {0, 0, 0, 1, VST_TO_SESSION_EOF};
    static char much[1 << 20];
    open_host(&host);
    close_descriptor(&host.input);
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        abort();
    while (write(ends[1], much, sizeof much) > 0)
        ;
    host.pty = false;
    host.input = ends[1];
    host.viewers[1] = (struct viewer){.fd = pair[0], .joined = true};
    cleanup_fd int unread = ends[0], first = connect_viewer(&host, true), second = pair[1];
    (void)send(second, frame, sizeof frame, MSG_NOSIGNAL);
    viewer_receive(&host, &host.viewers[1]);
    check(host.viewers[1].waiting, "input that the program does not take waits");
    say(&host, first, eof, sizeof eof);
    check(host.input < 0 && !host.viewers[1].waiting && host.feeding == NULL, "eof from another viewer drops it");
    viewers_drop_all(&host);
}

int main(void) {
    /* One line for every refusal would hide the results. */
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 1;
    test_hello();
    test_eof();
    test_random();
    return tap_end();
}
