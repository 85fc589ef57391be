/* The words of what stands below a name: footers, the lines of telephones; and of what helpdesks put above their letters.
 * All in small letters. */
#include "wire/mail/reply_private.h"

#include <string.h>

#define DEVICE_SIZE 200
#define OWN_WORDS 6

/* How the first words of a legal footer go; what it says in its paragraph decides. */
static const char *const legal[] = {
    "diese e-mail", "diese email", "diese mail", "diese nachricht", "dieses e-mail", "dieses email", "dieses mail",
    "der inhalt dieser", "die information", "die in dieser", "der austausch von nachrichten", "wichtiger hinweis",
    "vertraulichkeitshinweis", "haftungsausschluss", "rechtlicher hinweis", "datenschutzhinweis", "wenn sie nicht der",
    "sollten sie nicht der", "falls sie nicht der", "wenn sie diese e-mail", "sollten sie diese", "si vous n'êtes pas",
    "si vous avez reçu", "ha ön nem", "amennyiben nem", "disclaimer", "hinweis:", "vertraulich", "this e-mail",
    "this email", "this message", "this communication", "this transmission", "the information", "the content",
    "the contents", "confidential", "notice:", "important notice", "important:", "if you are not the",
    "if you have received", "any views", "ez az e-mail", "ez az üzenet", "ez az email", "ezen e-mail", "ezen üzenet",
    "ezen elektronikus", "jelen e-mail", "jelen üzenet", "jelen elektronikus", "jelen levél", "az üzenet tartalma",
    "az e-mail tartalma", "a jelen üzenet", "a jelen e-mail", "figyelem", "a levél tartalma", "titoktartási",
    "ce message", "ce courriel", "ce mail", "cet e-mail", "cet email", "le présent", "les informations",
    "le contenu de", "avis de confidentialité", "avertissement", "questo messaggio", "questa e-mail", "il contenuto",
    "le informazioni", "la presente", "avviso", "este mensaje", "este correo", "la información", "aviso", "dit bericht",
    "deze e-mail", "deze email", "de informatie", "niniejsza wiadomość", "ta wiadomość", "informacje zawarte",
    "treść tej",
};

static const char *const claims[] = {
    "vertraulich", "rechtlich geschützt", "bestimmten adressaten", "nicht der richtige adressat",
    "nicht der beabsichtigte", "irrtümlich", "confidential", "intended recipient", "intended only", "intended solely",
    "privileged", "in error", "bizalmas", "címzett", "tévedésből", "confidentiel", "destinataire", "par erreur",
    "riservat", "destinatari", "per errore", "confidencial", "vertrouwelijk", "geadresseerde", "poufn", "adresat",
    "viren", "virus", "personenbezogen",
};

/* Said in any size of footer. */
static const char *const secrets[] = {
    "vertrauliche informationen", "vertrauliche und", "vertraulich und", "vertrauliche daten",
    "confidential information", "confidential and", "is confidential", "are confidential", "legally privileged",
    "intended solely", "intended only", "intended recipient", "bizalmas információ", "bizalmas adat", "bizalmas és",
    "kizárólag a címzett", "informations confidentielles", "confidentiel et", "confidentiels et", "est confidentiel",
    "ausschließlich für", "nur für den", "nur für die", "informazioni riservate", "información confidencial",
    "vertrouwelijke informatie", "informacje poufne",
};

/* What a letter is called by its footer. */
static const char *const letters[] = {
    "e-mail", "email", "nachricht", "mitteilung", "message", "communication", "transmission", "üzenet", "levél",
    "courriel", "messaggio", "mensaje", "correo", "bericht", "wiadomość",
};

/* Footers that need no more than their first words. */
static const char *const notices[] = {
    "please consider the environment", "consider the environment", "think before you print",
    "please think about the environment", "bitte denken sie an die umwelt", "denken sie an die umwelt",
    "bitte prüfen sie, ob diese", "bitte prüfen sie der umwelt", "bitte drucken sie diese", "der umwelt zuliebe",
    "schonen sie die umwelt", "bitte berücksichtigen sie die umwelt", "bitte denken sie über ihre verantwortung",
    "pensez à l'environnement", "avant d'imprimer", "afin de préserver l'environnement",
    "merci de penser à l'environnement", "kérjük, gondoljon a környezet", "gondoljon a környezet",
    "kérjük, gondolja meg, mielőtt", "mielőtt kinyomtat", "óvja környezetét", "diese e-mail wurde von avast",
    "diese e-mail wurde von avg", "virenfrei.", "this email has been checked for viruses",
    "this e-mail has been checked for viruses", "virus-free.", "mentes a vírusoktól", "ezt az e-mailt az avast",
    "garanti sans virus", "cet e-mail a été vérifié par", "l'absence de virus dans ce courrier", "scan by",
    "this message was scanned", "this email was scanned", "this email is free from viruses",
    "questa e-mail è stata controllata", "este mensaje ha sido analizado",
    "you received this message because you are subscribed", "sie erhalten diese nachricht, weil sie",
    "to unsubscribe from this group", "um sich von dieser gruppe abzumelden", "follow us on", "folgen sie uns",
};

static const char *const contacts[] = {
    "@", "www.", "http", "tel.", "tel:", "telefon", "phone", "fax", "mobil:", "mobile:", "gmbh", " kg", " ag", " kft",
    " bt.", " zrt", " sarl", " sas", " ltd", " inc", "+43", "+49", "+36", "+33", "+41", "mailing list", "mailingliste",
    "levelezőlista", "liste de diffusion",
};

struct phrase {
    const char *begin, *end; /* end: what the line ends in; "" for anything short */
};

/* What telephones and programs put below a letter. */
static const struct phrase devices[] = {
    {"von meinem ", " gesendet"}, {"von meiner ", " gesendet"}, {"von unterwegs gesendet", ""}, {"von unterwegs", ""},
    {"gesendet von ", ""}, {"gesendet mit ", ""}, {"gesendet über ", ""}, {"gesendet aus ", ""}, {"gesendet vom ", ""},
    {"versendet mit ", ""}, {"versendet von ", ""}, {"verschickt von ", ""}, {"mobil gesendet", ""},
    {"mit der ", " app gesendet"}, {"von der ", " app gesendet"}, {"diese nachricht wurde von mein", " gesendet"},
    {"diese e-mail wurde von mein", " gesendet"}, {"diese mail wurde von mein", " gesendet"},
    {"diese nachricht wurde mit ", " gesendet"}, {"diese e-mail wurde mit ", " gesendet"}, {"vom ", " gesendet"},
    {"von ", " gesendet"}, {"mit ", " gesendet"}, {"outlook für ", "beziehen"}, {"outlook für ", "herunterladen"},
    {"holen sie sich outlook", ""}, {"outlook for ", "beziehen"}, {"get outlook for ", ""}, {"get bluemail", ""},
    {"get typeapp", ""}, {"holen sie sich bluemail", ""}, {"download outlook for ", ""}, {"sent from ", ""},
    {"sent with ", ""}, {"sent via ", ""}, {"sent using ", ""}, {"sent by ", " app"}, {"sent on the go", ""},
    {"envoyé de ", ""}, {"envoyé depuis ", ""}, {"envoyé à partir d", ""}, {"envoyé avec ", ""}, {"envoyé par ", ""},
    {"envoyé via ", ""}, {"envoyé du ", ""}, {"envoyé d'", ""}, {"télécharger outlook", ""},
    {"téléchargez outlook", ""}, {"obtenir outlook", ""}, {"obtenez outlook", ""}, {"provenance : ", ""},
    {"", "-omról küldve"}, {"", "-emről küldve"}, {"", "-ről küldve"}, {"", "-ról küldve"}, {"", "omról küldve"},
    {"", "emről küldve"}, {"", "ömről küldve"}, {"", "ről küldve"}, {"", "ról küldve"}, {"", "ból küldve"},
    {"", "ből küldve"}, {"", "val küldve"}, {"", "vel küldve"}, {"küldve a", ""}, {"küldve: ", ""}, {"elküldve a", ""},
    {"az ", " beszerzése"}, {"az ", " letöltése"}, {"az ", " letöltése az app store-ból"}, {"küldve ", ""},
    {"szerezze be az outlook", ""}, {"töltse le az outlook", ""}, {"az outlook beszerzése", ""}, {"inviato da ", ""},
    {"inviato dal ", ""}, {"inviato con ", ""}, {"scarica outlook", ""}, {"ottieni outlook", ""},
    {"enviado desde ", ""}, {"enviado con ", ""}, {"enviado de ", ""}, {"enviado do ", ""}, {"obtener outlook", ""},
    {"descargar outlook", ""}, {"verstuurd vanaf ", ""}, {"verzonden vanaf ", ""}, {"verzonden vanuit ", ""},
    {"verzonden met ", ""}, {"verstuurd met ", ""}, {"outlook voor ", " downloaden"}, {"download outlook voor", ""},
    {"outlook voor ", "halen"}, {"wysłano z ", ""}, {"wysłane z ", ""}, {"wysłane przez ", ""}, {"pobierz outlook", ""},
    {"pobierz aplikację outlook", ""}, {"skickat från ", ""}, {"sendt fra ", ""}, {"odesláno z ", ""},
    {"odoslané z ", ""}, {"lähetetty ", ""}, {"", " gönderildi"}, {"отправлено с ", ""}, {"отправлено из ", ""},
    {"отправлено от ", ""}, {"надіслано з ", ""}, {"poslano s ", ""}, {"poslano iz ", ""}, {"poslano z ", ""},
    {"trimis de pe ", ""}, {"στάλθηκε από ", ""}, {"נשלח מה", ""}, {"從我的", "傳送"}, {"从我的", "发送"}, {"发自我的", ""},
    {"發自我的", ""}, {"", "から送信"}, {"", "에서 보냄"}, {"from my ", ""},
};

/* What only a telephone says of itself, whatever it is called. */
static const char *const own[] = {
    "sent from my ", "envoyé depuis mon ", "envoyé de mon ", "enviado desde mi ", "inviato dal mio ", "verzonden vanaf mijn ",
};

/* What such a line speaks of: without one of these it is a sentence. */
static const char *const things[] = {
    "iphone", "ipad", "ipod", "mac", "apple", "ios", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi",
    "pixel", "nokia", "blackberry", "sony", "xperia", "honor", "oneplus", "oppo", "motorola", "htc", "lg ", "handy",
    "smartphone", "mobil", "mobile", "telefon", "phone", "téléphone", "portable", "tablet", "tablette", "gerät",
    "device", "készülék", "appareil", "outlook", "windows", "gmail", "yahoo", "proton", "gmx", "web.de", "freenet",
    "t-online", "telekom", "mail", "app", "thunderbird", "bluemail", "spark", "aqua", "unterwegs", "workspace",
    "surface", "cellulare", "móvil", "telefoon", "telefonu", "airmail", "superhuman", "icloud", "typeapp", "canary",
    "k-9", "shortwave", "missive", "aol", "почт", "телефон", "mobitel", "κινητό", "hotmail",
};

/* And with one of these it is a sentence, too. */
static const char *const tellings[] = {
    " ich ", " habe ", " haben ", " hat ", " ist ", " wird ", " i ", " was ", " is ", " j'ai ", " est ",
};

/* Where a helpdesk says to write, and the words its line begins with. */
static const char *const places[] = {
    "above this line", "below this line", "above this text", "über dieser zeile", "über dieser linie",
    "über diese zeile", "über diese linie", "oberhalb dieser zeile", "oberhalb dieser linie", "oberhalb dieses textes",
    "unter dieser zeile", "unterhalb dieser zeile", "unterhalb dieser linie", "e sor fölé", "ezen sor fölé",
    "e fölé a sor fölé", "ez a sor fölé", "a sor fölé", "e vonal fölé", "a vonal fölé", "sor felett", "sor fölött",
    "vonal felett", "au-dessus de cette ligne", "au dessus de cette ligne", "sous cette ligne", "sopra questa riga",
    "sopra questa linea", "encima de esta línea", "boven deze regel", "boven deze lijn", "powyżej tej linii",
    "powyżej tego wiersza",
};
static const char *const orders[] = {
    "please", "your", "reply", "type", "write", "enter", "do not", "add your", "respond", "bitte", "antwort",
    "ihre antwort", "schreiben sie", "kérjük", "válasz", "írja", "ne írjon", "veuillez", "répond", "merci", "écrivez",
    "rispond", "si prega", "per favore", "por favor", "gelieve", "typ ", "schrijf", "prosimy", "odpowied",
};

static size_t table_count(struct reply_table table, struct text plain) {
    size_t count = 0;
    for (size_t i = 0; i < table.count; i++) count += text_find(plain, text_of(table.words[i])) != SIZE_MAX;
    return count;
}

/* "P Please consider ...": a picture of a tree may stand in front. */
static struct text without_picture(struct text plain) {
    size_t space = text_find_char(plain, ' ');
    return space <= 4 ? text_skip(plain, space + 1) : plain;
}

bool reply_is_notice(struct text plain) {
    struct reply_table table = {COUNT_OF(notices), notices};
    plain = reply_strip(plain, "*_#-| ");
    return reply_table_begins(table, plain) || reply_table_begins(table, without_picture(plain));
}

bool reply_begins_legal(struct text plain) {
    return reply_table_begins((struct reply_table){COUNT_OF(legal), legal}, reply_strip(plain, "*_#-| "));
}

void reply_legal_note(struct reply_legal *found, struct text plain) {
    struct text rest = plain, word;
    while (text_next(&rest, ' ', &word))
        if (reply_word_is(REPLY_SELVES, reply_strip(word, ".,:;()\""))) found->self = true;
    found->claims += table_count((struct reply_table){COUNT_OF(claims), claims}, plain);
    if (reply_table_in((struct reply_table){COUNT_OF(secrets), secrets}, plain)) found->secret = true;
}

bool reply_speaks_of_letter(struct text plain) {
    return reply_table_in((struct reply_table){COUNT_OF(letters), letters}, plain);
}

bool reply_has_contact(struct text plain) {
    return reply_table_in((struct reply_table){COUNT_OF(contacts), contacts}, plain);
}

/* Without addresses of the web and decoration: "get outlook for ios<https://aka.ms/o0ukef>". room holds as much as plain. */
static struct text without_links(struct text plain, char *room) {
    size_t size = 0;
    for (size_t i = 0; i < plain.size; i++) {
        struct text rest = text_skip(plain, i);
        size_t end = text_find_char(rest, plain.data[i] == '<' ? '>' : plain.data[i] == '(' ? ')' : ' ');
        bool is_link = text_starts(rest, "<") || text_starts(rest, "(http") || text_starts(rest, "http");
        if (is_link && end == SIZE_MAX) break;
        if (is_link) i += end;
        else if (!strchr("[]*", plain.data[i]) && (plain.data[i] != ' ' || (size && room[size - 1] != ' '))) room[size++] = plain.data[i];
    }
    return reply_strip(text_from(room, size), " .!_-");
}

static size_t word_count(struct text plain) {
    size_t count = plain.size > 0;
    for (size_t i = 0; i < plain.size; i++) count += plain.data[i] == ' ';
    return count;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Short words stand in many others ("app", "mac"): they count where a word begins. */
static bool has_thing(struct text line) {
    for (size_t i = 0; i < COUNT_OF(things); i++) {
        struct text rest = line, thing = text_of(things[i]);
        size_t at = text_find(rest, thing);
        if (thing.size < 5)
            while (at != SIZE_MAX && rest.data + at > line.data && is_letter(rest.data[at - 1])) {
                rest = text_skip(rest, at + 1);
                at = text_find(rest, thing);
            }
        if (at != SIZE_MAX) return true;
    }
    return false;
}

bool reply_is_device(struct text plain) {
    if (plain.size < 8 || plain.size > DEVICE_SIZE) return false;
    char room[DEVICE_SIZE];
    if (text_starts(plain, "(") || text_starts(plain, "<<")) plain = reply_strip(plain, "()<> ");
    struct text line = without_links(plain, room);
    bool is_own = reply_table_begins((struct reply_table){COUNT_OF(own), own}, line);
    if (is_own && (word_count(line) <= OWN_WORDS || text_find(line, text_of("typo")) != SIZE_MAX)) return true;
    if (word_count(line) > 11 || !has_thing(line)) return false;
    if (reply_table_in((struct reply_table){COUNT_OF(tellings), tellings}, line)) return false;
    for (size_t i = 0; i < COUNT_OF(devices); i++)
        if (text_starts(line, devices[i].begin) && text_ends(line, devices[i].end)) return true;
    return false;
}

bool reply_is_marker(struct text plain) {
    if (plain.size < 12 || plain.size > 200) return false;
    struct text bare = reply_strip(plain, "#-*=_~<>[]() +|");
    bool may_be = bare.size + 2 <= plain.size || reply_table_begins((struct reply_table){COUNT_OF(orders), orders}, bare);
    return may_be && reply_table_in((struct reply_table){COUNT_OF(places), places}, plain);
}
