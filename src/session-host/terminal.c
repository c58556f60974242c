/* The program's descriptors 0-2: the pty that the leader opened, or three pipes. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"
#include "util.h"

static bool set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool terminal_open(struct host *host, int ret_child[3]) {
    set_cloexec(MASTER_FD, true);
    /* Opened by its master, not by name: the user's mount namespace may have another /dev/pts. */
    host->slave = ioctl(MASTER_FD, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    host->streams[OUTPUT].fd = MASTER_FD;
    host->input = fcntl(MASTER_FD, F_DUPFD_CLOEXEC, 3);
    if (host->slave < 0 || host->input < 0 || !set_nonblocking(MASTER_FD))
        return false;
    uint16_t rows = host->rows != 0 ? host->rows : 24, columns = host->columns != 0 ? host->columns : 80;
    host->rows = host->columns = 0;
    terminal_resize(host, rows, columns);
    for (int i = 0; i < 3; i++)
        ret_child[i] = host->slave;
    return true;
}

bool pipes_open(struct host *host, int ret_child[3]) {
    int in[2], out[2], errors[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0)
        return false;
    host->input = in[1];
    host->streams[OUTPUT].fd = out[0];
    host->streams[ERRORS].fd = errors[0];
    ret_child[0] = in[0];
    ret_child[1] = out[1];
    ret_child[2] = errors[1];
    return set_nonblocking(in[1]) && set_nonblocking(out[0]) && set_nonblocking(errors[0]);
}

void terminal_resize(struct host *host, uint16_t rows, uint16_t columns) {
    if (!host->pty || rows == 0 || columns == 0 || (rows == host->rows && columns == host->columns))
        return;
    struct winsize size = { .ws_row = rows, .ws_col = columns };
    if (ioctl(host->slave, TIOCSWINSZ, &size) < 0)
        return;
    host->rows = rows;
    host->columns = columns;
    history_note_size(host);
}
