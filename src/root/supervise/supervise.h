/* vestibule-supervise: opens the sockets, starts rootd, broker and gateway with them, and restarts those that end. */
#ifndef VESTIBULE_SUPERVISE_H
#define VESTIBULE_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "config.h"

struct identity {
    uid_t uid;
    gid_t gid;
};

/* In the order of starting; they are stopped in the reverse order. */
enum { ROOTD, BROKER, GATEWAY, SERVICE_COUNT };

/* In bytes: the last message of a service; the report for 'vestibule status', which has room for all of them. */
enum { WORDS_SIZE = 256, REPORT_SIZE = 2048 };

struct service {
    const char *name;                   /* in the log */
    const char *program, *script;       /* relative to this program; script NULL: none */
    struct identity identity;
    const char *descriptor_names;       /* LISTEN_FDNAMES: listening, then files, then ready */
    int listening[2];                   /* bound before any service starts */
    size_t listening_count;
    const char *files[2];               /* opened for reading by root, anew at each start */
    size_t file_count;
    bool reports_ready;

    pid_t pid;                          /* 0: not running */
    int ready_fd;                       /* it writes READY=1 here; -1: done, or none */
    bool ready;
    unsigned failures;                  /* failed starts and unwanted ends since it was last ready */
    char words[WORDS_SIZE];             /* why it ended; "": it is ready, or has not ended yet */
    bool restarting;                    /* ended by us, to be started again at once */
    uint64_t started_ms, start_at_ms;   /* of CLOCK_BOOTTIME */
    uint64_t kill_at_ms;                /* 0: not being stopped */
    uint64_t delay_ms;                  /* before the next start if it ends too soon */
};

struct supervisor {
    const char *log_path, *announce_path;
    char **finish;                      /* argv of the program to become at the end; NULL: none */
    struct config config;
    struct identity broker, gateway;
    struct service services[SERVICE_COUNT];
    int lock;                           /* descriptor of the lock that our caller has taken; 0: we take it */
    int signals;                        /* signalfd(2) */
    int terminal;                       /* stderr as it was before --log */
    bool stopping;
    char reported[REPORT_SIZE];         /* the report as last written */
};

/* Each creates what is missing and dies on failure. All that can be refused is checked before the machine is
 * changed. */
void read_arguments(struct supervisor *supervisor, int argc, char **argv);
void prepare_process(struct supervisor *supervisor);
void lock_server(const struct supervisor *supervisor);
void define_services(struct supervisor *supervisor);
void open_tcp_listeners(struct supervisor *supervisor);
void make_directories(const struct supervisor *supervisor);
void make_keys(void);
void open_unix_listeners(struct supervisor *supervisor);

/* Makes that file our standard error; true if it was another file before (main.c). On failure, or with NULL, it
 * stays. */
bool open_log(const char *path);

/* Forks and execs it; false when that failed (logged). */
bool start_service(struct service *service);
/* Writes the report for 'vestibule status' if it has changed. */
void report_services(struct supervisor *supervisor);
/* Keeps them running until SIGTERM or SIGINT, then stops them. */
void run_services(struct supervisor *supervisor);

#endif
