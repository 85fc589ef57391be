#include "tests/test.h"
#include "wire/net/imap.h"

/* Reads all answers, in pieces, and writes down what a client would take from them. */
static void note_response(struct arena *mem, struct buffer *out, const struct imap_response *response,
                          struct imap_mailbox *mailbox) {
    struct imap_fetch fetch;
    struct imap_folder folder;
    uint32_t *numbers;
    size_t count;
    if (imap_mailbox_note(mailbox, response)) return;
    if (imap_fetch_read(response, &fetch)) {
        buffer_printf(out, "fetch %u uid %u size %d%s%s", fetch.sequence, fetch.uid, (int)fetch.size,
                      fetch.seen ? " seen" : "", fetch.has_body ? " body" : "");
        buffer_printf(out, " %.*s\n", (int)fetch.body.size, fetch.body.data);
    } else if (imap_search_read(mem, response, &numbers, &count)) {
        for (size_t i = 0; i < count; i++) buffer_printf(out, "found %u\n", numbers[i]);
    } else if (imap_folder_read(mem, response, &folder)) {
        buffer_printf(out, "folder %.*s %c%s %.*s\n", (int)folder.name.size, folder.name.data,
                      folder.delimiter ? folder.delimiter : '0', folder.selectable ? "" : " closed",
                      (int)folder.special.size, folder.special.data);
    } else {
        static const char *const kinds[] = {"tagged", "untagged", "continue"};
        buffer_printf(out, "%s %.*s|%.*s|%d|%.*s|%.*s\n", kinds[response->kind], (int)response->tag.size,
                      response->tag.data, (int)response->name.size, response->name.data, response->status,
                      (int)response->code.size, response->code.data, (int)response->words.size, response->words.data);
    }
}

static struct text read_in_pieces(struct arena *mem, struct text said, size_t piece, struct imap_mailbox *mailbox) {
    SCOPED(imap_close) struct imap_reader reader;
    struct buffer out = {.mem = mem};
    struct imap_event event;
    imap_open(&reader, 1000);
    for (size_t at = 0; at < said.size; at += piece) {
        struct text input = text_slice(said, at, piece);
        while (imap_next(&reader, &input, &event)) {
            if (event.kind == IMAP_RESPONSE) note_response(mem, &out, &event.response, mailbox);
            if (event.kind == IMAP_BODY_BEGIN) buffer_printf(&out, "[%d:", (int)event.size);
            if (event.kind == IMAP_BODY_DATA) buffer_add_text(&out, event.data);
            if (event.kind == IMAP_BODY_END) buffer_add_string(&out, "]\n");
            if (event.kind == IMAP_BROKEN) buffer_printf(&out, "broken: %s\n", event.data.data);
        }
    }
    return buffer_text(&out);
}

static void expect_read(const char *said, const char *understood) {
    static const size_t pieces[] = {1, 2, 5, 4096};
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        SCOPED(arena_free) struct arena mem = {0};
        struct imap_mailbox mailbox = {0};
        EXPECT_TEXT(read_in_pieces(&mem, text_of(said), pieces[i], &mailbox), understood);
    }
}

TEST(greetings_and_answers_are_told_apart) {
    expect_read("* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot ready.\r\n+ go ahead\r\n+\r\n"
                "a1 NO [AUTHENTICATIONFAILED] No {5}\r\n"
                "* BYE Logging out\r\na2 OK done\r\n",
                "untagged |OK|1|CAPABILITY|Dovecot ready.\ncontinue ||0||go ahead\ncontinue ||0||\n"
                "tagged a1||2|AUTHENTICATIONFAILED|No {5}\nuntagged |BYE|4||Logging out\ntagged a2||1||done\n");
}

TEST(a_message_comes_in_pieces_and_its_answer_behind_it) {
    expect_read("* 12 FETCH (FLAGS (\\Seen) UID 7 RFC822.SIZE 11 BODY[] {11}\r\nSubject: x\n)\r\n"
                "* 13 FETCH (BODY[]<0> {3}\r\n)\r\n UID 8)\r\n* 14 FETCH (UID 9 BODY[] \"a\\\"b\")\r\n"
                "* 15 FETCH (UID 10 BODY[] {0}\r\n)\r\n",
                "[11:Subject: x\n]\nfetch 12 uid 7 size 11 seen body \n[3:)\r\n]\nfetch 13 uid 8 size 0 body \n"
                "fetch 14 uid 9 size 0 body a\"b\n[0:]\nfetch 15 uid 10 size 0 body \n");
}

TEST(folders_have_names_in_every_spelling) {
    expect_read("* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Noselect) NIL \"Entw&APw-rfe\"\r\n"
                "* LIST (\\Junk) \".\" {8}\r\nSpam {3}\r\n",
                "folder INBOX / \nfolder Entwürfe 0 closed \nfolder Spam {3} . \\Junk\n");
}

TEST(searches_and_mailboxes_are_read) {
    SCOPED(arena_free) struct arena mem = {0};
    struct imap_mailbox mailbox = {0};
    struct text said = text_of("* 172 EXISTS\r\n* OK [UNSEEN 12] x\r\n* OK [UIDVALIDITY 3857529045] x\r\n"
                               "* OK [UIDNEXT 4392] x\r\na OK [READ-ONLY] x\r\n* 3 EXPUNGE\r\n"
                               "* SEARCH 2 84 882\r\n* SEARCH\r\n* SEARCH 5 (MODSEQ 9)\r\n");
    struct text understood = read_in_pieces(&mem, said, 3, &mailbox);
    EXPECT_TEXT(understood, "found 2\nfound 84\nfound 882\nfound 5\n");
    EXPECT_INT(mailbox.exists, 171);
    EXPECT_INT(mailbox.uid_validity, 3857529045);
    EXPECT_INT(mailbox.uid_next, 4392);
    EXPECT_INT(mailbox.unseen, 12);
    EXPECT(mailbox.read_only);
}

TEST(nonsense_ends_the_talk) {
    expect_read("HTTP/1.1 400 Bad Request\r\nmore\r\n", "broken: an answer is malformed\n");
    expect_read("* 1 FETCH (UID 7\r\n", "broken: an answer is malformed\n");
    expect_read("* 1 FETCH (BODY[] {1001}\r\n", "broken: a message is too large\n");
    expect_read("* X {99999999999}\r\n", "broken: an answer is too long\n");
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer deep = {.mem = &mem};
    buffer_add_string(&deep, "* X ");
    for (int i = 0; i < 1000; i++) buffer_add_char(&deep, '(');
    buffer_add_string(&deep, "\r\n");
    struct imap_mailbox mailbox;
    EXPECT_TEXT(read_in_pieces(&mem, buffer_text(&deep), 100, &mailbox), "broken: an answer is malformed\n");
}

TEST(commands_quote_what_strangers_chose) {
    SCOPED(arena_free) struct arena mem = {0};
    struct imap_command login = imap_command(&mem, text_of("a1"), "LOGIN", false);
    imap_add_string(&login, text_of("ana\"\\x"));
    imap_add_string(&login, text_of("p\r\na2 DELETE INBOX"));
    imap_end(&login);
    EXPECT(!login.failed);
    EXPECT_INT(login.part_count, 2);
    EXPECT_TEXT(imap_part(&login, 0), "a1 LOGIN \"ana\\\"\\\\x\" {18}\r\n");
    EXPECT_TEXT(imap_part(&login, 1), "p\r\na2 DELETE INBOX\r\n");

    struct imap_command select = imap_command(&mem, text_of("a2"), "SELECT", true);
    imap_add_mailbox(&select, text_of("Entwürfe & mehr"));
    imap_end(&select);
    EXPECT_TEXT(imap_part(&select, 0), "a2 SELECT \"Entw&APw-rfe &- mehr\"\r\n");

    struct imap_command fetch = imap_command(&mem, text_of("a3"), "UID FETCH", true);
    imap_add_set(&fetch, (uint32_t[]){4, 5, 6, 9, 11, 12}, 6);
    imap_add_words(&fetch, "(UID BODY.PEEK[])");
    imap_end(&fetch);
    EXPECT_TEXT(imap_part(&fetch, 0), "a3 UID FETCH 4:6,9,11:12 (UID BODY.PEEK[])\r\n");

    struct imap_command plus = imap_command(&mem, text_of("a4"), "LOGIN", true);
    imap_add_string(&plus, text_of("ü"));
    imap_add_string(&plus, text_from("\0", 1));
    EXPECT(plus.failed);
}

TEST(tokens_are_wrapped_in_base64) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(imap_xoauth2(&mem, text_of("a"), text_of("b")), "dXNlcj1hAWF1dGg9QmVhcmVyIGIBAQ==");
    EXPECT_TEXT(imap_plain(&mem, text_of("u"), text_of("pw")), "AHUAcHc=");
}

static void expect_name(const char *name, const char *encoded) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text back = {0};
    EXPECT_TEXT(imap_name_encode(&mem, text_of(name)), encoded);
    EXPECT(imap_name_decode(&mem, text_of(encoded), &back));
    EXPECT_TEXT(back, name);
}

TEST(names_go_through_modified_utf7_and_back) {
    expect_name("INBOX/a&b", "INBOX/a&-b");
    expect_name("Gelöschte Elemente", "Gel&APY-schte Elemente");
    expect_name("台北/日本語", "&U,BTFw-/&ZeVnLIqe-");
    expect_name("\U0001F600!", "&2D3eAA-!");
    SCOPED(arena_free) struct arena mem = {0};
    struct text back;
    EXPECT(!imap_name_decode(&mem, text_of("&"), &back));
    EXPECT(!imap_name_decode(&mem, text_of("&2D0-"), &back));
    EXPECT(!imap_name_decode(&mem, text_of("&*-"), &back));
    EXPECT(!imap_name_decode(&mem, text_of("\xC3\xBC"), &back));
}
