/* Reports failures: to the log, and on all connections. */
#include <stdarg.h>

#include "messages.h"

const char *user_of(const struct leader *leader) {
    return leader->account.name[0] == '\0' ? leader->conversation.user : leader->account.name;
}

void tell_failed(struct leader *leader, const char *session, uint8_t stage, int code, const char *text) {
    log_line(LOG_NOTICE, "user '%s', profile '%s', from '%s': failed in stage %u with %d: %s", user_of(leader),
             leader->service, leader->rhost, stage, code, text);
    struct writer writer = writer_of(VST_FROM_LEADER_FAILED);
    put_string(&writer, session);
    put_u8(&writer, stage);
    put_u32(&writer, (uint32_t)code);
    put_text(&writer, text);
    announce(leader, &writer);
}

bool fail(struct leader *leader, uint8_t stage, int code, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tell_failed(leader, "", stage, code, text);
    return false;
}
