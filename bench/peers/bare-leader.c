/* The least that holds a PAM session open: bare-leader PROFILE USER. Says "open", closes it when standard input ends. */
#include <grp.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int refuse(int count, const struct pam_message **messages, struct pam_response **replies, void *data) {
    (void)count;
    (void)messages;
    (void)replies;
    (void)data;
    return PAM_CONV_ERR;
}

static void must(int result, const char *what) {
    if (result == PAM_SUCCESS)
        return;
    (void)fprintf(stderr, "%s: %d\n", what, result);
    exit(EXIT_FAILURE);
}

int main(int argc, char **argv) {
    pam_handle_t *handle;
    const struct pam_conv conversation = {refuse, NULL};
    if (argc != 3)
        return EXIT_FAILURE;
    must(pam_start(argv[1], argv[2], &conversation, &handle), "pam_start");
    must(pam_authenticate(handle, 0), "pam_authenticate");
    must(pam_acct_mgmt(handle, 0), "pam_acct_mgmt");
    const struct passwd *account = getpwnam(argv[2]);
    if (account == NULL || initgroups(account->pw_name, account->pw_gid) < 0)
        return EXIT_FAILURE;
    must(pam_setcred(handle, PAM_ESTABLISH_CRED), "pam_setcred");
    must(pam_open_session(handle, 0), "pam_open_session");
    (void)puts("open");
    (void)fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    must(pam_close_session(handle, 0), "pam_close_session");
    must(pam_setcred(handle, PAM_DELETE_CRED), "pam_setcred");
    return pam_end(handle, PAM_SUCCESS);
}
