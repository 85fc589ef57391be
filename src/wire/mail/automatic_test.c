#include "wire/mail/automatic.h"

#include "tests/test.h"

#define HEADERS 8

/* A letter by hand: headers as "Name: value" lines. */
struct sample {
    struct mail_header headers[HEADERS];
    struct mail_address from, reply_to;
    struct text reference;
    struct letter letter;
};

static struct letter *sample_letter(struct sample *sample, const char *from, const char *subject, const char *headers) {
    struct text rest = text_of(headers), line;
    struct letter *letter = &sample->letter;
    for (; text_next_line(&rest, &line); letter->header_count++) {
        size_t colon = text_find_char(line, ':');
        struct text value = text_trim(text_skip(line, colon + 1));
        sample->headers[letter->header_count] = (struct mail_header){text_slice(line, 0, colon), value};
    }
    letter->headers = sample->headers;
    sample->from = (struct mail_address){text_of(""), text_of(from)};
    letter->from = (struct mail_addresses){1, &sample->from};
    letter->subject = text_of(subject);
    return letter;
}

static void make_reply(struct sample *sample) {
    sample->reference = text_of("<frage.1@example.org>");
    sample->letter.in_reply_to = (struct mail_texts){1, &sample->reference};
}

static enum mail_origin origin_of(const char *from, const char *subject, const char *headers) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    return mail_automatic_of(&mem, sample_letter(&sample, from, subject, headers), (struct text){0}).origin;
}

static enum mail_origin headers_say(const char *headers) {
    return origin_of("ana@example.org", "Meine Bestellung", headers);
}

static enum mail_origin subject_says(const char *subject) {
    return origin_of("ana@example.org", subject, "");
}

TEST(a_letter_without_marks_is_a_persons) {
    SCOPED(arena_free) struct arena mem = {0};
    struct letter empty = {0};
    EXPECT_INT(headers_say("X-Mailer: Outlook\nReturn-Path: <ana@example.org>"), ORIGIN_PERSON);
    struct mail_automatic found = mail_automatic_of(&mem, &empty, (struct text){0});
    EXPECT_INT(found.origin, ORIGIN_PERSON);
    EXPECT_TEXT(found.reason, "");
}

TEST(auto_submitted_counts_unless_it_says_no) {
    EXPECT_INT(headers_say("Auto-Submitted: auto-generated"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("auto-submitted: AUTO-NOTIFIED; owner-email=\"ana@example.org\""), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("Auto-Submitted: auto-replied"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("Auto-Submitted: no"), ORIGIN_PERSON);
    EXPECT_INT(headers_say("Auto-Submitted: No; why=human"), ORIGIN_PERSON);
    EXPECT_INT(headers_say("Auto-Submitted: (by hand) no (really)"), ORIGIN_PERSON);
}

TEST(the_reason_names_the_header) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    struct letter *letter = sample_letter(&sample, "ana@example.org", "x", "Auto-Submitted: auto-generated; a=b");
    EXPECT_TEXT(mail_automatic_of(&mem, letter, (struct text){0}).reason, "Auto-Submitted: auto-generated");
}

TEST(auto_replied_with_a_vacations_marks_is_a_vacation) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    struct letter *letter = sample_letter(&sample, "ana@example.org", "Auto: Rechnung", "Auto-Submitted: auto-replied");
    EXPECT_INT(mail_automatic_of(&mem, letter, (struct text){0}).origin, ORIGIN_MACHINE);
    make_reply(&sample);
    EXPECT_INT(mail_automatic_of(&mem, letter, (struct text){0}).origin, ORIGIN_VACATION);
    EXPECT_INT(headers_say("Auto-Submitted: auto-replied (vacation)"), ORIGIN_VACATION);
    EXPECT_INT(origin_of("a@b.de", "Re: Out of Office", "Auto-Submitted: auto-replied"), ORIGIN_VACATION);
}

TEST(a_vacation_sent_with_precedence_bulk_stays_a_vacation) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    struct letter *letter = sample_letter(&sample, "ana@example.org", "Auto: Rechnung",
                                          "Precedence: bulk\nAuto-Submitted: auto-replied\nList-Id: <x.example.org>");
    make_reply(&sample);
    EXPECT_INT(mail_automatic_of(&mem, letter, text_of("")).origin, ORIGIN_VACATION);
    EXPECT_INT(origin_of("a@b.de", "Automatische Antwort: Rechnung", "Precedence: bulk"), ORIGIN_VACATION);
}

TEST(autoreply_headers_are_vacations) {
    static const char *const lines[] = {
        "X-Autoreply: yes", "X-Autorespond: away", "X-Auto-Reply: 1", "X-Mail-Autoreply: on",
        "X-Autoreply-From: a@b.de", "Precedence: auto_reply", "X-Autoresponder: on",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) EXPECT_INT(headers_say(lines[i]), ORIGIN_VACATION);
    EXPECT_INT(headers_say("X-Autoreply: no"), ORIGIN_PERSON);
}

TEST(a_vacations_subject_counts_alone_at_the_beginning) {
    static const char *const subjects[] = {
        "Automatische Antwort: Ihre Bestellung", "Abwesenheitsnotiz", "Automatic reply: Hello", "OUT OF OFFICE: Hello",
        "Out of Office AutoReply: Hello", "Autosvar: Hej", "Réponse automatique : Bonjour", "RÉPONSE AUTOMATIQUE: x",
        "Automatikus válasz: Szia", "Risposta automatica: Ciao", "Respuesta automática: Hola",
        "Abwesenheitsnotiz (bis 3.5.)", "Automatisch antwoord: Hoi",
        "Автоматический ответ: Привет", " Out of Office - Ana",
        "AUTO: Meyer, Ana is out of the office. (returning 05/01/2026)", "AUTO: Ana Meyer ist außer Haus (Rückkehr am 05.01.2026)",
    };
    for (size_t i = 0; i < COUNT_OF(subjects); i++) EXPECT_INT(subject_says(subjects[i]), ORIGIN_VACATION);
}

TEST(people_may_speak_of_vacations) {
    EXPECT_INT(subject_says("Re: Automatische Antwort: Ihre Bestellung"), ORIGIN_PERSON);
    EXPECT_INT(subject_says("Out of office next week, who takes over?"), ORIGIN_PERSON);
    EXPECT_INT(subject_says("Wie stelle ich die Abwesenheitsnotiz ein?"), ORIGIN_PERSON);
    EXPECT_INT(subject_says("Autosvarende Telefon"), ORIGIN_PERSON);
    EXPECT_INT(origin_of("a@b.de", "Re: Out of Office: Hi", "List-Id: <talk.example.org>"), ORIGIN_LIST);
}

TEST(elsewhere_in_the_subject_another_mark_is_needed) {
    const char *subject = "Re: Hello (Out of Office)";
    EXPECT_INT(origin_of("a@b.de", subject, ""), ORIGIN_PERSON);
    EXPECT_INT(origin_of("a@b.de", subject, "X-Auto-Response-Suppress: DR, RN"), ORIGIN_VACATION);
    EXPECT_INT(origin_of("a@b.de", subject, "X-MS-Exchange-Inbox-Rules-Loop: a@b.de"), ORIGIN_VACATION);
    EXPECT_INT(origin_of("a@b.de", "Ana: Abwesenheitsnotiz", "Auto-Submitted: auto-generated"), ORIGIN_VACATION);
}

TEST(exchange_suppression_counts_for_some_values) {
    EXPECT_INT(headers_say("X-Auto-Response-Suppress: All"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("X-Auto-Response-Suppress: DR, OOF, AutoReply"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("X-Auto-Response-Suppress: rn,autoreply"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("X-Auto-Response-Suppress: DR, RN, NRN"), ORIGIN_PERSON);
    EXPECT_INT(headers_say("X-Auto-Response-Suppress: None"), ORIGIN_PERSON);
}

TEST(lists_are_lists) {
    EXPECT_INT(headers_say("List-Id: Talk <talk.example.org>"), ORIGIN_LIST);
    EXPECT_INT(headers_say("List-Unsubscribe: <https://example.org/u>"), ORIGIN_LIST);
    EXPECT_INT(headers_say("List-Post: <mailto:talk@example.org>"), ORIGIN_LIST);
    EXPECT_INT(headers_say("Precedence: LIST"), ORIGIN_LIST);
    EXPECT_INT(headers_say("X-MLServer: fml [fml 4.0.3]"), ORIGIN_LIST);
    EXPECT_INT(headers_say("X-BeenThere: talk@example.org"), ORIGIN_LIST);
    EXPECT_INT(headers_say("Precedence: bulk"), ORIGIN_LIST);
    EXPECT_INT(headers_say("Precedence: junk"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("Precedence: first-class"), ORIGIN_PERSON);
    EXPECT_INT(headers_say("Feedback-ID: 1:shop:mail"), ORIGIN_PERSON);
}

TEST(programs_name_themselves) {
    EXPECT_INT(headers_say("X-Theke-Loop: support"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("X-FC-MachineGenerated: true"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("X-Autogenerated: Reply"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("X-MS-Exchange-Inbox-Rules-Loop: ana@example.org"), ORIGIN_PERSON);
}

TEST(nobody_answers_to_the_empty_sender) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    struct letter *letter = sample_letter(&sample, "ana@example.org", "Hallo", "");
    EXPECT_INT(mail_automatic_of(&mem, letter, text_of("")).origin, ORIGIN_MACHINE);
    EXPECT_INT(mail_automatic_of(&mem, letter, text_of("<>")).origin, ORIGIN_MACHINE);
    EXPECT_INT(mail_automatic_of(&mem, letter, text_of("ana@example.org")).origin, ORIGIN_PERSON);
    EXPECT_INT(headers_say("Return-Path: <>"), ORIGIN_MACHINE);
    EXPECT_INT(headers_say("Return-Path:"), ORIGIN_MACHINE);
}

TEST(bounces_are_no_vacations) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    struct letter *letter = sample_letter(&sample, "ana@example.org", "Hallo", "Auto-Submitted: auto-replied");
    make_reply(&sample);
    letter->media_type = text_of("multipart/report");
    EXPECT_INT(mail_automatic_of(&mem, letter, (struct text){0}).origin, ORIGIN_MACHINE);
    EXPECT_INT(origin_of("MAILER-DAEMON@mx.example.org", "Re: x", "X-Autoreply: yes"), ORIGIN_MACHINE);
    EXPECT_INT(origin_of("postmaster@example.org", "Hi", ""), ORIGIN_MACHINE);
}

TEST(no_reply_needs_another_mark) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    EXPECT_INT(origin_of("noreply@example.org", "Contact form", ""), ORIGIN_PERSON);
    EXPECT_INT(origin_of("noreply@example.org", "Login", "X-Auto-Response-Suppress: DR"), ORIGIN_MACHINE);
    struct letter *form = sample_letter(&sample, "noreply@example.org", "Form", "X-Auto-Response-Suppress: DR");
    form->reply_to = (struct mail_addresses){1, &sample.reply_to};
    EXPECT_INT(mail_automatic_of(&mem, form, (struct text){0}).origin, ORIGIN_PERSON);
}

TEST(addresses_that_nobody_reads) {
    static const char *const machines[] = {
        "no-reply@example.org", "noreply@example.org", "NoReply@example.org", "no_reply@x.de", "no.reply@x.de",
        "do-not-reply@x.de", "donotreply@x.de", "do_not_reply@x.de", "nicht-antworten@x.de", "keine-antwort@x.de",
        "bitte-nicht-antworten@x.de", "MAILER-DAEMON@x.de", "mailer-daemon", "postmaster@x.de", "bounce@x.de",
        "bounces@x.de", "bounce+abc@x.de", "bounces+1-ana=x.de@y.de", "bounces-123@x.de", "talk-bounces@x.de",
        "msprvs1=18=bounces-5@x.de", "noreply-abc@x.de", "notifications-noreply@x.de", "noreply+tag@x.de",
        "noreply2@x.de", "ne-valaszoljon@x.hu", "ne-válaszolj@x.hu",
    };
    for (size_t i = 0; i < COUNT_OF(machines); i++)
        expect_at(__FILE__, __LINE__, mail_address_is_machine(text_of(machines[i])), "%s", machines[i]);
}

TEST(addresses_that_somebody_reads) {
    static const char *const people[] = {
        "reply@example.org", "replies@x.de", "ana@noreply.example.org", "ana+noreply@x.de", "info@x.de",
        "casino.reply@x.de", "bounce.house@x.de", "bouncer@x.de", "arno.replyson@x.de", "", "@x.de",
        "antwort@x.de", "webpostmaster@x.de",
    };
    for (size_t i = 0; i < COUNT_OF(people); i++)
        expect_at(__FILE__, __LINE__, !mail_address_is_machine(text_of(people[i])), "%s", people[i]);
}

/* What the words alone tell, in a reply without any mark. */
static enum mail_origin words_say(const char *text) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    struct letter *letter = sample_letter(&sample, "ana@example.org", "Re: Ihre Anfrage", "");
    make_reply(&sample);
    letter->text = text_of(text);
    return mail_automatic_of(&mem, letter, (struct text){0}).origin;
}

TEST(absences_without_any_header) {
    static const char *const texts[] = {
        "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Ich bin bis einschließlich 12. Mai nicht im\nBüro. Ihre E-Mail wird nicht weitergeleitet.\n\nAna",
        "Ich bin im Urlaub und ab dem 3. Juni wieder für Sie da. In dringenden Fällen hilft Frau Huber.",
        "Tisztelt Ügyfelünk!\n\nKöszönöm levelét. Május 12-ig szabadságon vagyok.\n\nÜdvözlettel\nAna",
        "Jelenleg házon kívül vagyok, visszatérésem után válaszolok. Sürgős ügyben hívja a kollégámat.",
        "Bonjour,\n\nje suis absent du bureau jusqu'au 12 mai. En cas d'urgence, appelez Mme Dupont.",
        "Merci pour votre message. Je suis en congés et de retour le 3 juin.",
        "Thank you for your email. I am out of the office until May 12 with limited access to email.",
        "AUTO: I am out of the office until 12 May.\n\nNote: This is an automated response to your message.",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect_at(__FILE__, __LINE__, words_say(texts[i]) == ORIGIN_VACATION, "%s", texts[i]);
}

TEST(programs_say_that_they_are_programs) {
    EXPECT_INT(words_say("Ihr Auftrag ist da.\n\nDies ist eine automatisch generierte E-Mail, bitte antworten Sie nicht auf diese Nachricht."), ORIGIN_MACHINE);
    EXPECT_INT(words_say("Your order was shipped. This is an automated message."), ORIGIN_MACHINE);
    EXPECT_INT(words_say("Ez egy automatikus üzenet, kérjük, ne válaszoljon erre."), ORIGIN_MACHINE);
}

TEST(a_server_may_look_like_a_person) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sample sample = {0};
    struct letter *letter = sample_letter(&sample, "gateway@example.org", "Delivery failure notification", "");
    letter->text = text_of("Your message could not be delivered to the following recipients:\n\neva@example.org\n");
    EXPECT_INT(mail_automatic_of(&mem, letter, (struct text){0}).origin, ORIGIN_MACHINE);
    letter->text = text_of("My letters to you could not be delivered. What can I do?");
    EXPECT_INT(mail_automatic_of(&mem, letter, (struct text){0}).origin, ORIGIN_PERSON);
}

TEST(people_tell_of_their_absence_too) {
    static const char *const texts[] = {
        "Ich bin ab morgen im Urlaub. Können Sie das Paket danach liefern?",
        "Danke für Ihre Antwort. Ich bin bis zum Freitag nicht erreichbar, geht es danach?",
        "My order has not arrived. I am on vacation until Monday, please call me on my mobile.",
        "Your automatic reply said that you are out of the office until Monday. Who can help me?",
        "Szabadságon leszek, kérem, utána szállítsanak.",
        "Danke!\n\nAm 3.5.2026 um 10:12 schrieb Shop <shop@example.org>:\n> Dies ist eine automatisch generierte E-Mail.\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect_at(__FILE__, __LINE__, words_say(texts[i]) == ORIGIN_PERSON, "%s", texts[i]);
}
