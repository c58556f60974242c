/* Cleanup of pointers and descriptors, logging, exit on errors, and system calls that need care. */
#ifndef VESTIBULE_UTIL_H
#define VESTIBULE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <syslog.h>

#define cleanup_free __attribute__((cleanup(free_pointer)))
#define cleanup_fd __attribute__((cleanup(close_descriptor)))
#define format_printf(at, first) __attribute__((format(printf, at, first)))

/* Frees *(void **)pointer. */
void free_pointer(void *pointer);
/* Closes *fd unless it is negative; errno is kept. */
void close_descriptor(int *fd);
/* Returns the descriptor, which the caller then owns, and sets *fd to -1. */
int take_fd(int *fd);

/* Sets the program name of log lines and opens syslog (LOG_AUTHPRIV). Call once, first. */
void log_open(const char *program);
/* One line to stderr ("program[pid]: text", control characters escaped) and to syslog. priority: LOG_ERR ... */
void log_line(int priority, const char *format, ...) format_printf(2, 3);
/* Logs and exits with status 1. die_errno adds strerror(errno). */
_Noreturn void die(const char *format, ...) format_printf(1, 2);
_Noreturn void die_errno(const char *format, ...) format_printf(1, 2);

/* calloc(3) that dies on failure. */
void *must_alloc(size_t count, size_t size);
/* Returns freed memory, and stack that deep calls have used, to the kernel. This also wipes it. */
void trim_memory(void);
/* Opens /dev/null on those of descriptors 0-2 that are closed. Dies on failure. */
void open_standard_descriptors(void);
/* Closes every descriptor from lowest up. */
void close_from(unsigned lowest);
/* For a child about to exec: makes these descriptors 3, 4, ... and closes all others above 2. At most 8; dies on failure. */
void pass_descriptors(const int *fds, size_t count);
/* For a child about to exec: every signal at its default, none blocked. */
void reset_signals(void);
/* The path of a file, given relative to this program's directory (/proc/self/exe); the caller frees it. Dies on
 * failure. */
char *sibling_path(const char *name);
/* Milliseconds of CLOCK_BOOTTIME; Unix milliseconds. */
uint64_t monotonic_ms(void);
uint64_t unix_ms(void);
/* True for 32 lower-case hexadecimal digits. */
bool is_id(const char *text);
/* Reads a regular file owned by root that nobody else can write, of exactly size bytes, without following a symlink. False (errno) otherwise. */
bool read_root_file(const char *path, uint8_t *ret_data, size_t size);
/* Looks up a user's uid and gid by name with getpwnam_r and a buffer of its own. False when there is none. */
bool find_user(const char *name, uid_t *ret_uid, gid_t *ret_gid);
/* A listening socket at a path that does not exist yet, owned by root and gid. Nobody else can connect before owner and
 * mode are set. -1 (errno) on failure. */
int listen_at(const char *path, gid_t gid, mode_t mode);
/* The uid of the peer of a connected Unix socket (SO_PEERCRED, unix(7)). False (errno) on failure. */
bool peer_uid(int fd, uid_t *ret_uid);
/* Sets the close-on-exec flag, or clears it. Dies on failure. */
void set_cloexec(int fd, bool on);
/* setgroups, setresgid, setresuid, then checks that root cannot be regained (skipped for uid 0). Dies on failure.
 * groups NULL: the groups are left as they are. */
void drop_privileges(uid_t uid, gid_t gid, const gid_t *groups, size_t group_count);

#endif
