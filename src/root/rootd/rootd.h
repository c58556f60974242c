/* vestibule-rootd: accepts connections from the broker and from root, and starts a leader for each. */
#ifndef VESTIBULE_ROOTD_H
#define VESTIBULE_ROOTD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Limits of the broker's leaders that are still unauthenticated, as in sshd_config(5): MaxStartups start:rate:full. */
enum { STARTUPS_START = 100, STARTUPS_RATE = 30, STARTUPS_FULL = 200 };

/* Whose connections lead to which program. The one that tests profiles is root's alone. */
struct endpoint {
    int listener;
    char *program;                      /* its path */
    bool root_only;
};
enum { ENDPOINT_COUNT = 2 };

struct rootd {
    uid_t broker;
    struct endpoint endpoints[ENDPOINT_COUNT];
    int signals;                        /* signalfd(2) of SIGCHLD */
    int waiting[STARTUPS_FULL];         /* read ends of the pipes of unauthenticated leaders */
    size_t waiting_count;
};

/* count-startups.c */
/* Percent of connections to refuse at this many waiting leaders. */
unsigned refusal_percent(size_t waiting);
void add_startup(struct rootd *rootd, int pipe_end);
/* The leader at this index has written its byte or exited: it is not counted any more. */
void remove_startup(struct rootd *rootd, size_t index);

/* accept-connection.c: accepts and checks one connection, and starts a leader for it. */
void accept_connection(struct rootd *rootd, const struct endpoint *endpoint);

/* start-leader.c: false (logged) when fork failed. passed: the connection and the pipe's write end. */
bool start_leader(char *program, const int passed[2]);
/* Reaps leaders, and logs those that did not exit with status 0. */
void reap_leaders(struct rootd *rootd);

#endif
