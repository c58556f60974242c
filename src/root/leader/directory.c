/* The directory of a session, which contains its socket. */
#include <sys/stat.h>

#include "programs.h"

static void format_path(const struct program *program, const char *name, char ret_path[MAX_PATH]) {
    (void)snprintf(ret_path, MAX_PATH, "%s/%s%s", VST_PATH_SESSIONS, program->session, name);
}

int directory_create(struct program *program, gid_t web_gid) {
    char directory[MAX_PATH], path[MAX_PATH];
    format_path(program, "", directory);
    format_path(program, "/s", path);
    if (mkdir(directory, 0700) < 0)
        return -1;
    program->has_directory = true;
    return chown(directory, 0, web_gid) < 0 || chmod(directory, 0710) < 0 ? -1 : listen_at(path, web_gid, 0660);
}

void directory_remove(struct program *program) {
    char path[MAX_PATH];
    if (!program->has_directory)
        return;
    format_path(program, "/s", path);
    (void)unlink(path);
    format_path(program, "", path);
    if (rmdir(path) < 0)
        log_line(LOG_WARNING, "cannot remove %s: %s", path, strerror(errno));
    program->has_directory = false;
}
