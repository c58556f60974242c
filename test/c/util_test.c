/* util.h: files only root can have written, log lines that cannot forge others, privileges that do not come back. */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "tap.h"

enum { NOBODY = 65534, BURST = 2000, LOG_FULL_MS = 100 /* as in util.c */, MOST_STATUS = 255 };

static void log_hostile(void) { log_line(LOG_INFO, "user '%s'", "eve\nroot\x1b[31m\xc2\x9b\x7f\xc3\xa9"); }
static void log_long(void) {
    char text[5000];
    memset(text, '\n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_line(LOG_INFO, "%s", text);
}
/* True when the line may be lost, for its reader had all the time that it gets. */
static bool log_patiently(void) {
    const uint64_t before = monotonic_ms();
    log_line(LOG_INFO, "one of many");
    return monotonic_ms() - before >= LOG_FULL_MS;
}
/* The status: how many lines may be lost, on a machine where the reader does not run for that long. */
static void log_burst(void) {
    (void)fcntl(STDERR_FILENO, F_SETFL, O_WRONLY | O_NONBLOCK);
    (void)fcntl(STDERR_FILENO, F_SETPIPE_SZ, 4096);
    int slow = 0;
    for (int i = 0; i < BURST; i++)
        slow += log_patiently();
    _exit(slow < MOST_STATUS ? slow : MOST_STATUS);
}
static void log_unread(void) {
    static const char filling[4096];
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
        _exit(2);
    while (write(STDERR_FILENO, filling, sizeof filling) > 0)
        continue;
    _exit(log_patiently() ? 0 : 1);
}
static void die_with_errno(void) {
    errno = ENOENT;
    die_errno("cannot open '%s'", "x");
}
static void die_plainly(void) { die("wanted %d", 3); }
static void alloc_too_much(void) { (void)must_alloc(SIZE_MAX / 2, 2); }

static void test_log(void) {
    char errors[8192], wanted[128];
    check(tap_status(log_hostile, errors, sizeof errors) == 0, "logging returns");
    const char *text = strstr(errors, "]: ");
    check_text(text == NULL ? "" : text, "]: user 'eve\\x0aroot\\x1b[31m\xc2\\x9b\\x7f\xc3\xa9'\n",
               "control characters are escaped, letters are not");
    (void)snprintf(wanted, sizeof wanted, "util_test[");
    check(strncmp(errors, wanted, strlen(wanted)) == 0, "a line starts with the program and its pid");
    check(tap_status(log_long, errors, sizeof errors) == 0 && strchr(errors, '\n') == errors + strlen(errors) - 1,
          "a long line is cut and still one line");
    static char burst[BURST * 64];
    size_t lines = 0;
    const int slow = WEXITSTATUS(tap_status(log_burst, burst, sizeof burst));
    for (const char *at = burst; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    check(lines <= BURST && lines + (size_t)slow >= BURST, "no line of a burst is lost to a reader that is slower");
    check(tap_status(log_unread, errors, sizeof errors) == 0, "one that does not read is waited for, but not for ever");
    check(tap_status(die_with_errno, errors, sizeof errors) == 1 << 8 &&
              strstr(errors, "cannot open 'x': No such file or directory\n") != NULL,
          "die_errno says why and ends with status 1");
    check(tap_status(die_plainly, errors, sizeof errors) == 1 << 8 && strstr(errors, ": wanted 3\n") != NULL,
          "die ends with status 1");
    check(tap_status(alloc_too_much, errors, sizeof errors) != 0, "no memory is the end");
    errno = EAGAIN;
    log_line(LOG_DEBUG, "errno stays");
    check(errno == EAGAIN, "log_line keeps errno");
}

static void test_descriptors(void) {
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int given = take_fd(&fd);
    check(given >= 0 && fd == -1, "take_fd gives the descriptor away");
    set_cloexec(given, false);
    check(fcntl(given, F_GETFD) == 0, "close-on-exec goes");
    set_cloexec(given, true);
    check(fcntl(given, F_GETFD) == FD_CLOEXEC, "and comes");
    fd = given;
    errno = EINTR;
    close_descriptor(&fd);
    check(fd == -1 && errno == EINTR && fcntl(given, F_GETFD) < 0, "close_descriptor closes and keeps errno");
    close_descriptor(&fd);
    check(fd == -1, "and takes a closed one");
}

static void fill_standard_descriptors(void) {
    (void)close(STDIN_FILENO);
    (void)close(STDOUT_FILENO);
    open_standard_descriptors();
    struct stat first, second, null;
    if (fstat(STDIN_FILENO, &first) < 0 || fstat(STDOUT_FILENO, &second) < 0 || stat("/dev/null", &null) < 0)
        _exit(2);
    _exit(first.st_rdev == null.st_rdev && second.st_rdev == null.st_rdev ? 0 : 3);
}

/* Descriptors 3 and 4 swap places, which a plain row of dup2 would lose. */
static void pass_swapped(void) {
    int ends[2];
    if (pipe(ends) < 0)
        _exit(2);
    const int reading = fcntl(ends[0], F_DUPFD, 20), writing = fcntl(ends[1], F_DUPFD, 20);
    if (dup2(reading, 4) < 0 || dup2(writing, 3) < 0 || dup2(reading, 5) < 0)
        _exit(2);
    const int passed[] = {4, 3};
    pass_descriptors(passed, 2);
    char byte = 'x';
    if (write(4, &byte, 1) != 1 || read(3, &byte, 1) != 1)
        _exit(3);
    _exit(fcntl(3, F_GETFD) == 0 && fcntl(5, F_GETFD) < 0 && fcntl(writing, F_GETFD) < 0 ? 0 : 4);
}

static void pass_too_many(void) {
    const int passed[9] = {0};
    pass_descriptors(passed, 9);
}

static void clear_signals(void) {
    sigset_t set;
    (void)sigfillset(&set);
    (void)sigprocmask(SIG_SETMASK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    reset_signals();
    struct sigaction action;
    (void)sigprocmask(SIG_SETMASK, NULL, &set);
    (void)sigaction(SIGPIPE, NULL, &action);
    _exit(action.sa_handler == SIG_DFL && !sigismember(&set, SIGTERM) ? 0 : 1);
}

static void test_before_exec(void) {
    char errors[512];
    check(tap_status(fill_standard_descriptors, errors, sizeof errors) == 0, "closed standard descriptors are filled");
    check(tap_status(pass_swapped, errors, sizeof errors) == 0, "descriptors are passed in order, the others are closed");
    check(tap_status(pass_too_many, errors, sizeof errors) == 1 << 8, "more than eight are a mistake of ours");
    check(tap_status(clear_signals, errors, sizeof errors) == 0, "signals are at their defaults and not blocked");
    cleanup_free char *path = sibling_path("util_test");
    check(access(path, X_OK) == 0, "a sibling lies beside this program");
}

static void test_ids(void) {
    check(is_id("0123456789abcdef0123456789abcdef"), "32 hexadecimal digits are an id");
    check(!is_id("0123456789ABCDEF0123456789abcdef"), "capitals are not");
    check(!is_id("0123456789abcdef0123456789abcde"), "31 are not");
    check(!is_id("0123456789abcdef0123456789abcdef0"), "33 are not");
    check(!is_id("../3456789abcdef0123456789abcdef"), "a path is not");
    check(!is_id(""), "nothing is not");
}

static void test_clocks(void) {
    const uint64_t before = monotonic_ms();
    check(before > 0 && monotonic_ms() >= before, "the monotonic clock does not go back");
    check(unix_ms() > 1600000000000, "the Unix clock counts milliseconds");
}

static void make_file(const char *path, const char *text, mode_t mode) {
    cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, mode) < 0)
        die_errno("cannot make '%s'", path);
}

static void test_root_files(const char *directory) {
    uint8_t data[4];
    if (chdir(directory) < 0)
        die_errno("cannot enter '%s'", directory);
    make_file("right", "four", 0644);
    check(read_root_file("right", data, 4) && memcmp(data, "four", 4) == 0, "a file that only root can write is read");
    check(!read_root_file("right", data, 3) && errno == EBADMSG, "one that is too long is not");
    make_file("short", "two", 0600);
    check(!read_root_file("short", data, 4) && errno == EBADMSG, "nor one that is too short");
    make_file("group", "four", 0664);
    check(!read_root_file("group", data, 4) && errno == EPERM, "nor one that a group can write");
    make_file("others", "four", 0602);
    check(!read_root_file("others", data, 4) && errno == EPERM, "nor one that others can write");
    make_file("nobody", "four", 0600);
    if (chown("nobody", NOBODY, 0) < 0 || symlink("right", "link") < 0 || mkfifo("fifo", 0600) < 0)
        die_errno("cannot make the other files");
    check(!read_root_file("nobody", data, 4) && errno == EPERM, "nor another user's");
    check(!read_root_file("link", data, 4) && errno == ELOOP, "nor one behind a symlink");
    check(!read_root_file("fifo", data, 4) && errno == EPERM, "nor a FIFO, which does not hang");
    check(!read_root_file("missing", data, 4) && errno == ENOENT, "a missing one is told apart");
}

static void test_users(void) {
    uid_t uid = 1;
    gid_t gid = 1;
    check(find_user("root", &uid, &gid) && uid == 0 && gid == 0, "root is found");
    uid = 7;
    check(!find_user("no such user", &uid, &gid) && uid == 7, "nobody else is");
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        die_errno("cannot make a socket pair");
    check(peer_uid(ends[0], &uid) && uid == getuid(), "the peer's uid is known");
    (void)close(ends[0]);
    (void)close(ends[1]);
    check(!peer_uid(ends[0], &uid) && errno == EBADF, "and that there is none");
}

static void drop(void) {
    const gid_t none[1] = {0};
    drop_privileges(NOBODY, NOBODY, none, 0);
    gid_t groups[4];
    if (getuid() != NOBODY || getegid() != NOBODY || getgroups(4, groups) != 0)
        _exit(2);
    _exit(setuid(0) == 0 || setgid(0) == 0 ? 3 : 0);
}

static void drop_and_drop_again(void) {
    const gid_t none[1] = {0};
    drop_privileges(NOBODY, NOBODY, none, 0);
    drop_privileges(NOBODY - 1, NOBODY, NULL, 0);
}

static void test_privileges(void) {
    char errors[512];
    check(tap_status(drop, errors, sizeof errors) == 0, "dropped privileges do not come back");
    check(tap_status(drop_and_drop_again, errors, sizeof errors) == 1 << 8 &&
              strstr(errors, "cannot become user 65533") != NULL,
          "a change that fails is the end");
}

int main(void) {
    log_open("util_test");
    test_log();
    test_descriptors();
    test_before_exec();
    test_ids();
    test_clocks();
    test_users();
    test_privileges();
    char directory[] = "/tmp/util_test.XXXXXX";
    if (mkdtemp(directory) == NULL)
        die_errno("cannot make a directory");
    test_root_files(directory);
    static const char *const files[] = {"right", "short", "group", "others", "nobody", "link", "fifo"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        (void)unlink(files[i]);
    (void)rmdir(directory);
    return tap_end();
}
