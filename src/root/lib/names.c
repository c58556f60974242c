/* Which names may be passed to PAM and its modules. The broker checks the same before it starts a process as root
 * (src/protocol/names.ts); test/corpus/names.txt tests that both agree. */
#include "names.h"

#include "protocol.h"

/* No control character (C1 in UTF-8, too), no '/', no '-' first, no '.' and '..': modules use names as arguments, as
 * file names and in log lines. */
bool is_user_name(const char *name, size_t size) {
    if (size == 0 || size > VST_MAX_NAME || name[0] == '-')
        return false;
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)name[i], next = i + 1 < size ? (unsigned char)name[i + 1] : 0;
        if (c < ' ' || c == 0x7f || c == '/' || (c == 0xc2 && next >= 0x80 && next < 0xa0))
            return false;
    }
    return !(name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.')));
}

/* Names of hosts and profiles: visible ASCII without '/' and without '-' first; may be empty. */
bool is_host_name(const char *name, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '/')
            return false;
    return size <= VST_MAX_NAME && (size == 0 || name[0] != '-');
}
