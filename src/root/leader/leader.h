/* A leader is one PAM handle from pam_start to pam_end, and the programs of the one PAM session that it opened: each is a
 * session of its own, with an id, a socket, perhaps a terminal. This is all that it knows, and the process itself: its
 * signals, watch, loop and end. The other parts are messages.h (what is said and heard; requests.c is the table of all that
 * it does for others), pam.h and programs.h. No file of one part needs another that needs it, directly or not: decision 34. */
#ifndef VESTIBULE_LEADER_H
#define VESTIBULE_LEADER_H

#include <errno.h>
#include <limits.h>
#include <security/pam_appl.h>
#include <signal.h>
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
    ID_SIZE = 33,            /* with its NUL */
    MAX_PATH = 128,          /* of a socket of ours */
    FIRST_FRAME_MS = 10000, SEND_MS = 5000,
    LISTEN_AGAIN_MS = 3000,  /* between two looks whether the control socket is there, while no broker follows */
    HOST_MS = 5000,          /* in which session-host says that its program has not started in time, or ends after it */
};

/* A program of the PAM session and its session-host, which runs as the user: what that says is passed on, a pid from it is
 * never signalled. */
struct program {
    uint8_t state;              /* VST_PROGRAM_* */
    bool has_directory;         /* VST_PATH_SESSIONS/session is ours */
    bool grouped, lossless;     /* it has a cgroup; its viewer is waited for until it has read everything */
    bool hosted, ending;        /* it has a session-host that is not known to have ended; it is to end */
    char session[ID_SIZE], tty[64];  /* the id; the terminal's path, empty: none */
    char line[32];              /* of the utmp row, "pts/3"; empty: none */
    pid_t host;                 /* 0: it has ended */
    int pty, control, events;   /* master, to session-host, group_events; -1: none */
    struct frame frame;         /* from session-host */
    uint32_t pid, status;
    uint64_t deadline_ms;       /* of its start; of session-host's end after it; of the grace before it is killed; 0: none */
};

/* What leader and watch share: all that the watch needs to clean up after a leader that died. */
struct shared {
    _Atomic uint64_t deadline_ms; /* the leader is killed when it passes; 0: none; 1: the watch kills it */
    _Atomic bool opened;          /* the PAM session is open: no killing from here on */
    _Atomic bool named;           /* the control socket has its name, or is renamed to it now */
    _Atomic bool closed;          /* the leader ends as it should */
    char pam_session[ID_SIZE];    /* its id */
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
    const struct request *requests; /* the table of requests.c */
    uint32_t seen; /* bit i: row i of that table was used */
    struct connection connections[MAX_CONNECTIONS];
    bool broker_seen;
    struct conversation conversation;
    struct transaction pam;
    struct syslog syslog;
    struct limits limits;
    gid_t *groups; /* as PAM left them */
    int group_count;
    char service[VST_MAX_NAME + 1], rhost[VST_MAX_NAME + 1], label[VST_MAX_NAME + 1];
    bool attached;         /* the PAM session is closed when the owner's connection ends */
    uint8_t close;         /* VST_CLOSE_*: when else it is closed */
    bool had_end;          /* a program has ended that had not failed to start */
    struct program *first; /* whose terminal was made before PAM; NULL: there is none */
    uint64_t opened_at;
    int listener;          /* control socket; -1: none */
    uint64_t deadline_ms;  /* of waiting for the broker when closed; 0: none */
    struct account account;
    struct config config;
};

/* signals.c: before PAM is called, and after each step in which modules may have changed what a signal does. */
void signals_prepare(void);
void signals_keep_alive(void);
bool signals_terminate(void); /* SIGTERM or SIGINT has come */
/* A descriptor that is readable when one of those or SIGCHLD comes, while they are held back. Dies on failure. */
int signals_open(sigset_t *ret_held);
void signals_read(int fd);

/* watch.c: forks; the caller goes on as the leader, its parent becomes the watch and never returns. */
void watch_begin(struct leader *leader);
/* Of the modules: from now on they have the time of the call under way. */
void watch_clock(struct leader *leader, bool running);

/* serve.c: the loop of an open PAM session, until it is closed. */
void serve(struct leader *leader);

/* leave.c: the one way out; rootd_release tells rootd that this leader is no unauthenticated one any more. */
void rootd_release(void);
void transaction_end(struct leader *leader);
_Noreturn void leave(struct leader *leader, int status);

#endif
