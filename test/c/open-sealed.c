/* The other side of src/lib/sealed-box.ts: real libsodium opens what our sealing made.
   Without arguments: prints a new key pair as two lines of hex (public, secret).
   With PUBLIC SECRET (hex): opens the sealed box on stdin and writes the message to stdout; exit 1 when it does not open. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MAX_MESSAGE 65536

static void print_hex(const unsigned char *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) (void)printf("%02x", bytes[i]);
  (void)printf("\n");
}

static int make_keys(void) {
  unsigned char public[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
  if (crypto_box_keypair(public, secret) != 0) return 2;
  print_hex(public, sizeof public);
  print_hex(secret, sizeof secret);
  return 0;
}

static int read_key(const char *hex, unsigned char ret_key[32]) {
  size_t size = 0;
  return sodium_hex2bin(ret_key, 32, hex, strlen(hex), NULL, &size, NULL) == 0 && size == 32 ? 0 : -1;
}

int main(int argc, char **argv) {
  static unsigned char sealed[MAX_MESSAGE + crypto_box_SEALBYTES], message[MAX_MESSAGE];
  unsigned char public[32], secret[32];

  if (sodium_init() < 0) return 2;
  if (argc == 1) return make_keys();
  if (argc != 3 || read_key(argv[1], public) < 0 || read_key(argv[2], secret) < 0) {
    (void)fprintf(stderr, "usage: open-sealed [PUBLIC SECRET] (64 hex digits each)\n");
    return 2;
  }
  size_t size = fread(sealed, 1, sizeof sealed, stdin);
  if (size < crypto_box_SEALBYTES) return 1;
  if (crypto_box_seal_open(message, sealed, size, public, secret) != 0) return 1;
  return fwrite(message, 1, size - crypto_box_SEALBYTES, stdout) == size - crypto_box_SEALBYTES ? 0 : 2;
}
