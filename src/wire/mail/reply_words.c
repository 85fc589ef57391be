/* What mail programs of our customers' languages write around an old letter. All in small letters. */
#include "wire/mail/reply_private.h"

static const char *const verbs[] = {
    "schrieb", "schrieben", "geschrieben", "schreibt", "wrote", "writes", "írta", "írták", "írt", "ír", "écrit",
    "écrivait", "écrivit", "scritto", "scrisse", "scrive", "escribió", "escrito", "schreef", "geschreven", "napisał",
    "napisała", "napisał(a", "napisał(a)", "napisali", "pisze", "escreveu", "skrev", "kirjoitti", "napsal", "napsala",
    "napsal(a", "napísal", "napísala", "napísal(a", "scris", "yazdı", "написал", "написала", "пишет", "napisao",
    "napisala", "napisao/la", "έγραψε", "写道",
};

static const char *const openings[] = {
    "am", "on", "le", "el", "il", "op", "dnia", "w", "em", "den", "a", "at", "dne", "dňa", "pe", "în", "ti", "um",
    "fre", "man", "lør", "dana", "data",
};

static const char *const months[] = {
    "jan", "januar", "jänner", "january", "január", "janvier", "janv", "gennaio", "gen", "enero", "ene", "januari",
    "styczeń", "stycznia", "sty", "feb", "februar", "february", "február", "febr", "février", "févr", "febbraio",
    "febrero", "februari", "lutego", "lut", "mär", "märz", "mrz", "mar", "march", "március", "márc", "mars", "marzo",
    "maart", "mrt", "marca", "apr", "april", "április", "ápr", "avril", "avr", "aprile", "abril", "abr", "kwietnia",
    "kwi", "mai", "may", "május", "máj", "maggio", "mag", "mayo", "mei", "maja", "maj", "jun", "juni", "june", "június",
    "jún", "juin", "giugno", "giu", "junio", "czerwca", "cze", "jul", "juli", "july", "július", "júl", "juillet",
    "juil", "luglio", "lug", "julio", "lipca", "lip", "aug", "august", "augusztus", "août", "aoû", "agosto", "ago",
    "augustus", "sierpnia", "sie", "sep", "sept", "september", "szeptember", "szept", "septembre", "settembre", "set",
    "septiembre", "września", "wrz", "okt", "oktober", "oct", "october", "október", "octobre", "ottobre", "ott",
    "octubre", "października", "paź", "nov", "november", "novembre", "noviembre", "listopada", "lis", "dez", "dezember",
    "dec", "december", "déc", "décembre", "dicembre", "dic", "diciembre", "grudnia", "gru",
};

static const char *const persons[] = {
    "ich", "mir", "mich", "wir", "uns", "i", "me", "we", "us", "my", "je", "j'ai", "nous", "m'a", "nekem", "nekünk",
    "engem", "én", "mi", "io", "ci", "noi", "yo", "nos", "mij", "ons", "ik", "wij", "mnie", "nam", "mein", "meine",
    "unser",
};

static const char *const articles[] = {
    "ihr", "ihre", "ihrem", "ihrer", "euer", "eure", "der", "die", "das", "man", "jemand", "ein", "eine", "er", "the",
    "your", "his", "her", "he", "she", "they", "someone", "somebody", "a", "an", "votre", "vos", "il", "elle", "az",
    "egy", "ön", "önök", "valaki", "la", "uno", "una", "vostro", "suo", "su", "uw", "een", "het", "twój", "pan",
};

static const char *const selves[] = {
    "ich", "mir", "mich", "mein", "meine", "meinen", "meinem", "i", "i'm", "i've", "my", "me", "je", "j'ai", "mon",
    "ma", "mes", "én", "nekem", "io", "mio", "yo",
};

static const char *const separators[] = {
    "original message", "ursprüngliche nachricht", "ursprüngliche e-mail", "urspruengliche nachricht",
    "originalnachricht", "original-nachricht", "original nachricht", "originalmail", "original-mail",
    "originale nachricht", "ursprüngliche mail", "ursprünglicher termin", "original appointment",
    "ursprüngliche mitteilung", "original email", "original e-mail", "reply message", "antwortnachricht",
    "weitergeleitete nachricht", "weitergeleitete e-mail", "weitergeleitete mail", "forwarded message",
    "forwarded mail", "forwarded email", "weitergeleitet von", "forwarded by", "forwarded letter", "eredeti üzenet",
    "eredeti levél", "eredeti e-mail", "továbbított üzenet", "továbbított levél", "továbbította",
    "továbbküldött üzenet", "message d'origine", "message original", "message initial", "courriel original",
    "mail original", "e-mail d'origine", "message transféré", "message réexpédié", "message transmis", "message du",
    "transféré par", "messaggio originale", "messaggio inoltrato", "messaggio originario", "inoltrato da",
    "mensaje original", "mensaje reenviado", "reenviado por", "oorspronkelijk bericht", "oorspronkelijke bericht",
    "origineel bericht", "originele bericht", "doorgestuurd bericht", "doorgestuurd door", "wiadomość oryginalna",
    "oryginalna wiadomość", "wiadomość pierwotna", "treść oryginalnej wiadomości", "treść przekazanej wiadomości",
    "przekazana wiadomość", "wiadomość przekazana", "wiadomość przekazana dalej", "mensagem original",
    "mensagem encaminhada", "ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding", "původní zpráva",
    "pôvodná správa",
};

static const char *const beginnings[] = {
    "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
    "beginn der weitergeleiteten nachricht", "begin forwarded message", "start of forwarded message",
    "továbbított üzenet kezdete", "továbbított levél kezdete", "a továbbított üzenet kezdete",
    "début du message réexpédié", "début du message transféré", "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato", "inicio del mensaje reenviado", "inicia el mensaje reenviado",
    "begin doorgestuurd bericht", "begin van doorgestuurd bericht", "początek przekazywanej wiadomości",
    "początek przekazanej wiadomości", "początek wiadomości przekazanej", "início da mensagem encaminhada",
};

static const char *const claims[] = {
    "vertraulich", "rechtlich geschützt", "bestimmten adressaten", "nicht der richtige adressat",
    "nicht der beabsichtigte", "irrtümlich", "confidential", "intended recipient", "intended only", "intended solely",
    "privileged", "in error", "bizalmas", "címzett", "tévedésből", "confidentiel", "destinataire", "par erreur",
    "riservat", "destinatari", "per errore", "confidencial", "vertrouwelijk", "geadresseerde", "poufn", "adresat",
    "viren", "virus", "personenbezogen",
};

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

struct phrase {
    const char *begin, *end; /* end: what the line ends in; "" for anything short */
};

static const char *const contacts[] = {
    "@", "www.", "http", "tel.", "tel:", "telefon", "phone", "fax", "mobil:", "mobile:", "gmbh", " kg", " ag", " kft",
    " bt.", " zrt", " sarl", " sas", " ltd", " inc", "+43", "+49", "+36", "+33", "+41", "mailing list", "mailingliste",
    "levelezőlista", "liste de diffusion",
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
    {"odoslané z ", ""},
};

/* What such a line speaks of: without one of these it is a sentence. */
static const char *const things[] = {
    "iphone", "ipad", "ipod", "mac", "apple", "ios", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi",
    "pixel", "nokia", "blackberry", "sony", "xperia", "honor", "oneplus", "oppo", "motorola", "htc", "lg ", "handy",
    "smartphone", "mobil", "mobile", "telefon", "phone", "téléphone", "portable", "tablet", "tablette", "gerät",
    "device", "készülék", "appareil", "outlook", "windows", "gmail", "yahoo", "proton", "gmx", "web.de", "freenet",
    "t-online", "telekom", "mail", "app", "thunderbird", "bluemail", "spark", "aqua", "unterwegs", "workspace",
    "surface", "cellulare", "móvil", "telefoon", "telefonu", "airmail", "superhuman", "icloud", "typeapp", "canary",
    "k-9", "shortwave", "missive",
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

struct label {
    const char *word;
    enum reply_label label;
};

static const struct label labels[] = {
    {"von", LABEL_FROM}, {"from", LABEL_FROM}, {"feladó", LABEL_FROM}, {"de", LABEL_FROM}, {"da", LABEL_FROM},
    {"van", LABEL_FROM}, {"od", LABEL_FROM}, {"absender", LABEL_FROM}, {"sender", LABEL_FROM},
    {"expéditeur", LABEL_FROM}, {"mittente", LABEL_FROM}, {"remitente", LABEL_FROM}, {"afzender", LABEL_FROM},
    {"nadawca", LABEL_FROM}, {"küldő", LABEL_FROM}, {"från", LABEL_FROM}, {"fra", LABEL_FROM},
    {"lähettäjä", LABEL_FROM}, {"émetteur", LABEL_FROM}, {"kitől", LABEL_FROM}, {"gesendet", LABEL_DATE},
    {"gesendet am", LABEL_DATE}, {"verschickt", LABEL_DATE}, {"sent", LABEL_DATE}, {"elküldve", LABEL_DATE},
    {"küldve", LABEL_DATE}, {"envoyé", LABEL_DATE}, {"envoyé le", LABEL_DATE}, {"envoyée", LABEL_DATE},
    {"inviato", LABEL_DATE}, {"inviata", LABEL_DATE}, {"enviado", LABEL_DATE}, {"enviado el", LABEL_DATE},
    {"enviado em", LABEL_DATE}, {"enviada em", LABEL_DATE}, {"verzonden", LABEL_DATE}, {"wysłano", LABEL_DATE},
    {"wysłane", LABEL_DATE}, {"skickat", LABEL_DATE}, {"sendt", LABEL_DATE}, {"datum", LABEL_DATE},
    {"date", LABEL_DATE}, {"message du", LABEL_DATE}, {"dátum", LABEL_DATE}, {"data", LABEL_DATE},
    {"fecha", LABEL_DATE}, {"időpont", LABEL_DATE}, {"date d'envoi", LABEL_DATE}, {"data invio", LABEL_DATE},
    {"gesendet/datum", LABEL_DATE}, {"datum/uhrzeit", LABEL_DATE}, {"dato", LABEL_DATE}, {"an", LABEL_TO},
    {"to", LABEL_TO}, {"címzett", LABEL_TO}, {"címzettek", LABEL_TO}, {"kinek", LABEL_TO}, {"à", LABEL_TO},
    {"a", LABEL_TO}, {"aan", LABEL_TO}, {"do", LABEL_TO}, {"para", LABEL_TO}, {"empfänger", LABEL_TO},
    {"destinataire", LABEL_TO}, {"destinataires", LABEL_TO}, {"destinatario", LABEL_TO}, {"till", LABEL_TO},
    {"til", LABEL_TO}, {"recipient", LABEL_TO}, {"odbiorca", LABEL_TO}, {"cc", LABEL_COPY}, {"bcc", LABEL_COPY},
    {"kopie", LABEL_COPY}, {"blindkopie", LABEL_COPY}, {"másolat", LABEL_COPY}, {"másolatot kap", LABEL_COPY},
    {"titkos másolat", LABEL_COPY}, {"titkos másolatot kap", LABEL_COPY}, {"copie à", LABEL_COPY},
    {"copie", LABEL_COPY}, {"cci", LABEL_COPY}, {"ccn", LABEL_COPY}, {"cco", LABEL_COPY}, {"dw", LABEL_COPY},
    {"do wiadomości", LABEL_COPY}, {"kopia", LABEL_COPY}, {"kopi", LABEL_COPY}, {"copia", LABEL_COPY},
    {"betreff", LABEL_SUBJECT}, {"subject", LABEL_SUBJECT}, {"tárgy", LABEL_SUBJECT}, {"objet", LABEL_SUBJECT},
    {"sujet", LABEL_SUBJECT}, {"oggetto", LABEL_SUBJECT}, {"asunto", LABEL_SUBJECT}, {"onderwerp", LABEL_SUBJECT},
    {"temat", LABEL_SUBJECT}, {"assunto", LABEL_SUBJECT}, {"ämne", LABEL_SUBJECT}, {"emne", LABEL_SUBJECT},
    {"predmet", LABEL_SUBJECT}, {"antwort an", LABEL_OTHER}, {"antworten an", LABEL_OTHER}, {"reply-to", LABEL_OTHER},
    {"reply to", LABEL_OTHER}, {"répondre à", LABEL_OTHER}, {"válaszcím", LABEL_OTHER}, {"válasz", LABEL_OTHER},
    {"rispondi a", LABEL_OTHER}, {"responder a", LABEL_OTHER}, {"antwoord aan", LABEL_OTHER},
    {"odpowiedz do", LABEL_OTHER}, {"anlagen", LABEL_OTHER}, {"anlage", LABEL_OTHER}, {"anhänge", LABEL_OTHER},
    {"anhang", LABEL_OTHER}, {"attachments", LABEL_OTHER}, {"attachment", LABEL_OTHER}, {"mellékletek", LABEL_OTHER},
    {"melléklet", LABEL_OTHER}, {"pièces jointes", LABEL_OTHER}, {"pièce jointe", LABEL_OTHER},
    {"allegati", LABEL_OTHER}, {"wichtigkeit", LABEL_OTHER}, {"importance", LABEL_OTHER}, {"priorität", LABEL_OTHER},
    {"priority", LABEL_OTHER}, {"fontosság", LABEL_OTHER}, {"vertraulichkeit", LABEL_OTHER},
    {"sensitivity", LABEL_OTHER}, {"organisation", LABEL_OTHER}, {"organization", LABEL_OTHER},
    {"newsgroups", LABEL_OTHER}, {"message-id", LABEL_OTHER}, {"adjuntos", LABEL_OTHER}, {"bijlagen", LABEL_OTHER},
    {"kategorien", LABEL_OTHER}, {"categories", LABEL_OTHER}, {"im auftrag von", LABEL_OTHER},
    {"on behalf of", LABEL_OTHER},
};

struct table {
    size_t count;
    const char *const *words;
};

static struct table table_of(enum reply_words which) {
    switch (which) {
    case REPLY_VERBS: return (struct table){COUNT_OF(verbs), verbs};
    case REPLY_OPENINGS: return (struct table){COUNT_OF(openings), openings};
    case REPLY_MONTHS: return (struct table){COUNT_OF(months), months};
    case REPLY_PERSONS: return (struct table){COUNT_OF(persons), persons};
    case REPLY_ARTICLES: return (struct table){COUNT_OF(articles), articles};
    case REPLY_SELVES: return (struct table){COUNT_OF(selves), selves};
    case REPLY_SEPARATORS: return (struct table){COUNT_OF(separators), separators};
    case REPLY_BEGINNINGS: return (struct table){COUNT_OF(beginnings), beginnings};
    case REPLY_CLAIMS: return (struct table){COUNT_OF(claims), claims};
    }
    return (struct table){0, NULL};
}

/* Most words differ in their first byte. */
static bool is_word(struct text t, const char *word) {
    return t.size && t.data[0] == word[0] && text_is(t, word);
}

static bool table_is(struct table table, struct text word) {
    for (size_t i = 0; i < table.count; i++)
        if (is_word(word, table.words[i])) return true;
    return false;
}

static bool table_in(struct table table, struct text plain) {
    for (size_t i = 0; i < table.count; i++)
        if (text_find(plain, text_of(table.words[i])) != SIZE_MAX) return true;
    return false;
}

static bool table_begins(struct table table, struct text plain) {
    for (size_t i = 0; i < table.count; i++)
        if (text_starts(plain, table.words[i])) return true;
    return false;
}

bool reply_word_is(enum reply_words table, struct text word) {
    return table_is(table_of(table), word);
}

bool reply_words_in(enum reply_words table, struct text plain) {
    return table_in(table_of(table), plain);
}

bool reply_words_begin(enum reply_words table, struct text plain) {
    return table_begins(table_of(table), plain);
}

bool reply_is_notice(struct text plain) {
    return table_begins((struct table){COUNT_OF(notices), notices}, reply_strip(plain, "*_#-| "));
}

bool reply_begins_legal(struct text plain) {
    return table_begins((struct table){COUNT_OF(legal), legal}, reply_strip(plain, "*_#-| "));
}

bool reply_has_contact(struct text plain) {
    return table_in((struct table){COUNT_OF(contacts), contacts}, plain);
}

enum reply_label reply_label_of(struct text plain) {
    plain = reply_strip(text_cut(plain, 60), "*_ ");
    size_t colon = text_find_char(plain, ':');
    if (colon == SIZE_MAX || colon == 0 || colon > 30) return LABEL_NONE;
    struct text word = reply_strip(text_slice(plain, 0, colon), "*_ ");
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (is_word(word, labels[i].word)) return labels[i].label;
    return LABEL_NONE;
}

/* Without an address of the web at its end: "get outlook for ios<https://aka.ms/o0ukef>". */
static struct text without_link(struct text plain) {
    size_t link = text_find(plain, text_of("http"));
    if (link == SIZE_MAX) link = text_find(plain, text_of("<"));
    if (link != SIZE_MAX && link > 0) plain.size = link;
    return reply_strip(plain, " .!<([])>*_-–");
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
    if (plain.size < 8 || plain.size > 200) return false;
    struct text line = without_link(plain);
    if (word_count(line) > 11 || !has_thing(line)) return false;
    if (table_in((struct table){COUNT_OF(tellings), tellings}, line)) return false;
    for (size_t i = 0; i < COUNT_OF(devices); i++)
        if (text_starts(line, devices[i].begin) && text_ends(line, devices[i].end)) return true;
    return false;
}

bool reply_is_marker(struct text plain) {
    if (plain.size < 12 || plain.size > 200) return false;
    if (!table_in((struct table){COUNT_OF(places), places}, plain)) return false;
    struct text bare = reply_strip(plain, "#-*=_~<>[]() +|");
    return bare.size + 2 <= plain.size || table_begins((struct table){COUNT_OF(orders), orders}, bare);
}
