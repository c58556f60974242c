/* What the libFuzzer harnesses (https://llvm.org/docs/LibFuzzer.html) share: an input read as a script of steps, and code
 * that dies by itself run as if it were a process: its end frees its memory and closes its descriptors. */
#ifndef VESTIBULE_FUZZ_H
#define VESTIBULE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* A harness's own code is no coverage: the code under test alone shall lead libFuzzer. */
#define FUZZ_NO_COVERAGE _Pragma("clang attribute push(__attribute__((no_sanitize(\"coverage\"))), apply_to = function)")
#define FUZZ_END _Pragma("clang attribute pop")

/* A property that must hold whatever comes. */
#define must(condition) fuzz_must((condition), __FILE__, __LINE__, #condition)
void fuzz_must(bool holds, const char *file, int line, const char *condition);

struct script {
    const uint8_t *at, *end;
};
/* Zeros past the end. */
uint64_t script_number(struct script *script, size_t bytes);
/* At most max bytes, as many as a length of u8 or (from 0x80 on) two bytes says and as there are. */
const uint8_t *script_bytes(struct script *script, size_t max, size_t *ret_size);
/* The same as a NUL-terminated string. */
void script_string(struct script *script, char *ret_text, size_t size);

/* Runs body; the status when it called _exit, -1 when it returned: then it must have closed what it opened (and freed
 * what it took: LeakSanitizer looks). Meanwhile its log lines go nowhere. ending may look at what it left, or be NULL. */
int fuzz_contain(void (*body)(void *), void *data, void (*ending)(void));
/* True while body runs: system calls that a harness replaces are libFuzzer's own otherwise. */
bool fuzz_inside(void);

/* Both ends do not block. */
void fuzz_pair(int ret_fds[2]);
/* As much as the peer's buffer takes. */
void fuzz_say(int fd, const void *data, size_t size);
/* Takes all that has come. */
void fuzz_drain(int fd);

#endif
