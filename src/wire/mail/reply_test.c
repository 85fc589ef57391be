/* Replies as mail programs write them, and sentences that only look like theirs. */
#include "wire/mail/reply.h"

#include "tests/test.h"

static void expect_split(const char *text, bool is_reply, const char *visible) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(reply_split(&mem, text_of(text), is_reply).visible, visible);
}

/* What of a reply is shown. */
static void expect_reply(const char *text, const char *visible) {
    expect_split(text, true, visible);
}

static void expect_first(const char *text, const char *visible) {
    expect_split(text, false, visible);
}

/* "Danke!" above what a program adds: only that is shown. */
static void expect_folded(const char *added) {
    SCOPED(arena_free) struct arena mem = {0};
    expect_reply(text_string(&mem, text_printf(&mem, "Danke!\n\n%s", added)), "Danke!");
    expect_reply(text_string(&mem, text_printf(&mem, "Sehr geehrte Frau Meyer,\n\nja, gerne.\n\nMax Muster\n%s", added)),
                 "Sehr geehrte Frau Meyer,\n\nja, gerne.\n\nMax Muster");
}

/* A sentence that is shown as a whole, in the midst of a letter. */
static void expect_kept(const char *sentence) {
    SCOPED(arena_free) struct arena mem = {0};
    const char *text = text_string(&mem, text_printf(&mem, "Guten Tag,\n\n%s\n\nBitte um Antwort.\n\nMax", sentence));
    expect_reply(text, text);
}

TEST(gmail_in_german) {
    expect_folded("Am Mo., 3. Mai 2026 um 10:12 Uhr schrieb Ana Meyer <ana@example.org>:\n\n> Hallo,\n> hier die Rechnung.\n");
    expect_folded("Am Mo., 3. Mai 2026 um 10:12 Uhr schrieb Ana Meyer <\nana@example.org>:\n\n> Hallo,\n>\n> Ana\n>\n");
    expect_folded("Am Mo., 3. Mai 2026 um 10:12 Uhr schrieb Ana Meyer von der Firma ACME <\nana.meyer.kundendienst@\nexample.org>:\n> Hallo\n");
    expect_folded("Ana Meyer <ana@example.org> schrieb am Mo., 3. Mai 2026, 10:12:\n\n> Hallo\n");
    expect_folded("Ana Meyer <ana.meyer@kundendienst.example.org> schrieb am Mo., 3. Mai 2026,\n10:12:\n\n> Hallo\n");
}

TEST(gmail_in_english) {
    expect_folded("On Mon, 3 May 2026 at 10:12, Ana <ana@example.org> wrote:\n\n> Hello\n");
    expect_folded("On Mon, May 3, 2026 at 10:12\u202FAM Ana Meyer <ana@example.org> wrote:\n\n> Hello\n> there\n");
    expect_folded("On Mon, May 3, 2026 at 10:12 AM Ana Meyer from the service <\nana@example.org> wrote:\n\n> Hello\n");
    expect_folded("On Mon, May 3, 2026 at 10:12 AM\nAna Meyer <ana@example.org>\nwrote:\n\n> Hello\n");
    expect_folded("On Mon, May 3, 2026, 10:12 AM Ana <ana@example.org> wrote:\n\nHello, not quoted\n");
}

TEST(gmail_in_hungarian) {
    expect_folded("Ana Meyer <ana@example.org> ezt írta (időpont: 2026. máj. 3., V, 10:12):\n\n> Jó napot\n");
    expect_folded("Ana Meyer <ana@example.org> ezt írta (időpont: 2026. máj.\n3., V, 10:12):\n\n> Jó napot\n");
    expect_folded("Kovácsné Nagy Annamária <annamaria@example.org> ezt írta (időpont:\n2026. máj. 3., V, 10:12):\n\nJó napot\n");
}

TEST(gmail_in_french) {
    expect_folded("Le lun. 3 mai 2026 à 10:12, Ana Meyer <ana@example.org> a écrit :\n\n> Bonjour\n");
    expect_folded("Le lun. 3 mai 2026 à 10:12, Ana Meyer <ana@example.org> a écrit\u00A0:\n\n> Bonjour\n");
    expect_folded("Le lun. 3 mai 2026 à 10:12, Ana Meyer <ana@example.org> a\nécrit\u202F:\n\n> Bonjour\n");
}

TEST(gmail_in_other_languages) {
    expect_folded("Il giorno lun 3 mag 2026 alle ore 10:12 Ana <ana@example.org> ha scritto:\n\n> Ciao\n");
    expect_folded("El lun, 3 may 2026 a las 10:12, Ana (<ana@example.org>) escribió:\n\n> Hola\n");
    expect_folded("Op ma 3 mei 2026 om 10:12 schreef Ana <ana@example.org>:\n\n> Dag\n");
    expect_folded("pon., 3 maj 2026 o 10:12 Ana <ana@example.org> napisał(a):\n\n> Witam\n");
    expect_folded("W dniu pon., 3.05.2026 o 10:12 Ana <ana@example.org> napisał(a):\n\n> Witam\n");
    expect_folded("Em seg., 3 de mai. de 2026 às 10:12, Ana <ana@example.org> escreveu:\n\n> Ola\n");
    expect_folded("2026-05-03 10:12 GMT+02:00 Ana Meyer <ana@example.org>:\n\n> Hallo\n");
}

TEST(apple_mail) {
    expect_folded("Am 03.05.2026 um 10:12 schrieb Ana Meyer <ana@example.org>:\n\n> Hallo\n");
    expect_folded("> Am 03.05.2026 um 10:12 schrieb Ana Meyer <ana@example.org>:\n> \n> Hallo\n");
    expect_folded("> On 3 May 2026, at 10:12, Ana Meyer <ana@example.org> wrote:\n> \n> \uFEFFHello\n");
    expect_folded("Am 3. Mai 2026 um 10:12:13 MESZ schrieb Ana Meyer:\n\n> Hallo\n");
    expect_folded("Ana Meyer <ana@example.org> írta (2026. máj. 3. dátummal, 10:12 időpontban):\n\n> Jó napot\n");
    expect_folded("Le 3 mai 2026 à 10:12, Ana Meyer <ana@example.org> a écrit :\n\n> Bonjour\n");
    expect_folded("Von meinem iPhone gesendet\n\n> Am 03.05.2026 um 10:12 schrieb Ana Meyer <ana@example.org>:\n> \n> Hallo\n");
}

TEST(outlook_in_german) {
    expect_folded("________________________________\nVon: Ana Meyer <ana@example.org>\nGesendet: Montag, 3. Mai 2026 10:12\nAn: Max Muster\n"
                  "Betreff: Rechnung\n\nHallo Max,\nanbei.\n");
    expect_folded("Von: Ana Meyer\nGesendet: Montag, 3. Mai 2026 10:12\nAn: Max Muster\nCc: Ben\nBetreff: Rechnung\n\nHallo\n");
    expect_folded("Von: Ana Meyer <ana@example.org> \nGesendet: Montag, 3. Mai 2026 10:12\nAn: Max <max@example.com>; Ben <ben@example.com>;\n"
                  "Cleo <cleo@example.com>\nBetreff: Rechnung\nWichtigkeit: Hoch\n\nHallo\n");
    expect_folded("*Von:* Ana Meyer <ana@example.org>\n*Gesendet:* Montag, 3. Mai 2026 10:12\n*An:* Max\n*Betreff:* Rechnung\n\nHallo\n");
    expect_folded("**Von:** Ana Meyer\n**Gesendet:** Montag, 3. Mai 2026 10:12\n**An:** Max\n\nHallo\n");
    expect_folded("-----Ursprüngliche Nachricht-----\nVon: Ana Meyer\nGesendet: Montag, 3. Mai 2026 10:12\nAn: Max\nBetreff: x\n\nHallo\n");
}

TEST(outlook_in_english) {
    expect_folded("From: Ana Meyer <ana@example.org>\nSent: Monday, May 3, 2026 10:12 AM\nTo: Max\nSubject: Invoice\n\nHello\n");
    expect_folded("-----Original Message-----\nFrom: Ana Meyer\nSent: Monday, May 3, 2026 10:12 AM\nTo: Max\nSubject: Invoice\n\nHello\n");
    expect_folded("________________________________\nFrom: Ana Meyer\nSent: Monday, May 3, 2026 10:12:00 AM\nTo: Max\n\nHello\n");
    expect_folded("From: Ana Meyer\nDate: Monday, 3 May 2026 at 10:12\nTo: Max\nSubject: Invoice\n\nHello\n");
    expect_folded("From: Ana Meyer\n\nSent: Monday, May 3, 2026 10:12 AM\n\nTo: Max\n\nSubject: Invoice\n\nHello\n");
    expect_folded("Original Message\nFrom: Ana Meyer <ana@example.org>\nSent: Monday\nTo: Max\n\nHello\n");
}

TEST(outlook_in_hungarian) {
    expect_folded("Feladó: Kovács Anna <anna@example.org>\nElküldve: 2026. május 3., vasárnap 10:12\nCímzett: Max\nTárgy: Számla\n\nJó napot\n");
    expect_folded("-----Eredeti üzenet-----\nFeladó: Kovács Anna\nElküldve: 2026. május 3. 10:12\nCímzett: Max\nTárgy: Számla\n\nJó napot\n");
    expect_folded("From: Anna\nSent: Sunday, May 3, 2026 10:12 AM\nTo: Max\nSubject: Számla\n\nJó napot\n");
}

TEST(outlook_in_french) {
    expect_folded("De : Anne Dupont <anne@example.org>\nEnvoyé : lundi 3 mai 2026 10:12\nÀ : Max\nObjet : Facture\n\nBonjour\n");
    expect_folded("De\u00A0: Anne Dupont\nEnvoyé\u00A0: lundi 3 mai 2026 10:12\nÀ\u00A0: Max\nObjet\u00A0: Facture\n\nBonjour\n");
    expect_folded("-----Message d'origine-----\nDe : Anne\nEnvoyé : lundi 3 mai 2026 10:12\nÀ : Max\nObjet : Facture\n\nBonjour\n");
    expect_folded("-----Message d\u2019origine-----\nDe : Anne\nObjet : Facture\n\nBonjour\n");
}

TEST(outlook_in_other_languages) {
    expect_folded("Da: Ana <ana@example.org>\nInviato: lunedì 3 maggio 2026 10:12\nA: Max\nOggetto: Fattura\n\nCiao\n");
    expect_folded("De: Ana <ana@example.org>\nEnviado: lunes, 3 de mayo de 2026 10:12\nPara: Max\nAsunto: Factura\n\nHola\n");
    expect_folded("Van: Ana <ana@example.org>\nVerzonden: maandag 3 mei 2026 10:12\nAan: Max\nOnderwerp: Rekening\n\nDag\n");
    expect_folded("Od: Ana <ana@example.org>\nWysłano: poniedziałek, 3 maja 2026 10:12\nDo: Max\nTemat: Faktura\n\nWitam\n");
}

TEST(outlook_on_telephones) {
    expect_folded("Outlook für iOS beziehen<https://aka.ms/o0ukef>\n________________________________\nVon: Ana <ana@example.org>\n"
                  "Gesendet: Montag, Mai 3, 2026 10:12\nAn: Max\nBetreff: x\n\nHallo\n");
    expect_folded("Holen Sie sich Outlook für Android<https://aka.ms/AAb9ysg>\n________________________________\nFrom: Ana <ana@example.org>\n"
                  "Sent: Monday\nTo: Max\nSubject: x\n\nHallo\n");
    expect_folded("Get Outlook for Android<https://aka.ms/AAb9ysg>\n");
    expect_folded("Get Outlook for iOS <https://aka.ms/o0ukef>\n");
    expect_folded("Télécharger Outlook pour iOS<https://aka.ms/o0ukef>\n");
    expect_folded("Az iOS Outlook beszerzése<https://aka.ms/o0ukef>\n");
    expect_folded("Az iOS Outlook <https://aka.ms/o0ukef> beszerzése\n");
    expect_folded("Outlook für [iOS](https://aka.ms/o0ukef) beziehen\n");
    expect_folded("Gesendet von Outlook für Android\n");
}

TEST(thunderbird) {
    expect_folded("Am 03.05.26 um 10:12 schrieb Ana Meyer:\n> Hallo\n");
    expect_folded("Am 03.05.26 um 10:12 schrieb Ana Meyer via Kundendienst:\n> Hallo\n>\n> Ana\n");
    expect_folded("On 5/3/26 10:12, Ana Meyer wrote:\n> Hello\n");
    expect_folded("On 03/05/2026 10:12 AM, Ana Meyer wrote:\n> Hello\n");
    expect_folded("2026. 05. 03. 10:12 keltezéssel, Ana Meyer írta:\n> Jó napot\n");
    expect_folded("Le 03/05/2026 à 10:12, Ana Meyer a écrit :\n> Bonjour\n");
    expect_folded("Il 03/05/2026 10:12, Ana Meyer ha scritto:\n> Ciao\n");
    expect_folded("W dniu 3.05.2026 o 10:12, Ana Meyer pisze:\n> Witam\n");
    expect_folded("-------- Original Message --------\nSubject: x\nDate: Mon, 3 May 2026 10:12:00 +0200\nFrom: Ana <ana@example.org>\nTo: Max\n\nHello\n");
    expect_folded("-------- Original-Nachricht --------\nBetreff: x\nVon: Ana\n\nHallo\n");
    expect_folded("-------- Weitergeleitete Nachricht --------\nBetreff: x\nVon: Ana\n\nHallo\n");
}

TEST(gmx_and_web_de) {
    expect_folded("Gesendet: Montag, 03. Mai 2026 um 10:12 Uhr\nVon: \"Ana Meyer\" <ana@example.org>\nAn: max@example.com\nBetreff: Re: x\n\nHallo\n");
    expect_folded("Gesendet: Montag, 03. Mai 2026 um 10:12 Uhr\nVon: Ana Meyer\nAn: Max\nBetreff: Re: x\nHallo\n");
    expect_folded("Am 03.05.26, 10:12 schrieb \"Ana Meyer\" <ana@example.org>:\n\n> Hallo\n");
    expect_folded("--\nDiese Nachricht wurde von meinem Android Gerät mit GMX Mail gesendet.\n\nAm 03.05.26, 10:12 schrieb Ana <ana@example.org>:\n\nHallo\n");
    expect_folded("Gesendet mit der WEB.DE Mail App\nAm 03.05.26, 10:12 schrieb Ana <ana@example.org>:\n> Hallo\n");
    expect_folded("-- \nDiese Nachricht wurde von meinem Android-Gerät mit WEB.DE Mail gesendet.\n");
}

TEST(t_online_and_freenet) {
    expect_folded("-----Original-Nachricht-----\nBetreff: AW: x\nDatum: 2026-05-03T10:12:00+0200\nVon: \"Ana\" <ana@example.org>\nAn: \"Max\"\n\nHallo\n");
    expect_folded("Gesendet mit der Telekom Mail App\n<https://example.org/app>\n\n--- Original-Nachricht ---\nVon: Ana\nBetreff: x\nDatum: 03.05.2026, 10:12\nAn: Max\n\nHallo\n");
    expect_folded("--- Ursprüngliche Nachricht ---\nVon: Ana\nDatum: 03.05.2026 10:12\n\nHallo\n");
}

TEST(yahoo) {
    expect_folded("Am Montag, 3. Mai 2026 um 10:12:03 MESZ hat Ana Meyer <ana@example.org> Folgendes geschrieben:  \n \n Hallo\n");
    expect_folded("Ana Meyer <ana@example.org> schrieb am 10:12 Montag, 3.Mai 2026:\n\n Hallo\n");
    expect_folded("On Monday, May 3, 2026 at 10:12:03 AM GMT+2, Ana Meyer <ana@example.org> wrote:  \n \n Hello\n");
    expect_folded("Von Yahoo Mail auf Android gesendet \n \n  Am Mo., Mai 3, 2026 at 10:12 schrieb Ana<ana@example.org>:   Hallo\n\n\n");
    expect_folded("Sent from Yahoo Mail for iPhone\n\nOn Monday, May 3, 2026, 10:12 AM, Ana <ana@example.org> wrote:\n\nHello\n");
}

TEST(proton_mail) {
    expect_folded("Sent with Proton Mail secure email.\n\n------- Original Message -------\nOn Monday, May 3rd, 2026 at 10:12 AM, Ana <ana@example.org> wrote:\n\n\n> Hello\n");
    expect_folded("Sent with [Proton Mail](https://proton.me/) secure email.\n\nOn Monday, May 3rd, 2026 at 10:12, Ana <ana@example.org> wrote:\n\n> Hello\n");
    expect_folded("Gesendet mit Proton Mail Sichere E-Mail.\n\nAm Montag, 3. Mai 2026 um 10:12, schrieb Ana <ana@example.org>:\n\n> Hallo\n");
    expect_folded("\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\nOn Monday, May 3rd, 2026 at 10:12 AM, Ana <ana@example.org> wrote:\n\n> Hello\n");
}

TEST(samsung_and_other_telephones) {
    expect_folded("Von meinem Samsung Gerät gesendet.\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Ana <ana@example.org> \nDatum: 03.05.26  10:12  (GMT+01:00) \nAn: max@example.com \nBetreff: x \n\nHallo\n");
    expect_folded("Von meinem Galaxy gesendet\n\n-------- Ursprüngliche Nachricht --------\nVon: Ana\n\nHallo\n");
    expect_folded("Sent from my Galaxy\n\n-------- Original message --------\nFrom: Ana <ana@example.org>\nDate: 5/3/26 10:12 (GMT+01:00)\nTo: Max\nSubject: x\n\nHello\n");
    expect_folded("Envoyé depuis mon appareil Galaxy\n\n-------- Message d'origine --------\nDe : Ana <ana@example.org>\nDate : 03/05/2026 10:12 (GMT+01:00)\nÀ : Max\nObjet : x\n\nBonjour\n");
    expect_folded("Samsung Galaxy okostelefonomról küldve.\n\n-------- Eredeti üzenet --------\nFeladó: Ana <ana@example.org>\nDátum: 2026. 05. 03. 10:12\nCímzett: Max\nTárgy: x\n\nJó napot\n");
}

TEST(lines_of_telephones) {
    static const char *const lines[] = {
        "Von meinem iPhone gesendet", "Von meinem iPad gesendet", "Sent from my iPhone", "Sent from my iPad", "Sent from my mobile phone",
        "Sent from my iPhone, please excuse typos", "Envoyé de mon iPhone", "Envoyé de mon iPad", "iPhone-omról küldve", "iPademről küldve",
        "Az iPhone-omról küldve", "Elküldve az iPhone-omról", "Gesendet von meinem iPhone", "Gesendet von Mail für Windows", "Sent from Mail for Windows", "Sent from Samsung Mobile", "Inviato da iPhone",
        "Enviado desde mi iPhone", "Verstuurd vanaf mijn iPhone", "Wysłane z iPhone'a", "Wysłano z iPhone\u2019a", "Gesendet mit Spark",
        "Sent via BlackBerry", "Von meinem Mobiltelefon gesendet", "Envoyé à partir de Courrier pour Windows Mail", "Provenance : Courrier pour Windows",
        "Gesendet von unterwegs", "Von meinem Huawei-Mobiltelefon gesendet", "-- \nVon meinem iPhone gesendet", "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
        "Gesendet von Outlook für iOS<https://aka.ms/o0ukef>", "*Sent from my iPhone*", "Gesendet von Yahoo Mail auf Android", "Küldve Outlook for Android alkalmazásból",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) expect_folded(lines[i]);
}

TEST(notes_and_others) {
    expect_folded("-----Ana Meyer/ACME schrieb: -----\nAn: Max\nVon: Ana Meyer/ACME\nDatum: 03.05.2026 10:12\nBetreff: x\n\nHallo\n");
    expect_folded("Von:    Ana Meyer/ACME\nAn:     Max\nKopie:  Ben\nDatum:  03.05.2026 10:12\nBetreff:        x\n\n\nHallo\n");
    expect_folded("Zitat von Ana Meyer <ana@example.org>:\n\n> Hallo\n");
    expect_folded("Am Montag, dem 03.05.2026 um 10:12 +0200 schrieb Ana Meyer:\n> Hallo\n");
    expect_folded("On Mon, 2026-05-03 at 10:12 +0200, Ana Meyer wrote:\n> Hello\n");
    expect_folded("Ana Meyer schrieb:\n> Hallo\n");
    expect_folded("Ana Meyer wrote on 03.05.2026 10:12:\n\nHello\n");
    expect_folded("Am 3. Mai 2026, 10:12 +0200 schrieb Ana <ana@example.org>:\n\nHallo\n");
    expect_folded("----------------------------------------\nVon: Ana <ana@example.org>\nAn: Max\n\nHallo\n");
}

TEST(signatures) {
    expect_folded("-- \nMax Muster\nACME GmbH\nHauptstraße 1\n");
    expect_folded("--\nMax Muster\n+43 1 234\n");
    expect_folded("__\nMax Muster\n+43 1 234\n");
    expect_folded("____________________\nMax Muster\nACME GmbH\n");
    expect_folded("—\nMax Muster\n");
    expect_folded("-- \nMax Muster\n\nAm 03.05.26 um 10:12 schrieb Ana Meyer:\n> Hallo\n");
    expect_folded("Am 03.05.26 um 10:12 schrieb Ana Meyer:\n> Hallo\n\n-- \nMax Muster\n");
    expect_folded("-- \nMax Muster\n-----Original Message-----\nFrom: Ana\n\nHello\n");
}

TEST(greetings_and_names_stay) {
    expect_reply("Passt.\n\nMit freundlichen Grüßen\nMax Muster\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n",
                 "Passt.\n\nMit freundlichen Grüßen\nMax Muster");
    expect_reply("Passt.\n\nMit freundlichen Grüßen\n\nMax Muster\nACME GmbH\nTel. 01 234\n\nVon: Ana\nGesendet: Montag 10:12\nAn: x\n\nHallo",
                 "Passt.\n\nMit freundlichen Grüßen\n\nMax Muster\nACME GmbH\nTel. 01 234");
    expect_reply("Rendben.\n\nÜdvözlettel:\nKovács Anna\n\n-- \nx\n", "Rendben.\n\nÜdvözlettel:\nKovács Anna");
}

TEST(legal_footers) {
    static const char *const footers[] = {
        ("Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind,\n"
         "informieren Sie bitte den Absender und vernichten Sie diese Mail.\n"),
        "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended\nrecipient, delete it.\n",
        "CONFIDENTIALITY NOTICE: This message is intended only for the use of the person to whom it is addressed and may be privileged.\n",
        "Ez az e-mail bizalmas információkat tartalmazhat, kizárólag a címzett részére. Ha Ön nem a címzett, kérjük, törölje az üzenetet.\n",
        "Ce message et ses pièces jointes sont confidentiels et destinés à l'usage exclusif de leur destinataire. Merci de le détruire.\n",
        "Please consider the environment before printing this e-mail.\n",
        "Diese E-Mail wurde von Avast-Antivirussoftware auf Viren geprüft.\nwww.avast.com\n",
        "Virenfrei. www.avast.com\n",
        "----------\nDer Inhalt dieser E-Mail ist vertraulich und ausschließlich für den bezeichneten Empfänger bestimmt, niemand sonst soll sie lesen.\n",
    };
    for (size_t i = 0; i < COUNT_OF(footers); i++) {
        SCOPED(arena_free) struct arena mem = {0};
        expect_reply(text_string(&mem, text_printf(&mem, "Danke!\n\nMax\n\n%s", footers[i])), "Danke!\n\nMax");
        expect_first(text_string(&mem, text_printf(&mem, "Danke!\n\nMax\n\n%s", footers[i])), "Danke!\n\nMax");
        expect_reply(text_string(&mem, text_printf(&mem, "Danke!\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n\n%s", footers[i])), "Danke!");
    }
}

TEST(legal_footers_in_other_words) {
    static const char *const footers[] = {
        "Diese E-Mail kann vertrauliche Informationen enthalten.\n",
        "Disclaimer:\n\nThis e-mail may contain confidential information.\n",
        ("Sofern diese Nachricht nicht für Sie bestimmt ist, ersuchen wir, den Absender zu verständigen: der Inhalt ist vertraulich, und\n"
         "wer sie irrtümlich erhält, darf sie nicht verwenden.\n"),
        "P Please consider the environment before printing this e-mail.\n",
        "_____________\nAz üzenet tartalma bizalmas információ.\n",
        "Les informations contenues dans ce message sont confidentielles. Si vous n'êtes pas le destinataire, merci de le détruire.\n",
    };
    for (size_t i = 0; i < COUNT_OF(footers); i++) {
        SCOPED(arena_free) struct arena mem = {0};
        expect_reply(text_string(&mem, text_printf(&mem, "Danke!\n\nMax\n\n%s", footers[i])), "Danke!\n\nMax");
    }
}

TEST(a_list_adds_its_footer) {
    expect_folded("Am 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n_______________________________________________\nUsers mailing list\nusers@example.org\n");
}

TEST(markers_of_helpdesks) {
    expect_folded("##- Bitte geben Sie Ihre Antwort über dieser Zeile ein -##\n\nHallo\n");
    expect_folded("-- Please reply above this line --\n\nHello\n");
    expect_folded("##- Please type your reply above this line -##\n\nHello\n");
    expect_folded("--- Kérjük, e sor fölé írja válaszát ---\n\nJó napot\n");
    expect_folded("Am Mo., 3. Mai 2026 um 10:12 Uhr schrieb Desk <desk@example.com>:\n\n> ##- Bitte geben Sie Ihre Antwort über dieser Zeile ein -##\n>\n> Hallo\n");
}

TEST(answers_below_the_quote) {
    expect_reply("Am 03.05.26 um 10:12 schrieb Ana:\n> Wann kommen Sie?\n\nUm zehn.\n", "Um zehn.");
    expect_reply("> Wann kommen Sie?\n> Ana\n\nUm zehn.\n\n-- \nMax\n", "Um zehn.");
    expect_reply("On 5/3/26 10:12, Ana wrote:\n> When?\n> Where?\n\nAt ten.\n\nHere.\n", "At ten.\n\nHere.");
    expect_reply("-------- Original Message --------\nSubject: x\nFrom: Ana <ana@example.org>\n\n> When?\n\nAt ten.\n", "At ten.");
    expect_reply("2026. 05. 03. 10:12 keltezéssel, Ana írta:\n> Mikor?\n>\n>> régi\n\nTízkor.\n\nVon meinem iPhone gesendet\n", "Tízkor.");
}

TEST(answers_between_the_quotes) {
    static const char text[] = "Hallo Ana,\n\n> Wann?\n\nUm zehn.\n\n> Wo?\n\nHier.";
    SCOPED(arena_free) struct arena mem = {0};
    struct reply_parts parts = reply_split(&mem, text_printf(&mem, "%s\n\n> Gruß\n> Ana\n\n-- \nMax\n", text), true);
    EXPECT_TEXT(parts.visible, text);
    EXPECT(parts.has_inline_answers);
    EXPECT_INT(parts.quote_at, text_find(text_of("Hallo Ana,\n\n> Wann?\n\nUm zehn.\n\n> Wo?\n\nHier.\n\n> Gruß"), text_of("> Gruß")));
}

TEST(answers_between_the_quotes_below_an_attribution) {
    expect_reply("Am 03.05.26 um 10:12 schrieb Ana:\n> Wann?\nUm zehn.\n> Wo?\nHier.\n\nMax\n",
                 "Am 03.05.26 um 10:12 schrieb Ana:\n> Wann?\nUm zehn.\n> Wo?\nHier.\n\nMax");
    expect_reply("Antworten unten.\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Wann?\n\nUm zehn.\n\n> Wo?\n",
                 "Antworten unten.\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Wann?\n\nUm zehn.");
}

TEST(one_old_letter_between_the_new_words_folds) {
    expect_reply("Liebe Ana,\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Wann kommen Sie?\n> Ana\n\nUm zehn bin ich da.\n\nMax\n",
                 "Liebe Ana,\n\nUm zehn bin ich da.\n\nMax");
    expect_reply("Danke!\nOn 05/03/2026 10:12 AM, Ana Meyer wrote:\n\n>Hello\n>On 05/02/2026 09:00 AM, Max wrote:\n>\n>>Hi\n\nRegards, Max",
                 "Danke!\n\nRegards, Max");
    expect_reply("Danke!\n\n> Wann kommen Sie?\n\nUm zehn.", "Danke!\n\n> Wann kommen Sie?\n\nUm zehn.");
}

TEST(an_answer_and_an_attribution_share_a_line) {
    expect_reply("Ja, gerne. Am 03.05.2026 um 10:12 schrieb Ana <ana@example.org>:\n> Kommen Sie?\n", "Ja, gerne.");
    expect_reply("Hallo Ana,\nja--- On Mon, May 4, 2026 at 3:59 PM, ana@example.org wrote:\n> Will you come?\n", "Hallo Ana,\nja");
    expect_folded("Ana Le Blanc <ana@example.org> a écrit le 3 mai 2026 à 10:12 :\n> Bonjour\n");
}

TEST(a_letter_without_the_headers_of_a_reply_may_be_one) {
    expect_first("Danke!\n\nAm 03.05.26 um 10:12 schrieb Ana <ana@example.org>:\n> Hallo\n", "Danke!");
    expect_first("FYI\n\n---------- Forwarded message ----------\nFrom: Ana <ana@example.org>\nSubject: x\n\nOn 3 May 2026 at 10:12, Max <max@example.org> wrote:\n> Hi",
                 "FYI\n\n---------- Forwarded message ----------\nFrom: Ana <ana@example.org>\nSubject: x\n\nOn 3 May 2026 at 10:12, Max <max@example.org> wrote:\n> Hi");
}

TEST(an_original_message_below_new_words_is_an_old_one) {
    static const char text[] = "Bitte prüfen.\n\n----- Original Message -----\nFrom: Ana <ana@example.org>\nDate: 3 May 2026\nSubject: x\n\nHallo\n";
    SCOPED(arena_free) struct arena mem = {0};
    expect_first(text, "Bitte prüfen.");
    EXPECT_TEXT(reply_split_forward(&mem, text_of(text)).visible, text_string(&mem, text_trim(text_of(text))));
    expect_first("----- Original Message -----\nFrom: Ana <ana@example.org>\nSubject: x\n\nHallo\n",
                 "----- Original Message -----\nFrom: Ana <ana@example.org>\nSubject: x\n\nHallo");
}

TEST(attributions_without_a_verb_or_in_any_language) {
    expect_folded("пн, 4 мая 2026 г. в 10:12, Анна <ana@example.org>:\n\n> Привет\n");
    expect_folded("понедельник, 4 мая 2026 г. пользователь Анна написал:\n> Привет\n");
    expect_folded("4 трав. 2026 р. 10:12 \"Ганна\" <ana@example.org> пише:\n\nПривіт\n");
    expect_folded("2026年5月4日(月) 10:12 アナ <ana@example.org>:\n\n> こんにちは\n");
    expect_folded("2026年5月4日 10:12 アナ <ana@example.org> のメール:\n\nこんにちは\n");
    expect_folded("2026. 5. 4. 오전 10:12, 아나 <ana@example.org> 작성:\n\n안녕하세요\n");
    expect_folded("Vào 10:12 4 tháng 5, 2026, Ana <ana@example.org> đã viết:\n\n> Xin chào\n");
    expect_folded("ב-4 במאי 2026, בשעה 10:12, אנה <ana@example.org> כתב/ה:\n\n> שלום\n");
    expect_folded("2026-05-04 10:12 GMT+02:00 Ana Meyer\n\n> Hello\n");
    expect_folded("2026/5/4 Ana Meyer <ana@example.org>\n\n> Hello\n");
    expect_folded("* Ana Meyer <ana@example.org> [2026-05-04 10:12]:\n\n> Hello\n");
    expect_folded("Ana via Kundenforum wrote:\n\nHello\n");
    expect_folded("On Wed, 6 May 2026 08:14:43 +0200 Ana Meyer <ana@example.org> wrote\n\nHello\n");
    expect_folded("Wednesday, 6 May 2026, 3:32 PM +0300 from ana@example.org <ana@example.org>:\n\nHello\n");
    expect_kept("Am 3.5.2026 um 10:12 hat mir Ana (ana@example.org) geschrieben");
    expect_kept("Am 4.5.2026 um 10:12 ging die Ware an Frau Meyer (ana@example.org), so steht es hier:\n\nzugestellt.");
    expect_kept("Rechnung vom 4.5.2026, 10:12 Uhr, Max Muster (max@example.org):\n\n1 Stuhl, 1 Tisch");
}

TEST(verbs_between_rules) {
    expect_folded("---- On Mon, 04 May 2026 10:12:50 +0200 ana@example.org wrote ----\n\nHello\n");
    expect_folded("------On 05/04/2026 10:12 AM, Ana Meyer wrote-----\n\nHello\n");
    expect_folded("---- Ana Meyer schrieb ----\n\n> Hallo\n");
}

TEST(header_blocks_of_more_languages) {
    expect_folded("-------- Oprindelig besked --------\nFra: Ana <ana@example.org>\nDato: 04.05.2026 10.12 (GMT+01:00)\nTil: max@example.org\nEmne: Hej\n\nHej\n");
    expect_folded("======== Unbekannte Worte ========\nFra: Ana <ana@example.org>\nEmne: Hej\n\nHej\n");
    expect_folded("Lähettäjä: Ana <ana@example.org>\nLähetetty: maanantai 4. toukokuuta 2026 10.12\nVastaanottaja: Max\nAihe: Kysymys\n\nHei\n");
    expect_folded("Od: Jana <jana@example.org>\nOdesláno: pondělí 4. května 2026 10:12\nKomu: Max\nPředmět: Dotaz\n\nDobrý den\n");
    expect_folded("От: Анна <ana@example.org>\nОтправлено: 4 мая 2026 г. 10:12\nКому: Max\nТема: Вопрос\n\nПривет\n");
    expect_folded("发件人: 安娜 <ana@example.org>\n发送时间: 2026年5月4日 10:12\n收件人: max@example.org\n主题: 问题\n\n你好\n");
    expect_folded("差出人: アナ <ana@example.org>\n送信日時: 2026年5月4日 10:12\n宛先: max@example.org\n件名: 質問\n\nこんにちは\n");
    expect_folded("보낸 사람: 아나 <ana@example.org>\n보낸 날짜: 2026년 5월 4일 오전 10:12\n받는 사람: max@example.org\n제목: 질문\n\n안녕\n");
    expect_folded("Gönderen: Ana <ana@example.org>\nGönderildi: 4 Mayıs 2026 Pazartesi 10:12\nKime: max@example.org\nKonu: Soru\n\nMerhaba\n");
    expect_folded("De la: Ana <ana@example.org>\nTrimis: luni, 4 mai 2026 10:12\nCătre: max@example.org\nSubiect: Intrebare\n\nSalut\n");
    expect_folded("Date: Mon, 04 May 2026 10:12:02 +0200\nTo: max@example.org\n\nHello\n");
}

TEST(addresses_of_the_web_that_a_program_broke_belong_to_the_quote) {
    expect_folded("On Monday, 4 May, 2026 at 3:46 PM, Ana wrote:\n\n> View ticket (http://example.org/action\n_nonce=17)\n> Ana\n");
}

TEST(a_signature_between_rules_names_the_telephone_it_came_from) {
    expect_folded("_____________________________\n\nDr. Max Muster\nWien\n\nSent via mobile device\n_____________________________\n");
}

TEST(dashes_around_a_question_are_no_signature) {
    expect_reply("Anbei das Protokoll:\n\n--\nFehler 17\n--\n\nWas tun?\n", "Anbei das Protokoll:\n\n--\nFehler 17\n--\n\nWas tun?");
    expect_reply("Anbei.\n\n--\nMax Muster\n", "Anbei.");
}

TEST(telephones_of_the_world) {
    expect_folded("(Sent from mobile device)\n");
    expect_folded("Sent from my TI-85\n");
    expect_folded("Sent from my cell, please excuse any typos.\n");
    expect_folded("From my iPhone 6\n");
    expect_folded("從我的 iPhone 傳送\n");
    expect_folded("发自我的 iPhone\n");
    expect_folded("iPhoneから送信\n");
    expect_folded("나의 iPhone에서 보냄\n");
    expect_folded("Отправлено с iPhone\n");
    expect_folded("Lähetetty iPhonesta\n");
    expect_folded("Trimis de pe iPhone-ul meu\n");
    expect_folded("Poslano iz mobitela\n");
    expect_kept("Sent from my office to yours, the parcel took two weeks and came open.");
}

TEST(what_was_written_below_the_line_of_a_telephone_stays) {
    expect_reply("Danke!\n\nVon meinem iPhone gesendet\n\nNachtrag: die Rechnung fehlt auch noch.\n", "Danke!\n\nNachtrag: die Rechnung fehlt auch noch.");
    expect_reply("Danke!\n\nVon meinem iPhone gesendet\n\nMax Muster\nTel. +49 30 123456\n", "Danke!");
}

TEST(quoted_lines_that_a_program_broke_are_no_answers) {
    expect_folded("Am 03.05.26 um 10:12 schrieb Ana:\n> Das ist eine lange Zeile, die der Absender nicht umbrochen hat\nund weiter\n> geht\n> Ana\n");
}

TEST(the_last_quoted_line_may_be_broken_too) {
    expect_folded("Am 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n> Das ist eine lange Zeile, die der Absender nicht umbrochen\nhat, nein.\n\n");
    expect_reply("Am 03.05.26 um 10:12 schrieb Ana:\n> Können Sie mir bitte sagen, wann Sie am Montag zu uns kommen werden?\num zehn\n> Wo?\nhier\n",
                 "Am 03.05.26 um 10:12 schrieb Ana:\n> Können Sie mir bitte sagen, wann Sie am Montag zu uns kommen werden?\num zehn\n> Wo?\nhier");
}

TEST(rules_that_divide_a_form_stay) {
    expect_first("Name: Max\n____________\nNachricht: Hallo\n____________\nEnde", "Name: Max\n____________\nNachricht: Hallo\n____________\nEnde");
}

TEST(all_labels_in_one_line) {
    expect_folded("Von: Ana Meyer Gesendet: Montag, 3. Mai 2026 10:12 An: Max Betreff: Rechnung\n\nHallo\n");
    expect_folded("From: Ana <ana@example.org> Sent: Monday, May 3, 2026 10:12 AM To: Max Subject: Invoice\n\nHello\n");
}

TEST(programs_of_few) {
    expect_folded("Am 3.5. um 10:12 schrieb Ana:\n\nHallo\n");
    expect_folded("Am Mo., Mai 3, 2026 at 10:12 schrieb Ana<ana@example.org>:   Hallo\n\nweiter\n");
    expect_folded("On Mon, May 3, 2026 at 10:12 AM, Ana <ana@example.org> wrote: Hello\n\nmore\n");
    expect_folded("Ana Meyer <ana@example.org> hat am 03.05.2026 10:12 CEST geschrieben:\n\n \n> Hallo\n");
    expect_folded("Am 2026-05-03 10:12, schrieb Ana Meyer:\n> Hallo\n");
    expect_folded("Am Sonntag, 3. Mai 2026, 10:12:13 CEST schrieb Ana Meyer:\n> Hallo\n");
    expect_folded("On Sun, 3 May 2026 10:12:00 +0200\nAna Meyer <ana@example.org> wrote:\n\n> Hello\n");
    expect_folded("Am 3. Mai 2026, um 10:12, Ana <ana@example.org> schrieb:\n>Hallo\n");
    expect_folded("------ Originalnachricht ------\nVon \"Ana\" <ana@example.org>\nAn max@example.com\nDatum 03.05.2026 10:12\nBetreff x\n\nHallo\n");
    expect_folded("----- Ursprüngliche Mail -----\nVon: \"Ana\" <ana@example.org>\nAn: \"Max\"\nGesendet: Montag, 3. Mai 2026 10:12:00\nBetreff: x\n\nHallo\n");
    expect_folded("Message du : 03/05/2026 10:12\nDe : \"Ana\" <ana@example.org>\nA : max@example.com\nSujet : x\n\nBonjour\n");
    expect_folded("*Am 03.05.2026 um 10:12 schrieb Ana:*\n\nHallo\n");
    expect_folded("Kovács Anna <anna@example.org> írta:\n\n> Jó napot\n");
    expect_folded("Gesendet von Mail<https://example.com/fwlink/?LinkId=550986> für Windows 10\n\nVon: Ana<mailto:ana@example.org>\nGesendet: Montag, 3. Mai 2026 10:12\nAn: Max\nBetreff: x\n\nHallo\n");
    expect_folded("\u2014\u2014 Original Message \u2014\u2014\nFrom: Ana\n\nHello\n");
    expect_folded("\u2014-\u2014-\u2014 Reply above this line \u2014-\u2014-\u2014\n\nHello\n");
}

TEST(rules_above_a_quote_go_with_it) {
    expect_folded("--------------------\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n");
    expect_folded("____________________\n\nAm 03.05.26 um 10:12 schrieb Ana <ana@example.org>:\n\nHallo\n");
}

TEST(lines_above_an_attribution_stay) {
    expect_reply("Am besten morgen\nAm Mo., 3. Mai 2026 um 10:12 Uhr schrieb Ana <ana@example.org>:\n> Hallo\n", "Am besten morgen");
    expect_reply("Vielen Dank für die Information und bis zum nächsten Mal\nAna Meyer <ana@example.org> ezt írta (időpont: 2026. máj.\n3., V, 10:12):\n\n> x\n",
                 "Vielen Dank für die Information und bis zum nächsten Mal");
    expect_reply("Danke\nAna Meyer <ana@example.org> schrieb am 03.05.2026 um 10:12 Uhr:\n\nHallo\n", "Danke");
}

TEST(headers_in_bad_shape) {
    expect_folded("________________________________\n\nFrom: Desk\nSent: Sunday\n\nHello\n");
    expect_folded("-------- Original message --------From: Desk <desk@example.com> Date: 03/05/2026  10:12 To: ana@example.org Subject: Re: x \nHello\n");
    expect_folded("Am 03.05.26 um 10:12 schrieb Desk\n\n> Hallo\n");
}

TEST(the_quote_is_found_again_in_the_full_text) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text text = text_of("Danke!\n\n-- \nMax\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n");
    struct reply_parts parts = reply_split(&mem, text, true);
    EXPECT_INT(parts.quote_at, text_find(text, text_of("Am 03.05")));
    EXPECT(!parts.has_inline_answers);
    text = text_of("Danke!\n\n________________________________\nVon: Ana <ana@example.org>\nAn: Max\n\nHallo");
    EXPECT_INT(reply_split(&mem, text, true).quote_at, text_find(text, text_of("____")));
    EXPECT_INT(reply_split(&mem, text_of("Danke!\n\n-- \nMax"), true).quote_at, SIZE_MAX);
    EXPECT_INT(reply_split(&mem, text_of("> Wann?\n\nUm zehn."), true).quote_at, SIZE_MAX);
}

TEST(a_letter_is_never_emptied) {
    expect_reply("\n> Hallo\n> Ana\n\n", "> Hallo\n> Ana");
    expect_reply("Von meinem iPhone gesendet\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n",
                 "Von meinem iPhone gesendet\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo");
    expect_reply("-----Original Message-----\nFrom: Ana\n\nHello\n", "-----Original Message-----\nFrom: Ana\n\nHello");
    expect_reply("-- \nMax Muster", "-- \nMax Muster");
    expect_reply("", "");
    expect_reply(" \n\n\u00A0\n", "");
    expect_first("-- \nMax Muster\n", "-- \nMax Muster");
}

TEST(a_first_letter_keeps_quotes_and_header_blocks) {
    expect_first("Siehe:\n\n> Fehler 17\n> in Zeile 3\n", "Siehe:\n\n> Fehler 17\n> in Zeile 3");
    expect_first("Siehe:\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo\n", "Siehe:\n\nAm 03.05.26 um 10:12 schrieb Ana:\n> Hallo");
    expect_first("FYI\n\nVon: Ana <ana@example.org>\nGesendet: Montag 10:12\nAn: Max\nBetreff: x\n\nHallo\n",
                 "FYI\n\nVon: Ana <ana@example.org>\nGesendet: Montag 10:12\nAn: Max\nBetreff: x\n\nHallo");
}

TEST(the_signature_of_a_first_letter_folds) {
    expect_first("Guten Tag,\n\nmein Paket fehlt.\n\nMax\n\n-- \nMax Muster\nACME\n", "Guten Tag,\n\nmein Paket fehlt.\n\nMax");
    expect_first("Mein Paket fehlt.\n\nVon meinem iPhone gesendet", "Mein Paket fehlt.");
    expect_first("> Fehler\n\nWas nun?\n\n-- \nMax\n", "> Fehler\n\nWas nun?");
    expect_first("Siehe unten\n\nVon meinem iPhone gesendet\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Ana <ana@example.org>\n> Betreff: x\n> \n> Hallo\n",
                 "Siehe unten\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Ana <ana@example.org>\n> Betreff: x\n> \n> Hallo");
}

TEST(sentences_are_kept) {
    static const char *const sentences[] = {
        "Ihr Kollege schrieb: das geht nicht.", "Ihr Kollege schrieb:\n\nDas geht nicht.", "As your colleague wrote:\n\nit is not possible.",
        "From: the beginning I said it.", "From: Vienna\nTo: Graz", "Von: Wien\nNach: Graz\nAm: Montag", "From: Vienna\nTo: Graz\nDate: Monday",
        "Am Montag rief ich an.\nAm Dienstag schrieb ich noch einmal.", "Am 3. Mai schrieb mir Ihr Kollege:\n\nWir kümmern uns darum.",
        "On 3 May 2026 at 10:12 I wrote you a letter in which I wrote:\n\nplease answer.", "Ich schrieb am 3. Mai 2026 an support@example.com und bekam keine Antwort:\n\nnichts.",
        "Meine Daten:\nName: Max\nBetreff: Rechnung\nDatum: 3. Mai", "Sent from my iPhone the photo did not arrive, so I try again from the computer.",
        "Mit der Post habe ich das Handy gesendet", "Von meinem Handy habe ich die Fotos gesendet", "Diese Nachricht ist vertraulich.",
        "I wrote my name above this line of the form.", "a -- b -- c", "Preis: 10,-- Euro", "Zwei Dinge:\n---\nerstens", "Original Message fehlt im Anhang.",
        "Die ursprüngliche Nachricht kam nie an.", "Betreff: Rechnung 17", "A: ja\nB: nein", "Rechnung vom 3.5.2026:\n\n- eins\n- zwei", "Um 10:12 Uhr am 3.5.2026 war niemand da:\n\nniemand.",
        "Gesendet habe ich es per Mail.", "Ich schrieb am 3. Mai 2026 an Frau Meyer (support@example.com):\n\nbitte um Antwort", "Am 3.5.2026 (max@example.com) bestellt:\n\n1 Stuhl",
        "Diese E-Mail habe ich irrtümlich an eine andere Adresse geschickt und möchte wissen, ob sie dort jemand lesen kann oder nicht.",
        "This message from your shop says that my account was blocked in error, and I do not know what I should do about it now.",
        "Gesendet von Frau Happel", "Der Text lautet:\n\n-----\n\nHallo", "Le 3 mai je vous ai écrit :\n\npas de réponse.", "Május 3-án írtam Önöknek:\n\nnem jött válasz.",
        "Der Fehler lautet:\nError: foo\nFrom: bar", "Am 3.5.2026 um 10:12 bestellt:\n\n1 Stuhl", "Am 3.5.2026 um 10:12 von max@example.com bestellt:\n\n1 Stuhl",
    };
    for (size_t i = 0; i < COUNT_OF(sentences); i++) expect_kept(sentences[i]);
}

TEST(a_letter_of_two_mebibytes_is_read) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer text = {.mem = &mem};
    buffer_add_string(&text, "Danke!\n\nAm 03.05.26 um 10:12 schrieb Ana:\n");
    while (text.size < 2u << 20) buffer_add_string(&text, "> Hallo\n");
    EXPECT_TEXT(reply_split(&mem, buffer_text(&text), true).visible, "Danke!");
}

TEST(lines_full_of_openings_are_read_in_no_time) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer text = {.mem = &mem};
    for (int i = 0; i < 3000; i++) {
        for (int j = 0; j < 65; j++) buffer_add_string(&text, "On Am Le ");
        buffer_add_string(&text, ":\n> x\n");
    }
    EXPECT(reply_split(&mem, buffer_text(&text), true).visible.size > 0);
}
