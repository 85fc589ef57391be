/* totp.h - one-time codes of an authenticator app (RFC 6238 on RFC 4226: HMAC-SHA-1, 6 digits, steps of 30 s), and the
 * recovery codes for the day the app is lost. No database here. */
#ifndef THEKE_MODULES_PEOPLE_TOTP_H
#define THEKE_MODULES_PEOPLE_TOTP_H

#include "base/text.h"

enum { TOTP_KEY_SIZE = 20, RECOVERY_CODES = 10 };

/* The step that a time (UTC micros) lies in. */
int64_t totp_step(int64_t now);

/* HOTP of RFC 4226, 5.3; digits 6 to 8. */
uint32_t totp_number(struct text key, int64_t step, int digits);

/* A code fits at the current step, the one before or the one after, if that step is later than the last one
 * accepted: no code works twice. Blanks in the code don't matter. false: *ret_step is untouched. */
bool totp_fits(struct text key, struct text code, int64_t now, int64_t last_step, int64_t *ret_step);

/* RFC 4648, 6, without padding. */
struct text base32(struct arena *mem, struct text bytes);

/* otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=ISSUER, percent-encoded. */
struct text totp_url(struct arena *mem, struct text issuer, struct text account, struct text key);

/* "k7mz-4hqx-9d2t": 60 random bits, without letters that look like digits. */
struct text recovery_code(struct arena *mem);

/* As it is hashed: small letters and digits only. */
struct text recovery_normalize(struct arena *mem, struct text code);

#endif
