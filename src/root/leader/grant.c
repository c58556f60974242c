/* Grants: a leader makes one for a successful sign-in; open, spawn and check demand it. Only root has the key of the
 * MAC. Format: u8 version, u32 uid, u64 issued, u64 expires (Unix ms), user name as a string, 16 random bytes, MAC. */
#include <sodium.h>

#include "pam.h"

enum { GRANT_VERSION = 1, RANDOM_BYTES = 16 };

static bool read_key(uint8_t ret_key[crypto_auth_KEYBYTES]) {
    const bool have = read_root_file(VST_PATH_GRANT_KEY, ret_key, crypto_auth_KEYBYTES);
    if (!have)
        log_line(LOG_ERR, "cannot read %s: %s", VST_PATH_GRANT_KEY, strerror(errno));
    return have;
}

bool grant_make(const struct account *account, struct writer *ret_grant, uint64_t *ret_expires) {
    uint8_t key[crypto_auth_KEYBYTES], mac[crypto_auth_BYTES], random[RANDOM_BYTES];
    const uint64_t now = unix_ms();
    *ret_expires = now + VST_GRANT_SECONDS * UINT64_C(1000);
    randombytes_buf(random, sizeof random);
    put_u8(ret_grant, GRANT_VERSION);
    put_u32(ret_grant, account->uid);
    put_u64(ret_grant, now);
    put_u64(ret_grant, *ret_expires);
    put_string(ret_grant, account->name);
    put_raw(ret_grant, random, sizeof random);
    if (!read_key(key))
        return false;
    (void)crypto_auth(mac, ret_grant->data, ret_grant->size, key);
    put_raw(ret_grant, mac, sizeof mac);
    sodium_memzero(key, sizeof key);
    return true;
}

/* Root needs no grant; everybody else needs a valid one. The MAC is checked first: unauthenticated data is not
 * parsed. */
int grant_check(const struct connection *connection, const struct account *account, const uint8_t *grant, size_t size) {
    uint8_t key[crypto_auth_KEYBYTES];
    if (connection->who == WHO_ROOT)
        return PAM_SUCCESS;
    if (size < crypto_auth_BYTES || !read_key(key))
        return PAM_PERM_DENIED;
    const uint8_t *mac = grant + size - crypto_auth_BYTES;
    const bool genuine = crypto_auth_verify(mac, grant, size - crypto_auth_BYTES, key) == 0;
    sodium_memzero(key, sizeof key);
    if (!genuine)
        return PAM_PERM_DENIED;
    struct reader reader = {.at = grant, .end = mac};
    char name[VST_MAX_NAME + 1];
    const uint8_t version = read_u8(&reader);
    const uint32_t uid = read_u32(&reader);
    (void)read_u64(&reader); /* issued */
    const uint64_t expires = read_u64(&reader), now = unix_ms();
    read_string(&reader, name, sizeof name);
    /* The uid is compared too: the name may belong to another account now than at the sign-in. */
    if (reader.bad || version != GRANT_VERSION || uid != account->uid || strcmp(name, account->name) != 0)
        return PAM_PERM_DENIED;
    /* A grant that expires later than any made now: the clock was ahead when it was made. */
    return now < expires && expires - now <= VST_GRANT_SECONDS * UINT64_C(1000) ? PAM_SUCCESS : PAM_CRED_EXPIRED;
}
