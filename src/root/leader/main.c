/* vestibule-leader: signs one user in, or opens one PAM session and runs its program. Started by rootd. With another table
 * of requests it is vestibule-pam-test. */
#include <locale.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "messages.h"

static void prepare_process(void) {
    open_standard_descriptors();
    log_open(program_invocation_short_name); /* rootd gives the path of the program */
    close_from(READY_FD + 1); /* before pam_start, never later: modules keep descriptors */
    set_cloexec(OWNER_FD, true);
    set_cloexec(READY_FD, true);
    /* Modules read the environment: they must not get that of our caller. */
    if (clearenv() != 0 || setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) < 0 || setenv("LANG", "C.UTF-8", 1) < 0)
        die_errno("cannot set up the environment");
    if (chdir("/") < 0)
        die_errno("cannot change to /");
    (void)umask(022);
    signals_prepare();
    /* Between setresuid and exec our child runs as the user, who could attach to it (ptrace(2)) otherwise. */
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        die_errno("cannot forbid core dumps and tracing");
}

int main(void) {
    /* static, not on the stack: pages that are never written use no memory, neither here nor in the watch. */
    static struct leader leader;
    struct connection *owner = &leader.connections[0];
    prepare_process();
    if (!config_load(&leader.config))
        die("the configuration is not usable: see the lines above");
    watch_begin(&leader);
    leader.requests = requests;
    if (!connections_begin(&leader))
        leave(&leader, EXIT_FAILURE);
    /* After the fork: the watch does not need these, and would keep them in memory as long as the session lasts. */
    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* texts of modules are checked to be UTF-8 */
    if (sodium_init() < 0)
        die("libsodium does not work");
    /* Hello, then authenticate, check, test or open. The peer sends these at once, so the time is short. */
    for (const uint64_t deadline = monotonic_ms() + FIRST_FRAME_MS; leader.phase == VST_PHASE_FRESH;) {
        const int got = frame_wait(owner->fd, &owner->frame, VST_MAX_ROOT_FRAME, deadline);
        if (got != 1)
            log_line(LOG_NOTICE, "no request came: %s", errno == 0 ? "the connection ended" : strerror(errno));
        if (got != 1 || !request_dispatch(&leader, owner))
            leave(&leader, EXIT_FAILURE);
    }
    serve(&leader);
    leave(&leader, EXIT_SUCCESS);
}
