/* Made by tools/generate-options.ts from src/config/options.ts: do not edit. */
#ifndef VESTIBULE_OPTIONS_H
#define VESTIBULE_OPTIONS_H

#include "config.h"

#include <stddef.h>

#define CONFIG_MAX_FILE 1048576
#define CONFIG_MAX_LINE 8192
#define CONFIG_MAX_SHOWN 100

enum option_type {
    OPTION_FLAG,
    OPTION_CHOICE,
    OPTION_NUMBER,
    OPTION_PROFILE,
    OPTION_GROUPS,
    OPTION_ADDRESS,
    OPTION_ADDRESSES,
    OPTION_PATH,
    OPTION_TEXT,
};
/* Longest text of each type, bytes. */
static const size_t OPTION_MAX_TEXT[] = { 1, 31, 10, 255, 255, 63, 1023, 4095, 8192 };

enum option_key {
    KEY_AUTH_PAM_PROFILE,
    KEY_AUTH_PAM_SESSIONS_PROFILE,
    KEY_AUTH_PAM_SESSIONS_ENABLED,
    KEY_AUTH_PAM_SESSIONS_SCOPE,
    KEY_AUTH_PAM_SESSIONS_CLOSE,
    KEY_PAM_SESSIONS_MAX_PER_USER,
    KEY_AUTH_MINIMUM_USER_ID,
    KEY_AUTH_REQUIRED_USER_GROUP,
    KEY_ADMIN_GROUP,
    KEY_AUTH_TIMEOUT_MINUTES,
    KEY_AUTH_STAY_SIGNED_IN_DAYS,
    KEY_AUTH_SIGN_INS_PER_USER,
    KEY_AUTH_SESSIONS_PER_USER,
    KEY_AUTH_RECHECK_MINUTES,
    KEY_AUDIT_KEEP_DAYS,
    KEY_AUTH_PAM_TIMEOUT_SECONDS,
    KEY_AUTH_PERSON_TIMEOUT_SECONDS,
    KEY_SESSION_START_TIMEOUT_SECONDS,
    KEY_WWW_ADDRESS,
    KEY_WWW_PORT,
    KEY_WWW_SESSION_PORT,
    KEY_WWW_TRUSTED_PROXIES,
    KEY_WWW_ROOT_PATH,
    KEY_WWW_HOME_ORIGIN,
    KEY_WWW_SESSION_ORIGIN,
    KEY_WWW_CONNECTIONS_PER_NETWORK,
    KEY_WWW_TITLE,
    KEY_WWW_BANNER,
    KEY_SSL_CERTIFICATE,
    KEY_SSL_CERTIFICATE_KEY,
    KEY_COUNT
};

struct option {
    const char *key;
    enum option_type type;
    uint32_t min, max;        /* limits of a number; for text, max is in characters */
    const char *choices;      /* a pattern for fnmatch(3) */
    const char *standard;     /* the default, as written in the file */
    const char *wanted;
    size_t at, size;          /* its field in struct config; size 0: checked, but not used by C programs */
};
#define PLACE(field) offsetof(struct config, field), sizeof(((struct config *)0)->field)
static const struct option OPTIONS[KEY_COUNT] = {
    [KEY_AUTH_PAM_PROFILE] = { "auth-pam-profile", OPTION_PROFILE, 0, 0, NULL,
        "vestibule", "the name of a file in /etc/pam.d (lower-case letters, digits, \".\", \"_\" and \"-\")", PLACE(auth_pam_profile) },
    [KEY_AUTH_PAM_SESSIONS_PROFILE] = { "auth-pam-sessions-profile", OPTION_PROFILE, 0, 0, NULL,
        "su", "the name of a file in /etc/pam.d (lower-case letters, digits, \".\", \"_\" and \"-\")", PLACE(auth_pam_sessions_profile) },
    [KEY_AUTH_PAM_SESSIONS_ENABLED] = { "auth-pam-sessions-enabled", OPTION_FLAG, 0, 0, NULL,
        "1", "0 or 1", PLACE(auth_pam_sessions_enabled) },
    [KEY_AUTH_PAM_SESSIONS_SCOPE] = { "auth-pam-sessions-scope", OPTION_CHOICE, 0, 0, "@(session|user)",
        "session", "session or user", 0, 0 },
    [KEY_AUTH_PAM_SESSIONS_CLOSE] = { "auth-pam-sessions-close", OPTION_CHOICE, 0, 0, "@(0|1|last)",
        "0", "0 or 1 or last", 0, 0 },
    [KEY_PAM_SESSIONS_MAX_PER_USER] = { "pam-sessions-max-per-user", OPTION_NUMBER, 2, 500, NULL,
        "100", "a whole number from 2 to 500", 0, 0 },
    [KEY_AUTH_MINIMUM_USER_ID] = { "auth-minimum-user-id", OPTION_NUMBER, 1, 4294967294, NULL,
        "1000", "a whole number from 1 to 4294967294", PLACE(auth_minimum_user_id) },
    [KEY_AUTH_REQUIRED_USER_GROUP] = { "auth-required-user-group", OPTION_GROUPS, 0, 0, NULL,
        "", "group names separated by commas, without spaces around the commas (a name may have spaces inside)", PLACE(auth_required_user_group) },
    [KEY_ADMIN_GROUP] = { "admin-group", OPTION_GROUPS, 0, 0, NULL,
        "", "group names separated by commas, without spaces around the commas (a name may have spaces inside)", 0, 0 },
    [KEY_AUTH_TIMEOUT_MINUTES] = { "auth-timeout-minutes", OPTION_NUMBER, 1, 10080, NULL,
        "60", "a whole number of minutes from 1 to 10080", 0, 0 },
    [KEY_AUTH_STAY_SIGNED_IN_DAYS] = { "auth-stay-signed-in-days", OPTION_NUMBER, 1, 7, NULL,
        "7", "a whole number of days from 1 to 7", 0, 0 },
    [KEY_AUTH_SIGN_INS_PER_USER] = { "auth-sign-ins-per-user", OPTION_NUMBER, 1, 500, NULL,
        "50", "a whole number from 1 to 500", 0, 0 },
    [KEY_AUTH_SESSIONS_PER_USER] = { "auth-sessions-per-user", OPTION_NUMBER, 1, 500, NULL,
        "100", "a whole number from 1 to 500", 0, 0 },
    [KEY_AUTH_RECHECK_MINUTES] = { "auth-recheck-minutes", OPTION_NUMBER, 0, 1440, NULL,
        "10", "a whole number of minutes from 0 to 1440", 0, 0 },
    [KEY_AUDIT_KEEP_DAYS] = { "audit-keep-days", OPTION_NUMBER, 1, 36500, NULL,
        "400", "a whole number of days from 1 to 36500", 0, 0 },
    [KEY_AUTH_PAM_TIMEOUT_SECONDS] = { "auth-pam-timeout-seconds", OPTION_NUMBER, 1, 3600, NULL,
        "60", "a whole number of seconds from 1 to 3600", PLACE(auth_pam_timeout_seconds) },
    [KEY_AUTH_PERSON_TIMEOUT_SECONDS] = { "auth-person-timeout-seconds", OPTION_NUMBER, 1, 600, NULL,
        "120", "a whole number of seconds from 1 to 600", PLACE(auth_person_timeout_seconds) },
    [KEY_SESSION_START_TIMEOUT_SECONDS] = { "session-start-timeout-seconds", OPTION_NUMBER, 1, 3600, NULL,
        "30", "a whole number of seconds from 1 to 3600", PLACE(session_start_timeout_seconds) },
    [KEY_WWW_ADDRESS] = { "www-address", OPTION_ADDRESS, 0, 0, NULL,
        "::", "an IPv4 or IPv6 address such as 127.0.0.1 or ::1", PLACE(www_address) },
    [KEY_WWW_PORT] = { "www-port", OPTION_NUMBER, 1, 65535, NULL,
        "8787", "a whole number from 1 to 65535", PLACE(www_port) },
    [KEY_WWW_SESSION_PORT] = { "www-session-port", OPTION_NUMBER, 1, 65535, NULL,
        "8788", "a whole number from 1 to 65535", PLACE(www_session_port) },
    [KEY_WWW_TRUSTED_PROXIES] = { "www-trusted-proxies", OPTION_ADDRESSES, 0, 0, NULL,
        "", "IPv4 or IPv6 addresses separated by commas, without spaces", 0, 0 },
    [KEY_WWW_ROOT_PATH] = { "www-root-path", OPTION_PATH, 0, 0, NULL,
        "", "an absolute path", 0, 0 },
    [KEY_WWW_HOME_ORIGIN] = { "www-home-origin", OPTION_TEXT, 0, 300, NULL,
        "", "text of at most 300 characters", 0, 0 },
    [KEY_WWW_SESSION_ORIGIN] = { "www-session-origin", OPTION_TEXT, 0, 300, NULL,
        "", "text of at most 300 characters", 0, 0 },
    [KEY_WWW_CONNECTIONS_PER_NETWORK] = { "www-connections-per-network", OPTION_NUMBER, 8, 4096, NULL,
        "1024", "a whole number from 8 to 4096", 0, 0 },
    [KEY_WWW_TITLE] = { "www-title", OPTION_TEXT, 0, 100, NULL,
        "", "text of at most 100 characters", 0, 0 },
    [KEY_WWW_BANNER] = { "www-banner", OPTION_TEXT, 0, 2000, NULL,
        "", "text of at most 2000 characters", 0, 0 },
    [KEY_SSL_CERTIFICATE] = { "ssl-certificate", OPTION_PATH, 0, 0, NULL,
        "", "an absolute path", PLACE(ssl_certificate) },
    [KEY_SSL_CERTIFICATE_KEY] = { "ssl-certificate-key", OPTION_PATH, 0, 0, NULL,
        "", "an absolute path", PLACE(ssl_certificate_key) },
};
#undef PLACE

_Static_assert(sizeof(((struct config *)0)->auth_pam_profile) == 256, "size of auth-pam-profile");
_Static_assert(sizeof(((struct config *)0)->auth_pam_sessions_profile) == 256, "size of auth-pam-sessions-profile");
_Static_assert(sizeof(((struct config *)0)->auth_required_user_group) == 256, "size of auth-required-user-group");
_Static_assert(sizeof(((struct config *)0)->www_address) == 64, "size of www-address");
_Static_assert(sizeof(((struct config *)0)->ssl_certificate) == 4096, "size of ssl-certificate");
_Static_assert(sizeof(((struct config *)0)->ssl_certificate_key) == 4096, "size of ssl-certificate-key");

#endif
