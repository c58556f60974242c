/* Exits: cleans up, and tells the watch that it need not. */
#include "messages.h"
#include "pam.h"

/* Errors are ignored: rootd does not read the pipes of root's leaders, and may have ended. */
void rootd_release(void) {
    (void)!write(READY_FD, "1", 1);
    (void)close(READY_FD);
}

void transaction_end(struct leader *leader) {
    if (leader->pam.handle != NULL)
        (void)pam_end(leader->pam.handle, leader->pam.last);
    leader->pam = (struct transaction){0};
}

void leave(struct leader *leader, int status) {
    transaction_end(leader);
    if (leader->leaving != NULL)
        leader->leaving();
    key_forget(leader);
    listener_close(leader);
    atomic_store(&leader->shared->closed, true);
    _exit(status); /* not exit: it would run functions that modules registered with atexit(3) */
}
