/* The programs of the PAM session, and what each of them has. */
#ifndef VESTIBULE_LEADER_PROGRAMS_H
#define VESTIBULE_LEADER_PROGRAMS_H

#include "leader.h"

/* programs.c: the table. add: a place for a program (NULL: there is none). */
struct program *program_find(const struct leader *leader, const char *session);
struct program *program_add(struct leader *leader, const char *session);
bool program_is_live(const struct program *program); /* something of it runs, or is to be given back */

/* directory.c: that only the gateway may enter, with the session's socket in it. create: a listener, -1 (errno) on failure. */
int directory_create(struct program *program, gid_t web_gid);
void directory_remove(struct program *program);

/* terminal.c: false with errno. release: takes it back and clears its utmp row, if there is any of it. */
bool terminal_open(struct program *program);
bool terminal_give(const struct leader *leader, struct program *program);
void terminal_say(const struct program *program, const char *text);
void terminal_release(struct program *program);
void utmp_write(const struct leader *leader, struct program *program);
void utmp_clear(struct program *program);

/* group.c: a program's processes; on struct shared, for the watch too. */
void groups_find(struct shared *shared);
void group_create(const struct shared *shared, struct program *program);
pid_t group_fork(const struct shared *shared, const struct program *program); /* fork(2) into the group */
void group_remove(const struct shared *shared, struct program *program);
void helpers_note(struct shared *shared); /* children that there are now */
void helper_forget(struct shared *shared, pid_t pid);
int group_events(const struct shared *shared, const struct program *program); /* POLLPRI when the group's emptiness has
                                                     changed since group_is_left was asked; -1 without a group */
bool group_is_left(const struct shared *shared, const struct program *program, int events);
void group_kill(const struct shared *shared, const struct program *program);
bool children_signal(int number); /* to all children, helpers too; false: there is none */

/* host.c: what is said to a session-host (send gives the frame away) and what it says. */
void host_send(struct program *program, struct writer *writer);
void host_read(struct leader *leader, struct program *program);
void host_ended(struct leader *leader, struct program *program);
void fail_spawn(struct leader *leader, struct program *program, uint8_t stage, uint32_t error, const char *text);

/* end.c: undo gives back what a program of which nothing runs has. close_pam_session undoes what open did, in reverse,
 * whatever part of it was done. reason: why the PAM session is to end now; NULL: it is not. advance: all that is to be done
 * about ends now. */
void program_undo(struct leader *leader, struct program *program);
void close_pam_session(struct leader *leader);
const char *end_reason(const struct leader *leader);
void end_advance(struct leader *leader);

#endif
