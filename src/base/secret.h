/* secret.h - the installation's own key: seals what has to be read back (mail passwords), derives keys for tokens, and
 * hashes what only has to be recognised.
 *
 * The key lies in one file of the data folder (mode 0600), made on first use; whoever has it and the database can
 * read the sealed secrets, so a backup holds both. */
#ifndef THEKE_BASE_SECRET_H
#define THEKE_BASE_SECRET_H

#include "base/error.h"
#include "base/text.h"

struct secret {
    unsigned char key[32];
};

/* Reads the key file, or makes one. */
MUST_USE bool secret_load(const char *path, struct secret *ret_secret, struct error *err);

/* A key for one purpose (at most 8 characters), the same each time (libsodium's crypto_kdf). */
void secret_derive(const struct secret *secret, const char *purpose, unsigned char ret_key[32]);

/* Seals with a fresh nonce (XSalsa20-Poly1305); open fails when a byte was changed or the key is another. */
struct text secret_seal(const struct secret *secret, struct arena *mem, struct text plain);
MUST_USE bool secret_open(const struct secret *secret, struct arena *mem, struct text sealed, struct text *ret_plain,
                          struct error *err);

/* bytes random bytes as URL-safe base64 without padding. */
struct text secret_token(struct arena *mem, size_t bytes);

/* SHA-256, for tokens that have enough randomness of their own. 32 bytes in the arena. */
struct text secret_hash(struct arena *mem, struct text token);

#endif
