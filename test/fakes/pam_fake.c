/* A PAM module that misbehaves on command. Arguments: STAGE=ACTION[:VALUE], in order; a stage without one succeeds.
 * Stages: auth account password setcred delete open close. Actions:
 *   fail:CODE  ask:N  show:WORD  text:FILE  user:NAME  env:NAME=VALUE  mark:FILE  wait:FIFO  hang  crash  stdout  stderr  descriptor  helper
 *   groups:GID  disturb
 * orders:DIRECTORY takes them from the file in it that has the user's name, one a line, as it is at that moment. */
#include <fcntl.h>
#include <grp.h>
#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct pam_conv *conversation_of(pam_handle_t *handle) {
    const void *conversation = NULL;
    return pam_get_item(handle, PAM_CONV, &conversation) == PAM_SUCCESS ? conversation : NULL;
}

/* One call with a text and N hidden prompts; the answers must be answer-0, answer-1 ... */
static int ask(pam_handle_t *handle, int count) {
    struct pam_message messages[PAM_MAX_NUM_MSG];
    const struct pam_message *pointers[PAM_MAX_NUM_MSG];
    struct pam_response *responses = NULL;
    char texts[PAM_MAX_NUM_MSG][32], wanted[32];
    for (int i = 0; i <= count; i++) {
        (void)snprintf(texts[i], sizeof texts[i], i == 0 ? "%d questions" : "question %d", i == 0 ? count : i - 1);
        messages[i] = (struct pam_message){.msg_style = i == 0 ? PAM_TEXT_INFO : PAM_PROMPT_ECHO_OFF, .msg = texts[i]};
        pointers[i] = &messages[i];
    }
    const struct pam_conv *conversation = conversation_of(handle);
    if (conversation->conv(count + 1, pointers, &responses, conversation->appdata_ptr) != PAM_SUCCESS)
        return PAM_CONV_ERR;
    int result = responses[0].resp == NULL ? PAM_SUCCESS : PAM_SYSTEM_ERR;
    for (int i = 1; i <= count; i++) {
        (void)snprintf(wanted, sizeof wanted, "answer-%d", i - 1);
        if (responses[i].resp == NULL || strcmp(responses[i].resp, wanted) != 0)
            result = PAM_AUTH_ERR;
        free(responses[i].resp);
    }
    free(responses);
    return result;
}

static int say_file(pam_handle_t *handle, const char *path) {
    static char text[16384];
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return PAM_SYSTEM_ERR;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    const struct pam_message message = {.msg_style = PAM_ERROR_MSG, .msg = text}, *pointer = &message;
    struct pam_response *responses = NULL;
    const struct pam_conv *conversation = conversation_of(handle);
    const int result = conversation->conv(1, &pointer, &responses, conversation->appdata_ptr);
    free(responses);
    return result;
}

/* What the module sees: its stage, who it is, where, and how many processes of the user still run. One that ends gives
 * back its memory first, then leaves its cgroup. */
static int mark(pam_handle_t *handle, const char *stage, const char *path) {
    const char *user = NULL;
    char command[1024];
    (void)pam_get_user(handle, &user, NULL);
    (void)snprintf(command, sizeof command, "echo \"%s euid=$(id -u) cwd=$(pwd) processes=$(ps -o vsz= -u '%s' | grep -cv '^ *0$')\" >>'%s'",
                   stage, user, path);
    return system(command) == 0 ? PAM_SUCCESS : PAM_SYSTEM_ERR;
}

/* Like the daemon of a FUSE mount: it lives on, a child of whoever reaps orphans. */
static int leave_helper(void) {
    int ends[2];
    char byte;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return PAM_SYSTEM_ERR;
    const pid_t pid = fork();
    if (pid == 0) {
        if (fork() == 0 && setsid() > 0)
            (void)execl("/bin/sleep", "fake-helper", "1000", (char *)NULL);
        _exit(0);
    }
    /* Its end of the pipe closes when it is what it shall be, and its parent has gone. */
    const bool good = close(ends[1]) == 0 && read(ends[0], &byte, 1) == 0 && waitpid(pid, NULL, 0) == pid;
    return close(ends[0]) == 0 && good ? PAM_SUCCESS : PAM_SYSTEM_ERR;
}

/* Until somebody has opened the FIFO for writing, and closed it. */
static int wait_for(const char *path) {
    char byte;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, &byte, 1);
    return size == 0 && close(fd) == 0 ? PAM_SUCCESS : PAM_SYSTEM_ERR;
}

/* The process that runs PAM, as a careless module leaves it. */
static int disturb(void) {
    sigset_t all;
    (void)sigfillset(&all);
    (void)signal(SIGCHLD, SIG_IGN);
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGALRM, SIG_DFL);
    (void)umask(0777);
    (void)alarm(1);
    return chdir("/tmp") == 0 && sigprocmask(SIG_BLOCK, &all, NULL) == 0 && raise(SIGTERM) == 0 ? PAM_SUCCESS : PAM_SYSTEM_ERR;
}

/* One question whose answer is shown as it is typed, and has to be this word. */
static int ask_shown(pam_handle_t *handle, const char *word) {
    char *answer = NULL;
    const int result = pam_prompt(handle, PAM_PROMPT_ECHO_ON, &answer, "shown question: ");
    const bool right = result == PAM_SUCCESS && answer != NULL && strcmp(answer, word) == 0;
    free(answer);
    return result == PAM_SUCCESS && !right ? PAM_AUTH_ERR : result;
}

static int act(pam_handle_t *handle, const char *stage, const char *action) {
    const char *value = strchr(action, ':');
    const size_t length = value == NULL ? strlen(action) : (size_t)(value++ - action);
    const gid_t gid = value == NULL ? 0 : (gid_t)strtoul(value, NULL, 10);
    if (strncmp(action, "fail", length) == 0)
        return atoi(value);
    if (strncmp(action, "ask", length) == 0)
        return ask(handle, atoi(value));
    if (strncmp(action, "show", length) == 0)
        return ask_shown(handle, value);
    if (strncmp(action, "text", length) == 0)
        return say_file(handle, value);
    if (strncmp(action, "user", length) == 0)
        return pam_set_item(handle, PAM_USER, value);
    if (strncmp(action, "env", length) == 0)
        return pam_putenv(handle, value);
    if (strncmp(action, "mark", length) == 0)
        return mark(handle, stage, value);
    if (strncmp(action, "wait", length) == 0)
        return wait_for(value);
    if (strncmp(action, "helper", length) == 0)
        return leave_helper();
    if (strncmp(action, "groups", length) == 0)
        return setgroups(1, &gid) == 0 ? PAM_SUCCESS : PAM_CRED_ERR;
    if (strncmp(action, "disturb", length) == 0)
        return disturb();
    if (strncmp(action, "descriptor", length) == 0)
        return open("/dev/null", O_RDONLY) < 0 ? PAM_SYSTEM_ERR : PAM_SUCCESS;
    if (strncmp(action, "stdout", length) == 0)
        return printf("noise of a module in %s\n", stage) < 0 || fflush(stdout) != 0 ? PAM_SYSTEM_ERR : PAM_SUCCESS;
    if (strncmp(action, "stderr", length) == 0)
        return fprintf(stderr, "noise of a module in %s\n", stage) < 0 ? PAM_SYSTEM_ERR : PAM_SUCCESS;
    if (strncmp(action, "crash", length) == 0)
        (void)raise(SIGSEGV);
    if (strncmp(action, "hang", length) == 0)
        (void)fprintf(stderr, "a module hangs in %s\n", stage);
    while (strncmp(action, "hang", length) == 0)
        (void)pause();
    return PAM_SYSTEM_ERR;
}

static int act_at(pam_handle_t *handle, const char *stage, const char *order) {
    const size_t length = strlen(stage);
    return strncmp(order, stage, length) == 0 && order[length] == '=' ? act(handle, stage, order + length + 1) : PAM_SUCCESS;
}

static int obey(pam_handle_t *handle, const char *stage, const char *directory) {
    const char *user = NULL;
    char path[512], line[512];
    (void)pam_get_user(handle, &user, NULL);
    (void)snprintf(path, sizeof path, "%s/%s", directory, user == NULL ? "" : user);
    FILE *file = fopen(path, "re");
    int result = PAM_SUCCESS;
    while (file != NULL && result == PAM_SUCCESS && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        result = act_at(handle, stage, line);
    }
    if (file != NULL)
        (void)fclose(file);
    return result;
}

static int run(pam_handle_t *handle, const char *stage, int argc, const char **argv) {
    int result = PAM_SUCCESS;
    for (int i = 0; i < argc && result == PAM_SUCCESS; i++)
        result = strncmp(argv[i], "orders:", 7) == 0 ? obey(handle, stage, argv[i] + 7) : act_at(handle, stage, argv[i]);
    return result;
}

int pam_sm_authenticate(pam_handle_t *handle, int flags, int argc, const char **argv) {
    (void)flags;
    return run(handle, "auth", argc, argv);
}
int pam_sm_setcred(pam_handle_t *handle, int flags, int argc, const char **argv) {
    return run(handle, ((unsigned)flags & PAM_DELETE_CRED) != 0 ? "delete" : "setcred", argc, argv);
}
int pam_sm_acct_mgmt(pam_handle_t *handle, int flags, int argc, const char **argv) {
    (void)flags;
    return run(handle, "account", argc, argv);
}
int pam_sm_chauthtok(pam_handle_t *handle, int flags, int argc, const char **argv) {
    return ((unsigned)flags & PAM_PRELIM_CHECK) != 0 ? PAM_SUCCESS : run(handle, "password", argc, argv);
}
int pam_sm_open_session(pam_handle_t *handle, int flags, int argc, const char **argv) {
    (void)flags;
    return run(handle, "open", argc, argv);
}
int pam_sm_close_session(pam_handle_t *handle, int flags, int argc, const char **argv) {
    (void)flags;
    return run(handle, "close", argc, argv);
}
