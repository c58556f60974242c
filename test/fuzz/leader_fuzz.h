/* The leader's harness: what it and its stand-ins for PAM (leader_pam.c) and the system (leader_system.c) share. */
#ifndef VESTIBULE_LEADER_FUZZ_H
#define VESTIBULE_LEADER_FUZZ_H

#include "fuzz.h"
#include "root/leader/messages.h"
#include "root/leader/pam.h"
#include "root/leader/programs.h"
#include "root/pam-test/pam-test.h"

enum { CLIENTS = 4, HOSTS = 4, FIRST_HOST = 4194000, BROKER_UID = 990, MAX_SEALED = 64, NOW_MS = 1800000000, MAX_ENVIRONMENT = 8 };

struct client {
    int fd; /* -1: none */
    struct frame frame;
};
/* A session-host, by the pid that it has: FIRST_HOST + its place. Places are used again. */
struct fake_host {
    int fd; /* its end; -1: none */
    bool dies, left; /* it, or what its program started, still runs */
    const struct program *program;
};
/* A secret that was sealed rightly, and for which prompt. */
struct sealed {
    uint32_t number;
    char secret[VST_MAX_SECRET + 1];
};

struct run {
    struct script script;
    struct leader leader;
    struct shared shared;
    uint64_t now;
    bool broker, fork_fails;
    struct client clients[CLIENTS]; /* 0: the owner */
    bool wants_in;                  /* a connection waits at the control socket */
    uid_t next_uid;                 /* of who is asked for next */
    struct fake_host hosts[HOSTS];
    int next_host;                  /* end of the pair that was made last */
    size_t forks, good_spawns;      /* session-hosts that were started; spawns that a good grant came with */
    bool root_came;                 /* who needs none */
    char granted[VST_MAX_NAME + 1]; /* the user of the good grant that was shown, else empty */
    struct sealed sealed[MAX_SEALED];
    size_t sealed_count;
    /* What PAM has done and not undone. */
    bool started, authenticated, credentials, session;
    char user[VST_MAX_NAME + 1], other_user[VST_MAX_NAME + 1];
};
extern struct run run;

/* A user of the stand-in's system; NULL when there is none of that name. */
struct known_user {
    const char *name, *real_name, *home, *shell;
    uid_t uid;
};
const struct known_user *find_known(const char *name);
extern const char *const KNOWN_NAMES[8];

/* leader_says.c: one frame each (or bytes as they are), filled from the script. */
typedef void say_function(int fd);
say_function say_any, say_bytes, say_hello, say_authenticate, say_check, say_test, say_open, say_answers, say_spawn, say_rotate, say_end, say_close,
    say_noted;

/* The next step of the script; false at its end. */
bool take_step(void);
/* At the script's end: all go away. */
void leave_all(void);
/* Takes what the leader has said to all, and checks it. */
void take_words(void);
/* Of any program. */
bool anything_left(void);
void fill_key(uint8_t *ret_key, size_t size);

#endif
