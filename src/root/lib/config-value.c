/* Checks the value of one option, by the same rules as src/config/read-value.ts, and stores it. */
#include "config-value.h"
#include <arpa/inet.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No sign and no leading zero: 0755 could mean octal or decimal. value has at most ten bytes. */
static bool read_number(const char *value, uint32_t min, uint32_t max, uint32_t *ret_number)
{
    if (value[0] == '\0' || value[strspn(value, "0123456789")] != '\0' || (value[0] == '0' && value[1] != '\0'))
        return false;
    unsigned long long number = strtoull(value, NULL, 10);
    *ret_number = (uint32_t)number;
    return number >= min && number <= max;
}

static bool is_profile(const char *value)
{
    return value[0] != '\0' && value[0] != '.' && value[0] != '-'
        && value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

static bool is_group(const char *name)
{
    return name[0] != '\0' && name[0] != ' ' && name[strlen(name) - 1] != ' ';
}

static bool is_address(const char *value)
{
    uint8_t address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, value, address) == 1 || inet_pton(AF_INET6, value, address) == 1;
}

char *config_next_item(char **list)
{
    return strsep(list, ",");
}

static bool is_list(const char *value, bool (*is_item)(const char *))
{
    char copy[CONFIG_MAX_LINE + 1], *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", value);
    for (const char *item; value[0] != '\0' && (item = config_next_item(&rest)) != NULL;)
        if (!is_item(item))
            return false;
    return true;
}

/* value is UTF-8: counts the bytes that are not continuation bytes (10xxxxxx). */
static size_t count_characters(const char *value)
{
    size_t count = 0;
    for (; *value != '\0'; value++)
        count += ((unsigned char)*value & 0xc0) != 0x80;
    return count;
}

bool config_take_value(struct config *config, const struct option *option, const char *value)
{
    void *field = (char *)config + option->at;
    uint32_t number = 0;
    bool right = false;
    switch (option->type) {
    case OPTION_FLAG: right = read_number(value, 0, 1, &number); break;
    case OPTION_CHOICE: right = fnmatch(option->choices, value, FNM_EXTMATCH) == 0; break;
    case OPTION_NUMBER: right = read_number(value, option->min, option->max, &number); break;
    case OPTION_PROFILE: right = is_profile(value); break;
    case OPTION_GROUPS: right = is_list(value, is_group); break;
    case OPTION_ADDRESS: right = is_address(value); break;
    case OPTION_ADDRESSES: right = is_list(value, is_address); break;
    case OPTION_PATH: right = value[0] == '\0' || value[0] == '/'; break;
    case OPTION_TEXT: right = count_characters(value) <= option->max; break;
    }
    if (!right || option->size == 0)
        return right;
    if (option->type == OPTION_FLAG)
        *(bool *)field = number != 0;
    else if (option->type != OPTION_NUMBER)
        (void)snprintf(field, option->size, "%s", value);
    else if (option->size == sizeof(uint16_t))
        *(uint16_t *)field = (uint16_t)number;
    else
        *(uint32_t *)field = number;
    return true;
}
