/* vestibule-leader: signs one user in, or opens one PAM session and runs its program. Started by rootd. */
#include <locale.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "messages.h"

static void prepare_process(void) {
    open_standard_descriptors();
    log_open("vestibule-leader");
    close_from(READY_FD + 1); /* before pam_start, never later: modules keep descriptors */
    set_cloexec(OWNER_FD, true);
    set_cloexec(READY_FD, true);
    /* Modules read the environment: nothing of the caller's may reach them. */
    if (clearenv() != 0 || setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) < 0 || setenv("LANG", "C.UTF-8", 1) < 0)
        die_errno("cannot set up the environment");
    if (chdir("/") < 0)
        die_errno("cannot change to /");
    (void)umask(022);
    signals_prepare();
    /* From setresuid to exec a child of ours belongs to the user, who could otherwise attach to it (ptrace(2)). */
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        die_errno("cannot forbid core dumps and tracing");
}

int main(void) {
    /* Not on the stack: of what nobody writes to no page is used, in the watch neither. */
    static struct leader leader;
    struct connection *owner = &leader.connections[0];
    prepare_process();
    if (!config_load(&leader.config))
        die("the configuration is not usable: see the lines above");
    watch_begin(&leader);
    leader.requests = requests;
    if (!connections_begin(&leader))
        leave(&leader, EXIT_FAILURE);
    /* What the watch has no use for, and would hold in memory for as long as the session. */
    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* texts of modules are checked to be UTF-8 */
    if (sodium_init() < 0)
        die("libsodium does not work");
    /* Hello, then authenticate or open: whoever asked rootd for a leader has these ready. */
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
