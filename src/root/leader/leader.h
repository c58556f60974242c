/* A leader has one PAM handle from pam_start to pam_end, and the programs of the one PAM session that it opened. Each
 * program is a session with an id, a socket and perhaps a terminal. This header has the data of the leader, and the
 * process itself: signals, watch, main loop and end. The other headers are messages.h (connections and requests;
 * requests.c is the table of all requests), pam.h and programs.h. There are no cycles of dependencies between files
 * (docs/decisions/0034). */
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
    READY_FD = 4,            /* rootd's pipe: gets one byte when this leader is not unauthenticated any more */
    MAX_CONNECTIONS = 1 + 8, /* that of the owner, then those of the control socket */
    MAX_HELPERS = 64, MAX_PROGRAMS = 64,
    MAX_LIMITS = 16, MAX_HOST_FRAME = 4096,
    ID_SIZE = 33,            /* with its NUL */
    MAX_PATH = 128,          /* for paths of our sockets */
    FIRST_FRAME_MS = 10000, SEND_MS = 5000,
    LISTEN_AGAIN_MS = 3000,  /* between two checks that the control socket exists, while no broker is connected */
    HOST_MS = 5000,          /* for session-host to report a start that takes too long, or to exit after its program */
};

/* A program of the PAM session and its session-host. That runs as the user: we pass on what it reports, but never send
 * a signal to a pid that it reports. */
struct program {
    uint8_t state;              /* VST_PROGRAM_* */
    bool has_directory;         /* we have made VST_PATH_SESSIONS/session */
    bool grouped, lossless;     /* it has a cgroup; session-host waits until its viewer has read everything */
    bool hosted, ending;        /* its session-host is not known to have ended; it is being ended */
    char session[ID_SIZE], tty[64];  /* id; path of the terminal, empty: none */
    char line[32];              /* of the utmp row, "pts/3"; empty: none */
    pid_t host;                 /* 0: it has ended */
    int pty, control, events;   /* master of the terminal, connection to session-host, group_events; -1: none */
    struct frame frame;         /* from session-host */
    uint32_t pid, status;
    uint64_t deadline_ms;       /* of its start, of session-host's exit, or of the grace before the kill; 0: none */
};

/* Memory that leader and watch share: all that the watch needs to clean up after a leader that died. */
struct shared {
    _Atomic uint64_t deadline_ms; /* at this time the leader is killed; 0: none; 1 (KILLED): the watch is killing it */
    _Atomic bool opened;          /* the PAM session is open: the watch does not kill the leader any more */
    _Atomic bool named;           /* the control socket has its final name, or is being renamed to it */
    _Atomic bool closed;          /* the leader has cleaned up and exits */
    char pam_session[ID_SIZE];    /* its id */
    char call[640];               /* the last function of PAM that was called, with profile and user: for the log */
    pid_t helpers[MAX_HELPERS];   /* children that PAM modules left, no programs of the session; 0: it has ended */
    size_t helper_count, program_count; /* places that were ever used: the others have no memory pages yet */
    struct program programs[MAX_PROGRAMS];
    char groups[PATH_MAX];        /* directory for the cgroups of programs; empty: none */
};
#define each_program(program, shared) \
    struct program *program = (shared)->programs; program < (shared)->programs + (shared)->program_count; program++

/* A guest is the broker in a session that root opened: it can have no grant, because nobody signed in for the
 * session. */
enum who { WHO_NOBODY = 0, WHO_BROKER = 1, WHO_ROOT = 2, WHO_GUEST = 4 };
struct connection {
    int fd; /* -1: free */
    enum who who;
    bool greeted;
    struct frame frame;
};

/* A user in the account database, copied from getpwnam_r(3). */
struct account {
    uid_t uid;
    gid_t gid;
    char name[VST_MAX_NAME + 1], home[PATH_MAX], shell[PATH_MAX];
};

/* The PAM conversation with the owner, and the key to which answers are sealed. */
struct conversation {
    uint8_t id[16], public_key[32], secret_key[32];
    uint64_t expires;            /* Unix ms */
    char user[VST_MAX_NAME + 1]; /* as in the request */
    /* The current call of converse(). */
    enum { ANSWER_NONE, ANSWER_WANTED, ANSWER_GIVEN, ANSWER_CANCELLED } state;
    uint32_t first, count; /* prompt number of its first item; number of items */
    const struct pam_message **messages;
    struct pam_response *responses;
};

struct transaction {
    pam_handle_t *handle;
    int last;
    bool person;      /* the current call may wait for the user */
    bool entered;     /* modules may have changed something: PAM must be called to undo it, whatever happens */
    bool credentials; /* pam_setcred(PAM_ESTABLISH_CRED) is to be undone */
    bool session;     /* pam_open_session is to be undone */
};

/* What modules set for the programs. It does not apply to the leader itself. */
struct limits {
    struct rlimit64 values[MAX_LIMITS]; /* by resource, RLIMIT_CPU ... (getrlimit(2)) */
    int nice;
    mode_t umask;
};

/* Fields that are written to are together, before the paths: every page that is written costs memory in each
 * session. */
struct leader {
    struct shared *shared;
    uid_t broker_uid;
    gid_t broker_gid;
    uint8_t phase; /* VST_PHASE_* */
    const struct request *requests; /* the table of requests.c */
    void (*leaving)(void); /* gives back what else was taken (vestibule-pam-test); NULL: nothing */
    uint32_t seen; /* bit i: row i of that table was used */
    struct connection connections[MAX_CONNECTIONS];
    bool broker_seen;
    struct conversation conversation;
    struct transaction pam;
    struct limits limits;
    gid_t *groups; /* as PAM has set them */
    int group_count;
    char service[VST_MAX_NAME + 1], rhost[VST_MAX_NAME + 1], label[VST_MAX_NAME + 1];
    bool attached;         /* the PAM session is closed when the owner's connection ends */
    uint8_t close;         /* VST_CLOSE_*: in which other case it is closed */
    bool had_end;          /* a program that did start has ended */
    struct program *first; /* the program whose terminal was made before pam_start; NULL: none */
    uint64_t opened_at;
    int listener;          /* control socket; -1: none */
    uint64_t deadline_ms;  /* of waiting for the broker when closed; 0: none */
    struct account account;
    struct config config;
};

/* signals.c: prepare: before PAM is called. keep_alive: after each step in which modules may have changed handlers. */
void signals_prepare(void);
void signals_keep_alive(void);
bool signals_terminate(void); /* SIGTERM or SIGINT has come */
/* A descriptor that is readable when SIGTERM, SIGINT or SIGCHLD arrives while they are blocked. Dies on failure. */
int signals_open(sigset_t *ret_held);
void signals_read(int fd);

/* watch.c: forks. Returns in the child, the leader; the parent becomes the watch and never returns. */
void watch_begin(struct leader *leader);
/* Starts or stops the timeout of modules for the current call. */
void watch_clock(struct leader *leader, bool running);

/* serve.c: the main loop of an open PAM session, until it is closed. */
void serve(struct leader *leader);

/* leave.c: the only exit; rootd_release tells rootd that this leader is not unauthenticated any more. */
void rootd_release(void);
void transaction_end(struct leader *leader);
_Noreturn void leave(struct leader *leader, int status);

#endif
