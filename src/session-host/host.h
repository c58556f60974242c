/* session-host: owns one program's terminal (or pipes) and shows it to viewers. One process with one loop, which never
 * waits for a peer: a viewer has an offset into the scroll-back, not a queue. */
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
    START_MS = 10000,       /* timeout of the leader's first frame */
    HELLO_MS = 5000,        /* timeout of a viewer's first frame */
    FIRST_VIEWER_MS = 8000, /* since the start: how long the report of a terminal's end waits for a first viewer */
    LINGER_MS = 2000,       /* timeout for viewers to read the last output */
    ACCEPT_PAUSE_MS = 1000, /* pause when there are no descriptors left */
    OUTPUT_CHUNK = 32768,
    TELL_TAKEN = 16384,     /* bytes of input between two acknowledgements */
    JOBS_MS = 250,          /* from input or output to the check for jobs */
    JOBS_AGAIN_MS = 2000,   /* while there are jobs: the end of a background job is not signalled */
    MIN_SCROLLBACK = 4096,
    MAX_SCROLLBACK = 64 << 20,
    LET_GO = 16384, /* most bytes that leave a terminal's ring at once */
    LET_GO_WORK = 1 << 17, /* most of the screen's work between two checks of the time: 1 to 4 ms */
    TURN_MS = 20,   /* most time for output before viewers and the leader get their turn */
    MAX_SCREEN_BYTES = 8 << 20,   /* most of a screen that a viewer is sent */
    MAX_PARCEL_BYTES = 16 << 20,  /* most of all unsent screens; above this a viewer gets LEAST_SCREEN_BYTES */
    LEAST_SCREEN_BYTES = 65536,
    MAX_SIZES = 64, /* most changes of size that are kept */
};

/* What the program writes: the pty's or stdout's bytes, and stderr's. */
enum { OUTPUT, ERRORS, STREAMS };
struct stream {
    int fd;      /* -1: end of file */
    size_t left; /* after the program's end: most bytes still to be read */
    struct ring ring;
};

/* From this offset of the output on the terminal has this size. */
struct size_change {
    uint64_t at;
    uint16_t rows, columns;
};

struct viewer {
    int fd; /* -1: free; id and taken are kept in case the viewer comes back */
    uint64_t id, taken; /* id: from its hello; taken: bytes of its input that the program has read */
    uint64_t told_taken;
    uint64_t left;      /* numbers the free places in the order in which they were left */
    bool told_jobs;
    uint64_t answers_from, answers_to; /* output whose queries this viewer answers; 0 0: none */
    bool told_answers;
    bool screen_due; /* it begins at the ring's start: the screen at that point is sent first */
    bool joined;
    bool waiting;          /* frame holds input that the program has not read yet */
    bool wants_out;        /* poll for POLLOUT */
    bool exit_told;
    bool finished;         /* everything was sent; what it still sends is discarded */
    unsigned turn;         /* the stream that is sent next */
    uint64_t hello_by;
    uint64_t at[STREAMS];  /* offset of the next byte to send */
    uint16_t rows, columns;           /* of its window; 0: none */
    uint16_t told_rows, told_columns; /* the terminal's size that it was last told */
    struct frame frame;
    size_t given;          /* bytes of the waiting frame that the program has read */
    const uint8_t *pending; /* frames not yet sent in full */
    struct parcel *parcel;  /* the parcel that they are part of; NULL: they belong to this viewer only */
    size_t pending_size, pending_sent;
};

struct host {
    int control;  /* -1 once the leader is gone */
    int listener;
    int slave;    /* kept open: otherwise the master reads EIO while the program has closed its terminal */
    int input;    /* -1: the program reads no more */
    int settling; /* pipe from the child until it has exec'ed */
    bool executing;     /* the next step of the child is exec */
    uint64_t settle_by; /* until when the home directory and the program's file must have responded */
    int program_fd;
    pid_t program;
    char path[201]; /* of the program, truncated for messages */
    bool pty, lossless;
    uid_t web_uid;
    uint8_t key[VST_SESSION_KEY_BYTES];
    uint16_t rows, columns;
    struct stream streams[STREAMS];
    bool exited, end_told, served, ended;
    bool keeps_words;   /* report the last output: a terminal in which nobody typed, and which nobody asked to end */
    bool visited;       /* a viewer has joined at some time */
    uint64_t first_by;  /* until when a program's end waits for the first viewer */
    struct screen *screen; /* NULL until bytes have left the ring */
    struct size_change sizes[MAX_SIZES]; /* the first one holds at the ring's start */
    size_t size_count;
    struct parcel *parcel;  /* the last one that was made; NULL: it is not being sent to any viewer any more */
    size_t parcel_bytes;    /* of all parcels that viewers are being sent */
    uint32_t status;
    uint64_t linger_by; /* 0 until all output has been read */
    uint64_t look_by;   /* when to check for jobs; 0: nothing has happened since the last check */
    uint64_t event_at;  /* of the last input or output */
    uint64_t leavers;
    bool jobs;
    uint64_t accept_after;
    struct frame frame;
    struct viewer *answerer;           /* NULL: no viewer can answer */
    uint64_t answered, last_answerer;  /* output before this offset had an answerer; id of the last one */
    uint64_t seen;                     /* output before this offset was sent to a viewer */
    struct viewer *feeding; /* the viewer of whose frame the program has read only a part */
    struct viewer viewers[MAX_VIEWERS];
};

/* What start says about the program itself. */
struct start {
    bool pam_sessions; /* auth-pam-sessions-enabled */
    uint32_t seconds;  /* timeout of the home directory and the program's file */
    char home[4096];
    char program[4096];
    char **argv;
    char **environment;
};

/* control.c: the connection to the leader */
void control_start(struct host *host);
void control_serve(struct host *host);
void control_tell(struct host *host, struct writer *writer);
/* Reports that the program could not be started, and exits. */
void control_fail(struct host *host, int error, const char *text);

/* program.c: the user's program */
void program_start(struct host *host, const struct start *start);
void program_settle(struct host *host);
void program_expire(struct host *host, uint64_t now);
void program_reap(struct host *host);
/* Reports the program's end to the leader, once a viewer has joined or the time for that is over. */
void program_tell_end(struct host *host, uint64_t now);
void program_signal(const struct host *host, int number);
void program_hangup(const struct host *host);

/* login-path.c: PATH=…, malloc'ed */
char *login_path(void);

/* terminal.c: the program's descriptors 0-2 */
bool terminal_open(struct host *host, int ret_child[3]);
bool pipes_open(struct host *host, int ret_child[3]);
void terminal_resize(struct host *host, uint16_t rows, uint16_t columns);

/* streams.c: the program's output and input */
bool stream_wanted(const struct host *host, size_t which);
void stream_read(struct host *host, size_t which);
void streams_finish(struct host *host);
bool streams_finished(const struct host *host);
/* The last bytes that the program printed. */
void streams_last_words(const struct host *host, char ret_words[VST_LAST_WORDS_BYTES + 1]);
void input_feed(struct host *host);
void input_close(struct host *host);
bool input_waits(const struct host *host);

/* history.c: the screen as of the ring's start */
void history_note_size(struct host *host);
/* Makes room in a terminal's ring for size bytes, at most its capacity; stops at the time `by`. */
void history_make_room(struct host *host, size_t size, uint64_t by);
/* Resizes the screen to the terminal's size at the ring's start, and returns that size. Bytes must have left the
 * ring. */
void history_size(struct host *host, uint16_t *ret_rows, uint16_t *ret_columns);

/* parcels.c: gaps and screens that are being sent to viewers */
/* This viewer is sent the gap up to the ring's start next. Nothing may be pending. */
void parcel_give(struct host *host, struct viewer *viewer);
void pending_free(struct host *host, struct viewer *viewer);

/* answers.c: which viewer answers the program's queries of its terminal */
void answers_join(struct host *host, struct viewer *viewer);
void answers_typed(struct host *host, struct viewer *viewer);
void answers_leave(struct host *host, const struct viewer *viewer);
/* The viewer stops answering, and nobody takes its place until it is back. */
void answers_rest(struct host *host, const struct viewer *viewer);
bool answers_now(const struct viewer *viewer);
/* For how many bytes of output answers_now stays the same; at most `most`. */
size_t answers_same_for(const struct viewer *viewer, size_t most);

/* jobs.c: whether the program has jobs */
void jobs_expect(struct host *host);
void jobs_look(struct host *host, uint64_t now);

/* viewers.c: the viewers' connections */
void viewers_accept(struct host *host);
void viewers_expire(struct host *host, uint64_t now);
void viewers_drop_all(struct host *host);
void viewer_drop(struct host *host, struct viewer *viewer);
/* Continues this viewer's earlier connections, and ends them. */
void viewer_return(struct host *host, struct viewer *viewer, uint64_t id);
void viewer_finish(struct host *host, struct viewer *viewer);
size_t viewers_count(const struct host *host);

/* receive.c: messages from viewers */
void viewer_receive(struct host *host, struct viewer *viewer);

/* deliver.c: messages to viewers */
void viewer_deliver(struct host *host, struct viewer *viewer);
void viewer_greet(struct host *host, struct viewer *viewer);

#endif
