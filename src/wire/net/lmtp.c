#include "wire/net/lmtp.h"

#include <assert.h>

enum { COMMAND, ASKED_RECIPIENT, ASKED_MESSAGE, DATA, OVERSIZED, ASKED_VERDICTS, CLOSED };

/* Where in a message's text we are. A line begins behind CR LF only. */
enum { LINE_START, TEXT, AFTER_CR, AFTER_DOT, AFTER_DOT_CR };

static const char *const verdict_replies[] = {
    [LMTP_TRY_AGAIN] = "451 4.3.0 Not now, please try again later",
    [LMTP_ACCEPTED] = "250 2.0.0 Accepted",
    [LMTP_NO_SUCH_RECIPIENT] = "550 5.1.1 There is nobody here by that address",
    [LMTP_NOT_ALLOWED] = "550 5.7.1 Not accepted",
    [LMTP_NO_ROOM] = "452 4.3.1 No room at the moment, please try again later",
    [LMTP_UNACCEPTABLE] = "554 5.6.0 The message cannot be accepted",
    [LMTP_TOO_LARGE] = "552 5.3.4 The message is too large",
};

static void reply(struct lmtp_session *s, const char *line) {
    buffer_printf(&s->reply, "%s\r\n", line);
}

static void reset(struct lmtp_session *s) {
    arena_free(&s->mem);
    s->sender = (struct text){0};
    s->recipient_count = s->message_size = s->declared_size = 0;
    s->has_sender = s->utf8 = false;
}

void lmtp_open(struct lmtp_session *s, const char *host, size_t size_limit) {
    *s = (struct lmtp_session){.host = host, .size_limit = size_limit};
    s->reply.mem = &s->reply_mem;
    buffer_printf(&s->reply, "220 %s LMTP Theke\r\n", host);
}

void lmtp_close(struct lmtp_session *s) {
    arena_free(&s->mem);
    arena_free(&s->client_mem);
    arena_free(&s->reply_mem);
}

struct text lmtp_goodbye(void) {
    return text_of("421 4.3.2 Closing down, please try again later\r\n");
}

void lmtp_refuse(struct lmtp_session *s, enum lmtp_verdict verdict) {
    assert(s->state == ASKED_RECIPIENT || s->state == ASKED_MESSAGE);
    s->refusal = verdict;
}

void lmtp_decide(struct lmtp_session *s, size_t recipient, enum lmtp_verdict verdict) {
    assert(s->state == ASKED_VERDICTS && recipient < s->recipient_count);
    s->recipients[recipient].verdict = verdict;
}

/* A command that makes no sense; too many of them end the talk. */
static void refuse_command(struct lmtp_session *s, const char *line) {
    if (++s->errors < LMTP_ERRORS) {
        reply(s, line);
        return;
    }
    reply(s, "421 4.7.0 Too many errors");
    s->closing = true;
}

static void greet(struct lmtp_session *s, struct text name) {
    name = text_trim(name);
    if (text_empty(name) || name.size > 255) {
        refuse_command(s, "501 5.5.4 LHLO needs your name");
        return;
    }
    reset(s);
    arena_free(&s->client_mem);
    s->client = text_copy(&s->client_mem, name);
    s->greeted = true;
    buffer_printf(&s->reply,
                  "250-%s\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
                  "250 SIZE %zu\r\n",
                  s->host, s->size_limit);
}

/* Where the ">" of a path is: behind its local part, which may be quoted and hold any character. */
static size_t path_end(struct text path) {
    bool quoted = false;
    for (size_t i = 1; i < path.size; i++) {
        if (quoted && path.data[i] == '\\') i++;
        else if (path.data[i] == '"') quoted = !quoted;
        else if (path.data[i] == '>' && !quoted) return i;
    }
    return SIZE_MAX;
}

/* "<address> parameters" (RFC 5321, 4.1.2). A source route in front of the address is dropped, as it says. */
static bool read_path(struct text argument, struct text *ret_address, struct text *ret_parameters) {
    argument = text_trim(argument);
    size_t end = text_starts(argument, "<") ? path_end(argument) : SIZE_MAX;
    if (end == SIZE_MAX) return false;
    struct text address = text_slice(argument, 1, end - 1), parameters = text_skip(argument, end + 1);
    if (parameters.size > 0 && parameters.data[0] != ' ') return false;
    size_t colon = text_starts(address, "@") ? text_find_char(address, ':') : SIZE_MAX;
    if (colon != SIZE_MAX) address = text_skip(address, colon + 1);
    bool quoted = text_starts(address, "\"");
    if (address.size > LMTP_ADDRESS || !text_is_utf8(address)) return false;
    for (size_t i = 0; i < address.size; i++)
        if ((unsigned char)address.data[i] < ' ' || address.data[i] == 0x7F || (address.data[i] == ' ' && !quoted))
            return false;
    *ret_address = address;
    *ret_parameters = parameters;
    return true;
}

/* What MAIL says of the message. NULL when it is fine, else the answer that refuses it. */
static const char *read_mail_parameter(struct lmtp_session *s, struct text parameter) {
    int64_t size;
    if (text_starts_nocase(parameter, "SIZE=")) {
        if (!text_to_int(text_skip(parameter, 5), &size) || size < 0) return "501 5.5.4 SIZE needs a number";
        if ((uint64_t)size > s->size_limit) return verdict_replies[LMTP_TOO_LARGE];
        s->declared_size = (size_t)size;
        return NULL;
    }
    if (text_is_nocase(parameter, "SMTPUTF8")) {
        s->utf8 = true;
        return NULL;
    }
    if (text_is_nocase(parameter, "BODY=8BITMIME") || text_is_nocase(parameter, "BODY=7BIT")) return NULL;
    return "555 5.5.4 Unknown parameter";
}

static void take_sender(struct lmtp_session *s, struct text argument) {
    struct text address, parameters, parameter;
    if (!s->greeted) {
        refuse_command(s, "503 5.5.1 Say LHLO first");
        return;
    }
    if (s->has_sender) {
        refuse_command(s, "503 5.5.1 There is a sender already");
        return;
    }
    if (!read_path(argument, &address, &parameters)) {
        refuse_command(s, "501 5.1.7 That is no address");
        return;
    }
    while (text_next(&parameters, ' ', &parameter)) {
        const char *wrong = text_empty(parameter) ? NULL : read_mail_parameter(s, parameter);
        if (!wrong) continue;
        reset(s);
        refuse_command(s, wrong);
        return;
    }
    s->sender = text_copy(&s->mem, address);
    s->has_sender = true;
    reply(s, "250 2.1.0 Sender noted");
}

/* True with an event when the caller has to be asked. */
static bool take_recipient(struct lmtp_session *s, struct text argument, struct lmtp_event *ret) {
    struct text address, parameters;
    if (!s->has_sender) {
        refuse_command(s, "503 5.5.1 Say MAIL first");
    } else if (!read_path(argument, &address, &parameters) || text_empty(address)) {
        refuse_command(s, "501 5.1.3 That is no address");
    } else if (!text_empty(text_trim(parameters))) {
        refuse_command(s, "555 5.5.4 Unknown parameter");
    } else if (s->recipient_count == LMTP_RECIPIENTS) {
        reply(s, "452 4.5.3 Too many recipients");
    } else {
        struct lmtp_recipient *recipient = &s->recipients[s->recipient_count];
        *recipient = (struct lmtp_recipient){.address = text_copy(&s->mem, address)};
        s->state = ASKED_RECIPIENT;
        s->refusal = LMTP_ACCEPTED;
        *ret = (struct lmtp_event){LMTP_RECIPIENT, recipient->address};
        return true;
    }
    return false;
}

static bool take_data(struct lmtp_session *s, struct lmtp_event *ret) {
    if (s->recipient_count == 0) {
        refuse_command(s, "503 5.5.1 There are no recipients");
        return false;
    }
    s->state = ASKED_MESSAGE;
    s->refusal = LMTP_ACCEPTED;
    *ret = (struct lmtp_event){.kind = LMTP_BEGIN};
    return true;
}

static void take_reset(struct lmtp_session *s) {
    reset(s);
    reply(s, "250 2.0.0 Forgotten");
}

static void take_quit(struct lmtp_session *s) {
    reply(s, "221 2.0.0 Goodbye");
    s->closing = true;
}

/* "VERB" or "VERB argument". */
static bool is_command(struct text line, const char *verb, struct text *ret_argument) {
    size_t size = strlen(verb);
    if (!text_starts_nocase(line, verb)) return false;
    if (line.size > size && line.data[size] != ' ' && verb[size - 1] != ':') return false;
    *ret_argument = text_skip(line, size);
    return true;
}

/* True with an event when the caller has to be asked; else the answer is in the reply. */
static bool take_command(struct lmtp_session *s, struct text line, struct lmtp_event *ret) {
    struct text argument;
    if (memchr(line.data, '\n', line.size) || memchr(line.data, '\r', line.size) || memchr(line.data, 0, line.size))
        refuse_command(s, "500 5.5.2 Lines end with CR LF and hold no other control characters");
    else if (is_command(line, "LHLO", &argument)) greet(s, argument);
    else if (is_command(line, "MAIL FROM:", &argument)) take_sender(s, argument);
    else if (is_command(line, "RCPT TO:", &argument)) return take_recipient(s, argument, ret);
    else if (is_command(line, "DATA", &argument)) return take_data(s, ret);
    else if (is_command(line, "RSET", &argument)) take_reset(s);
    else if (is_command(line, "NOOP", &argument)) reply(s, "250 2.0.0 Still here");
    else if (is_command(line, "VRFY", &argument)) reply(s, "252 2.5.0 Send the message and see");
    else if (is_command(line, "QUIT", &argument)) take_quit(s);
    else if (is_command(line, "HELO", &argument) || is_command(line, "EHLO", &argument))
        refuse_command(s, "500 5.5.1 This is LMTP: say LHLO");
    else refuse_command(s, "500 5.5.1 Unknown command");
    return false;
}

/* Collects a command up to its CR LF. False when the input ends before. */
static bool read_line(struct lmtp_session *s, struct text *input) {
    while (input->size > 0) {
        char c = input->data[0];
        *input = text_skip(*input, 1);
        bool ends = c == '\n' && s->line_size > 0 && s->line[s->line_size - 1] == '\r';
        if (s->line_size == LMTP_LINE) {
            /* Too long: the last byte is all that is needed to see the end. */
            s->too_long = true;
            s->line_size--;
        }
        s->line[s->line_size++] = c;
        if (ends) return true;
    }
    return false;
}

static bool next_command(struct lmtp_session *s, struct lmtp_event *ret) {
    struct text line = text_from(s->line, s->line_size - 2);
    bool too_long = s->too_long;
    s->line_size = 0;
    s->too_long = false;
    if (!too_long) return take_command(s, line, ret);
    refuse_command(s, "500 5.5.2 The line is too long");
    return false;
}

/* What a byte of a message's text makes of the state, where nothing is held back. */
static int text_state(int state, char c) {
    if (c == '\r') return AFTER_CR;
    return c == '\n' && state == AFTER_CR ? LINE_START : TEXT;
}

/* The next piece of the message: true with *ret_piece, which may be empty at the end, and *ret_end. A dot at the
 * beginning of a line is held back until it is known whether the line has more. */
static bool next_piece(struct lmtp_session *s, struct text *input, struct text *ret_piece, bool *ret_end) {
    struct text in = *input;
    size_t from = 0;
    *ret_end = false;
    for (size_t i = 0; i < in.size; i++) {
        char c = in.data[i];
        if (s->data_state == LINE_START && c == '.') {
            if (i > from) {
                *ret_piece = text_slice(in, from, i - from);
                *input = text_skip(in, i);
                return true;
            }
            from = i + 1;
            s->data_state = AFTER_DOT;
        } else if (s->data_state == AFTER_DOT && c == '\r') {
            from = i + 1;
            s->data_state = AFTER_DOT_CR;
        } else if (s->data_state == AFTER_DOT_CR) {
            *ret_end = c == '\n';
            *ret_piece = *ret_end ? text_of("") : text_of("\r");
            *input = text_skip(in, *ret_end ? i + 1 : i);
            s->data_state = AFTER_CR;
            return true;
        } else {
            s->data_state = text_state(s->data_state, c);
        }
    }
    *ret_piece = text_skip(in, from);
    *input = text_skip(in, in.size);
    return ret_piece->size > 0;
}

static void answer_all(struct lmtp_session *s) {
    for (size_t i = 0; i < s->recipient_count; i++) reply(s, verdict_replies[s->recipients[i].verdict]);
    reset(s);
    s->state = COMMAND;
}

/* False when there is nothing for the caller yet: go on. */
static bool next_data(struct lmtp_session *s, struct text *input, struct lmtp_event *ret) {
    struct text piece;
    bool end;
    if (!next_piece(s, input, &piece, &end)) return false;
    s->message_size += piece.size;
    if (end && s->state == OVERSIZED) {
        for (size_t i = 0; i < s->recipient_count; i++) s->recipients[i].verdict = LMTP_TOO_LARGE;
        answer_all(s);
        return false;
    }
    if (end) {
        s->state = ASKED_VERDICTS;
        *ret = (struct lmtp_event){.kind = LMTP_END};
        return true;
    }
    if (s->state == OVERSIZED) return false;
    if (s->message_size > s->size_limit) {
        s->state = OVERSIZED;
        *ret = (struct lmtp_event){.kind = LMTP_ABORT};
        return true;
    }
    *ret = (struct lmtp_event){LMTP_DATA, piece};
    return true;
}

/* The caller had its say between two calls: answer the client accordingly. */
static void settle(struct lmtp_session *s) {
    if (s->state == ASKED_RECIPIENT) {
        bool accepted = s->refusal == LMTP_ACCEPTED;
        reply(s, accepted ? "250 2.1.5 Recipient noted" : verdict_replies[s->refusal]);
        s->recipient_count += accepted;
        s->state = COMMAND;
    } else if (s->state == ASKED_MESSAGE) {
        bool accepted = s->refusal == LMTP_ACCEPTED;
        reply(s, accepted ? "354 Go ahead, end with a dot on a line of its own" : verdict_replies[s->refusal]);
        s->state = accepted ? DATA : COMMAND;
        s->data_state = LINE_START;
        s->message_size = 0;
        if (!accepted) reset(s);
    } else if (s->state == ASKED_VERDICTS) {
        answer_all(s);
    }
}

static void drop_sent_reply(struct lmtp_session *s) {
    if (!s->reply_sent) return;
    arena_free(&s->reply_mem);
    s->reply = (struct buffer){.mem = &s->reply_mem};
    s->reply_sent = false;
}

bool lmtp_next(struct lmtp_session *s, struct text *input, struct lmtp_event *ret) {
    drop_sent_reply(s);
    settle(s);
    for (;;) {
        if (s->reply.size > 0) {
            *ret = (struct lmtp_event){LMTP_REPLY, buffer_text(&s->reply)};
            s->reply_sent = true;
            return true;
        }
        if (s->state == CLOSED) return false;
        if (s->closing) {
            s->state = CLOSED;
            *ret = (struct lmtp_event){.kind = LMTP_CLOSE};
            return true;
        }
        if (input->size == 0) return false;
        if (s->state == COMMAND) {
            if (read_line(s, input) && next_command(s, ret)) return true;
        } else if (next_data(s, input, ret)) {
            return true;
        }
    }
}
