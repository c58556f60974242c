/* The key of one conversation: makes it, signs it with the host key, opens sealed answers with it, and wipes it. */
#include <sodium.h>

#include "messages.h"
#include "pam.h"

/* context | conversation | public key | expiry */
static bool sign_key(const struct conversation *conversation, uint8_t ret_signature[crypto_sign_BYTES]) {
    uint8_t host_key[crypto_sign_SECRETKEYBYTES];
    if (!read_root_file(VST_PATH_HOST_SECRET_KEY, host_key, sizeof host_key)) {
        log_line(LOG_ERR, "cannot read %s: %s", VST_PATH_HOST_SECRET_KEY, strerror(errno));
        return false;
    }
    struct writer text = {0};
    put_raw(&text, (const uint8_t *)VST_KEY_SIGNATURE_CONTEXT, strlen(VST_KEY_SIGNATURE_CONTEXT));
    put_raw(&text, conversation->id, sizeof conversation->id);
    put_raw(&text, conversation->public_key, sizeof conversation->public_key);
    put_u64(&text, conversation->expires);
    (void)crypto_sign_detached(ret_signature, NULL, text.data, text.size, host_key);
    writer_clear(&text);
    sodium_memzero(host_key, sizeof host_key);
    return true;
}

bool key_offer(struct leader *leader) {
    struct conversation *conversation = &leader->conversation;
    uint8_t signature[crypto_sign_BYTES];
    conversation->expires = unix_ms() + VST_KEY_SECONDS * UINT64_C(1000);
    (void)crypto_box_keypair(conversation->public_key, conversation->secret_key);
    if (!sign_key(conversation, signature))
        return fail(leader, VST_STAGE_START, PAM_SYSTEM_ERR, "cannot sign a conversation key");
    struct writer writer = writer_of(VST_FROM_LEADER_KEY);
    put_bytes(&writer, conversation->public_key, sizeof conversation->public_key);
    put_u64(&writer, conversation->expires);
    put_bytes(&writer, signature, sizeof signature);
    put_u32(&writer, leader->config.auth_person_timeout_seconds);
    connection_send(&leader->connections[0], &writer);
    return true;
}

/* What is wrong with a sealed record; NULL: nothing. Every field is checked: an answer for another prompt,
 * conversation, user or time must not be accepted. */
static const char *check_record(const struct conversation *conversation, const uint8_t *record, uint32_t number) {
    struct reader reader = {.at = record, .end = record + VST_ANSWER_AT_END};
    uint8_t user[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(user, (const uint8_t *)conversation->user, strlen(conversation->user));
    if (read_u8(&reader) != VST_ANSWER_VERSION)
        return "its version";
    if (read_u8(&reader) != VST_ANSWER_PURPOSE_PAM)
        return "its purpose";
    const size_t length = read_u16(&reader);
    if (length > VST_MAX_SECRET)
        return "its length";
    if (read_u32(&reader) != number)
        return "its prompt number";
    if (read_u64(&reader) != conversation->expires || unix_ms() >= conversation->expires)
        return "its expiry";
    if (sodium_memcmp(record + VST_ANSWER_AT_CONVERSATION, conversation->id, sizeof conversation->id) != 0)
        return "its conversation";
    if (sodium_memcmp(record + VST_ANSWER_AT_USER, user, sizeof user) != 0)
        return "its user";
    const uint8_t *secret = record + VST_ANSWER_AT_SECRET;
    if (memchr(secret, '\0', length) != NULL)
        return "a NUL in it";
    return sodium_is_zero(secret + length, VST_ANSWER_AT_END - VST_ANSWER_AT_SECRET - length) ? NULL : "its padding";
}

char *key_open_answer(const struct conversation *conversation, const uint8_t *sealed, uint32_t number) {
    uint8_t record[VST_ANSWER_AT_END];
    _Static_assert(sizeof record + crypto_box_SEALBYTES == VST_SEALED_BYTES, "a sealed answer is one record");
    const char *wrong = "its seal";
    if (crypto_box_seal_open(record, sealed, VST_SEALED_BYTES, conversation->public_key, conversation->secret_key) == 0)
        wrong = check_record(conversation, record, number);
    /* NUL-terminated: check_record has seen that the length is at most VST_MAX_SECRET and that zeros follow. */
    char *secret = wrong == NULL ? strdup((const char *)record + VST_ANSWER_AT_SECRET) : NULL;
    if (wrong != NULL)
        log_line(LOG_ERR, "sealed answer to prompt %u refused for %s", number, wrong);
    sodium_memzero(record, sizeof record);
    return secret;
}

void key_forget(struct leader *leader) {
    sodium_memzero(&leader->conversation, sizeof leader->conversation);
}
