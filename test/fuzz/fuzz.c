/* See fuzz.h. */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <sanitizer/allocator_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_BLOCKS = 1 << 16, MAX_FDS = 128 };

static struct {
    bool inside;
    jmp_buf end;
    int status;
    const volatile void *blocks[MAX_BLOCKS];
    size_t count;
} run;
/* libFuzzer has a thread of its own. */
static _Thread_local bool counting;

FUZZ_NO_COVERAGE

void fuzz_must(bool holds, const char *file, int line, const char *condition) {
    if (holds)
        return;
    run.inside = counting = false;
    (void)fprintf(stderr, "%s:%d: wanted %s\n", file, line, condition);
    abort();
}

uint64_t script_number(struct script *script, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | (script->at < script->end ? *script->at++ : 0);
    return value;
}

const uint8_t *script_bytes(struct script *script, size_t max, size_t *ret_size) {
    size_t size = script_number(script, 1);
    if (size >= 0x80)
        size = (size & 0x7f) << 8 | script_number(script, 1);
    const size_t left = (size_t)(script->end - script->at);
    size = size < left ? size : left;
    *ret_size = size < max ? size : max;
    const uint8_t *bytes = script->at;
    script->at += size;
    return bytes;
}

void script_string(struct script *script, char *ret_text, size_t size) {
    size_t length;
    const uint8_t *bytes = script_bytes(script, size - 1, &length);
    memcpy(ret_text, bytes, length);
    ret_text[length] = '\0';
}

static void note_block(const volatile void *block, size_t size) {
    (void)size;
    if (!counting || block == NULL)
        return;
    if (run.count == MAX_BLOCKS)
        fuzz_must(false, __FILE__, __LINE__, "fewer blocks");
    run.blocks[run.count++] = block;
}

static void forget_block(const volatile void *block) {
    for (size_t i = counting ? run.count : 0; i-- > 0;)
        if (run.blocks[i] == block) {
            run.blocks[i] = run.blocks[--run.count];
            return;
        }
}

static bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

int fuzz_contain(void (*body)(void *), void *data, void (*ending)(void)) {
    static bool hooked;
    if (!hooked)
        must(__sanitizer_install_malloc_and_free_hooks(note_block, forget_block) > 0);
    hooked = true;
    bool before[MAX_FDS];
    for (int fd = 0; fd < MAX_FDS; fd++)
        before[fd] = is_open(fd);
    run.count = 0;
    run.status = -1;
    if (setjmp(run.end) == 0) {
        run.inside = counting = true;
        body(data);
    }
    if (ending != NULL)
        ending();
    run.inside = counting = false;
    for (int fd = 0; fd < MAX_FDS; fd++) {
        must(run.status >= 0 || is_open(fd) == before[fd]);
        if (!before[fd])
            (void)close(fd);
    }
    while (run.status >= 0 && run.count > 0)
        free((void *)(uintptr_t)run.blocks[--run.count]);
    return run.status;
}

bool fuzz_inside(void) { return run.inside; }

void fuzz_pair(int ret_fds[2]) {
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_fds) == 0);
}

void fuzz_say(int fd, const void *data, size_t size) {
    if (fd >= 0 && size > 0)
        (void)send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void fuzz_drain(int fd) {
    static uint8_t nowhere[1 << 16];
    while (fd >= 0 && recv(fd, nowhere, sizeof nowhere, MSG_DONTWAIT) > 0)
        ;
}

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
void __wrap__exit(int status) {
    if (!run.inside)
        __real__exit(status);
    run.status = status;
    longjmp(run.end, 1);
}

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size) {
    return run.inside && fd == STDERR_FILENO ? (ssize_t)size : __real_write(fd, data, size);
}

void __wrap_syslog(int priority, const char *format, ...);
void __wrap_syslog(int priority, const char *format, ...) {
    (void)priority;
    (void)format;
}

FUZZ_END
