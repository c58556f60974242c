/* A file system whose server has gone silent: hung-fs DIRECTORY. Mounts one there by FUSE, answers the kernel's first
 * message, says "hung" and takes every further request without an answer, saying "asked": who asks for a file in it
 * cannot be killed from then on. Its end ends the waiting (ENOTCONN). Not a process of the sandbox's accounts: as with NFS,
 * root waits, too. */
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#include "util.h"

static void answer_first(int fd) {
    char request[FUSE_MIN_READ_BUFFER];
    if (read(fd, request, sizeof request) < (ssize_t)sizeof(struct fuse_in_header))
        die_errno("wanted the first request of the kernel");
    const struct fuse_in_header *head = (const void *)request;
    const struct {
        struct fuse_out_header head;
        struct fuse_init_out body;
    } answer = {
        .head = {.len = sizeof answer, .unique = head->unique},
        .body = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096},
    };
    if (head->opcode != FUSE_INIT || write(fd, &answer, sizeof answer) != (ssize_t)sizeof answer)
        die_errno("cannot answer the first request of the kernel");
}

int main(int argc, char *argv[]) {
    char options[128], request[FUSE_MIN_READ_BUFFER];
    const int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (argc != 2 || fd < 0)
        die_errno("wanted a directory and /dev/fuse");
    (void)snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
    if (mount("hung-fs", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0)
        die_errno("cannot mount on '%s'", argv[1]);
    answer_first(fd);
    (void)!write(STDOUT_FILENO, "hung\n", 5);
    while (read(fd, request, sizeof request) > 0)
        (void)!write(STDOUT_FILENO, "asked\n", 6);
    return 0;
}
