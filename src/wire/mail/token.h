/* token.h - signed tokens that bring an answer back to its ticket: in the plus-address that we ask for answers at
 * (support+t...@example.org) and in the Message-ID that we give our letters. Both survive clients that drop References.
 *
 * A token holds ticket, message and the first 80 bits of an HMAC-SHA-512/256 (libsodium crypto_auth) over both,
 * written in base 32 (RFC 4648 in lower case, without padding), because addresses may lose their case on the way. */
#ifndef THEKE_WIRE_MAIL_TOKEN_H
#define THEKE_WIRE_MAIL_TOKEN_H

#include "base/ids.h"
#include "base/text.h"

enum { TOKEN_KEY = 32 };

/* Whoever answers us knows the token of the address; that of a Message-ID is carried on by every letter that refers to ours, so it
 * has a key of its own and no address can be made of it. */
#define TOKEN_OF_ADDRESS "mailaddr"
#define TOKEN_OF_ID "mailtokn"

struct mail_token {
    ticket_id ticket;
    message_id message; /* of ours, that the token went out with; 0: only the ticket is meant */
};

/* "t" and the token: what stands between "+" and "@". */
struct text token_make(struct arena *mem, const unsigned char key[TOKEN_KEY], struct mail_token token);

/* "support@example.org" -> "support+TOKEN@example.org"; an address without "@" comes back as it is. */
struct text token_address(struct arena *mem, struct text address, struct text token);

/* "<TOKEN.random@domain>"; unique must be different for each letter. */
struct text token_message_id(struct arena *mem, struct text token, struct text unique, struct text domain);

/* Finds and verifies a token in an address or a Message-ID. False when there is none that was signed with this key. */
bool token_find(struct text address_or_id, const unsigned char key[TOKEN_KEY], struct mail_token *ret_token);

#endif
