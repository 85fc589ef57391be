#include "tests/test.h"
#include "wire/net/lmtp.h"

/* A caller that accepts everybody but nobody@, and writes down all that happens. */
static struct text talk_in_pieces(struct arena *mem, struct text said, size_t piece, size_t size_limit) {
    SCOPED(lmtp_close) struct lmtp_session session;
    struct buffer out = {.mem = mem};
    struct lmtp_event event;
    lmtp_open(&session, "desk.example", size_limit);
    for (size_t at = 0; at <= said.size; at += piece) {
        struct text input = text_slice(said, at, piece);
        while (lmtp_next(&session, &input, &event)) {
            if (event.kind == LMTP_REPLY || event.kind == LMTP_DATA) buffer_add_text(&out, event.data);
            if (event.kind == LMTP_RECIPIENT && text_starts(event.data, "nobody@"))
                lmtp_refuse(&session, LMTP_NO_SUCH_RECIPIENT);
            if (event.kind == LMTP_END)
                for (size_t i = 0; i < session.recipient_count; i++)
                    if (!text_starts(session.recipients[i].address, "late@")) lmtp_decide(&session, i, LMTP_ACCEPTED);
            if (event.kind == LMTP_BEGIN)
                buffer_printf(&out, "[from %.*s]\n", (int)session.sender.size, session.sender.data);
            if (event.kind == LMTP_END) buffer_add_string(&out, "[end]\n");
            if (event.kind == LMTP_ABORT) buffer_add_string(&out, "[abort]\n");
            if (event.kind == LMTP_CLOSE) buffer_add_string(&out, "[close]\n");
        }
    }
    return buffer_text(&out);
}

#define GREETING "220 desk.example LMTP Theke\r\n"
#define HELLO                                                                                                   \
    "250-desk.example\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE " \
    "1000\r\n"
#define READY "354 Go ahead, end with a dot on a line of its own\r\n"
#define BEGIN "LHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"
#define BEGUN GREETING HELLO "250 2.1.0 Sender noted\r\n250 2.1.5 Recipient noted\r\n[from a@x]\n" READY

static void expect_talk(const char *said, const char *heard) {
    SCOPED(arena_free) struct arena mem = {0};
    static const size_t pieces[] = {1, 2, 3, 7, 4096};
    for (size_t i = 0; i < COUNT_OF(pieces); i++)
        EXPECT_TEXT(talk_in_pieces(&mem, text_of(said), pieces[i], 1000), heard);
}

TEST(a_message_gets_one_answer_for_each_recipient) {
    expect_talk("LHLO mx.example\r\nMAIL FROM:<ana@example.org> SIZE=20 BODY=8BITMIME SMTPUTF8\r\n"
                "RCPT TO:<help@desk.example>\r\nRCPT TO:<nobody@desk.example>\r\nRCPT TO:<late@desk.example>\r\n"
                "DATA\r\n"
                "Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n",
                GREETING HELLO
                "250 2.1.0 Sender noted\r\n250 2.1.5 Recipient noted\r\n"
                "550 5.1.1 There is nobody here by that address\r\n250 2.1.5 Recipient noted\r\n"
                "[from ana@example.org]\n" READY "Subject: x\r\n\r\n.dot\r\n[end]\n"
                "250 2.0.0 Accepted\r\n451 4.3.0 Not now, please try again later\r\n221 2.0.0 Goodbye\r\n[close]\n");
}

TEST(only_a_dot_between_true_line_ends_ends_a_message) {
    expect_talk(BEGIN "a\n.\nb\r\n.\nc\n.\r\nd\r.\re\r\n.\r\rf\r\n.\r\n",
                BEGUN "a\n.\nb\r\n\nc\n.\r\nd\r.\re\r\n\r\rf\r\n[end]\n250 2.0.0 Accepted\r\n");
}

TEST(an_empty_message_is_a_message) {
    expect_talk(BEGIN ".\r\nNOOP\r\n", BEGUN "[end]\n250 2.0.0 Accepted\r\n250 2.0.0 Still here\r\n");
}

TEST(commands_out_of_order_are_refused) {
    expect_talk("MAIL FROM:<a@x>\r\nEHLO x\r\nRCPT TO:<b@y>\r\nDATA\r\nLHLO\r\nWHAT\r\nVRFY b\r\nRSET\r\n",
                GREETING "503 5.5.1 Say LHLO first\r\n500 5.5.1 This is LMTP: say LHLO\r\n503 5.5.1 Say MAIL first\r\n"
                         "503 5.5.1 There are no recipients\r\n501 5.5.4 LHLO needs your name\r\n"
                         "500 5.5.1 Unknown command\r\n252 2.5.0 Send the message and see\r\n250 2.0.0 Forgotten\r\n");
}

TEST(addresses_are_checked) {
    expect_talk("LHLO x\r\nMAIL FROM:ana\r\nMAIL FROM:<a b@x>\r\nMAIL FROM:<a@x> FOO=1\r\nMAIL FROM:<a@x> SIZE=9999\r\n"
                "mail from: <>\r\nRCPT TO:<>\r\nrcpt to: <@relay:\"odd > one\"@y>\r\nDATA\r\n.\r\n",
                GREETING HELLO "501 5.1.7 That is no address\r\n501 5.1.7 That is no address\r\n"
                               "555 5.5.4 Unknown parameter\r\n552 5.3.4 The message is too large\r\n"
                               "250 2.1.0 Sender noted\r\n501 5.1.3 That is no address\r\n250 2.1.5 Recipient noted\r\n"
                               "[from ]\n" READY "[end]\n250 2.0.0 Accepted\r\n");
}

TEST(a_bare_line_feed_does_not_end_a_command) {
    expect_talk("LHLO x\nMAIL FROM:<a@x>\r\nNOOP\r\n",
                GREETING "500 5.5.2 Lines end with CR LF and hold no other control characters\r\n"
                         "250 2.0.0 Still here\r\n");
}

TEST(what_is_too_long_is_refused_and_the_talk_goes_on) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer said = {.mem = &mem};
    for (int i = 0; i < 3000; i++) buffer_add_char(&said, 'x');
    buffer_add_string(&said, "\r\n" BEGIN);
    for (int i = 0; i < 1001; i++) buffer_add_char(&said, 'y');
    buffer_add_string(&said, "\r\n.\r\nNOOP\r\n");
    struct text heard = talk_in_pieces(&mem, buffer_text(&said), 4096, 1000);
    EXPECT(text_find(heard, text_of("500 5.5.2 The line is too long\r\n250-desk")) != SIZE_MAX);
    EXPECT(text_ends(heard, "[abort]\n552 5.3.4 The message is too large\r\n250 2.0.0 Still here\r\n"));
}

TEST(too_many_recipients_and_errors_have_limits) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer said = {.mem = &mem};
    buffer_add_string(&said, "LHLO x\r\nMAIL FROM:<a@x>\r\n");
    for (int i = 0; i < 101; i++) buffer_add_string(&said, "RCPT TO:<b@y>\r\n");
    EXPECT(text_ends(talk_in_pieces(&mem, buffer_text(&said), 4096, 1000), "452 4.5.3 Too many recipients\r\n"));
    for (int i = 0; i < 30; i++) buffer_add_string(&said, "WHAT\r\n");
    EXPECT(text_ends(talk_in_pieces(&mem, buffer_text(&said), 4096, 1000), "421 4.7.0 Too many errors\r\n[close]\n"));
}
