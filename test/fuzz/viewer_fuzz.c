/* wraps: kill waitpid ioctl monotonic_ms poll */
/* session-host's viewers: four of them, its program and its leader say and take what the script has, and its real loop
 * runs after each step. Every byte that a viewer gets is checked against what the program wrote. */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "session-host/screen.h"

int host_main(void);
#define main host_main /* for its loop */
#include "session-host/main.c"
#undef main

FUZZ_NO_COVERAGE

enum { VIEWERS = 4, PROGRAM = 4194303, LAST_TURNS = 90, PERIOD = 1 << 16 };

static const uint8_t KEY[VST_SESSION_KEY_BYTES] = {0x9e, 0x37, 0x79, 0xb9, 0x7f, 0x4a, 0x7c, 0x15, 0xf3, 0x9c, 0xc0, 0x60,
    0x5c, 0xed, 0xc8, 0x34, 0x10, 0x82, 0x27, 0x6b, 0xf3, 0xa2, 0x72, 0x51, 0xf8, 0x6c, 0x6a, 0x11, 0xd0, 0xc1, 0x8e, 0x95};

struct client {
    int fd; /* -1: none */
    bool has_key, greeted, told_exit;
    uint64_t at[STREAMS], taken;
    struct frame frame;
};
static struct {
    struct script script;
    struct host host;
    uint64_t now;
    int leader, typed, program; /* the other ends; program: closed at its death */
    int writes[STREAMS];
    uint64_t written[STREAMS];
    struct client clients[VIEWERS];
} run;

/* The program's output: PERIOD bytes again and again, twice over so that any piece of it lies in one piece. */
static uint8_t patterns[STREAMS][2 * PERIOD];
static const uint8_t *pattern(size_t which, uint64_t at) { return patterns[which] + at % PERIOD; }

int __wrap_kill(pid_t pid, int number);
int __wrap_kill(pid_t pid, int number) {
    must((pid == -PROGRAM || pid == PROGRAM) && number > 0 && number < 32 && number != SIGKILL && number != SIGSTOP);
    must(run.program >= 0 || !run.host.exited);
    return 0;
}

pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options);
pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options) {
    must(pid == -1 && options == WNOHANG);
    *ret_status = 0x100;
    return run.program < 0 && !run.host.exited ? PROGRAM : 0;
}

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return request == TIOCSWINSZ ? 0 : __real_ioctl(fd, request, argument);
}

uint64_t __wrap_monotonic_ms(void);
uint64_t __wrap_monotonic_ms(void) { return run.now; }

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout) {
    return __real_poll(fds, count, fuzz_inside() ? 0 : timeout);
}

/* A key that the leader sent later is in the script: anyone may know that one. */
static bool may_enter(const struct client *client) {
    return client->has_key || memcmp(run.host.key, KEY, sizeof KEY) != 0;
}

/* What a viewer is told must be what the program wrote, from where it was told that it starts. */
static void check_output(struct client *client, size_t which, const struct reader *reader) {
    must(!client->told_exit);
    const size_t size = (size_t)(reader->end - reader->at);
    must(which == ERRORS || memcmp(reader->at, pattern(which, client->at[which]), size) == 0);
    client->at[which] += size;
    must(client->at[which] <= run.written[which]);
}

static void check_frame(struct client *client) {
    struct reader reader = reader_of(&client->frame);
    const uint8_t type = frame_type(&client->frame);
    uint64_t to, taken;
    must(may_enter(client) && client->greeted == (type != VST_FROM_SESSION_HELLO));
    switch (type) {
    case VST_FROM_SESSION_HELLO:
        must(read_u32(&reader) == VST_SESSION_PROTOCOL_VERSION);
        client->taken = read_u64(&reader);
        client->at[OUTPUT] = read_u64(&reader);
        must(read_u64(&reader) <= run.written[OUTPUT]);
        (void)read_u32(&reader);
        must(read_end(&reader) && client->at[OUTPUT] <= run.written[OUTPUT]);
        client->greeted = true;
        break;
    case VST_FROM_SESSION_OUTPUT: check_output(client, OUTPUT, &reader); break;
    case VST_FROM_SESSION_ERRORS: check_output(client, ERRORS, &reader); break;
    case VST_FROM_SESSION_GAP:
        to = read_u64(&reader);
        (void)read_u32(&reader);
        must(read_end(&reader) && to >= client->at[OUTPUT] && to <= run.written[OUTPUT]);
        must(!run.host.lossless || (run.host.pty && to == client->at[OUTPUT])); /* the screen comes, nothing is missing */
        client->at[OUTPUT] = to;
        break;
    case VST_FROM_SESSION_TAKEN:
        taken = read_u64(&reader);
        must(read_end(&reader) && taken > client->taken);
        client->taken = taken;
        break;
    case VST_FROM_SESSION_JOBS: must((read_u8(&reader) == 0 || run.host.pty) && read_end(&reader)); break;
    case VST_FROM_SESSION_SCREEN: must(run.host.pty); break;
    case VST_FROM_SESSION_ANSWERS: must((read_u8(&reader), read_end(&reader)) && run.host.pty); break;
    case VST_FROM_SESSION_SIZE: must((read_u32(&reader), read_end(&reader))); break;
    case VST_FROM_SESSION_EXIT:
        must(read_u32(&reader) == 0x100 && read_end(&reader) && !client->told_exit);
        must(client->at[OUTPUT] == run.host.streams[OUTPUT].ring.end);
        client->told_exit = true;
        break;
    default: must(type == VST_FROM_SESSION_HELLO);
    }
}

static void leave_viewer(struct client *client) {
    close_descriptor(&client->fd);
    frame_clear(&client->frame);
    *client = (struct client){.fd = -1};
}

static void take_output(struct client *client) {
    for (int got; client->fd >= 0 && (got = frame_receive(client->fd, &client->frame, VST_MAX_SESSION_FRAME)) != 0;) {
        if (got < 0) {
            must(errno == 0 || errno == ECONNRESET);
            leave_viewer(client);
            return;
        }
        check_frame(client);
        frame_clear(&client->frame);
    }
}

static void connect_viewer(size_t which) {
    int pair[2];
    if (run.clients[which].fd >= 0 || run.host.viewers[which].fd >= 0)
        return;
    fuzz_pair(pair);
    const int little = 1; /* the kernel's least: a viewer falls behind soon */
    must(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof little) == 0);
    run.host.viewers[which] = (struct viewer){.fd = pair[0], .hello_by = run.now + HELLO_MS};
    run.clients[which].fd = pair[1];
}

static void say_frame(int fd, struct writer *writer) {
    size_t size;
    cleanup_free uint8_t *frame = writer_take(writer, &size);
    fuzz_say(fd, frame, size);
}

static void say_hello(struct client *client) {
    struct writer writer = writer_of(VST_TO_SESSION_HELLO);
    put_u32(&writer, VST_SESSION_PROTOCOL_VERSION);
    put_bytes(&writer, run.host.key, sizeof run.host.key);
    put_u64(&writer, script_number(&run.script, 1) & 3);
    put_u64(&writer, script_number(&run.script, 2));
    put_u16(&writer, (uint16_t)script_number(&run.script, 1));
    put_u16(&writer, (uint16_t)script_number(&run.script, 1));
    say_frame(client->fd, &writer);
    client->has_key = client->has_key || client->fd >= 0;
}

/* A frame with its right length, of any type and content. */
static void say_any(int fd) {
    size_t size;
    struct writer writer = writer_of((uint8_t)script_number(&run.script, 1));
    const uint8_t *bytes = script_bytes(&run.script, SIZE_MAX, &size);
    put_raw(&writer, bytes, size);
    say_frame(fd, &writer);
}

static void write_output(size_t which, size_t size) {
    const ssize_t count =
        run.writes[which] < 0 ? 0 : write(run.writes[which], pattern(which, run.written[which]), size < PERIOD ? size : PERIOD);
    run.written[which] += count > 0 ? (size_t)count : 0;
}

static void read_input(size_t size) {
    uint8_t bytes[4096];
    (void)!read(run.typed, bytes, size < sizeof bytes ? size : sizeof bytes);
}

static void close_program(void) {
    close_descriptor(&run.program);
    for (size_t i = 0; i < STREAMS; i++)
        close_descriptor(&run.writes[i]);
}

static void take_step(void) {
    const uint64_t kind = script_number(&run.script, 1);
    struct client *client = &run.clients[kind >> 4 & 3];
    size_t size;
    const uint8_t *bytes;
    switch (kind & 15) {
    case 0: connect_viewer(kind >> 4 & 3); break;
    case 1: leave_viewer(client); break;
    case 2: say_hello(client); break;
    case 3: say_any(client->fd); break;
    case 4: bytes = script_bytes(&run.script, SIZE_MAX, &size), fuzz_say(client->fd, bytes, size); break;
    case 5: take_output(client); break;
    case 6: write_output(kind >> 4 & 1, (size_t)script_number(&run.script, 2)); break;
    case 7: read_input((size_t)script_number(&run.script, 2)); break;
    case 8: run.now += script_number(&run.script, 2); break;
    case 9: close_program(); break;
    case 10: say_any(run.leader); break;
    case 11: close_descriptor(&run.leader); break;
    case 12: close_descriptor(&run.typed); break;
    default: connect_viewer(kind >> 4 & 3), say_hello(client); break;
    }
}

static void check_host(void) {
    const struct host *host = &run.host;
    for (size_t i = 0; i < STREAMS; i++) {
        const struct ring *ring = &host->streams[i].ring;
        must(ring->start <= ring->end && ring->end - ring->start <= MIN_SCROLLBACK && ring->end <= run.written[i]);
    }
    must(host->feeding == NULL || host->feeding->waiting);
    for (size_t i = 0; i < MAX_VIEWERS; i++) {
        const struct viewer *viewer = &host->viewers[i];
        must(i < VIEWERS || viewer->fd < 0);
        must(!viewer->joined || viewer->fd >= 0);
        must(!viewer->joined || run.clients[i].fd < 0 || may_enter(&run.clients[i]));
        must(!viewer->waiting || host->input >= 0 || host->exited);
        must(viewer->at[OUTPUT] <= host->streams[OUTPUT].ring.end && viewer->at[ERRORS] <= host->streams[ERRORS].ring.end);
        must(!host->lossless || !viewer->joined || viewer->at[OUTPUT] >= host->streams[OUTPUT].ring.start);
    }
}

static void turn(void) {
    if (is_over(&run.host))
        return;
    serve(&run.host);
    check_host();
    fuzz_drain(run.leader);
}

/* The program dies, viewers take all, time passes, the leader goes: then the host must end. */
static void finish(void) {
    close_program();
    for (int i = 0; i < LAST_TURNS && !is_over(&run.host); i++) {
        turn();
        for (size_t j = 0; j < VIEWERS; j++)
            take_output(&run.clients[j]);
        run.now += 250;
        if (i == LAST_TURNS / 3)
            close_descriptor(&run.leader);
    }
    must(is_over(&run.host));
    viewers_drop_all(&run.host);
    for (size_t i = 0; i < VIEWERS; i++) {
        take_output(&run.clients[i]);
        leave_viewer(&run.clients[i]);
    }
}

static void open_pipe(int *ret_read, int *ret_write) {
    int ends[2];
    must(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    *ret_read = ends[0];
    *ret_write = ends[1];
}

static void prepare(uint64_t flags) {
    struct host *host = &run.host;
    int pair[2];
    *host = (struct host){.listener = -1, .slave = -1, .settling = -1, .program = PROGRAM, .pty = (flags & 1) != 0,
                          .lossless = (flags & 2) != 0, .rows = 24, .columns = 80};
    memcpy(host->key, KEY, sizeof KEY);
    run.now = 1000;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        host->viewers[i].fd = -1;
    for (size_t i = 0; i < VIEWERS; i++)
        run.clients[i] = (struct client){.fd = -1};
    for (size_t i = 0; i < STREAMS; i++) {
        run.written[i] = 0;
        host->streams[i].fd = run.writes[i] = -1;
        if (i == OUTPUT || !host->pty) /* a terminal has one stream */
            open_pipe(&host->streams[i].fd, &run.writes[i]);
        must(ring_open(&host->streams[i].ring, MIN_SCROLLBACK));
    }
    open_pipe(&run.typed, &host->input);
    must(fcntl(host->input, F_SETPIPE_SZ, 4096) > 0);
    open_pipe(&host->program_fd, &run.program);
    fuzz_pair(pair);
    host->control = pair[0];
    run.leader = pair[1];
}

static void play(void *data) {
    (void)data;
    prepare(script_number(&run.script, 1));
    while (run.script.at < run.script.end && !is_over(&run.host)) {
        take_step();
        turn();
    }
    finish();
    int *const fds[] = {&run.host.control, &run.host.input, &run.host.program_fd, &run.host.streams[0].fd,
                        &run.host.streams[1].fd, &run.leader, &run.typed, &run.program};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        close_descriptor(fds[i]);
    screen_free(run.host.screen);
    for (size_t i = 0; i < STREAMS; i++)
        must(munmap(run.host.streams[i].ring.data, MIN_SCROLLBACK) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    run.script = (struct script){data, data + size};
    must(fuzz_contain(play, NULL, NULL) == -1);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    must(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    for (size_t i = 0; i < STREAMS * 2 * PERIOD; i++)
        patterns[i / (2 * PERIOD)][i % (2 * PERIOD)] = (uint8_t)(i % PERIOD * 31 + (i % PERIOD >> 8) + i / (2 * PERIOD));
    return 0;
}

FUZZ_END
