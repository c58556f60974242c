/* Reports the state of this leader. */
#include "messages.h"

/* Puts the programs as parallel lists: one list for each field. */
static void put_programs(struct writer *writer, const struct shared *shared) {
    uint16_t count = 0;
    for (size_t i = 0; i < shared->program_count; i++)
        count = (uint16_t)(count + (shared->programs[i].state != VST_PROGRAM_FREE));
    for (int list = 0; list < 5; list++) {
        put_u16(writer, count);
        for (const struct program *program = shared->programs; program < shared->programs + shared->program_count; program++)
            switch (program->state == VST_PROGRAM_FREE ? -1 : list) {
            case 0: put_string(writer, program->session); break;
            case 1: put_string(writer, program->tty); break;
            case 2: put_u32(writer, program->pid); break;
            case 3: put_u32(writer, program->status); break;
            case 4: put_u8(writer, program->state); break;
            default: break;
            }
    }
}

/* Sends the whole state: a broker that adopts this leader needs nothing else. */
bool request_hello(struct leader *leader, struct connection *connection, struct reader *reader) {
    (void)read_u32(reader); /* the version: checked in dispatch.c */
    if (!read_end(reader))
        return false;
    connection->greeted = true;
    leader->broker_seen |= connection->who != WHO_ROOT;
    struct writer writer = writer_of(VST_FROM_LEADER_HELLO);
    put_u32(&writer, VST_LEADER_PROTOCOL_VERSION);
    put_u32(&writer, (uint32_t)getpid());
    put_u8(&writer, leader->phase);
    put_string(&writer, leader->shared->pam_session);
    put_string(&writer, leader->account.name);
    put_u32(&writer, leader->account.uid);
    put_string(&writer, leader->service);
    put_string(&writer, leader->label);
    put_u8(&writer, leader->attached);
    put_u8(&writer, leader->close);
    put_u64(&writer, leader->opened_at);
    put_programs(&writer, leader->shared);
    connection_send(connection, &writer);
    return true;
}
