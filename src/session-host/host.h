/* session-host: owns one program's terminal (or pipes) and shows it to viewers. One process, one loop, no peer is ever
 * waited for: a viewer holds an offset into the scroll-back, not a queue. */
#ifndef VESTIBULE_HOST_H
#define VESTIBULE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "frame.h"
#include "protocol.h"
#include "ring.h"

enum {
    CONTROL_FD = 3,
    LISTENER_FD = 4,
    MASTER_FD = 5,
    MAX_VIEWERS = 32,
    START_MS = 10000,       /* for the leader's first frame */
    HELLO_MS = 5000,        /* for a viewer's first frame */
    FIRST_VIEWER_MS = 8000, /* from its start a terminal's program is not told to have ended before somebody has seen it */
    LINGER_MS = 2000,       /* for viewers to take the last output */
    ACCEPT_PAUSE_MS = 1000, /* when descriptors have run out */
    OUTPUT_CHUNK = 32768,
    TELL_TAKEN = 16384,     /* input bytes after which a viewer is told that they were taken */
    JOBS_MS = 250,          /* from input or output to the look at what runs */
    JOBS_AGAIN_MS = 2000,   /* a background job ends without a sign */
    MIN_SCROLLBACK = 4096,
    MAX_SCROLLBACK = 64 << 20,
    LET_GO = 16384, /* bytes that a terminal's ring lets go at once */
    LET_GO_STEP = 64, /* … after which it looks at the time, of a screen as large as is kept (history.c) */
    TURN_MS = 20,   /* for the output of one turn; then viewers and the leader get theirs */
    MAX_SIZES = 64, /* changes of size that are kept */
};

/* What the program writes: the pty's or stdout's bytes, and stderr's. */
enum { OUTPUT, ERRORS, STREAMS };
struct stream {
    int fd;      /* -1 when nothing more is read */
    size_t left; /* once the program has ended: bytes still to be read at most */
    struct ring ring;
};

/* The terminal has this size from an offset of its output on. */
struct size_change {
    uint64_t at;
    uint16_t rows, columns;
};

struct viewer {
    int fd; /* -1: free; id and taken are kept for its return */
    uint64_t id, taken; /* as it says who it is; bytes of its input that the program has had */
    uint64_t told_taken;
    uint64_t left;      /* the free place with the lowest number was left first */
    bool told_jobs;
    uint64_t answers_from, answers_to; /* output whose questions this viewer answers; 0 0: none */
    bool told_answers;
    bool screen_due; /* it begins where the ring does: before that comes the screen as it was */
    bool joined;
    bool waiting;          /* frame holds input that the program has not taken yet */
    bool wants_out;        /* tell when the socket takes more */
    bool exit_told;
    bool finished;         /* it has all that it is owed; what it still sends is thrown away */
    unsigned turn;         /* the stream that comes next */
    uint64_t hello_by;
    uint64_t at[STREAMS];  /* offset of the next byte to send */
    uint16_t rows, columns;           /* its own screen; 0: none */
    uint16_t told_rows, told_columns; /* the terminal's size as it knows it */
    struct frame frame;
    size_t given;          /* input bytes of the waiting frame that the program has taken */
    uint8_t *pending;      /* rest of a frame that the socket took in part */
    size_t pending_size, pending_sent;
};

struct host {
    int control;  /* -1 once the leader is gone */
    int listener;
    int slave;    /* kept open: so the master never reads EIO while the program lives without its terminal */
    int input;    /* -1 when the program takes no more */
    int settling; /* pipe from the child until it has exec'ed */
    bool executing;     /* the child has come as far as that */
    uint64_t settle_by; /* when its home directory and the program must have answered */
    int program_fd;
    pid_t program;
    char path[201]; /* the program's, as much as is shown of it */
    bool pty, lossless;
    uid_t web_uid;
    uint8_t key[VST_SESSION_KEY_BYTES];
    uint16_t rows, columns;
    struct stream streams[STREAMS];
    bool exited, end_told, served, ended;
    bool keeps_words;   /* a terminal nobody has typed in, or wanted to end: what it printed is its program's own */
    bool visited;       /* a viewer has joined at any time */
    uint64_t first_by;  /* until when the first viewer of a program that has ended is waited for */
    struct screen *screen; /* NULL until the ring has let something go */
    struct size_change sizes[MAX_SIZES]; /* the first: at the ring's start */
    size_t size_count;
    uint32_t status;
    uint64_t linger_by; /* 0 until all output has been read */
    uint64_t look_by;   /* 0: nothing has happened since the last look at the jobs */
    uint64_t event_at;  /* when something happened last */
    uint64_t leavers;
    bool jobs;
    uint64_t accept_after;
    struct frame frame;
    struct viewer *answerer;           /* NULL: nobody is there */
    uint64_t answered, last_answerer;  /* output that somebody was there to answer; who that was at last */
    uint64_t seen;                     /* output that some viewer has been sent */
    struct viewer *feeding; /* whose input the program has taken in part */
    struct viewer viewers[MAX_VIEWERS];
};

/* What start says about the program itself. */
struct start {
    bool pam_sessions; /* they are on */
    uint32_t seconds;  /* for the home directory and the program to answer */
    char home[4096];
    char program[4096];
    char **argv;
    char **environment;
};

/* control.c: the leader's side */
void control_start(struct host *host);
void control_serve(struct host *host);
void control_tell(struct host *host, struct writer *writer);
/* Tells the leader that the program could not be started, and ends. */
void control_fail(struct host *host, int error, const char *text);

/* program.c: the user's program */
void program_start(struct host *host, const struct start *start);
void program_settle(struct host *host);
void program_expire(struct host *host, uint64_t now);
void program_reap(struct host *host);
/* To the leader, once somebody has come who sees what the program wrote, or could have. */
void program_tell_end(struct host *host, uint64_t now);
void program_signal(const struct host *host, int number);
void program_hangup(const struct host *host);

/* login-path.c: PATH=…, malloc'ed */
char *login_path(void);

/* terminal.c: what the program's descriptors 0-2 are */
bool terminal_open(struct host *host, int ret_child[3]);
bool pipes_open(struct host *host, int ret_child[3]);
void terminal_resize(struct host *host, uint16_t rows, uint16_t columns);

/* streams.c: the program's output and input */
bool stream_wanted(const struct host *host, size_t which);
void stream_read(struct host *host, size_t which);
void streams_finish(struct host *host);
bool streams_finished(const struct host *host);
/* What the program printed at last. */
void streams_last_words(const struct host *host, char ret_words[VST_LAST_WORDS_BYTES + 1]);
void input_feed(struct host *host);
void input_close(struct host *host);
bool input_waits(const struct host *host);

/* history.c: the screen as of the ring's start */
void history_note_size(struct host *host);
/* Before so many bytes, at most the ring's capacity, are put into a terminal's ring. */
void history_make_room(struct host *host, size_t size, uint64_t by);
/* Output that makes this screen, to be freed, and its size. The ring must have let something go. */
char *history_screen(struct host *host, size_t *ret_size, uint16_t *ret_rows, uint16_t *ret_columns);

/* answers.c: which viewer answers what the program asks its terminal */
void answers_join(struct host *host, struct viewer *viewer);
void answers_typed(struct host *host, struct viewer *viewer);
void answers_leave(struct host *host, const struct viewer *viewer);
/* Nobody answers until the viewer is back. */
void answers_rest(struct host *host, const struct viewer *viewer);
bool answers_now(const struct viewer *viewer);
/* Bytes, at most so many, until that changes. */
size_t answers_same_for(const struct viewer *viewer, size_t most);

/* jobs.c: whether the program has jobs */
void jobs_expect(struct host *host);
void jobs_look(struct host *host, uint64_t now);

/* viewers.c: who is connected */
void viewers_accept(struct host *host);
void viewers_expire(struct host *host, uint64_t now);
void viewers_drop_all(struct host *host);
void viewer_drop(struct host *host, struct viewer *viewer);
/* What the earlier connections of this viewer were, this one goes on with. */
void viewer_return(struct host *host, struct viewer *viewer, uint64_t id);
void viewer_finish(struct host *host, struct viewer *viewer);
size_t viewers_count(const struct host *host);

/* receive.c: what viewers say */
void viewer_receive(struct host *host, struct viewer *viewer);

/* deliver.c: what viewers are told */
void viewer_deliver(struct host *host, struct viewer *viewer);
void viewer_greet(struct host *host, struct viewer *viewer);

#endif
