/* The host key (signs conversation keys) and the grant key (makes grants), made once and kept. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol.h"
#include "util.h"

/* Writes a new file, syncs and renames it: even after a power failure the key is either complete or missing. */
static void write_key(const char *path, const uint8_t *key, size_t size, mode_t mode) {
    cleanup_free char *beside = NULL;
    if (asprintf(&beside, "%s.new", path) < 0)
        die("no memory for the path of '%s'", path);
    (void)unlink(beside);
    cleanup_fd int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, key, size) != (ssize_t)size || fchmod(fd, mode) < 0 || fsync(fd) < 0)
        die_errno("cannot write '%s'", beside);
    if (rename(beside, path) < 0)
        die_errno("cannot rename '%s' to '%s'", beside, path);
}

/* False if there is none yet. A file with another owner, mode or size is never replaced: the administrator decides. */
static bool read_key(const char *path, uint8_t *ret_key, size_t size) {
    if (read_root_file(path, ret_key, size))
        return true;
    if (errno != ENOENT)
        die_errno("'%s' wanted a file of %zu bytes that only root can write; restore it, or remove it for a new one",
                  path, size);
    return false;
}

void make_keys(void) {
    uint8_t host[crypto_sign_SECRETKEYBYTES], public[crypto_sign_PUBLICKEYBYTES], old[crypto_sign_PUBLICKEYBYTES];
    uint8_t grant[crypto_auth_KEYBYTES];
    if (sodium_init() < 0)
        die("libsodium does not start");
    if (!read_key(VST_PATH_HOST_SECRET_KEY, host, sizeof host)) {
        (void)crypto_sign_keypair(public, host);
        write_key(VST_PATH_HOST_SECRET_KEY, host, sizeof host, 0600);
    }
    (void)crypto_sign_ed25519_sk_to_pk(public, host);
    if (!read_root_file(VST_PATH_HOST_PUBLIC_KEY, old, sizeof old) || memcmp(old, public, sizeof old) != 0)
        write_key(VST_PATH_HOST_PUBLIC_KEY, public, sizeof public, 0644);
    if (!read_key(VST_PATH_GRANT_KEY, grant, sizeof grant)) {
        crypto_auth_keygen(grant);
        write_key(VST_PATH_GRANT_KEY, grant, sizeof grant, 0600);
    }
    sodium_memzero(host, sizeof host);
    sodium_memzero(grant, sizeof grant);
}
