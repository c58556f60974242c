/* needs: test/fuzz/leader_says.c test/fuzz/leader_pam.c test/fuzz/leader_system.c wraps: chown lchown chmod mkdir unlink rmdir bind listen renameat2 initgroups sigaction access kill fork waitpid socketpair accept4 poll peer_uid monotonic_ms unix_ms read_root_file crypto_box_keypair getpwnam_r getpwuid_r getspnam getgrouplist getgrnam */
/* The leader, or vestibule-pam-test, whole but for PAM and the system: an owner, three that come to its control socket and
 * session-hosts say what the script has. */
#include <fcntl.h>
#include <locale.h>
#include <sodium.h>

#include "leader_fuzz.h"
#include "root/leader/signals.c" /* for what its handlers set */
#define requests pam_test_requests
#include "root/pam-test/requests.c" /* beside the leader's table */
#undef requests

FUZZ_NO_COVERAGE

struct run run;

bool take_step(void) {
    static const uid_t UIDS[] = {BROKER_UID, 0, 1000, BROKER_UID + 1};
    if (run.script.at == run.script.end)
        return false;
    const uint8_t kind = (uint8_t)script_number(&run.script, 1), which = kind >> 4;
    const int fd = run.clients[which % CLIENTS].fd;
    switch (kind & 15) {
    case 0: say_any(fd); break;
    case 1: say_bytes(fd); break;
    case 2: say_answers(fd); break;
    case 3: which < 4 ? say_authenticate(fd) : which < 8 ? say_check(fd) : say_test(fd); break;
    case 4: say_open(fd); break;
    case 5: which < 8 ? say_spawn(fd) : which < 12 ? say_rotate(fd) : which < 14 ? say_end(fd) : which == 14 ? say_close(fd) : say_noted(fd); break;
    case 6: run.wants_in = true, run.next_uid = UIDS[which & 3]; break;
    case 7: close_descriptor(&run.clients[which % CLIENTS].fd); break;
    case 8: say_any(run.hosts[which % HOSTS].fd); break;
    case 9: say_bytes(run.hosts[which % HOSTS].fd); break;
    case 10: run.hosts[which % HOSTS].dies = true; break;
    case 11: close_descriptor(&run.hosts[which % HOSTS].fd); break;
    case 12: run.hosts[which % HOSTS].left = false; break;
    case 13: run.now += script_number(&run.script, 2) * 10; break;
    case 14: context.terminate = 1; break;
    default: say_hello(fd); break;
    }
    return true;
}

void leave_all(void) {
    for (size_t i = 0; i < CLIENTS; i++)
        close_descriptor(&run.clients[i].fd);
    for (size_t i = 0; i < HOSTS; i++) {
        run.hosts[i].dies = true;
        run.hosts[i].left = false;
    }
    context.terminate = 1;
}

/* As decoders of other languages want it (RFC 3629): one that is strict would drop the connection. */
static bool is_utf8(const uint8_t *at, size_t size) {
    for (const uint8_t *end = at + size; at < end;) {
        const uint8_t first = *at++;
        const size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || (size_t)(end - at) < more)
            return false;
        if (more > 0 && ((first == 0xe0 && *at < 0xa0) || (first == 0xed && *at > 0x9f) || (first == 0xf0 && *at < 0x90) ||
                         (first == 0xf4 && *at > 0x8f)))
            return false;
        for (size_t i = 0; i < more; i++)
            if ((*at++ & 0xc0) != 0x80)
                return false;
    }
    return true;
}

static void check_prompt(const struct frame *frame) {
    struct reader reader = reader_of(frame);
    size_t styles, size;
    (void)read_u32(&reader);
    (void)read_bytes(&reader, PAM_MAX_NUM_MSG, &styles);
    must(read_u16(&reader) == styles);
    for (size_t i = 0; i < styles; i++) {
        const uint8_t *text = read_bytes(&reader, 4096, &size);
        must(text != NULL && is_utf8(text, size));
    }
    must(read_end(&reader));
}

/* Its text may show a user name that a module or the script made. */
static void check_failed(const struct frame *frame) {
    struct reader reader = reader_of(frame);
    size_t size;
    (void)read_bytes(&reader, VST_MAX_NAME, &size);
    (void)read_u8(&reader);
    (void)read_u32(&reader);
    const uint8_t *text = read_bytes(&reader, UINT16_MAX, &size);
    must(text != NULL && is_utf8(text, size) && read_end(&reader));
}

void take_words(void) {
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *client = &run.clients[i];
        while (client->fd >= 0 && frame_receive(client->fd, &client->frame, VST_MAX_ROOT_FRAME) == 1) {
            const uint8_t type = frame_type(&client->frame);
            must(type >= VST_FROM_LEADER_HELLO && type % 2 == 0);
            must(i == 0 || (type != VST_FROM_LEADER_KEY && type != VST_FROM_LEADER_PROMPT && type != VST_FROM_LEADER_AUTHENTICATED));
            if (type == VST_FROM_LEADER_PROMPT)
                check_prompt(&client->frame);
            if (type == VST_FROM_LEADER_FAILED)
                check_failed(&client->frame);
            frame_clear(&client->frame);
        }
    }
    for (size_t i = 0; i < HOSTS; i++)
        fuzz_drain(run.hosts[i].fd);
}

/* What main does, without what it does to the process. */
static void lead(void *data) {
    (void)data;
    int pair[2];
    fuzz_pair(pair);
    must(dup2(pair[0], OWNER_FD) == OWNER_FD && close(pair[0]) == 0);
    run.clients[0].fd = pair[1];
    const uint8_t bits = (uint8_t)script_number(&run.script, 1);
    run.broker = (bits & 1) != 0;
    run.fork_fails = (bits & 8) != 0;
    run.next_uid = run.broker ? BROKER_UID : 0;
    must(config_parse(&run.leader.config, NULL, 0, NULL));
    run.leader.config.auth_pam_sessions_enabled = (bits & 2) == 0;
    if ((bits & 4) != 0)
        (void)snprintf(run.leader.config.auth_required_user_group, 256, "wheel,users");
    watch_begin(&run.leader);
    run.leader.requests = (bits & 16) != 0 ? pam_test_requests : requests;
    must(connections_begin(&run.leader));
    struct connection *owner = &run.leader.connections[0];
    while (run.leader.phase == VST_PHASE_FRESH)
        if (frame_wait(owner->fd, &owner->frame, VST_MAX_ROOT_FRAME, run.now + FIRST_FRAME_MS) != 1 ||
            !request_dispatch(&run.leader, owner))
            leave(&run.leader, EXIT_FAILURE);
    serve(&run.leader);
    leave(&run.leader, EXIT_SUCCESS);
}

/* Numbers that the leader has by design: never libFuzzer's own. */
static void reserve_descriptors(void) {
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    must(nothing >= 0 && dup2(nothing, OWNER_FD) == OWNER_FD && dup2(nothing, READY_FD) == READY_FD);
    if (nothing != OWNER_FD && nothing != READY_FD)
        (void)close(nothing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reserve_descriptors();
    run = (struct run){.script = {data, data + size}, .now = 1000, .next_host = -1};
    for (size_t i = 0; i < HOSTS; i++)
        run.hosts[i].fd = -1;
    for (size_t i = 0; i < CLIENTS; i++)
        run.clients[i].fd = -1;
    context.terminate = 0;
    must(fuzz_contain(lead, NULL, take_words) >= 0);
    close_descriptor(&run.next_host);
    /* However it ended: what PAM was asked to do is undone. */
    must(!run.session && !run.credentials);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    reserve_descriptors();
    must(setlocale(LC_CTYPE, "C.UTF-8") != NULL && sodium_init() >= 0);
    must(mblen("\xc3\xa9", 2) == 2); /* what libc takes for its locale once is not a run's */
    return 0;
}

FUZZ_END
