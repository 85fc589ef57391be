#include "wire/mail/mime.h"
#include "wire/mail/report.h"

#include "tests/test.h"

/* A letter by hand. */
struct sample {
    struct arena mem;
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
    letter->from = (struct mail_addresses){1, &sample->from};
    letter->to = (struct mail_addresses){1, &sample->to};
    letter->subject = text_of(subject);
    letter->text = text_of(text);
}

/* multipart/report of a server, as RFC 3464 wants it. */
static struct report fields_say(struct sample *sample, const char *fields) {
    start(sample, "MAILER-DAEMON@mx.example.net", "Undelivered Mail Returned to Sender", "");
    sample->letter.media_type = text_of("multipart/report");
    sample->letter.report_type = text_of("delivery-status");
    sample->letter.status_fields = text_of(fields);
    return mail_report_of(&sample->mem, &sample->letter, text_of(""));
}

static const char eva_failed[] = "Final-Recipient: rfc822; eva@example.org\nAction: failed\nStatus: 5.1.1\n";

static void expect_recipient(const struct report *report, size_t index, const char *address, const char *status,
                             bool permanent) {
    EXPECT(report->recipient_count > index);
    if (report->recipient_count <= index) return;
    EXPECT_TEXT(report->recipients[index].address, address);
    EXPECT_TEXT(report->recipients[index].status, status);
    EXPECT_INT(report->recipients[index].permanent, permanent);
}

TEST(an_empty_letter_is_no_report) {
    SCOPED(arena_free) struct arena mem = {0};
    struct letter empty = {0};
    struct report report = mail_report_of(&mem, &empty, (struct text){0});
    EXPECT_INT(report.kind, REPORT_NONE);
    EXPECT_TEXT(report.original_id, "");
}

TEST(a_failed_recipient_is_a_bounce) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Reporting-MTA: dns; mx.example.net\nArrival-Date: Mon, 1 Jun 2026 10:00:00 +0200\n\n"
        "Final-Recipient: rfc822; Eva@Example.org\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <eva@example.org>: user unknown\n");
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 1);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
    EXPECT_TEXT(report.recipients[0].detail, "550 5.1.1 <eva@example.org>: user unknown");
}

TEST(folded_lines_and_crlf_are_read) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822;\r\n <eva@example.org>\r\nAction: Failed\r\n"
        "Status: 5.7.1 (not allowed)\r\nDiagnostic-Code: smtp; 550-5.7.1 We do not\r\n\tlike\r\n   this\r\n");
    expect_recipient(&report, 0, "eva@example.org", "5.7.1", true);
    EXPECT_TEXT(report.recipients[0].detail, "550-5.7.1 We do not like this");
}

TEST(each_recipient_has_its_own_group) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@x.de\nAction: failed\nStatus: 5.1.1\n\n\n"
        "Final-Recipient: rfc822; b@x.de\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; c@x.de\nAction: failed\nStatus: 4.4.1\n");
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    EXPECT_INT(report.recipient_count, 2);
    expect_recipient(&report, 0, "a@x.de", "5.1.1", true);
    expect_recipient(&report, 1, "c@x.de", "4.4.1", false);
}

TEST(groups_are_told_apart_without_a_blank_line) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Final-Recipient: rfc822; a@x.de\nAction: failed\nStatus: 5.1.1\n"
        "Final-Recipient: rfc822; b@x.de\nAction: failed\nStatus: 5.1.2\n");
    EXPECT_INT(report.recipient_count, 2);
    expect_recipient(&report, 1, "b@x.de", "5.1.2", true);
}

TEST(the_address_we_wrote_to_comes_first) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Original-Recipient: rfc822;eva+2Bshop@example.org\nFinal-Recipient: rfc822;eva@inner.example\n"
        "Action: failed\nStatus: 5.1.1\n");
    expect_recipient(&report, 0, "eva+shop@example.org", "5.1.1", true);
}

TEST(a_tag_that_looks_like_xtext_stays) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Original-Recipient: rfc822;eva+2024@example.org\nAction: failed\nStatus: 5.1.1\n\n"
        "Original-Recipient: utf-8;zo\\x{EB}@example.org\nAction: failed\nStatus: 5.1.1\n");
    expect_recipient(&report, 0, "eva+2024@example.org", "5.1.1", true);
    expect_recipient(&report, 1, "zoë@example.org", "5.1.1", true);
}

TEST(a_letter_that_still_waits_is_a_delay) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@x.de\nAction: delayed\nStatus: 4.4.1\n"
        "Will-Retry-Until: Fri, 5 Jun 2026 10:00:00 +0200\n");
    EXPECT_INT(report.kind, REPORT_DELAY);
    expect_recipient(&report, 0, "a@x.de", "4.4.1", false);
}

TEST(delivered_relayed_and_expanded_are_delivered) {
    static const char *const actions[] = {"delivered", "relayed", "expanded"};
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        SCOPED(sample_end) struct sample sample = {0};
        struct text fields = text_printf(&sample.mem, "Final-Recipient: rfc822; a@x.de\nAction: %s\nStatus: 2.1.5\n",
                                         actions[i]);
        EXPECT_INT(fields_say(&sample, fields.data).kind, REPORT_DELIVERED);
    }
}

TEST(a_full_mailbox_is_not_permanent) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Final-Recipient: rfc822; a@x.de\nAction: failed\nStatus: 5.2.2\n\n"
        "Final-Recipient: rfc822; b@x.de\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 552 Mailbox full, over quota\n");
    expect_recipient(&report, 0, "a@x.de", "5.2.2", false);
    expect_recipient(&report, 1, "b@x.de", "5.0.0", false);
}

TEST(a_vague_status_gives_way_to_the_diagnostic) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample,
        "Final-Recipient: rfc822; a@x.de\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound from 10.5.1.1\n");
    expect_recipient(&report, 0, "a@x.de", "5.1.10", true);
}

TEST(without_an_action_the_status_decides) {
    SCOPED(sample_end) struct sample sample = {0}, other = {0};
    EXPECT_INT(fields_say(&sample, "Final-Recipient: rfc822; a@x.de\nStatus: 4.0.0\n").kind, REPORT_DELAY);
    EXPECT_INT(fields_say(&other, "Final-Recipient: rfc822; a@x.de\nStatus: 5.1.1\n").kind, REPORT_BOUNCE);
    arena_free(&other.mem);
}

TEST(a_hundred_recipients_are_enough) {
    SCOPED(sample_end) struct sample sample = {0};
    struct buffer fields = {.mem = &sample.mem};
    for (int i = 0; i < 300; i++)
        buffer_printf(&fields, "Final-Recipient: rfc822; p%d@x.de\nAction: failed\nStatus: 5.1.1\n\n", i);
    EXPECT_INT(fields_say(&sample, buffer_text(&fields).data).recipient_count, 100);
}

TEST(the_returned_headers_name_the_letter) {
    SCOPED(sample_end) struct sample sample = {0};
    sample.letter.returned_headers = text_of(
        "Received: by mx\r\nFrom: Support <support@shop.example>\r\nReply-To: <support+tabc@shop.example>\r\n"
        "Message-ID:\r\n <q1.2@shop.example>\r\nTo: eva@example.org\r\n");
    struct report report = fields_say(&sample, eva_failed);
    EXPECT_TEXT(report.original_id, "<q1.2@shop.example>");
    EXPECT_TEXT(report.original_to, "support+tabc@shop.example");
}

TEST(otherwise_the_bounces_own_references_do) {
    SCOPED(sample_end) struct sample sample = {0};
    sample.reference = text_of("<q1.2@shop.example>");
    sample.letter.references = (struct mail_texts){1, &sample.reference};
    struct report report = fields_say(&sample, eva_failed);
    EXPECT_TEXT(report.original_id, "<q1.2@shop.example>");
    EXPECT_TEXT(report.original_to, "support@shop.example");
}

TEST(a_complaint_is_feedback) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "feedback@isp.example", "Abuse report", "This is an abuse report.");
    sample.letter.media_type = text_of("multipart/report");
    sample.letter.report_type = text_of("feedback-report");
    sample.letter.status_fields = text_of("Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\n"
                                          "Original-Mail-From: <support@shop.example>\n"
                                          "Original-Rcpt-To: <Eva@example.org>\nReported-Domain: shop.example\n");
    sample.letter.returned_headers = text_of("Message-ID: <q1.2@shop.example>\n");
    struct report report = mail_report_of(&sample.mem, &sample.letter, text_of("feedback@isp.example"));
    EXPECT_INT(report.kind, REPORT_FEEDBACK);
    expect_recipient(&report, 0, "eva@example.org", "", false);
    EXPECT_TEXT(report.recipients[0].detail, "abuse");
    EXPECT_TEXT(report.original_id, "<q1.2@shop.example>");
}

TEST(an_opt_out_names_who_wants_no_more_mail) {
    SCOPED(sample_end) struct sample sample = {0};
    struct report report = fields_say(&sample, "Feedback-Type: opt-out\nRemoval-Recipient: eva@example.org\n");
    EXPECT_INT(report.kind, REPORT_FEEDBACK);
    expect_recipient(&report, 0, "eva@example.org", "", false);
}

TEST(a_read_receipt_is_a_receipt) {
    SCOPED(sample_end) struct sample sample = {0};
    start(&sample, "eva@example.org", "Gelesen: Ihre Bestellung", "Ihre Nachricht wurde gelesen.");
    sample.letter.media_type = text_of("multipart/report");
    sample.letter.report_type = text_of("disposition-notification");
    sample.letter.status_fields = text_of(
        "Reporting-UA: pc; Mailer\r\nOriginal-Recipient: rfc822;eva@example.org\r\n"
        "Final-Recipient: rfc822;eva@example.org\r\nOriginal-Message-ID: <q1.2@shop.example>\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n");
    struct report report = mail_report_of(&sample.mem, &sample.letter, text_of("eva@example.org"));
    EXPECT_INT(report.kind, REPORT_RECEIPT);
    EXPECT_TEXT(report.original_id, "<q1.2@shop.example>");
    expect_recipient(&report, 0, "eva@example.org", "", false);
}

TEST(a_receipt_may_refuse_a_letter) {
    SCOPED(sample_end) struct sample sample = {0};
    static const struct mail_header refused = {{"Auto-Submitted", 14}, {"auto-replied (rejected)", 23}};
    start(&sample, "postmaster@example.net", "Automatically rejected mail", "");
    sample.letter.media_type = text_of("multipart/report");
    sample.letter.headers = &refused;
    sample.letter.header_count = 1;
    sample.letter.status_fields = text_of("Final-Recipient: rfc822; eva@example.org\nDisposition: automatic-action/MDN-sent-automatically; deleted\n");
    struct report report = mail_report_of(&sample.mem, &sample.letter, text_of(""));
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    expect_recipient(&report, 0, "eva@example.org", "", false);
}

TEST(a_report_inside_a_report_is_read) {
    SCOPED(sample_end) struct sample sample = {0};
    static const char inner[] = "From: postmaster@example.net\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                                "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
                                "Reporting-MTA: dns; example.net\n\nFinal-Recipient: rfc822; eva@example.org\nAction: failed\nStatus: 5.1.1\n--b--\n";
    const struct mail_part part = {.media_type = text_of("message/rfc822"), .bytes = text_of(inner)};
    start(&sample, "postmaster@example.net", "Delivery Status Notification (Failure)", "");
    sample.letter.parts = &part;
    sample.letter.part_count = 1;
    mail_start();
    struct report report = mail_report_of(&sample.mem, &sample.letter, text_of(""));
    EXPECT_INT(report.kind, REPORT_BOUNCE);
    expect_recipient(&report, 0, "eva@example.org", "5.1.1", true);
}
