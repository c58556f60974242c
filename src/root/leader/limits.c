/* Limits that modules set are for the programs of the user, not for the leader: pam_limits, pam_umask and pam_systemd
 * call setrlimit(2) or setpriority(2) for their own process. In su(1) and sshd(8) the process that calls PAM gets these
 * limits too. But a leader runs for weeks, writes its log and utmp, and has to close the session: it must not run out
 * of descriptors, memory, file size or CPU time, and without CAP_SYS_RESOURCE (containers) it could not raise a limit
 * again. So we define these functions here. They replace those of libc, also for modules, since symbols of the program
 * come first (ld.so(8)). From limits_begin to limits_take they act on a stand-in, a process that does nothing: so the
 * kernel checks each call as usual. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "pam.h"

_Static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64) && (int)RLIM_NLIMITS == MAX_LIMITS, "both structures are the same, and there is room for every limit");

/* Global, because modules call the functions below without a context. */
static struct {
    pid_t leader, stand_in; /* 0: there is none */
} context;

/* A process that a module has forked gets and sets its own limits. */
static pid_t target(pid_t pid) {
    const bool own = context.stand_in != 0 && getpid() == context.leader && (pid == 0 || pid == context.leader);
    return own ? context.stand_in : pid;
}

static int call_prlimit(pid_t pid, int resource, const void *limit, void *ret_limit) {
    return (int)syscall(SYS_prlimit64, pid, resource, limit, ret_limit);
}

#define exported __attribute__((visibility("default")))
exported int getrlimit(__rlimit_resource_t resource, struct rlimit *ret_limit) { return call_prlimit(target(0), (int)resource, NULL, ret_limit); }
exported int getrlimit64(__rlimit_resource_t resource, struct rlimit64 *ret_limit) { return call_prlimit(target(0), (int)resource, NULL, ret_limit); }
exported int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit) { return call_prlimit(target(0), (int)resource, limit, NULL); }
exported int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit) { return call_prlimit(target(0), (int)resource, limit, NULL); }
exported int prlimit(pid_t pid, enum __rlimit_resource resource, const struct rlimit *limit, struct rlimit *ret_limit) {
    return call_prlimit(target(pid), (int)resource, limit, ret_limit);
}
exported int prlimit64(pid_t pid, enum __rlimit_resource resource, const struct rlimit64 *limit, struct rlimit64 *ret_limit) {
    return call_prlimit(target(pid), (int)resource, limit, ret_limit);
}
/* The system call returns 20 minus the nice value, so that the result is never negative (getpriority(2)). */
exported int getpriority(__priority_which_t which, id_t who) {
    const long result = syscall(SYS_getpriority, which, which == PRIO_PROCESS ? (id_t)target((pid_t)who) : who);
    return result < 0 ? -1 : (int)(20 - result);
}
exported int setpriority(__priority_which_t which, id_t who, int nice_value) {
    return (int)syscall(SYS_setpriority, which, which == PRIO_PROCESS ? (id_t)target((pid_t)who) : who, nice_value);
}
/* nice(3) of libc would not call the setpriority above. pam_umask calls it for pri= in GECOS. */
exported int nice(int increment) {
    return setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + increment) < 0 ? -1 : getpriority(PRIO_PROCESS, 0);
}

static _Noreturn void stand_in(void) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != context.leader)
        _exit(EXIT_FAILURE);
    for (close_from(0);; (void)pause())
        continue;
}

/* The initial limits, as in su(1) of util-linux and in an sshd(8) started by init: users must not get those of the
 * process that started the server. A limit that we may not raise stays as it is. */
static void set_usual(pid_t pid) {
    static const struct rlimit64 none = {0, 0}, any = {RLIM64_INFINITY, RLIM64_INFINITY};
    (void)call_prlimit(pid, RLIMIT_NICE, &none, NULL);
    (void)call_prlimit(pid, RLIMIT_RTPRIO, &none, NULL);
    (void)call_prlimit(pid, RLIMIT_FSIZE, &any, NULL);
    (void)call_prlimit(pid, RLIMIT_AS, &any, NULL);
    struct rlimit64 files;
    if (call_prlimit(pid, RLIMIT_NOFILE, NULL, &files) == 0) {
        files.rlim_cur = files.rlim_max < FD_SETSIZE ? files.rlim_max : FD_SETSIZE;
        (void)call_prlimit(pid, RLIMIT_NOFILE, &files, NULL);
    }
}

bool limits_begin(void) {
    context.leader = getpid();
    const pid_t pid = fork();
    if (pid == 0)
        stand_in();
    if (pid > 0)
        set_usual(pid);
    context.stand_in = pid < 0 ? 0 : pid;
    return pid >= 0;
}

/* Also resets what else a module may have changed: signal mask and handlers, a timer, the directory, the umask. */
bool limits_take(struct leader *leader) {
    struct limits *limits = &leader->limits;
    for (int i = 0; i < MAX_LIMITS; i++)
        if (call_prlimit(context.stand_in, i, NULL, &limits->values[i]) < 0)
            return false;
    limits->nice = getpriority(PRIO_PROCESS, (id_t)context.stand_in);
    limits->umask = umask(022);
    (void)alarm(0);
    signals_keep_alive();
    if (kill(context.stand_in, SIGKILL) < 0) /* it is reaped with the other children */
        return false;
    context.stand_in = 0;
    return chdir("/") == 0;
}

/* Here only the hard limit of descriptors is raised, if needed, because only root may do that. The limit itself is set
 * last, by limits_give_rest: until then descriptors are still opened and moved. */
bool limits_give(const struct leader *leader) {
    const struct limits *limits = &leader->limits;
    const struct rlimit64 *wanted = &limits->values[RLIMIT_NOFILE];
    struct rlimit64 own;
    for (int i = 0; i < MAX_LIMITS; i++)
        if (i != RLIMIT_NOFILE && call_prlimit(0, i, &limits->values[i], NULL) < 0)
            return false;
    (void)umask(limits->umask);
    return call_prlimit(0, RLIMIT_NOFILE, NULL, &own) == 0 &&
           (wanted->rlim_max <= own.rlim_max ||
            call_prlimit(0, RLIMIT_NOFILE, &(struct rlimit64){own.rlim_cur, wanted->rlim_max}, NULL) == 0) &&
           (getpriority(PRIO_PROCESS, 0) == limits->nice || setpriority(PRIO_PROCESS, 0, limits->nice) == 0);
}

bool limits_give_rest(const struct leader *leader) {
    return call_prlimit(0, RLIMIT_NOFILE, &leader->limits.values[RLIMIT_NOFILE], NULL) == 0;
}
