/* The root-owned configuration, as supervise and the leader need it: /etc/vestibule/vestibule.conf, then
 * /run/vestibule/overrides.conf. The grammar is that of src/config/load.ts; a shared corpus tests that both read the
 * same. */
#ifndef VESTIBULE_CONFIG_H
#define VESTIBULE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct config {
    char auth_pam_profile[256];
    char auth_pam_sessions_profile[256];
    bool auth_pam_sessions_enabled;
    uid_t auth_minimum_user_id;           /* never below 1 */
    char auth_required_user_group[256];   /* a list; empty: none required */
    uint32_t session_start_timeout_seconds; /* longest that a program may take to start */
    uint32_t auth_pam_timeout_seconds;    /* longest that PAM may take before the session is open */
    uint32_t auth_person_timeout_seconds; /* the same if PAM may wait for the user; starts again at texts and answers */
    char www_address[64];
    uint16_t www_port;
    uint16_t www_session_port;
    char ssl_certificate[4096];           /* empty: the generated one */
    char ssl_certificate_key[4096];
};

/* Sets the defaults, then reads both files. Every problem is logged as "FILE:LINE: text"; false if there was one.
 * A missing file is no problem. A file that other users than root can write is one. */
bool config_load(struct config *ret_config);

/* The same for texts in memory, without a check of owner and mode. report gets each problem as one line; if it is NULL,
 * problems are logged. */
struct config_text {
    const char *file;
    const char *data;
    size_t size;
};
typedef void config_report(const char *line);
bool config_parse(struct config *ret_config, const struct config_text *texts, size_t count, config_report *report);

/* The next item of a list, NULL after the last one. Modifies the list, like strsep(3). Only commas separate items;
 * blanks are part of an item. An empty list has one empty item. */
char *config_next_item(char **list);

#endif
