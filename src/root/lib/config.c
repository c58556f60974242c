/* Reads the configuration. Grammar, checks and messages are the same as in src/config/ (parse.ts, read-value.ts,
 * find-clashes.ts): test/corpus/config and a test with random input compare the two. */
#include "config-value.h"
#include "config.h"
#include "options.h"
#include "protocol.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* Not NUL-terminated. */
struct text {
    const char *data;
    size_t size;
};
struct reader_state {
    struct config *config;
    config_report *report;
    bool failed;
    const char *file;
    unsigned order;           /* counts the values that were set */
    struct key_state {
        const char *file;     /* where the value in effect was set; NULL: nowhere */
        unsigned line, order;
        unsigned first_line;  /* of this option in this file, valid or not; 0: none yet */
        bool bad;             /* its last line had a problem: clash() reports nothing more about it */
    } keys[KEY_COUNT];
};

static void format_printf(3, 4) problem(struct reader_state *state, unsigned line, const char *format, ...)
{
    char text[1024], whole[sizeof text + PATH_MAX + 16];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)snprintf(whole, sizeof whole, "%s:%u: %s", state->file, line, text);
    if (state->report != NULL)
        state->report(whole);
    else
        log_line(LOG_ERR, "%s", whole);
    state->failed = true;
}

/* A value or key as messages show it. */
struct shown { char text[CONFIG_MAX_SHOWN + 32]; };
static struct shown shown(struct text value)
{
    struct shown result = { "nothing" };
    if (value.size > CONFIG_MAX_SHOWN)
        (void)snprintf(result.text, sizeof result.text, "%zu bytes", value.size);
    else if (value.size > 0)
        (void)snprintf(result.text, sizeof result.text, "'%.*s'", (int)value.size, value.data);
    return result;
}

static struct text trim(struct text text)
{
    for (; text.size > 0 && (*text.data == ' ' || *text.data == '\t'); text.size--)
        text.data++;
    while (text.size > 0 && memchr(" \t\r", text.data[text.size - 1], 3) != NULL)
        text.size--;
    return text;
}

/* UTF-8 (RFC 3629) without the control characters U+0000 to U+001F and U+007F to U+009F. */
static bool is_text(struct text text)
{
    static const uint32_t LOWEST[] = { 0x20, 0xa0, 0x800, 0x10000 };
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;
    while (at < end) {
        uint32_t point = *at++;
        size_t more = point < 0x80 ? 0 : point < 0xe0 ? 1 : point < 0xf0 ? 2 : 3;
        if ((point >= 0x80 && point < 0xc2) || point > 0xf4 || (size_t)(end - at) < more)
            return false;
        if (more > 0)
            point &= 0x3fu >> more;
        for (size_t i = 0; i < more; i++, at++) {
            if ((*at & 0xc0) != 0x80)
                return false;
            point = point << 6 | (*at & 0x3fu);
        }
        if (point < LOWEST[more] || point == 0x7f || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff)
            return false;
    }
    return true;
}

static bool take_value(struct reader_state *state, unsigned line, const struct option *option, struct text text)
{
    char value[CONFIG_MAX_LINE + 1];
    (void)snprintf(value, sizeof value, "%.*s", (int)text.size, text.data);
    if (value[0] == '"' || value[0] == '\'')
        problem(state, line, "'%s' wanted no quotes, got %s; remove them", option->key, shown(text).text);
    else if (text.size > OPTION_MAX_TEXT[option->type] || !config_take_value(state->config, option, value))
        problem(state, line, "'%s' wanted %s, got %s; correct it, or leave the line out for %s%s", option->key,
            option->wanted, shown(text).text, option->standard[0] == '\0' ? "none" : "the default, ", option->standard);
    else
        return true;
    return false;
}

static void take_entry(struct reader_state *state, unsigned line, struct text key, struct text value)
{
    size_t i = 0;
    while (i < KEY_COUNT && (strlen(OPTIONS[i].key) != key.size || memcmp(OPTIONS[i].key, key.data, key.size) != 0))
        i++;
    struct key_state *set = &state->keys[i];
    if (i == KEY_COUNT) {
        problem(state, line, "wanted the name of an option, got %s; 'vestibule config show' lists all", shown(key).text);
    } else if (set->first_line != 0) {
        problem(state, line, "'%s' is set again, first on line %u; keep one of them", OPTIONS[i].key, set->first_line);
    } else {
        set->first_line = line;
        set->bad = !take_value(state, line, &OPTIONS[i], value);
        if (!set->bad)
            *set = (struct key_state){ state->file, line, ++state->order, line, false };
    }
}

static void take_line(struct reader_state *state, unsigned line, struct text text)
{
    if (text.size == 0 || text.data[0] == '#')
        return;
    if (text.size > CONFIG_MAX_LINE) {
        problem(state, line, "wanted a line of at most %d bytes, got %zu; shorten it", CONFIG_MAX_LINE, text.size);
        return;
    }
    const char *equals = memchr(text.data, '=', text.size), *end = text.data + text.size;
    struct text key = trim((struct text){ text.data, (size_t)((equals == NULL ? end : equals) - text.data) });
    struct text value = trim((struct text){ equals == NULL ? end : equals + 1, (size_t)(equals == NULL ? 0 : end - equals - 1) });
    if (!is_text(key) || !is_text(value))
        problem(state, line, "wanted text in UTF-8, got a control character or other bytes; remove them");
    else if (equals == NULL)
        problem(state, line, "wanted key=value, got %s; comments start with #", shown(key).text);
    else
        take_entry(state, line, key, value);
}

static void take_file(struct reader_state *state, const struct config_text *file)
{
    state->file = file->file;
    for (size_t i = 0; i < KEY_COUNT; i++)
        state->keys[i].first_line = 0;
    if (file->size > CONFIG_MAX_FILE) {
        problem(state, 1, "wanted at most %d bytes, got more; is it the right file?", CONFIG_MAX_FILE);
        return;
    }
    const char *at = file->data, *end = at + file->size;
    if (file->size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (unsigned line = 1; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        take_line(state, line, trim((struct text){ at, (size_t)((newline == NULL ? end : newline) - at) }));
        at = newline == NULL ? end : newline + 1;
    }
}

/* Reports a conflict between two options, at the line of the one that was set later. */
static void clash(struct reader_state *state, enum option_key one, enum option_key other, const char *wanted)
{
    const struct key_state *keys = state->keys, *later = &keys[keys[one].order > keys[other].order ? one : other];
    if (later->order == 0 || keys[one].bad || keys[other].bad)
        return;
    state->file = later->file;
    problem(state, later->line, "'%s' and '%s' wanted %s", OPTIONS[one].key, OPTIONS[other].key, wanted);
}

bool config_parse(struct config *ret_config, const struct config_text *texts, size_t count, config_report *report)
{
    struct reader_state state = { .config = ret_config, .report = report };
    const struct config *config = ret_config;
    *ret_config = (struct config){ 0 };
    for (size_t i = 0; i < KEY_COUNT; i++)
        (void)config_take_value(ret_config, &OPTIONS[i], OPTIONS[i].standard);
    for (size_t i = 0; i < count; i++)
        take_file(&state, &texts[i]);
    if (config->www_port == config->www_session_port)
        clash(&state, KEY_WWW_PORT, KEY_WWW_SESSION_PORT, "two ports, got one for both; change one");
    if ((config->ssl_certificate[0] == '\0') != (config->ssl_certificate_key[0] == '\0'))
        clash(&state, KEY_SSL_CERTIFICATE, KEY_SSL_CERTIFICATE_KEY, "both or neither, got one; set the other too");
    if (strcmp(config->auth_pam_profile, config->auth_pam_sessions_profile) == 0)
        clash(&state, KEY_AUTH_PAM_PROFILE, KEY_AUTH_PAM_SESSIONS_PROFILE, "two profiles, got one for both; change one");
    return !state.failed;
}

/* Reads at most one byte more than take_file accepts. A missing file counts as an empty one. */
static bool read_file(struct config_text *text, char **ret_data)
{
    /* O_NONBLOCK: opening a named pipe must not block. */
    cleanup_fd int fd = open(text->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat about;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (fd < 0 || fstat(fd, &about) < 0) {
        log_line(LOG_ERR, "%s:1: wanted to read it, got '%m'; make it readable", text->file);
    } else if (!S_ISREG(about.st_mode)) {
        log_line(LOG_ERR, "%s:1: wanted a regular file, got another kind; replace it", text->file);
    } else if (about.st_uid != 0 || (about.st_mode & 022) != 0) {
        log_line(LOG_ERR, "%s:1: wanted a file that only root can write, got mode %04o of uid %u; chown root and chmod 0644 it",
            text->file, about.st_mode & 07777, about.st_uid);
    } else {
        text->size = about.st_size > CONFIG_MAX_FILE ? CONFIG_MAX_FILE + 1 : (size_t)about.st_size;
        text->data = *ret_data = must_alloc(text->size + 1, 1);
        if (read(fd, *ret_data, text->size) == (ssize_t)text->size)
            return true;
        log_line(LOG_ERR, "%s:1: wanted %zu bytes, got fewer; was it being written?", text->file, text->size);
        text->size = 0;
    }
    return false;
}

bool config_load(struct config *ret_config)
{
    struct config_text texts[] = { { .file = VST_PATH_CONFIGURATION }, { .file = VST_PATH_OVERRIDES } };
    cleanup_free char *first = NULL, *second = NULL;
    bool read_first = read_file(&texts[0], &first), read_second = read_file(&texts[1], &second);
    return config_parse(ret_config, texts, 2, NULL) && read_first && read_second;
}
