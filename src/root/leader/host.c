/* Messages to and from session-hosts, and their end. */
#include <signal.h>
#include <sys/socket.h>

#include "messages.h"
#include "programs.h"

/* Does not wait: the user can stop (SIGSTOP) session-host, which must not block the other sessions. If it does not take
 * the whole frame, the connection is shut down; host_read then reads its last messages, and kills it at end of file. */
void host_send(struct program *program, struct writer *writer) {
    if (program->control >= 0 && !frame_send(program->control, writer, 0)) {
        log_line(LOG_WARNING, "session-host of session %s does not take a message: %s", program->session, strerror(errno));
        (void)shutdown(program->control, SHUT_RDWR);
    }
    writer_clear(writer);
}

static void tell_started(struct leader *leader, struct program *program, uint32_t pid) {
    program->state = VST_PROGRAM_RUNNING;
    program->deadline_ms = program->ending ? program->deadline_ms : 0; /* a program that is to end keeps its grace */
    program->pid = pid;
    struct writer writer = writer_of(VST_FROM_LEADER_SPAWNED);
    put_string(&writer, program->session);
    put_u32(&writer, pid);
    put_string(&writer, program->tty);
    announce(leader, &writer);
}

static void tell_exited(struct leader *leader, struct program *program, uint32_t status, const char *words) {
    program->state = VST_PROGRAM_EXITED;
    program->status = status;
    if (!program->ending)
        program->deadline_ms = program->lossless ? 0 : monotonic_ms() + HOST_MS;
    struct writer writer = writer_of(VST_FROM_LEADER_EXITED);
    put_string(&writer, program->session);
    put_u32(&writer, status);
    put_string(&writer, words);
    announce(leader, &writer);
}

/* The program gets back to its state before spawn; its processes are killed first. */
void fail_spawn(struct leader *leader, struct program *program, uint8_t stage, uint32_t error, const char *text) {
    program->state = VST_PROGRAM_READY;
    program->ending = true;
    program->deadline_ms = 0;
    tell_failed(leader, program->session, stage, (int)error, text);
}

/* False if session-host may not send this message, or not in this state. */
static bool take_frame(struct leader *leader, struct program *program) {
    const uint8_t type = frame_type(&program->frame);
    struct reader reader = reader_of(&program->frame);
    char text[VST_LAST_WORDS_BYTES + 1] = "";
    const uint32_t number = read_u32(&reader);
    const uint8_t stage = type == VST_FROM_HOST_FAILED && read_u8(&reader) != 0 ? VST_STAGE_EXECUTE : VST_STAGE_SPAWN;
    if (type != VST_FROM_HOST_STARTED)
        read_string(&reader, text, sizeof text);
    if (!read_end(&reader) || program->state != (type == VST_FROM_HOST_EXITED ? VST_PROGRAM_RUNNING : VST_PROGRAM_STARTING))
        return false;
    if (type == VST_FROM_HOST_FAILED)
        fail_spawn(leader, program, stage, number, text);
    else if (type == VST_FROM_HOST_STARTED) {
        tell_started(leader, program, number);
        trim_memory(); /* used by modules and this start; done now, because nobody waits for us */
    } else if (type == VST_FROM_HOST_EXITED)
        tell_exited(leader, program, number, text);
    return type == VST_FROM_HOST_FAILED || type == VST_FROM_HOST_STARTED || type == VST_FROM_HOST_EXITED;
}

void host_read(struct leader *leader, struct program *program) {
    for (int got; program->control >= 0 && (got = frame_receive(program->control, &program->frame, MAX_HOST_FRAME)) != 0;) {
        const bool good = got > 0 && take_frame(leader, program);
        frame_clear(&program->frame);
        if (good)
            continue;
        close_descriptor(&program->control);
        /* Without a connection to its leader it is useless. It has not been reaped: its pid cannot have been reused. */
        if (program->host > 0)
            (void)kill(program->host, SIGKILL);
    }
}

void host_ended(struct leader *leader, struct program *program) {
    host_read(leader, program); /* its last messages */
    close_descriptor(&program->control);
    program->hosted = false;
    if (program->state == VST_PROGRAM_STARTING)
        fail_spawn(leader, program, VST_STAGE_SPAWN, ECHILD, "session-host ended before it started the program: the log says why");
    if (program->state == VST_PROGRAM_RUNNING)
        tell_exited(leader, program, SIGKILL, ""); /* it was killed; what is left of its program is killed now */
}
