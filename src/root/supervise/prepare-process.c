/* Reads the arguments, and sets what the services must not inherit from our caller: stdin, umask, signals. */
#include "supervise.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

void read_arguments(struct supervisor *supervisor, int argc, char **argv) {
    static const struct option options[] = {{"log", required_argument, NULL, 'l'},
                                            {"announce", required_argument, NULL, 'a'},
                                            {"finish", no_argument, NULL, 'f'},
                                            {"lock", required_argument, NULL, 'k'},
                                            {0}};
    int option;
    /* All words after --finish are the command to execute at the end. */
    while (supervisor->finish == NULL && (option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        if (option == 'l')
            supervisor->log_path = optarg;
        else if (option == 'a')
            supervisor->announce_path = optarg;
        else if (option == 'k' && atoi(optarg) > STDERR_FILENO)
            supervisor->lock = atoi(optarg);
        else if (option == 'f' && optind < argc)
            supervisor->finish = argv + optind;
        else
            die("usage: vestibule-supervise [--log FILE] [--announce FILE] [--lock DESCRIPTOR] [--finish PROGRAM [ARG...]]");
    }
    if (supervisor->finish == NULL && optind < argc)
        die("wanted options only, got '%s'", argv[optind]);
}

void prepare_process(struct supervisor *supervisor) {
    if (geteuid() != 0)
        die("wanted uid 0, got uid %u: start the server as root", geteuid());
    (void)umask(022);
    cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    supervisor->terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (null < 0 || supervisor->terminal < 0 || dup2(null, STDIN_FILENO) < 0)
        die_errno("cannot prepare the standard descriptors");
    sigset_t taken;
    (void)sigemptyset(&taken);
    for (const int *number = (const int[]){SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0}; *number != 0; number++)
        (void)sigaddset(&taken, *number);
    supervisor->signals = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    /* SIGPIPE: the server must not end if the reader of its output does. SIGCHLD: not delivered if it were ignored. */
    if (supervisor->signals < 0 || sigprocmask(SIG_SETMASK, &taken, NULL) < 0 ||
        signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGCHLD, SIG_DFL) == SIG_ERR)
        die_errno("cannot receive signals");
}
