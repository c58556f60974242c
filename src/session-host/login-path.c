/* The initial PATH of a login: ENV_PATH of login.defs(5), read like login(1) and su(1) do. PAM may override it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "util.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"

static void close_file(FILE **file) {
    if (*file != NULL)
        (void)fclose(*file);
}

char *login_path(void) {
    __attribute__((cleanup(close_file))) FILE *file = fopen("/etc/login.defs", "re");
    char line[4096], value[4096] = DEFAULT_PATH;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        (void)sscanf(line, "ENV_PATH %4095s", value);
    char *entry = NULL;
    const char *name = strncmp(value, "PATH=", 5) == 0 ? "" : "PATH=";
    if (asprintf(&entry, "%s%s", name, value) < 0)
        die("no memory for the PATH of a login");
    return entry;
}
