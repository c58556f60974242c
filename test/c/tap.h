/* Tests in C: TAP lines (https://testanything.org) and what they need. A test program is
 *     int main(void) { check(1 + 1 == 2, "adds"); return tap_end(); }
 * Code that dies is run by tap_status in a child of its own. */
#ifndef VESTIBULE_TAP_H
#define VESTIBULE_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct tap {
    unsigned done, failed;
};
static struct tap tap;

/* One test: an ok line, or a not ok line with the place and the condition. */
#define check(condition, name) tap_report((condition), name, __FILE__, __LINE__, #condition)
/* The same for two texts; shows both when they differ. */
#define check_text(came, wanted, name) tap_compare(came, wanted, name, __FILE__, __LINE__)

static inline void tap_report(bool passed, const char *name, const char *file, int line, const char *condition) {
    tap.done++;
    printf("%sok %u - %s\n", passed ? "" : "not ", tap.done, name);
    if (!passed) {
        tap.failed++;
        printf("# %s:%d: wanted %s\n", file, line, condition);
    }
    (void)fflush(stdout);
}

static inline void tap_compare(const char *came, const char *wanted, const char *name, const char *file, int line) {
    const bool same = strcmp(came, wanted) == 0;
    tap_report(same, name, file, line, "the two texts to be the same");
    if (!same)
        printf("# wanted: %s\n# got:    %s\n", wanted, came);
}

/* Runs code in a child; its status as wait(2) gives it. What it writes to stderr goes to ret_errors, cut to size. */
static inline int tap_status(void (*code)(void), char *ret_errors, size_t size) {
    int ends[2], status = -1;
    (void)fflush(stdout);
    if (pipe(ends) < 0)
        abort();
    const pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        code();
        _exit(0);
    }
    (void)close(ends[1]);
    size_t have = 0;
    for (ssize_t count; have < size - 1 && (count = read(ends[0], ret_errors + have, size - 1 - have)) > 0;)
        have += (size_t)count;
    ret_errors[have] = '\0';
    (void)close(ends[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        abort();
    return status;
}

static inline int tap_end(void) {
    printf("1..%u\n", tap.done);
    return tap.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
