/* needs: src/root/leader/group.c */
/* The watch and its leader at the deadline: one of them goes on. What it removes; whom it spares. */
#include "util.h"

/* The leader's chance between two looks of the watch. */
static uint64_t look_at_clock(void);
#define monotonic_ms look_at_clock
#include "root/leader/watch.c"
#undef monotonic_ms

#include "tap.h"

enum { DEADLINE = 1000 };
static struct shared shared;
static struct leader leader = {.shared = &shared};
static bool comes_back;
static char directory[] = "/tmp/watch-test-XXXXXX";

/* What watch.c needs of the leader's other files. */
void format_listener(const struct shared *of, const char *end, char ret_path[MAX_PATH]) {
    (void)snprintf(ret_path, MAX_PATH, "%s/%s%s", directory, of->pam_session, end);
}
void directory_remove(struct program *program) { (void)program; }
void utmp_clear(struct program *program) { (void)program; }

static uint64_t look_at_clock(void) {
    if (comes_back)
        watch_clock(&leader, false);
    return DEADLINE;
}

static pid_t fork_sleeper(void) {
    const pid_t pid = fork();
    if (pid < 0)
        abort();
    while (pid == 0)
        (void)pause();
    return pid;
}

/* How a leader ends whose deadline has passed. */
static int meet_deadline(void) {
    sigset_t child;
    int status = 0;
    if (sigemptyset(&child) < 0 || sigaddset(&child, SIGCHLD) < 0 || sigprocmask(SIG_BLOCK, &child, NULL) < 0)
        abort();
    struct watch watch = {.shared = &shared, .count = 1, .leader = fork_sleeper()};
    watch.polled[0] = (struct pollfd){.fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN};
    atomic_store(&shared.deadline_ms, DEADLINE);
    wait_or_kill(&watch);
    (void)kill(watch.leader, SIGTERM);
    (void)waitpid(watch.leader, &status, 0);
    close_descriptor(&watch.polled[0].fd);
    return WTERMSIG(status);
}

static void come_too_late(void) {
    atomic_store(&shared.deadline_ms, KILLED);
    watch_clock(&leader, false);
    (void)fputs("it goes on\n", stderr);
}

static void test_deadline(void) {
    char errors[64];
    check(meet_deadline() == SIGKILL && atomic_load(&shared.deadline_ms) == KILLED, "past its deadline it is killed");
    comes_back = true;
    check(meet_deadline() == SIGTERM, "PAM came back after the watch had read the deadline: it lives");
    comes_back = false;
    check(WTERMSIG(tap_status(come_too_late, errors, sizeof errors)) == SIGKILL && errors[0] == '\0',
          "the watch was first: the leader does not go on, killed yet or not");
}

static bool is_there(const char *end, bool make) {
    char path[MAX_PATH];
    format_listener(&shared, end, path);
    FILE *file = make ? fopen(path, "we") : NULL;
    if (file != NULL)
        (void)fclose(file);
    return access(path, F_OK) == 0;
}

static void test_clean_up(void) {
    struct watch watch = {.shared = &shared, .polled = {{.fd = -1}}};
    (void)strcpy(shared.pam_session, "0123456789abcdef0123456789abcdef");
    check(mkdtemp(directory) != NULL && is_there("", true) && is_there(LISTENER_EARLY, true), "both names are there");
    clean_up(&watch, 1);
    check(!is_there(LISTENER_EARLY, false) && is_there("", false), "not renamed: the other name may be another leader's");
    atomic_store(&shared.named, true);
    (void)is_there(LISTENER_EARLY, true);
    clean_up(&watch, 1);
    check(!is_there(LISTENER_EARLY, false) && is_there("", false), "killed right before it was renamed: that has not changed");
    clean_up(&watch, 1);
    check(!is_there("", false) && rmdir(directory) == 0, "renamed, open or not yet: it was this one's");
}

static void test_helpers(void) {
    struct program ending = {0};
    const pid_t child = fork_sleeper();
    helpers_note(&shared);
    check(shared.helper_count == 1 && !group_is_left(&shared, &ending, -1), "a module's helper is no program of the session");
    helper_forget(&shared, child);
    check(group_is_left(&shared, &ending, -1), "forgotten, its pid is like any other");
    group_kill(&shared, &ending);
    (void)waitpid(child, NULL, 0);
    check(!group_is_left(&shared, &ending, -1), "nothing is left");
}

int main(void) {
    test_deadline();
    test_clean_up();
    test_helpers();
    return tap_end();
}
