/* Runs a program once, from a process so small that its fork costs nothing, and prints the microseconds from fork to end:
 * time-program INPUT PROGRAM [ARG...]. INPUT is what the program reads. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_us(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static _Noreturn void run(char **argv, const int input[2]) {
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (dup2(input[0], STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0 || close(input[0]) < 0 || close(input[1]) < 0)
        _exit(126);
    (void)execvp(argv[0], argv);
    _exit(127);
}

int main(int argc, char **argv) {
    int input[2], status;
    if (argc < 3 || pipe(input) < 0)
        return EXIT_FAILURE;
    const double from = now_us();
    const pid_t pid = fork();
    if (pid == 0)
        run(argv + 2, input);
    const size_t size = strlen(argv[1]);
    if (pid < 0 || write(input[1], argv[1], size) != (ssize_t)size || close(input[1]) < 0 || waitpid(pid, &status, 0) != pid)
        return EXIT_FAILURE;
    (void)printf("%.0f\n", now_us() - from);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
