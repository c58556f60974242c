/* A leader is one PAM handle from pam_start to pam_end, and the programs of the one PAM session it opened: each is a
 * session of its own, with an id, a socket, perhaps a terminal. One struct holds all that it knows; main.c is the list of
 * contents, requests.c the table of all that it does for others. */
#ifndef VESTIBULE_LEADER_H
#define VESTIBULE_LEADER_H

#include <errno.h>
#include <limits.h>
#include <security/pam_appl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config.h"
#include "frame.h"
#include "protocol.h"
#include "util.h"

enum {
    OWNER_FD = 3,            /* the connection that rootd accepted */
    READY_FD = 4,            /* rootd's pipe: one byte when this leader is no unauthenticated one any more */
    MAX_CONNECTIONS = 1 + 8, /* the owner, then those of the control socket */
    MAX_HELPERS = 64, MAX_PROGRAMS = 64,
    MAX_LIMITS = 16, MAX_HOST_FRAME = 4096,
    MAX_PATH = 128,          /* of a socket of ours */
    FIRST_FRAME_MS = 10000, SEND_MS = 5000,
    LISTEN_AGAIN_MS = 3000,  /* between two looks whether the control socket is there, while no broker follows */
    HOST_MS = 5000,          /* in which session-host says that its program has not started in time */
};

/* A program of the PAM session and its session-host, which runs as the user: what that says is passed on, a pid from it is
 * never signalled. */
struct program {
    uint8_t state;              /* VST_PROGRAM_* */
    bool has_directory;         /* VST_PATH_SESSIONS/session is ours */
    bool grouped;               /* it has a cgroup */
    bool hosted, ending;        /* it has a session-host whose end was not taken notice of; it is to end */
    char session[33], tty[64];
    char line[32];              /* of the utmp row, "pts/3"; empty: none */
    pid_t host;                 /* 0: it has ended */
    int pty, control, events;   /* master, to session-host, programs_events; -1: none */
    struct frame frame;         /* from session-host */
    uint32_t pid, status;
    uint64_t deadline_ms;       /* of its start; of the grace before it is killed; 0: none */
};

/* What leader and watch share: all that the watch needs to clean up after a leader that died. */
struct shared {
    _Atomic uint64_t deadline_ms; /* the leader is killed when it passes; 0: none; 1: the watch kills it */
    _Atomic bool opened;          /* the PAM session is open: no killing from here on */
    _Atomic bool closed;          /* the leader ends as it should */
    char session[33];
    char call[640];               /* the last of PAM's functions that was called, and for whom: for the log */
    pid_t helpers[MAX_HELPERS];   /* children that PAM modules left: no programs of the session; 0: it has ended */
    size_t helper_count, program_count; /* places that were used at any time: the others are no memory yet */
    struct program programs[MAX_PROGRAMS];
    char groups[PATH_MAX];        /* directory for the programs' cgroups; empty: none */
};
#define each_program(program, shared) \
    struct program *program = (shared)->programs; program < (shared)->programs + (shared)->program_count; program++

/* A guest is the broker in a session that root opened: nobody who signed in there has given it a grant. */
enum who { WHO_NOBODY = 0, WHO_BROKER = 1, WHO_ROOT = 2, WHO_GUEST = 4 };
struct connection {
    int fd; /* -1: free */
    enum who who;
    bool greeted;
    struct frame frame;
};

/* A user as the system knows it, copied out of getpwnam_r(3). */
struct account {
    uid_t uid;
    gid_t gid;
    char name[VST_MAX_NAME + 1], home[PATH_MAX], shell[PATH_MAX];
};

/* The PAM conversation with the owner, and the key that its answers are sealed to. */
struct conversation {
    uint8_t id[16], public_key[32], secret_key[32];
    uint64_t expires;            /* Unix ms */
    char user[VST_MAX_NAME + 1]; /* as it came */
    /* The call of converse() under way. */
    enum { ANSWER_NONE, ANSWER_WANTED, ANSWER_GIVEN, ANSWER_CANCELLED } state;
    uint32_t first, count; /* prompt number of its first item, how many */
    const struct pam_message **messages;
    struct pam_response *responses;
};

struct transaction {
    pam_handle_t *handle;
    int last;
    bool person;      /* the call under way may wait for one */
    bool entered;     /* past authentication: PAM must be unwound whatever happens */
    bool credentials; /* pam_setcred(PAM_ESTABLISH_CRED) is to be undone */
    bool session;     /* pam_open_session is to be undone */
};

/* What modules set for the programs, and the leader itself does not live under. */
struct limits {
    struct rlimit64 values[MAX_LIMITS]; /* by resource, RLIMIT_CPU ... (getrlimit(2)) */
    int nice;
    mode_t umask;
};

/* /dev/log, while root tests a profile. */
struct syslog {
    int machine, own; /* sockets: to what it was, and what it is */
    int lock;         /* that all share who use the file; above 0 while this one does */
    bool taken;
};

/* What is written to lies together, before the paths: each page of it is one more for every session. */
struct leader {
    struct shared *shared;
    uid_t broker_uid;
    gid_t broker_gid;
    uint8_t phase; /* VST_PHASE_* */
    uint32_t seen; /* bit i: row i of the table of requests was used */
    struct connection connections[MAX_CONNECTIONS];
    bool broker_seen;
    struct conversation conversation;
    struct transaction pam;
    struct syslog syslog;
    struct limits limits;
    gid_t *groups; /* as PAM left them */
    int group_count;
    char service[VST_MAX_NAME + 1], rhost[VST_MAX_NAME + 1], label[VST_MAX_NAME + 1];
    bool attached, stays;
    struct program *first; /* whose terminal was made before PAM; NULL: there is none */
    uint64_t opened_at;
    int listener;          /* control socket; -1: none */
    uint64_t deadline_ms;  /* of waiting for the broker when closed; 0: none */
    struct account account;
    struct config config;
};

/* watch.c: forks; the caller goes on as the leader, its parent becomes the watch and never returns. */
void watch_begin(struct leader *leader);
/* Of the modules: from now on they have the time of the call under way. */
void watch_clock(struct leader *leader, bool running);

/* serve.c: the loop of an open session, signals before and during it, the one way out. */
void signals_prepare(void);
void signals_keep_alive(void);
void serve(struct leader *leader);
_Noreturn void leave(struct leader *leader, int status);

/* requests.c: false when the frame may not come now or is malformed: its connection is to be dropped. Handlers likewise. */
bool request_dispatch(struct leader *leader, struct connection *connection);
typedef bool request_handler(struct leader *leader, struct connection *connection, struct reader *reader);
request_handler request_hello, request_authenticate, request_check, request_test, request_open, request_answer, request_cancel,
    request_spawn, request_run, request_rotate, request_end;

/* connections.c: connection_send drops a connection that does not take its frame; announce sends to all; listen_at makes a socket, root:gid 0660, in a directory of root's (-1, errno).
 * format_listener: where the control socket is, behind it LISTENER_EARLY until it listens. */
#define LISTENER_EARLY ".new"
void format_listener(const struct shared *shared, const char *end, char ret_path[MAX_PATH]);
bool connections_begin(struct leader *leader);
bool connections_listen(struct leader *leader);
void connections_close_listener(struct leader *leader);
/* Its control socket, if it was deleted: so that the next broker finds it. */
void connections_listen_again(struct leader *leader);
void connections_accept(struct leader *leader);
void connection_read(struct leader *leader, struct connection *connection);
void connection_drop(struct leader *leader, struct connection *connection, const char *why);
void connection_send(struct leader *leader, struct connection *connection, struct writer *writer);
void announce(struct leader *leader, struct writer *writer);
int listen_at(const char *path, gid_t gid);

/* conversation-key.c: makes, signs and sends the key; opens an answer to prompt number as a malloc'ed string (NULL:
 * anything is wrong with it); wipes the key. */
bool key_offer(struct leader *leader);
char *key_open_answer(const struct conversation *conversation, const uint8_t *sealed, uint32_t number);
void key_forget(struct leader *leader);

/* converse.c: the conversation function of PAM (data: the leader); a module's text, cut and made UTF-8. */
void put_text(struct writer *writer, const char *text);
int converse(int count, const struct pam_message **messages, struct pam_response **ret_responses, void *data);

/* take-syslog.c: lines that modules write between read (-1: they cannot be had) and read_end go to the owner. */
void syslog_take(struct leader *leader);
void syslog_give_back(struct leader *leader);
pid_t syslog_read(struct leader *leader);
void syslog_read_end(const struct leader *leader, pid_t reader);

/* transaction.c: what signing in and opening share. Each false has told why; fail formats, tells and is false. */
void tell_failed(struct leader *leader, const char *session, uint8_t stage, int code, const char *text);
bool fail(struct leader *leader, uint8_t stage, int code, const char *format, ...) format_printf(4, 5);
typedef int pam_function(pam_handle_t *handle, int flags);
int transaction_run(struct leader *leader, pam_function *function, int flags);
int transaction_call(struct leader *leader, const char *name, pam_function *function, int flags);
bool transaction_step(struct leader *leader, uint8_t stage, const char *name, pam_function *function, int flags);
bool transaction_begin(struct leader *leader, const char *tty);
bool transaction_account(struct leader *leader, int flags, bool may_renew);
bool transaction_settle_user(struct leader *leader);
void transaction_end(struct leader *leader);

/* authenticate.c: tells rootd that this leader is no unauthenticated one any more. */
void rootd_release(void);

/* names.c */
bool is_user_name(const char *name, size_t size);
bool is_host_name(const char *name, size_t size);

/* policy.c: account_groups is NULL when the system cannot tell. */
void read_user(struct reader *reader, char ret_user[VST_MAX_NAME + 1]);
bool policy_check_request(struct leader *leader, const struct connection *connection, const char *broker_service);
bool policy_check_account(struct leader *leader);
bool policy_check_lock(struct leader *leader);
bool account_find(const char *name, struct account *ret_account);
/* Of PAM, right after account_find was false. */
int account_missing_code(void);
gid_t *account_groups(const struct account *account, int *ret_count);

/* grant.c: a code of PAM; PAM_CRED_EXPIRED: a grant of this account, but not for now. grant_make: false without a key. */
bool grant_make(const struct account *account, struct writer *ret_grant, uint64_t *ret_expires);
int grant_check(const struct account *account, const uint8_t *grant, size_t size);

/* open.c: who signed in is the grant's user, root needs no grant; PAM may not make another of them. */
bool claim_user(struct leader *leader, const struct connection *connection, const uint8_t *grant, size_t size);
bool settle_claimed_user(struct leader *leader);

/* limits.c: between begin and take modules set the limits of the programs. In the child give does it as
 * root, but for the number of descriptors: give_rest, once no more are made. All are false with errno. */
bool limits_begin(void);
bool limits_take(struct leader *leader);
bool limits_give(const struct leader *leader);
bool limits_give_rest(const struct leader *leader);

/* spawn.c: a place for a program (NULL: there is none, or one of that id); and away with it. */
struct program *program_add(struct leader *leader, const char *session);
struct program *program_find(struct leader *leader, const char *session);
void session_directory_remove(struct program *program);

/* host.c: host_send gives the frame away. */
void host_send(struct program *program, struct writer *writer);
void host_read(struct leader *leader, struct program *program);
void host_ended(struct leader *leader, struct program *program);
void fail_spawn(struct leader *leader, struct program *program, uint8_t stage, uint32_t error, const char *text);

/* end.c: of one program, or of all and the PAM session; session_close undoes what open did, in reverse, whatever part of
 * it was done. */
void program_end(struct leader *leader, struct program *program, const char *why);
void end_begin(struct leader *leader, const char *why);
void program_undo(struct leader *leader, struct program *program); /* of which nothing runs */
void end_advance(struct leader *leader);
void session_close(struct leader *leader);

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
int programs_events(const struct shared *shared, const struct program *program); /* POLLPRI when the group's emptiness has
                                                     changed since programs_left was asked; -1 without a group */
bool programs_left(const struct shared *shared, const struct program *program, int events);
void programs_kill(const struct shared *shared, const struct program *program);
bool children_signal(int number); /* to all children, helpers too; false: there is none */

#endif
