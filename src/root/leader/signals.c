/* Signals of the leader: SIGTERM and SIGINT end it in order. Others that modules may cause or unblock do nothing. */
#include <sys/signalfd.h>

#include "leader.h"


/* Global, because a signal handler has no other context. */
static struct {
    volatile sig_atomic_t terminate;
} context;

static void note_signal(int number) {
    if (number == SIGTERM || number == SIGINT)
        context.terminate = 1;
}

static void set_handler(int number, void (*handler)(int)) {
    if (sigaction(number, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) < 0)
        die_errno("cannot set the handler of signal %d", number);
}

/* Not SIG_IGN: programs that modules run would inherit it. */
static void ignore_signals(const int *numbers, size_t count) {
    for (size_t i = 0; i < count; i++)
        set_handler(numbers[i], note_signal);
}

void signals_prepare(void) {
    reset_signals();
    ignore_signals((const int[]){SIGPIPE, SIGHUP}, 2);
}

/* Handlers first: a module may have left a signal blocked that is pending by now, or a timer running. */
void signals_keep_alive(void) {
    ignore_signals((const int[]){SIGPIPE, SIGHUP, SIGTERM, SIGINT, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2}, 9);
    set_handler(SIGCHLD, SIG_DFL);
    sigset_t none;
    if (sigemptyset(&none) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        die_errno("cannot unblock signals");
}

bool signals_terminate(void) {
    return context.terminate != 0;
}

int signals_open(sigset_t *ret_held) {
    if (sigemptyset(ret_held) < 0 || sigaddset(ret_held, SIGCHLD) < 0 || sigaddset(ret_held, SIGTERM) < 0 || sigaddset(ret_held, SIGINT) < 0)
        die_errno("cannot make a set of signals");
    const int fd = signalfd(-1, ret_held, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        die_errno("cannot receive signals");
    return fd;
}

void signals_read(int fd) {
    for (struct signalfd_siginfo info; read(fd, &info, sizeof info) == sizeof info;)
        note_signal((int)info.ssi_signo);
}
