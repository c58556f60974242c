/* Starts the server and keeps it running; everything it does is listed in main. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

bool open_log(const char *path) {
    struct stat old, new;
    if (path == NULL)
        return false;
    cleanup_fd int log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (log < 0 || fstat(STDERR_FILENO, &old) < 0 || fstat(log, &new) < 0 || dup2(log, STDERR_FILENO) < 0) {
        log_line(LOG_ERR, "cannot open the log '%s', logging here: %s", path, strerror(errno));
        return false;
    }
    return old.st_ino != new.st_ino || old.st_dev != new.st_dev;
}

/* Executes the program of --finish, which cleans up and reports what is left: on the terminal, not in the log. */
static _Noreturn void finish(const struct supervisor *supervisor) {
    if (dup2(supervisor->terminal, STDERR_FILENO) < 0)
        die_errno("cannot give standard error back");
    reset_signals();
    (void)execv(supervisor->finish[0], supervisor->finish);
    die_errno("cannot run '%s' at the end", supervisor->finish[0]);
}

int main(int argc, char **argv) {
    struct supervisor supervisor = {0};
    log_open("vestibule-supervise");
    open_standard_descriptors();
    read_arguments(&supervisor, argc, argv);
    prepare_process(&supervisor);
    if (!config_load(&supervisor.config))
        die("the configuration has the problems above: correct them and start again");
    lock_server(&supervisor);
    define_services(&supervisor);
    open_tcp_listeners(&supervisor);
    make_directories(&supervisor);
    make_keys();
    open_unix_listeners(&supervisor);
    (void)open_log(supervisor.log_path);
    run_services(&supervisor);
    if (supervisor.finish != NULL)
        finish(&supervisor);
    return EXIT_SUCCESS;
}
