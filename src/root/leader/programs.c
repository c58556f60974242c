/* The table of programs. A place is free again once the broker has noted the program's end and its terminal is
 * released. */
#include "programs.h"

struct program *program_find(const struct leader *leader, const char *session) {
    for (each_program(program, leader->shared))
        if (program->state != VST_PROGRAM_FREE && strcmp(program->session, session) == 0)
            return program;
    return NULL;
}

struct program *program_add(struct leader *leader, const char *session) {
    struct shared *shared = leader->shared;
    size_t at = 0;
    while (at < shared->program_count && (shared->programs[at].state != VST_PROGRAM_FREE || shared->programs[at].pty >= 0))
        at++;
    if (at == MAX_PROGRAMS)
        return NULL;
    shared->program_count += at == shared->program_count;
    struct program *program = &shared->programs[at];
    *program = (struct program){.state = VST_PROGRAM_READY, .pty = -1, .control = -1, .events = -1};
    (void)snprintf(program->session, sizeof program->session, "%s", session);
    return program;
}

bool program_is_live(const struct program *program) {
    return program->ending || (program->state >= VST_PROGRAM_STARTING && program->state <= VST_PROGRAM_EXITED);
}
