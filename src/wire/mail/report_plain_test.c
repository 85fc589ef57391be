#include "tests/test.h"
#include "wire/mail/report.h"

#define HEADERS 4

/* A letter by hand, without any MIME that would tell. */
struct sample {
    struct arena mem;
    struct mail_header headers[HEADERS];
    struct mail_address from, to;
    struct text reference;
    struct letter letter;
};

static void sample_end(struct sample *sample) {
    arena_free(&sample->mem);
}

static void start(struct sample *sample, const char *from, const char *subject, const char *text) {
    struct letter *letter = &sample->letter;
    sample->from = (struct mail_address){text_of(""), text_of(from)};
    sample->to = (struct mail_address){text_of(""), text_of("support@shop.example")};
    letter->headers = sample->headers;
    letter->from = (struct mail_addresses){1, &sample->from};
    letter->to = (struct mail_addresses){1, &sample->to};
    letter->subject = text_of(subject);
    letter->text = text_of(text);
}

static void add_header(struct sample *sample, const char *name, const char *value) {
    sample->headers[sample->letter.header_count++] = (struct mail_header){text_of(name), text_of(value)};
}

/* From a server, envelope sender <>. */
static struct report server_says(struct sample *sample, const char *subject, const char *text) {
    start(sample, "MAILER-DAEMON@mx.example.net", subject, text);
    return mail_report_of(&sample->mem, &sample->letter, text_of(""));
}

/* From somebody's own address. */
static enum report_kind person_says(const char *subject, const char *text) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "ana@example.org", subject, text);
    return mail_report_of(&sample.mem, &sample.letter, text_of("ana@example.org")).kind;
}

static void expect_recipient(const struct report *report, size_t index, const char *address, const char *status,
                             bool permanent) {
    EXPECT(report->recipient_count > index);
    if (report->recipient_count <= index) return;
    EXPECT_TEXT(report->recipients[index].address, address);
    EXPECT_TEXT(report->recipients[index].status, status);
    EXPECT_INT(report->recipients[index].permanent, permanent);
}

TEST(qmail_says_hi) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "failure notice",
        "Hi. This is the qmail-send program at mx.example.net.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<eva@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "<max@example.org>:\n192.0.2.7 does not like recipient.\nRemote host said: 452 try later\nGiving up.\n\n"
        "--- Below this line is a copy of the message.\n\n"
        "Return-Path: <support@shop.example>\nMessage-ID: <q1.2@shop.example>\nTo: other@example.org\n");
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 2);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
    expect_recipient(&report, 1, "max@example.org", "", false);
    EXPECT_TEXT(report.recipients[0].detail, "Sorry, no mailbox here by that name. (#5.1.1)");
    EXPECT_TEXT(report.original_id, "<q1.2@shop.example>");
}

static const char exim_text[] =
    "This message was created automatically by mail delivery software.\n\n"
    "A message that you sent could not be delivered to one or more of its\n"
    "recipients. This is a permanent error. The following address(es) failed:\n\n"
    "  eva@example.org\n    host mx.example.org [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:"
    "<eva@example.org>:\n    550 5.1.1 User unknown\n\n"
    "------ This is a copy of the message, including all the headers. ------\n\n"
    "Message-id: <q1.2@shop.example>\nFrom: support@shop.example\n";

TEST(exim_names_them_in_a_header) {
    SCOPED(sample_end) struct sample sample = {0};
    add_header(&sample, "X-Failed-Recipients", "eva@example.org, Max@example.org");
    struct report report = server_says(&sample, "Mail delivery failed: returning message to sender", exim_text);
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 2);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
    EXPECT_TEXT(report.recipients[1].address, "max@example.org");
    EXPECT_TEXT(report.original_id, "<q1.2@shop.example>");
}

TEST(exim_without_the_header_is_read_too) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Mail delivery failed", exim_text);
    EXPECT_INT(report.recipient_count, 1);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
}

TEST(exim_warns_of_a_delay) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Warning: message 1abc-00-01 delayed 24 hours",
        "A message that you sent has not been delivered to one or more of its\nrecipients after more than 24 hours.\n\n"
        "The address to which the message has not yet been delivered is:\n\n"
        "  eva@example.org\n    Delay reason: timeout\n\n"
        "No action is required on your part. Delivery attempts will continue for\nsome time.\n");
    EXPECT_INT(report.kind, REPORT_DELAY);
    expect_recipient(&report, 0, "eva@example.org", "", false);
}

TEST(postfix_plain_text) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message could\n"
        "not be delivered to one or more recipients. For further assistance, please send mail to postmaster.\n\n"
        "<eva@example.org>: host mx.example.org[192.0.2.1] said: 550 5.1.1\n    <eva@example.org>: Recipient address\n"
        "    rejected (in reply to RCPT TO command)\n\n"
        "<box@inner.example> (expanded from <max@example.org>): Host or domain name not\n    found.\n");
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 2);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
    EXPECT_TEXT(report.recipients[1].address, "max@example.org");
}

TEST(postfix_warns_of_a_delay) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Delayed Mail (still being retried)",
        "####\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####\n\n"
        "Your message could not be delivered for more than 4 hour(s).\n\n"
        "<eva@example.org>: connect to mx: timed out\n");
    EXPECT_INT(report.kind, REPORT_DELAY);
    expect_recipient(&report, 0, "eva@example.org", "", false);
}

TEST(office_365) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "postmaster@example.onmicrosoft.com", "Undeliverable: Ihre Bestellung",
        "Your message to eva@example.org couldn't be delivered.\n\nEva wasn't found at example.org.\n\n"
        "Diagnostic information for administrators:\n\nGenerating server: DB1.example.net\n\neva@example.org\n"
        "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP'\n\n"
        "Original message headers:\n\nReceived: from DB2 (10.0.0.5)\nMessage-ID: <q1.2@shop.example>\n");
    struct report report = mail_report_of(&sample.mem, &sample.letter, (struct text){0});
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 1);
    expect_recipient(&report, 0, "eva@example.org", "5.1.10", true);
    EXPECT_TEXT(report.original_id, "<q1.2@shop.example>");
}

TEST(exchange_with_a_number_sign) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Undeliverable: Hello",
        "Delivery has failed to these recipients or groups:\n\neva@example.org<mailto:eva@example.org>\n"
        "The e-mail address you entered couldn't be found.\n\nDiagnostic information for administrators:\n\n"
        "Generating server: ex.example.org\n\neva@example.org\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n");
    EXPECT_INT(report.recipient_count, 1);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
}

TEST(an_address_in_a_sentence_is_found) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Delivery Status Notification (Failure)",
        "** Address not found **\n\nYour message wasn't delivered to eva@example.org because the address couldn't be\n"
        "found.\n\nThe response was:\n\n550 5.1.1 The email account that you tried to reach does not exist.\n");
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
}

TEST(providers_speak_many_languages) {
    static const char *const texts[] = {
        "Ihre Nachricht konnte\nnicht zugestellt werden:\n\n<eva@example.org>\nEmpfänger unbekannt\n",
        "A levél kézbesíthetetlen.\n\nCímzett: eva@example.org\nA postafiók nem létezik, user unknown\n",
        "Votre message n’a pas pu être remis à\n\neva@example.org\nadresse inconnue\n",
        "Non è stato possibile recapitare il messaggio\n\n<eva@example.org>: non esiste\n",
        "No se ha podido entregar el mensaje\n\n<eva@example.org>: no existe\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        SCOPED(sample_end) struct sample sample = {0};
        struct report report = server_says(&sample, "?", texts[i]);
        EXPECT_INT(report.kind, REPORT_BOUNCE);
        expect_recipient(&report, 0, "eva@example.org", "", true);
    }
}

/* The one address that a server gives up on. */
static void expect_failed(const char *subject, const char *text, const char *address) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, subject, text);
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 1);
    if (report.recipient_count) EXPECT_TEXT(report.recipients[0].address, address);
}

TEST(those_who_got_the_letter_did_not_fail) {
    expect_failed("Undeliverable: Invoice", "Your message\n\n  To:      team@example.org\n  Cc:      max@example.org\n  Subject: Invoice\n"
                  "  Sent:    Mon, 4 May 2026 10:12\n\ndid not reach the following recipient(s):\n\n"
                  "eva@example.org on Mon, 4 May 2026 10:13\n    The recipient name is not recognized\n", "eva@example.org");
    expect_failed("Undeliverable: Invoice", "Your message\n\n  To: team@example.org\n\nDid not reach the following recipient: eva@example.org\n",
                  "eva@example.org");
    expect_failed("Mail Delivery Problem", "Your mail to eva@example.org could not be delivered, they take no mail from shop@shop.example.\n",
                  "eva@example.org");
    expect_failed("Mail delivery failed", "Mail from team@example.org could not be delivered to eva@example.org\n", "eva@example.org");
}

TEST(servers_mark_the_address_in_many_ways) {
    expect_failed("Permanent Delivery Failure", "The following addresses did NOT receive a copy of your message:\n\n> eva@example.org\n", "eva@example.org");
    expect_failed("Undeliverable: x", "Delivery has failed to these recipients:\n\n[eva@example.org]\n", "eva@example.org");
    expect_failed("Undeliverable: x", "did not reach the following recipient(s):\n\nc=AT;a= ;p=ACME;o=Wien;dda:SMTP=eva@example.org; on Monday\n",
                  "eva@example.org");
    expect_failed("Mail delivery failed", "The following address(es) failed:\n\n  an undisclosed address\n    (generated from eva@example.org)\n",
                  "eva@example.org");
    expect_failed("Processing Error", "Intended recipient: eva@example.org\n\nThe mail has been returned because it encountered an error.\n",
                  "eva@example.org");
    expect_failed("Mail delivery failure", "The message, addressed to 'eva@example.org', failed.\n\n---- START OF RETURNED MESSAGE ----\n"
                  "From: team@example.org\nTo: max@example.org\n", "eva@example.org");
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Undeliverable Mail", "Unknown user: eva@example.org\n\nRCPT TO generated following response:\n"
                                       "553 5.3.0 <eva@example.org>... Addressee unknown\n\nUnknown user: max@example.org\n");
    EXPECT_INT(report.recipient_count, 2);
}

TEST(words_say_that_nobody_is_there) {
    static const char *const texts[] = {
        "Unknown user: eva@example.org\n", "Your message was not delivered to:\n\n  eva@example.org\n\nbecause:\n\n  User eva (eva@example.org) not listed in Domino Directory\n",
        "Ihre Nachricht an eva@example.org konnte nicht zugestellt werden.\n\neva wurde bei example.org nicht gefunden.\n",
        "Échec de la remise de votre message à eva@example.org.\n\neva n’a pas été trouvé(e) sur example.org.\n",
        "Az üzenetet nem sikerült kézbesíteni: eva@example.org.\n\neva nem található.\n",
        "Could not be delivered to the following user:\n\n<eva@example.org>:\nThis user doesn't have a example.org account\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        SCOPED(sample_end) struct sample sample = {0};
        struct report report = server_says(&sample, "Undeliverable mail", texts[i]);
        EXPECT_INT(report.kind, REPORT_BOUNCE);
        expect_recipient(&report, 0, "eva@example.org", "", true);
    }
}

TEST(a_server_may_have_no_more_than_a_name) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "", "Undeliverable: eva@example.org", "Did not reach the following recipient: eva@example.org\n");
    sample.from.name = text_of("Postmaster");
    struct report report = mail_report_of(&sample.mem, &sample.letter, text_of("bounce@example.net"));
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    expect_recipient(&report, 0, "eva@example.org", "", false);
}

TEST(a_full_mailbox_in_words_is_not_permanent) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Unzustellbar: Rechnung",
        "<eva@example.org>: 552 Das Postfach ist voll\n");
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    expect_recipient(&report, 0, "eva@example.org", "", false);
}

TEST(a_subject_alone_needs_every_proof) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "robot@isp.example", "Mail delivery failed: returning message to sender", exim_text);
    EXPECT_INT(mail_report_of(&sample.mem, &sample.letter, (struct text){0}).kind, REPORT_BOUNCE);
    EXPECT_INT(person_says("Undelivered Mail Returned to Sender", "Was heißt das? Kann ich euch nicht schreiben?"),
               REPORT_NONE);
    EXPECT_INT(person_says("Undeliverable: parcel 4711", "My parcel could not be delivered to me@example.org. Why?"),
               REPORT_NONE);
}

TEST(people_talk_about_bounces) {
    EXPECT_INT(person_says("Meine Mail kam zurück", exim_text), REPORT_NONE);
    EXPECT_INT(person_says("Re: Undelivered Mail Returned to Sender", exim_text), REPORT_NONE);
    EXPECT_INT(person_says("WG: Mail delivery failed", exim_text), REPORT_NONE);
    EXPECT_INT(person_says("Mail delivery failed?", "I wrote to you and got:\n<info@shop.example>: 550 5.1.1 unknown\n"
                           "could not be delivered. Why?"), REPORT_NONE);
}

TEST(a_report_that_a_person_passes_on_is_none) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "ana@example.org", "Fwd: Undelivered Mail", "See below");
    sample.letter.media_type = text_of("multipart/mixed");
    sample.letter.status_fields = text_of("Final-Recipient: rfc822; a@x.de\nAction: failed\nStatus: 5.1.1\n");
    EXPECT_INT(mail_report_of(&sample.mem, &sample.letter, text_of("ana@example.org")).kind, REPORT_NONE);
    EXPECT_INT(mail_report_of(&sample.mem, &sample.letter, text_of("")).kind, REPORT_BOUNCE);
}

TEST(a_postmaster_may_answer_a_question) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "postmaster@example.org", "Re: Blocked", "Your mail could not be delivered, our list was wrong.");
    EXPECT_INT(mail_report_of(&sample.mem, &sample.letter, text_of("postmaster@example.org")).kind, REPORT_NONE);
}

TEST(a_vacation_is_no_report) {
    SCOPED(sample_end) struct sample sample = {0};
    sample.reference = text_of("<q1.2@shop.example>");
    sample.letter.in_reply_to = (struct mail_texts){1, &sample.reference};
    start(&sample, "eva@example.org", "Automatische Antwort: Bestellung",
          "Ich bin im Urlaub. Post, die nicht zugestellt werden kann, an max@example.org.");
    add_header(&sample, "Auto-Submitted", "auto-replied");
    EXPECT_INT(mail_report_of(&sample.mem, &sample.letter, text_of("")).kind, REPORT_NONE);
    sample.letter.subject = text_of("Bin nicht da");
    EXPECT_INT(mail_report_of(&sample.mem, &sample.letter, text_of("")).kind, REPORT_NONE);
}

TEST(other_letters_without_sender_are_no_reports) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "notify@shop.example", "Ihr Konto", "Ihr Kennwort wurde geändert. Fragen? help@shop.example");
    EXPECT_INT(mail_report_of(&sample.mem, &sample.letter, text_of("")).kind, REPORT_NONE);
}

TEST(a_report_without_addresses_is_still_a_bounce) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "Mail System Error", "Your message could not be delivered.");
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 0);
}

TEST(our_own_address_is_no_recipient) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = server_says(&sample, "failure notice",
        "Hello support@shop.example,\nyour message to eva@example.org could not be delivered.\n\n"
        "If in doubt ask\npostmaster@mx.example.net\n");
    EXPECT_INT(report.recipient_count, 1);
    expect_recipient(&report, 0, "eva@example.org", "", false);
}
