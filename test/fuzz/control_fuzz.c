/* wraps: program_start must_alloc program_hangup terminal_open pipes_open fork pidfd_open monotonic_ms poll */
/* session-host's leader: steps are frames or pieces of them. What it starts must be whole. */
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "session-host/host.h"
#include "util.h"

FUZZ_NO_COVERAGE

enum { PROGRAM = 4194303 };

static struct {
    struct script script;
    struct host host;
    int leader; /* the other end */
    bool started;
    char **environment;
} run;

static size_t check_texts(char **texts) {
    size_t size = 0, count = 0;
    for (; texts[count] != NULL; count++)
        size += strlen(texts[count]);
    must(count <= VST_MAX_STRINGS && size <= VST_MAX_ROOT_FRAME);
    return count;
}

/* Each entry has a name, and a name of its own. */
static void check_environment(char **texts) {
    for (size_t i = 0; texts[i] != NULL; i++) {
        const size_t name = strcspn(texts[i], "=") + 1;
        must(name > 1 && texts[i][name - 1] == '=');
        for (size_t j = 0; j < i; j++)
            must(strncmp(texts[i], texts[j], name) != 0);
    }
}

int __real_fork(void);
int __wrap_fork(void);
int __wrap_fork(void) {
    if (!fuzz_inside())
        return __real_fork();
    check_environment(run.environment);
    return PROGRAM;
}

/* The last list of texts that program_start made room for is the environment that the program gets. */
void *__real_must_alloc(size_t count, size_t size);
void *__wrap_must_alloc(size_t count, size_t size);
void *__wrap_must_alloc(size_t count, size_t size) {
    void *memory = __real_must_alloc(count, size);
    if (size == sizeof *run.environment)
        run.environment = memory;
    return memory;
}

int __wrap_pidfd_open(pid_t pid, unsigned flags);
int __wrap_pidfd_open(pid_t pid, unsigned flags) {
    must(pid == PROGRAM && flags == 0);
    return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
}

bool __wrap_terminal_open(struct host *host, int ret_child[3]);
bool __wrap_terminal_open(struct host *host, int ret_child[3]) { return (void)ret_child, host->pty; }
bool __wrap_pipes_open(struct host *host, int ret_child[3]);
bool __wrap_pipes_open(struct host *host, int ret_child[3]) { return (void)ret_child, !host->pty; }

void __real_program_start(struct host *host, const struct start *start);
void __wrap_program_start(struct host *host, const struct start *start);
void __wrap_program_start(struct host *host, const struct start *start) {
    must(!run.started && host == &run.host);
    must(start->program[0] == '/' && strnlen(start->program, sizeof start->program) < sizeof start->program);
    must(strnlen(start->home, sizeof start->home) < sizeof start->home);
    must(check_texts(start->argv) >= 1);
    (void)check_texts(start->environment);
    for (size_t i = 0; i < (host->pty ? 1 : STREAMS); i++)
        must(host->streams[i].ring.capacity >= MIN_SCROLLBACK && host->streams[i].ring.capacity <= MAX_SCROLLBACK);
    must(host->frame.data == NULL);
    run.started = true;
    __real_program_start(host, start);
    must(host->program == PROGRAM || host->ended);
}

void __wrap_program_hangup(const struct host *host);
void __wrap_program_hangup(const struct host *host) { must(run.started && host == &run.host); }

uint64_t __wrap_monotonic_ms(void);
uint64_t __wrap_monotonic_ms(void) { return 1; }

/* One step: a piece, or a frame with its right length. */
static bool take_step(void) {
    size_t size;
    if (run.script.at == run.script.end || run.leader < 0)
        return false;
    const uint64_t kind = script_number(&run.script, 1);
    if (kind < 0x20) {
        const uint8_t *bytes = script_bytes(&run.script, SIZE_MAX, &size);
        fuzz_say(run.leader, bytes, size);
        return true;
    }
    struct writer writer = writer_of((uint8_t)script_number(&run.script, 1));
    const uint8_t *bytes = script_bytes(&run.script, SIZE_MAX, &size);
    put_raw(&writer, bytes, size);
    cleanup_free uint8_t *frame = writer_take(&writer, &size);
    fuzz_say(run.leader, frame, size);
    return true;
}

/* Whoever waits gets the next step. */
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout) {
    if (!fuzz_inside())
        return __real_poll(fds, count, timeout);
    if (!take_step())
        close_descriptor(&run.leader);
    return __real_poll(fds, count, 0);
}

static void serve(void *data) {
    int pair[2];
    (void)data;
    fuzz_pair(pair);
    run.host.control = pair[0];
    run.leader = pair[1];
    control_start(&run.host);
    must(run.started);
    while (run.host.control >= 0) {
        if (!take_step())
            close_descriptor(&run.leader);
        control_serve(&run.host);
    }
    must(run.host.ended && run.host.frame.data == NULL);
    close_descriptor(&run.leader);
    close_descriptor(&run.host.program_fd);
    close_descriptor(&run.host.settling);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    run.script = (struct script){data, data + size};
    run.host = (struct host){.listener = -1, .slave = -1, .input = -1, .settling = -1, .program_fd = -1};
    run.started = false;
    for (size_t i = 0; i < MAX_VIEWERS; i++)
        run.host.viewers[i].fd = -1;
    (void)fuzz_contain(serve, NULL, NULL);
    for (size_t i = 0; i < STREAMS; i++)
        if (run.host.streams[i].ring.data != NULL)
            (void)munmap(run.host.streams[i].ring.data, run.host.streams[i].ring.capacity);
    return 0;
}

FUZZ_END
