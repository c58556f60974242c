/* Arguments, the process's own state, and the users that services run as: all before the machine is changed. */
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
    static const struct option options[] = {
        {"log", required_argument, NULL, 'l'},
        {"announce", required_argument, NULL, 'a'},
        {"finish", no_argument, NULL, 'f'},
        {0},
    };
    /* '+' ends the options at the first word of another kind: --finish takes all words after it as they are. */
    int option;
    while (supervisor->finish == NULL && (option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        if (option == 'l')
            supervisor->log_path = optarg;
        else if (option == 'a')
            supervisor->announce_path = optarg;
        else if (option == 'f' && optind < argc)
            supervisor->finish = argv + optind;
        else
            die("usage: vestibule-supervise [--log FILE] [--announce FILE] [--finish PROGRAM [ARG...]]");
    }
    if (supervisor->finish == NULL && optind < argc)
        die("wanted options only, came '%s'", argv[optind]);
}

void prepare_process(struct supervisor *supervisor) {
    if (geteuid() != 0)
        die("wanted uid 0, came uid %u: start the server as root", geteuid());
    (void)umask(022);
    cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        die_errno("cannot make /dev/null the standard input");
    supervisor->terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (supervisor->terminal < 0)
        die_errno("cannot copy standard error");
    /* A reader of our output that went away must not end the server. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        die_errno("cannot ignore SIGPIPE");
    sigset_t taken;
    (void)sigemptyset(&taken);
    (void)sigaddset(&taken, SIGCHLD);
    (void)sigaddset(&taken, SIGTERM);
    (void)sigaddset(&taken, SIGINT);
    (void)sigaddset(&taken, SIGHUP);
    if (sigprocmask(SIG_SETMASK, &taken, NULL) < 0)
        die_errno("cannot block signals");
    supervisor->signals = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    if (supervisor->signals < 0)
        die_errno("cannot receive signals");
}

static struct identity find_identity(const char *name) {
    struct identity identity;
    if (!find_user(name, &identity.uid, &identity.gid))
        die("there is no user '%s' to run a service as: 'npm start' makes it, or 'useradd --system %s'", name, name);
    if (identity.uid == 0 || identity.gid == 0)
        die("the user '%s' has uid %u and gid %u: neither may be 0", name, identity.uid, identity.gid);
    return identity;
}

void find_identities(struct supervisor *supervisor) {
    supervisor->broker = find_identity("vestibule");
    supervisor->gateway = find_identity("vestibule-web");
    if (supervisor->broker.uid == supervisor->gateway.uid || supervisor->broker.gid == supervisor->gateway.gid)
        die("the users 'vestibule' and 'vestibule-web' share a uid or gid: each must have its own");
}

void open_log(struct supervisor *supervisor) {
    if (supervisor->log_path == NULL)
        return;
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
    cleanup_fd int log = open(supervisor->log_path, flags, 0600);
    if (log < 0 || dup2(log, STDERR_FILENO) < 0)
        die_errno("cannot write the log '%s'", supervisor->log_path);
}
