/* Configuration files: the input is the text of one, or of two with a form feed between them. */
#include <arpa/inet.h>

#include "config.h"
#include "fuzz.h"

FUZZ_NO_COVERAGE

static unsigned problems;

static void count_problem(const char *line) {
    must(strlen(line) > 0);
    problems++;
}

/* Of its very size, so that a byte read too far is found. */
static struct config_text copy_text(const char *name, const uint8_t *data, size_t size) {
    char *copy = malloc(size);
    must(copy != NULL || size == 0);
    if (size > 0)
        memcpy(copy, data, size);
    return (struct config_text){.file = name, .data = copy, .size = size};
}

static void check_text(const char *text, size_t size) {
    must(memchr(text, '\0', size) != NULL);
    for (const char *at = text; *at != '\0'; at++)
        must((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void check_profile(const char *profile) {
    check_text(profile, 256);
    must(profile[0] != '\0' && profile[0] != '.' && strchr(profile, '/') == NULL);
}

/* What supervise and the leader rely on, problems or not. */
static void check_result(const struct config *config, bool good) {
    uint8_t address[16];
    check_profile(config->auth_pam_profile);
    check_profile(config->auth_pam_sessions_profile);
    check_text(config->auth_required_user_group, sizeof config->auth_required_user_group);
    check_text(config->ssl_certificate, sizeof config->ssl_certificate);
    check_text(config->ssl_certificate_key, sizeof config->ssl_certificate_key);
    must(inet_pton(AF_INET, config->www_address, address) == 1 || inet_pton(AF_INET6, config->www_address, address) == 1);
    must(config->auth_minimum_user_id >= 1 && config->auth_minimum_user_id != UINT32_MAX);
    must(config->auth_pam_timeout_seconds >= 1 && config->auth_pam_timeout_seconds <= 3600);
    must(config->www_port != 0 && config->www_session_port != 0);
    must(!good || config->www_port != config->www_session_port);
    must(!good || strcmp(config->auth_pam_profile, config->auth_pam_sessions_profile) != 0);
    must(!good || (config->ssl_certificate[0] == '\0') == (config->ssl_certificate_key[0] == '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct config config;
    const uint8_t *feed = size == 0 ? NULL : memchr(data, '\f', size);
    const size_t first = feed == NULL ? size : (size_t)(feed - data);
    const struct config_text texts[] = {
        copy_text("one", data, first),
        copy_text("two", feed == NULL ? data : feed + 1, feed == NULL ? 0 : size - first - 1),
    };
    problems = 0;
    const bool good = config_parse(&config, texts, feed == NULL ? 1 : 2, count_problem);
    must(good == (problems == 0));
    check_result(&config, good);
    for (size_t i = 0; i < 2; i++)
        free((void *)(uintptr_t)texts[i].data);
    return 0;
}

FUZZ_END
