/* lmtp.h - the server's side of LMTP (RFC 2033) as a state machine: bytes in, answers and events out.
 *
 * The caller owns the socket. It passes what it has read to lmtp_next until that returns false, and does what each
 * event says:
 *
 *     while (lmtp_next(&session, &input, &event)) switch (event.kind) ...
 *
 * Speaks PIPELINING, ENHANCEDSTATUSCODES, SIZE, 8BITMIME and SMTPUTF8. Only CR LF ends a line and only CR LF . CR LF
 * ends a message, so that nobody can smuggle a second letter behind a bare line feed (RFC 5321, 2.3.8). */
#ifndef THEKE_WIRE_NET_LMTP_H
#define THEKE_WIRE_NET_LMTP_H

#include "base/arena.h"
#include "base/text.h"

enum {
    LMTP_LINE = 2048,       /* bytes of a command with its line end */
    LMTP_ADDRESS = 320,     /* bytes of an address */
    LMTP_RECIPIENTS = 100,  /* of one message */
    LMTP_ERRORS = 20,       /* commands we do not take before we hang up */
};

/* What becomes of a recipient, and the answer that says so. */
enum lmtp_verdict {
    LMTP_TRY_AGAIN,         /* 451 4.3.0; also when no verdict was given */
    LMTP_ACCEPTED,          /* 250 2.0.0: it is on disk */
    LMTP_NO_SUCH_RECIPIENT, /* 550 5.1.1 */
    LMTP_NOT_ALLOWED,       /* 550 5.7.1 */
    LMTP_NO_ROOM,           /* 452 4.3.1 */
    LMTP_UNACCEPTABLE,      /* 554 5.6.0: the message itself */
    LMTP_TOO_LARGE,         /* 552 5.3.4 */
};

enum lmtp_event_kind {
    LMTP_REPLY,     /* send data to the client */
    LMTP_RECIPIENT, /* data is an address of the message to come; lmtp_refuse turns it down */
    LMTP_BEGIN,     /* a message follows, for sender and recipients; lmtp_refuse turns it down */
    LMTP_DATA,      /* data is the message's next piece, in its original bytes */
    LMTP_END,       /* the message is whole: make it durable, give a verdict for each recipient, then go on */
    LMTP_ABORT,     /* the message is too large: forget its pieces; the client is told */
    LMTP_CLOSE,     /* everything is said: close the connection */
};

struct lmtp_event {
    enum lmtp_event_kind kind;
    struct text data; /* valid until the next call */
};

struct lmtp_recipient {
    struct text address;
    enum lmtp_verdict verdict;
};

/* The fields up to utf8 are the caller's to read from LMTP_RECIPIENT to LMTP_END; the rest is private. */
struct lmtp_session {
    struct text sender; /* empty for a bounce's <> */
    struct lmtp_recipient recipients[LMTP_RECIPIENTS];
    size_t recipient_count;
    struct text client; /* the name it gave with LHLO */
    size_t message_size; /* bytes of message so far */
    size_t declared_size; /* what MAIL said with SIZE=, 0: nothing */
    bool utf8;           /* MAIL said SMTPUTF8 */

    const char *host;
    size_t size_limit;
    int state, data_state;
    enum lmtp_verdict refusal;
    bool greeted, has_sender, too_long, closing, reply_sent;
    size_t errors;
    char line[LMTP_LINE];
    size_t line_size;
    struct arena mem, client_mem, reply_mem;
    struct buffer reply;
};

/* host is our name in greetings; size_limit is the largest message in bytes. The session may not move in memory. */
void lmtp_open(struct lmtp_session *session, const char *host, size_t size_limit);

/* The next event, taking what it needs off *input. False when all input is used up: read more. */
bool lmtp_next(struct lmtp_session *session, struct text *input, struct lmtp_event *ret);

/* Turns down the recipient of LMTP_RECIPIENT or the message of LMTP_BEGIN; any verdict but LMTP_ACCEPTED. */
void lmtp_refuse(struct lmtp_session *session, enum lmtp_verdict verdict);

/* Sets what LMTP_END answers for one recipient. */
void lmtp_decide(struct lmtp_session *session, size_t recipient, enum lmtp_verdict verdict);

/* What to send when the server itself must go: "421 4.3.2 ...". */
struct text lmtp_goodbye(void);

/* Gives the memory back. Accepts a zeroed session. */
void lmtp_close(struct lmtp_session *session);

#endif
