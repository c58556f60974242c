/* How many passwords this CPU checks in a second, on all its cores at once, as chpasswd makes them on Debian 12:
 * yescrypt-rate PROCESSES SECONDS. */
#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Writes the rate to the pipe. The data is made anew each time, as pam_unix does. */
static _Noreturn void check(int result, double seconds) {
    const char *hash = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$";
    const double from = now_seconds();
    double checked = 0, took = 0;
    for (; took < seconds; took = now_seconds() - from, checked++) {
        struct crypt_data *data = calloc(1, sizeof *data);
        if (data == NULL || crypt_r("a password", hash, data) == NULL)
            _exit(EXIT_FAILURE);
        free(data);
    }
    const double rate = checked / took;
    _exit(write(result, &rate, sizeof rate) == sizeof rate ? EXIT_SUCCESS : EXIT_FAILURE);
}

int main(int argc, char **argv) {
    int ends[2];
    if (argc != 3 || pipe(ends) < 0)
        return EXIT_FAILURE;
    const int processes = atoi(argv[1]);
    double total = 0, rate;
    for (int i = 0; i < processes; i++)
        if (fork() == 0)
            check(ends[1], atof(argv[2]));
    for (int i = 0; i < processes; i++, total += rate)
        if (read(ends[0], &rate, sizeof rate) != sizeof rate)
            return EXIT_FAILURE;
    while (wait(NULL) > 0)
        continue;
    (void)printf("%.3f\n", total);
    return EXIT_SUCCESS;
}
