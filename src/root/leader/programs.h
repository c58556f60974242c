/* The programs of the PAM session, and the resources of each. */
#ifndef VESTIBULE_LEADER_PROGRAMS_H
#define VESTIBULE_LEADER_PROGRAMS_H

#include "leader.h"

/* programs.c: the table. add: returns a new entry; NULL: the table is full. */
struct program *program_find(const struct leader *leader, const char *session);
struct program *program_add(struct leader *leader, const char *session);
bool program_is_live(const struct program *program); /* it is running, or not yet cleaned up */

/* directory.c: the directory that contains the session's socket; only the gateway may enter it. create returns the
 * listening socket, -1 (errno) on failure. */
int directory_create(struct program *program, gid_t web_gid);
void directory_remove(struct program *program);

/* terminal.c: false with errno. release: returns the terminal to root and clears its utmp row, if there are any. */
bool terminal_open(struct program *program);
bool terminal_give(const struct leader *leader, struct program *program);
void terminal_say(const struct program *program, const char *text);
void terminal_release(struct program *program);
void utmp_write(const struct leader *leader, struct program *program);
void utmp_clear(struct program *program);

/* group.c: the processes of a program. Uses only struct shared, because the watch needs it too. */
void groups_find(struct shared *shared);
void group_create(const struct shared *shared, struct program *program);
pid_t group_fork(const struct shared *shared, const struct program *program); /* fork(2) into its cgroup */
void group_remove(const struct shared *shared, struct program *program);
void helpers_note(struct shared *shared); /* notes the children that exist now */
void helper_forget(struct shared *shared, pid_t pid);
/* A descriptor with POLLPRI once the cgroup has become empty or populated since the last group_is_left; -1: no cgroup. */
int group_events(const struct shared *shared, const struct program *program);
bool group_is_left(const struct shared *shared, const struct program *program, int events);
void group_kill(const struct shared *shared, const struct program *program);
bool children_signal(int number); /* to all children, with helpers; false: there are none */

/* host.c: messages to a session-host (host_send frees the frame) and from it. */
void host_send(struct program *program, struct writer *writer);
void host_read(struct leader *leader, struct program *program);
void host_ended(struct leader *leader, struct program *program);
void fail_spawn(struct leader *leader, struct program *program, uint8_t stage, uint32_t error, const char *text);

/* end.c: program_undo frees the resources of a program that has no processes. close_pam_session undoes, in reverse
 * order, the part of opening that was done. end_reason: why the PAM session must end now; NULL: it need not.
 * end_advance does the next steps of all ends. */
void program_undo(struct leader *leader, struct program *program);
void close_pam_session(struct leader *leader);
const char *end_reason(const struct leader *leader);
void end_advance(struct leader *leader);

#endif
