#include "wire/mail/forward.h"

#include "tests/test.h"

struct expected {
    const char *name, *address, *subject, *comment, *text;
};

static void expect_forward(const char *text, struct expected expected) {
    SCOPED(arena_free) struct arena mem = {0};
    struct mail_forward got = {0};
    EXPECT(forward_read(&mem, text_of(text), &got));
    EXPECT_TEXT(got.from.name, expected.name);
    EXPECT_TEXT(got.from.address, expected.address);
    EXPECT_TEXT(got.subject, expected.subject);
    EXPECT_TEXT(got.comment, expected.comment);
    EXPECT_TEXT(got.text, expected.text);
}

static void expect_none(const char *text) {
    SCOPED(arena_free) struct arena mem = {0};
    struct mail_forward got = {0};
    EXPECT(!forward_read(&mem, text_of(text), &got));
}

TEST(gmail_in_english) {
    expect_forward("Please handle.\n\n---------- Forwarded message ---------\nFrom: Ana Meyer <ana@example.org>\n"
                   "Date: Mon, 3 May 2026 at 10:12\nSubject: Invoice 17\nTo: <desk@example.com>\n\n\nHello,\n\nit is wrong.\n\nAna\n",
                   (struct expected){"Ana Meyer", "ana@example.org", "Invoice 17", "Please handle.", "Hello,\n\nit is wrong.\n\nAna"});
}

TEST(gmail_in_german_mixes_its_labels) {
    expect_forward("---------- Forwarded message ---------\nVon: Ana Meyer <ana@example.org>\nDate: Mo., 3. Mai 2026 um 10:12 Uhr\n"
                   "Subject: Rechnung\nTo: Max <max@example.com>\n\n\nHallo\n",
                   (struct expected){"Ana Meyer", "ana@example.org", "Rechnung", "", "Hallo"});
}

TEST(thunderbird_in_german) {
    expect_forward("Bitte übernehmen\n\n-------- Weitergeleitete Nachricht --------\nBetreff: \tRechnung\nDatum: \tMon, 3 May 2026 10:12:00 +0200\n"
                   "Von: \tAna Meyer <ana@example.org>\nAn: \tmax@example.com\n\n\n\nHallo Max\n",
                   (struct expected){"Ana Meyer", "ana@example.org", "Rechnung", "Bitte übernehmen", "Hallo Max"});
}

TEST(outlook_in_german_with_bold_labels) {
    expect_forward("FYI\n\n*Von:* Ana Meyer <ana@example.org<mailto:ana@example.org>>\n*Gesendet:* Montag, 3. Mai 2026 10:12\n*An:* Max\n"
                   "*Betreff:* Rechnung\n\nHallo\n",
                   (struct expected){"Ana Meyer", "ana@example.org", "Rechnung", "FYI", "Hallo"});
}

TEST(outlook_in_english_below_a_rule) {
    expect_forward("For you\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Ana <ana@example.org>\n"
                   "Sent: Monday, May 3, 2026 10:12:00 AM\nTo: Desk <desk@example.com>\nSubject: FW: Invoice\n\nHello\n",
                   (struct expected){"Ana", "ana@example.org", "FW: Invoice", "For you", "Hello"});
}

TEST(outlook_in_hungarian) {
    expect_forward("Feladó: Kovács Anna [mailto:anna@example.org]\nElküldve: 2026. május 3. 10:12\nCímzett: Ügyfélszolgálat\n"
                   "Másolatot kap: x@example.com\nTárgy: Számla\n\nJó napot!\n",
                   (struct expected){"Kovács Anna", "anna@example.org", "Számla", "", "Jó napot!"});
}

TEST(outlook_in_french_with_spaces_before_the_colon) {
    expect_forward("À traiter\n\n-----Message d'origine-----\nDe\u00A0: Anne Dupont <anne@example.org>\nEnvoyé\u00A0: lundi 3 mai 2026 10:12\n"
                   "À\u00A0: Service\nObjet\u00A0: Facture\n\nBonjour\n",
                   (struct expected){"Anne Dupont", "anne@example.org", "Facture", "À traiter", "Bonjour"});
}

TEST(apple_mail_in_german_quotes_the_letter) {
    expect_forward("Siehe unten\n\nVon meinem iPhone gesendet\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Ana Meyer <ana@example.org>\n"
                   "> Datum: 3. Mai 2026 um 10:12:00 MESZ\n> An: max@example.com\n> Betreff: Rechnung\n> \n> Hallo,\n> \n>> alt\n> Ana\n",
                   (struct expected){"Ana Meyer", "ana@example.org", "Rechnung", "Siehe unten", "Hallo,\n\n> alt\nAna"});
}

TEST(apple_mail_in_english) {
    expect_forward("Begin forwarded message:\n\nFrom: Ana Meyer <ana@example.org>\nSubject: Invoice\nDate: 3 May 2026 at 10:12:00 CEST\n"
                   "To: desk@example.com\n\nHello\n",
                   (struct expected){"Ana Meyer", "ana@example.org", "Invoice", "", "Hello"});
}

TEST(yahoo_italian_spanish_dutch_polish) {
    expect_forward("---------- Messaggio inoltrato ----------\nDa: Ana <ana@example.org>\nData: lun 3 mag 2026\nOggetto: Fattura\nA: b@example.org\n\nCiao\n",
                   (struct expected){"Ana", "ana@example.org", "Fattura", "", "Ciao"});
    expect_forward("De: Ana <ana@example.org>\nEnviado: lunes, 3 de mayo de 2026 10:12\nPara: b@example.org\nAsunto: Factura\n\nHola\n",
                   (struct expected){"Ana", "ana@example.org", "Factura", "", "Hola"});
    expect_forward("-------- Doorgestuurd bericht --------\nOnderwerp: Rekening\nDatum: ma 3 mei\nVan: Ana <ana@example.org>\nAan: b\n\nDag\n",
                   (struct expected){"Ana", "ana@example.org", "Rekening", "", "Dag"});
    expect_forward("Od: Ana <ana@example.org>\nWysłano: poniedziałek, 3 maja 2026 10:12\nDo: b\nTemat: Faktura\n\nWitam\n",
                   (struct expected){"Ana", "ana@example.org", "Faktura", "", "Witam"});
}

TEST(only_a_name_is_shown) {
    expect_forward("-----Ursprüngliche Nachricht-----\nVon: Meyer, Ana\nGesendet: Montag, 3. Mai 2026 10:12\nAn: Muster, Max\nBetreff: Rechnung\n\nHallo\n",
                   (struct expected){"Meyer, Ana", "", "Rechnung", "", "Hallo"});
}

TEST(only_an_address_is_shown) {
    expect_forward("From: ana@example.org<mailto:ana@example.org>\nSent: Monday\nTo: x\nSubject: y\n\nHello",
                   (struct expected){"", "ana@example.org", "y", "", "Hello"});
    expect_forward("From: ana@example.org (Ana Meyer)\nDate: Monday\nSubject: y\n\nHello",
                   (struct expected){"Ana Meyer", "ana@example.org", "y", "", "Hello"});
    expect_forward("From: \"ana@example.org\" <ana@example.org>\nDate: Monday\nSubject: y\n\nHello",
                   (struct expected){"", "ana@example.org", "y", "", "Hello"});
}

TEST(headers_broken_over_lines) {
    expect_forward("---------- Forwarded message ---------\nFrom: Ana Meyer\n <ana@example.org>\nDate: Monday\nTo: a@example.com, b@example.com,\n"
                   "  c@example.com\nSubject: A subject that is so long that the program has broken it\n over two lines\n\nHello",
                   (struct expected){"Ana Meyer", "ana@example.org", "A subject that is so long that the program has broken it over two lines", "",
                                     "Hello"});
}

TEST(without_a_subject_or_a_text) {
    expect_forward("---------- Forwarded message ---------\nFrom: Ana <ana@example.org>\nDate: Monday\n", (struct expected){"Ana", "ana@example.org", "", "", ""});
    expect_forward("-------- Original Message --------\n\nHello\n", (struct expected){"", "", "", "", "Hello"});
}

TEST(the_first_of_several_blocks_counts) {
    expect_forward("Von: Ana <ana@example.org>\nGesendet: Montag 10:12\nBetreff: WG: x\n\nSiehe unten\n\nVon: Ben <ben@example.org>\nGesendet: Sonntag 9:00\n"
                   "Betreff: x\n\nHallo",
                   (struct expected){"Ana", "ana@example.org", "WG: x",
                                     "", "Siehe unten\n\nVon: Ben <ben@example.org>\nGesendet: Sonntag 9:00\nBetreff: x\n\nHallo"});
}

TEST(the_signature_of_the_forwarder_is_no_comment) {
    expect_forward("Bitte antworten.\n\n-- \nMax Muster\nACME GmbH\n\n-------- Weitergeleitete Nachricht --------\nVon: Ana <ana@example.org>\nBetreff: x\n\nHallo\n-- \nAna",
                   (struct expected){"Ana", "ana@example.org", "x", "Bitte antworten.", "Hallo\n-- \nAna"});
    expect_forward("-- \nMax Muster\n\n-------- Weitergeleitete Nachricht --------\nVon: Ana <ana@example.org>\nBetreff: x\n\nHallo",
                   (struct expected){"Ana", "ana@example.org", "x", "", "Hallo"});
}

TEST(ordinary_letters_are_no_forwards) {
    expect_none("");
    expect_none("Hello,\n\nfrom: the beginning I said it.\nTo: be or not.\n");
    expect_none("From: Vienna\nTo: Graz\nDate: Monday\n\nHow much is it?");
    expect_none("Am 03.05.2026 um 10:12 schrieb Ana:\n> Hallo\n");
    expect_none("Betreff: Rechnung\n\nHallo");
}
