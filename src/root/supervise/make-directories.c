/* Creates the directories and the files of utmp(5). Only root can create or replace a file in the directories, except
 * in that of the broker's database. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>

#include "protocol.h"
#include "util.h"

static void make_directory(const char *path, uid_t uid, gid_t gid, mode_t mode) {
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        die_errno("cannot make the directory '%s'", path);
    struct stat now;
    cleanup_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &now) < 0)
        die_errno("cannot open the directory '%s'", path);
    /* No change if all is right already: the disk may be read-only. */
    if (now.st_uid == uid && now.st_gid == gid && (now.st_mode & 07777) == mode)
        return;
    if (fchown(fd, uid, gid) < 0 || fchmod(fd, mode) < 0)
        die_errno("cannot give the directory '%s' its owner and mode", path);
}

/* A file system of its own: a full /run does not prevent sign-ins, and we cannot fill /run. It stays mounted after our
 * end for the leaders, which go on. */
static void mount_run_directory(void) {
    struct stat parent, own;
    make_directory(VST_PATH_RUN, 0, 0, 0711);
    if (stat(VST_PATH_RUN "/..", &parent) < 0 || stat(VST_PATH_RUN, &own) < 0)
        die_errno("cannot look at '%s'", VST_PATH_RUN);
    if (own.st_dev == parent.st_dev &&
        mount("vestibule", VST_PATH_RUN, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0711,size=64m") < 0)
        die_errno("cannot mount a tmpfs on '%s'", VST_PATH_RUN);
}

/* Without these files pututxline(3) writes nothing and who(1) shows no session. */
static void make_login_record(const char *path) {
    cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        if (errno != EEXIST)
            log_line(LOG_WARNING, "cannot make '%s', sessions will not be recorded in it", path);
        return;
    }
    const struct group *utmp = getgrnam("utmp");
    if (fchown(fd, 0, utmp == NULL ? 0 : utmp->gr_gid) < 0 || fchmod(fd, 0664) < 0)
        die_errno("cannot give '%s' its group and mode", path);
}

void make_directories(const struct supervisor *supervisor) {
    const gid_t broker = supervisor->broker.gid, gateway = supervisor->gateway.gid;
    mount_run_directory();
    make_directory(VST_PATH_RUN "/rootd", 0, broker, 0750);
    make_directory(VST_PATH_RUN "/pam-test", 0, 0, 0700);
    make_directory(VST_PATH_LEADERS, 0, broker, 0750);
    make_directory(VST_PATH_SESSIONS, 0, 0, 0711);
    make_directory(VST_PATH_RUN "/broker", 0, gateway, 0750);
    make_directory(VST_PATH_RUN "/cli", 0, 0, 0700);
    make_directory(VST_PATH_STATE, 0, 0, 0755);
    make_directory(VST_PATH_STATE "/root", 0, 0, 0700);
    make_directory(VST_PATH_STATE "/broker", supervisor->broker.uid, broker, 0700);
    make_login_record(UTMP_FILE);
    make_login_record(WTMP_FILE);
}
