/* imap.h - the client's side of IMAP4rev1 (RFC 3501): the server's bytes into answers, our wishes into commands.
 *
 * The caller owns the connection. It passes what it has read to imap_next until that returns false. A message's text
 * (a literal behind BODY[...] in a FETCH answer) is never held in memory: it comes in pieces as it arrives. */
#ifndef THEKE_WIRE_NET_IMAP_H
#define THEKE_WIRE_NET_IMAP_H

#include "base/arena.h"
#include "base/text.h"

enum {
    IMAP_LINE = 16 << 20, /* bytes of an answer, without message text: room for a search over a million messages */
    IMAP_DEPTH = 40,      /* parentheses inside each other */
};

enum imap_value_kind { IMAP_ATOM, IMAP_STRING, IMAP_NIL, IMAP_LIST, IMAP_STREAMED };

/* One value of an answer; text without quotes and escapes. STREAMED stands where a message's text was. */
struct imap_value {
    enum imap_value_kind kind;
    struct text text;
    uint64_t size;                  /* of a STREAMED text, bytes */
    const struct imap_value *first; /* of a LIST */
    const struct imap_value *next;
};

enum imap_response_kind { IMAP_TAGGED, IMAP_UNTAGGED, IMAP_CONTINUATION };
enum imap_status { IMAP_NO_STATUS, IMAP_OK, IMAP_NO, IMAP_BAD, IMAP_BYE, IMAP_PREAUTH };

/* One answer. "* 12 EXISTS" has number 12 and name EXISTS; "a1 NO [AUTHENTICATIONFAILED] words" has the tag a1, the
 * status NO, the code and the words. */
struct imap_response {
    enum imap_response_kind kind;
    enum imap_status status;
    struct text tag, name, words;
    bool has_number;
    uint32_t number;
    struct text code;                     /* no text: none */
    const struct imap_value *code_values; /* the first behind the code's name */
    const struct imap_value *values;      /* the first behind name; NULL for SEARCH, see imap_search_read */
    struct text rest;                     /* what stands behind name, as it came */
};

enum imap_event_kind {
    IMAP_RESPONSE,
    IMAP_BODY_BEGIN, /* size bytes of a message's text follow; its FETCH answer comes when they are through */
    IMAP_BODY_DATA,  /* the next piece, in data */
    IMAP_BODY_END,
    IMAP_BROKEN,     /* this is no IMAP, or it breaks a limit: data says why; drop the connection */
};

struct imap_event {
    enum imap_event_kind kind;
    struct imap_response response; /* valid until the next call */
    struct text data;              /* valid until the next call */
    uint64_t size;
};

struct imap_literal {
    size_t at; /* where its "{" stands in the line */
    uint64_t size;
    bool streamed;
};

/* Private. */
struct imap_reader {
    uint64_t body_limit;
    struct arena mem;
    struct buffer line;
    struct imap_literal *literals;
    size_t literal_count, literal_capacity;
    uint64_t left;  /* bytes of the present literal still to come */
    size_t segment; /* where the line goes on behind its last literal */
    bool streaming, delivered, broken;
};

/* body_limit is the largest message text in bytes. A zeroed reader may be closed. */
void imap_open(struct imap_reader *reader, uint64_t body_limit);

/* The next event, taking what it needs off *input. False when all input is used up: read more. */
bool imap_next(struct imap_reader *reader, struct text *input, struct imap_event *ret);

void imap_close(struct imap_reader *reader);

/* What SELECT or EXAMINE says of a mailbox. */
struct imap_mailbox {
    uint32_t exists, uid_validity, uid_next, unseen;
    bool read_only;
};

/* Takes over what an answer says of the selected mailbox. True when it said something; also later, when EXISTS comes
 * unasked. */
bool imap_mailbox_note(struct imap_mailbox *mailbox, const struct imap_response *response);

/* The numbers of "* SEARCH 4 8 15", in the order given. False when the answer is none or is malformed. */
bool imap_search_read(struct arena *mem, const struct imap_response *response, uint32_t **ret_numbers,
                      size_t *ret_count);

/* What a FETCH answer says of a message; 0 or no text where it is silent. */
struct imap_fetch {
    uint32_t sequence, uid;
    uint64_t size;              /* RFC822.SIZE */
    struct text internal_date;  /* "17-Jul-1996 02:44:25 -0700" */
    const struct imap_value *flags; /* the first of them */
    bool seen, deleted;
    bool has_body;              /* came as IMAP_BODY_DATA, or is short and in body */
    struct text body;
};

/* False when the answer is no FETCH or is malformed. */
bool imap_fetch_read(const struct imap_response *response, struct imap_fetch *ret);

/* One line of LIST. */
struct imap_folder {
    struct text name;     /* UTF-8 */
    struct text raw_name; /* as the server spells it */
    char delimiter;       /* 0: none */
    bool selectable;
    struct text special;  /* "\Junk", "\Sent", ... (RFC 6154), or no text */
};

bool imap_folder_read(struct arena *mem, const struct imap_response *response, struct imap_folder *ret);

/* True when "* CAPABILITY ..." or an OK's [CAPABILITY ...] names it. */
bool imap_has_capability(const struct imap_response *response, const char *capability);

/* A command in the making. Where the server must first ask for a literal with "+", the command has a further part. */
struct imap_command {
    struct buffer out;
    bool literal_plus; /* the server has LITERAL+ (RFC 7888): no waiting */
    bool failed;       /* a value holds what no command can carry: do not send */
    size_t ends[16];   /* where parts end */
    size_t part_count;
};

/* "tag words"; words are the caller's own, never a stranger's. */
struct imap_command imap_command(struct arena *mem, struct text tag, const char *words, bool literal_plus);
void imap_add_words(struct imap_command *command, const char *words);  /* a space and the caller's own words */
void imap_add_string(struct imap_command *command, struct text value); /* quoted, or as a literal */
void imap_add_mailbox(struct imap_command *command, struct text name); /* a UTF-8 name in modified UTF-7 */
void imap_add_number(struct imap_command *command, uint64_t number);

/* "4,8,15:20": ranges where the numbers, which must ascend, are neighbours. */
void imap_add_set(struct imap_command *command, const uint32_t *numbers, size_t count);

/* Ends the command. Send part 0, and after each continuation the next one. */
void imap_end(struct imap_command *command);
struct text imap_part(struct imap_command *command, size_t part);

/* The first answer of AUTHENTICATE XOAUTH2 and of AUTHENTICATE PLAIN, in base64. */
struct text imap_xoauth2(struct arena *mem, struct text user, struct text token);
struct text imap_plain(struct arena *mem, struct text user, struct text password);

/* Modified UTF-7 (RFC 3501, 5.1.3) of a UTF-8 name. Ill-formed bytes become U+FFFD. */
struct text imap_name_encode(struct arena *mem, struct text name);

/* The other way round. False when it is ill-formed; use the name as it is then. */
bool imap_name_decode(struct arena *mem, struct text name, struct text *ret);

#endif
