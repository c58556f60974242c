/* What the script has said to the leader and by its session-host: the leader's harness. Answers and grants can be sealed and
 * signed with the true keys, or bent after that. */
#include <sodium.h>

#include "leader_fuzz.h"

FUZZ_NO_COVERAGE

static const char SESSION[] = "0123456789abcdef0123456789abcdef", OTHERS[3][33] = {
    "1123456789abcdef0123456789abcdef", "2123456789abcdef0123456789abcdef", "3123456789abcdef0123456789abcdef"};

/* No script can guess it. */
void fill_key(uint8_t *ret_key, size_t size) {
    static const uint8_t seed[randombytes_SEEDBYTES] = {0x76, 0x65, 0x73, 0x74};
    randombytes_buf_deterministic(ret_key, size, seed);
}

static uint8_t next(void) { return (uint8_t)script_number(&run.script, 1); }

static void say_frame(int fd, struct writer *writer) {
    size_t size;
    cleanup_free uint8_t *frame = writer_take(writer, &size);
    fuzz_say(fd, frame, size);
}

static void put_rest(struct writer *writer) {
    size_t size;
    const uint8_t *bytes = script_bytes(&run.script, SIZE_MAX, &size);
    put_raw(writer, bytes, size);
}

/* 0: what is right; else the script's own. */
static void put_choice(struct writer *writer, const char *right) {
    char text[600];
    if (next() == 0) {
        put_string(writer, right);
        return;
    }
    script_string(&run.script, text, sizeof text);
    put_string(writer, text);
}

static void put_user(struct writer *writer) {
    const uint8_t kind = next();
    char text[600];
    if (kind < 8) {
        put_string(writer, KNOWN_NAMES[kind]);
        return;
    }
    script_string(&run.script, text, sizeof text);
    put_string(writer, text);
}

/* One answer, sealed with the true key; bent before that unless its first byte is 0. */
static void put_sealed(struct writer *writer, uint32_t number) {
    const struct conversation *conversation = &run.leader.conversation;
    struct sealed *sealed = &run.sealed[run.sealed_count];
    struct writer record = {0};
    uint8_t box[VST_SEALED_BYTES], user[crypto_hash_sha256_BYTES], padding[VST_ANSWER_AT_END - VST_ANSWER_AT_SECRET] = {0};
    const uint8_t bend = next();
    const size_t at = bend == 0 ? 0 : (size_t)script_number(&run.script, 2) % VST_ANSWER_AT_END;
    sealed->number = number;
    script_string(&run.script, sealed->secret, sizeof sealed->secret);
    const size_t length = strlen(sealed->secret);
    memcpy(padding, sealed->secret, length);
    (void)crypto_hash_sha256(user, (const uint8_t *)conversation->user, strlen(conversation->user));
    put_u8(&record, VST_ANSWER_VERSION);
    put_u8(&record, VST_ANSWER_PURPOSE_PAM);
    put_u16(&record, (uint16_t)length);
    put_u32(&record, number);
    put_u64(&record, conversation->expires);
    put_raw(&record, conversation->id, sizeof conversation->id);
    put_raw(&record, user, sizeof user);
    put_raw(&record, padding, sizeof padding);
    must(record.size == VST_ANSWER_AT_END);
    record.data[at] ^= bend;
    /* A bent secret is another secret; bent anywhere else a record is none. */
    const bool in_secret = at >= VST_ANSWER_AT_SECRET && at < VST_ANSWER_AT_SECRET + length;
    if (in_secret)
        sealed->secret[at - VST_ANSWER_AT_SECRET] = (char)record.data[at];
    if ((bend == 0 || in_secret) && strlen(sealed->secret) == length && run.sealed_count + 1 < MAX_SEALED)
        run.sealed_count++;
    (void)crypto_box_seal(box, record.data, record.size, conversation->public_key);
    put_bytes(writer, box, sizeof box);
    writer_clear(&record);
}

/* To every question of the call under way, unless the script has fewer or more. */
void say_answers(int fd) {
    const struct conversation *conversation = &run.leader.conversation;
    struct writer writer = {0};
    const uint8_t offset = next(), extra = next();
    writer = writer_of(VST_TO_LEADER_ANSWER);
    put_u32(&writer, conversation->first + offset);
    size_t count = extra;
    uint32_t numbers[PAM_MAX_NUM_MSG + 1] = {0};
    if (extra == 0)
        for (uint32_t i = 0; conversation->state == ANSWER_WANTED && i < conversation->count; i++)
            if (conversation->messages[i]->msg_style <= PAM_PROMPT_ECHO_ON && conversation->messages[i]->msg_style > 0)
                numbers[count++] = i;
    put_u16(&writer, (uint16_t)count);
    for (size_t i = 0; i < count && i <= PAM_MAX_NUM_MSG; i++)
        put_sealed(&writer, conversation->first + (extra == 0 ? numbers[i] : next()));
    say_frame(fd, &writer);
}

void say_authenticate(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_AUTHENTICATE);
    put_bytes(&writer, (const uint8_t *)SESSION, sizeof run.leader.conversation.id);
    put_choice(&writer, "vestibule");
    put_user(&writer);
    put_choice(&writer, "192.0.2.1");
    say_frame(fd, &writer);
}

/* With the true key's MAC. A byte of it may be bent then; fields may be wrong before. True when it is good for whom it names. */
static bool put_grant(struct writer *writer) {
    struct writer grant = {0};
    uint8_t key[crypto_auth_KEYBYTES], mac[crypto_auth_BYTES], random[16] = {0};
    const uint8_t bits = next(), bend = next();
    const struct known_user *user = find_known(KNOWN_NAMES[bits & 7]);
    const uint64_t now = NOW_MS + run.now, issued = (bits & 8) != 0 ? script_number(&run.script, 8) : now - 1;
    const uint64_t expires = (bits & 16) != 0 ? script_number(&run.script, 8) : now + 1000;
    const uint32_t uid = (bits & 32) != 0 ? (uint32_t)script_number(&run.script, 4) : user == NULL ? 0 : user->uid;
    const uint8_t version = (bits & 64) != 0 ? next() : 1;
    put_u8(&grant, version);
    put_u32(&grant, uid);
    put_u64(&grant, issued);
    put_u64(&grant, expires);
    put_string(&grant, user == NULL ? "" : user->real_name);
    put_raw(&grant, random, sizeof random);
    if ((bits & 128) != 0)
        put_rest(&grant);
    fill_key(key, sizeof key);
    (void)crypto_auth(mac, grant.data, grant.size, key);
    put_raw(&grant, mac, sizeof mac);
    grant.data[bend == 0 ? 0 : next() % grant.size] ^= bend;
    /* A later one is not asked for: it must not change what the first one was. */
    const bool good = bend == 0 && version == 1 && user != NULL && uid == user->uid && now < expires &&
                      expires - now <= VST_GRANT_SECONDS * UINT64_C(1000);
    if (run.leader.phase == VST_PHASE_FRESH)
        (void)snprintf(run.granted, sizeof run.granted, "%s", good ? user->real_name : "");
    put_bytes(writer, grant.data, grant.size);
    writer_clear(&grant);
    return good;
}

void say_open(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_OPEN);
    put_choice(&writer, SESSION);
    put_bytes(&writer, (const uint8_t *)SESSION, sizeof run.leader.conversation.id);
    put_choice(&writer, "su");
    put_user(&writer);
    (void)put_grant(&writer);
    put_choice(&writer, "192.0.2.1");
    put_choice(&writer, "Terminal 1");
    const uint8_t bits = next();
    put_u8(&writer, bits & 1);
    put_u8(&writer, (bits & 4) != 0 ? VST_CLOSE_ASKED : (bits & 8) != 0 ? bits : VST_CLOSE_LAST_PROGRAM);
    put_string(&writer, (bits & 2) == 0 ? "" : (bits & 16) != 0 ? SESSION : OTHERS[0]);
    say_frame(fd, &writer);
}

void say_check(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_CHECK);
    put_user(&writer);
    (void)put_grant(&writer);
    put_choice(&writer, "192.0.2.1");
    say_frame(fd, &writer);
}

static void put_texts(struct writer *writer) {
    char text[256];
    const uint8_t count = next();
    put_u16(writer, count);
    for (size_t i = 0; i < count; i++) {
        script_string(&run.script, text, sizeof text);
        put_string(writer, text);
    }
}

/* To vestibule-pam-test: a profile's functions in any order. */
void say_test(int fd) {
    static const char *const names[] = {"authenticate", "acct_mgmt", "setcred", "open_session", "close_session", "chauthtok", "", "x"};
    struct writer writer = writer_of(VST_TO_LEADER_TEST);
    put_bytes(&writer, (const uint8_t *)SESSION, sizeof run.leader.conversation.id);
    put_choice(&writer, "su");
    put_user(&writer);
    put_choice(&writer, "192.0.2.1");
    const uint8_t count = next() % 64;
    put_u16(&writer, count);
    for (size_t i = 0; i < count; i++)
        put_string(&writer, names[next() & 7]);
    say_frame(fd, &writer);
}

/* One of a few, the PAM session's id, which is none, or the script's. */
static void put_session(struct writer *writer) {
    const uint8_t which = next();
    if (which >= 1 && which <= 3)
        put_string(writer, OTHERS[which - 1]);
    else
        put_choice(writer, which == 4 ? SESSION : OTHERS[0]);
}

void say_rotate(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_ROTATE);
    put_session(&writer);
    put_u8(&writer, next());
    put_bytes(&writer, (const uint8_t *)SESSION, VST_SESSION_KEY_BYTES);
    say_frame(fd, &writer);
}

void say_end(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_END);
    put_session(&writer);
    say_frame(fd, &writer);
}

void say_close(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_CLOSE);
    say_frame(fd, &writer);
}

void say_noted(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_NOTED);
    if ((next() & 1) != 0)
        put_string(&writer, "");
    else
        put_session(&writer);
    say_frame(fd, &writer);
}

/* spawn or, for root, run. */
void say_spawn(int fd) {
    struct writer writer = {0};
    const bool chosen = (next() & 1) != 0;
    writer = writer_of(chosen ? VST_TO_LEADER_RUN : VST_TO_LEADER_SPAWN);
    put_session(&writer);
    put_u8(&writer, next() & 1);
    put_u16(&writer, 24);
    put_u16(&writer, 80);
    put_bytes(&writer, (const uint8_t *)SESSION, VST_SESSION_KEY_BYTES);
    put_u8(&writer, next());
    put_u32(&writer, (uint32_t)script_number(&run.script, 3));
    if (!chosen && put_grant(&writer))
        run.good_spawns++;
    for (int i = 0; chosen && i < 2; i++)
        put_texts(&writer);
    say_frame(fd, &writer);
}

void say_hello(int fd) {
    struct writer writer = writer_of(VST_TO_LEADER_HELLO);
    put_u32(&writer, VST_LEADER_PROTOCOL_VERSION);
    say_frame(fd, &writer);
}

void say_any(int fd) {
    struct writer writer = writer_of(next());
    put_rest(&writer);
    say_frame(fd, &writer);
}

void say_bytes(int fd) {
    size_t size;
    const uint8_t *bytes = script_bytes(&run.script, SIZE_MAX, &size);
    fuzz_say(fd, bytes, size);
}

FUZZ_END
