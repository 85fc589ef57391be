/* What mail programs of our customers' languages write around an old letter. All in small letters. */
#include "wire/mail/reply_private.h"


static const char *const verbs[] = {
    "schrieb", "schrieben", "geschrieben", "schreibt", "wrote", "writes", "írta", "írták", "írt", "ír", "écrit",
    "écrivait", "écrivit", "scritto", "scrisse", "scrive", "escribió", "escrito", "schreef", "geschreven", "napisał",
    "napisała", "napisał(a", "napisał(a)", "napisali", "pisze", "escreveu", "skrev", "kirjoitti", "napsal", "napsala",
    "napsal(a", "napísal", "napísala", "napísal(a", "scris", "yazdı", "написал", "написала", "пишет", "napisao",
    "napisala", "napisao/la", "έγραψε", "写道", "寫道", "пише", "написав", "писал", "писала", "написа", "viết", "yazmış",
    "작성", "썼습니다", "のメール", "のメッセージ", "書きました", "כתב", "כתבה", "כתב/ה", "كتب", "كتبت", "เขียนว่า", "menulis",
};

static const char *const openings[] = {
    "am", "on", "le", "el", "il", "op", "dnia", "w", "em", "den", "a", "at", "dne", "dňa", "pe", "în", "ti", "um",
    "fre", "man", "lør", "dana", "data", "på", "vào",
};

static const char *const months[] = {
    "jan", "januar", "jänner", "january", "január", "janvier", "janv", "gennaio", "gen", "enero", "ene", "januari",
    "styczeń", "stycznia", "sty", "feb", "februar", "february", "február", "febr", "février", "févr", "febbraio",
    "febrero", "februari", "lutego", "lut", "mär", "märz", "mrz", "mar", "march", "március", "márc", "mars", "marzo",
    "maart", "mrt", "marca", "apr", "april", "április", "ápr", "avril", "avr", "aprile", "abril", "abr", "kwietnia",
    "kwi", "mai", "may", "május", "máj", "maggio", "mag", "mayo", "mei", "maja", "maj", "jun", "juni", "june",
    "június", "jún", "juin", "giugno", "giu", "junio", "czerwca", "cze", "jul", "juli", "july", "július", "júl",
    "juillet", "juil", "luglio", "lug", "julio", "lipca", "lip", "aug", "august", "augusztus", "août", "aoû",
    "agosto", "ago", "augustus", "sierpnia", "sie", "sep", "sept", "september", "szeptember", "szept", "septembre",
    "settembre", "set", "septiembre", "września", "wrz", "okt", "oktober", "oct", "october", "október", "octobre",
    "ottobre", "ott", "octubre", "października", "paź", "nov", "november", "novembre", "noviembre", "listopada",
    "lis", "dez", "dezember", "dec", "december", "déc", "décembre", "dicembre", "dic", "diciembre", "grudnia", "gru",
    "янв", "января", "фев", "февр", "февраля", "мар", "марта", "апр", "апреля", "мая", "июн", "июня", "июл", "июля",
    "авг", "августа", "сен", "сент", "сентября", "окт", "октября", "ноя", "нояб", "ноября", "дек", "декабря", "лист",
    "листопада", "груд", "грудня", "tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta",
    "heinäkuuta", "elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta",
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
    "mensagem encaminhada", "ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding",
    "původní zpráva", "pôvodná správa", "oprindelig besked", "videresendt besked", "videresendt meddelelse",
    "vidarebefordrat meddelande", "alkuperäinen viesti", "välitetty viesti", "исходное сообщение",
    "пересылаемое сообщение", "пересланное сообщение", "оригінальне повідомлення", "原始邮件", "原始郵件", "转发邮件", "元のメッセージ",
    "転送されたメッセージ", "원본 메시지", "özgün ileti", "orijinal mesaj", "iletilen mesaj", "mesaj original",
    "mesaj redirecționat", "přeposlaná zpráva", "preposlaná správa", "izvorna poruka", "proslijeđena poruka",
    "izvirno sporočilo", "posredovano sporočilo",
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
    {"gesendet am", LABEL_DATE}, {"bis", LABEL_TO}, {"pour", LABEL_TO}, {"verschickt", LABEL_DATE},
    {"sent", LABEL_DATE}, {"elküldve", LABEL_DATE}, {"küldve", LABEL_DATE}, {"envoyé", LABEL_DATE},
    {"envoyé le", LABEL_DATE}, {"envoyée", LABEL_DATE}, {"inviato", LABEL_DATE}, {"inviata", LABEL_DATE},
    {"enviado", LABEL_DATE}, {"enviado el", LABEL_DATE}, {"enviado em", LABEL_DATE}, {"enviada em", LABEL_DATE},
    {"verzonden", LABEL_DATE}, {"wysłano", LABEL_DATE}, {"wysłane", LABEL_DATE}, {"skickat", LABEL_DATE},
    {"sendt", LABEL_DATE}, {"datum", LABEL_DATE}, {"date", LABEL_DATE}, {"message du", LABEL_DATE},
    {"dátum", LABEL_DATE}, {"data", LABEL_DATE}, {"fecha", LABEL_DATE}, {"időpont", LABEL_DATE},
    {"date d'envoi", LABEL_DATE}, {"data invio", LABEL_DATE}, {"gesendet/datum", LABEL_DATE},
    {"datum/uhrzeit", LABEL_DATE}, {"dato", LABEL_DATE}, {"an", LABEL_TO}, {"to", LABEL_TO}, {"címzett", LABEL_TO},
    {"címzettek", LABEL_TO}, {"kinek", LABEL_TO}, {"à", LABEL_TO}, {"a", LABEL_TO}, {"aan", LABEL_TO}, {"do", LABEL_TO},
    {"para", LABEL_TO}, {"empfänger", LABEL_TO}, {"destinataire", LABEL_TO}, {"destinataires", LABEL_TO},
    {"destinatario", LABEL_TO}, {"till", LABEL_TO}, {"til", LABEL_TO}, {"recipient", LABEL_TO}, {"odbiorca", LABEL_TO},
    {"cc", LABEL_COPY}, {"bcc", LABEL_COPY}, {"kopie", LABEL_COPY}, {"blindkopie", LABEL_COPY}, {"másolat", LABEL_COPY},
    {"másolatot kap", LABEL_COPY}, {"titkos másolat", LABEL_COPY}, {"titkos másolatot kap", LABEL_COPY},
    {"copie à", LABEL_COPY}, {"copie", LABEL_COPY}, {"cci", LABEL_COPY}, {"ccn", LABEL_COPY}, {"cco", LABEL_COPY},
    {"dw", LABEL_COPY}, {"do wiadomości", LABEL_COPY}, {"kopia", LABEL_COPY}, {"kopi", LABEL_COPY},
    {"copia", LABEL_COPY}, {"betreff", LABEL_SUBJECT}, {"subject", LABEL_SUBJECT}, {"tárgy", LABEL_SUBJECT},
    {"objet", LABEL_SUBJECT}, {"sujet", LABEL_SUBJECT}, {"oggetto", LABEL_SUBJECT}, {"asunto", LABEL_SUBJECT},
    {"onderwerp", LABEL_SUBJECT}, {"temat", LABEL_SUBJECT}, {"assunto", LABEL_SUBJECT}, {"ämne", LABEL_SUBJECT},
    {"emne", LABEL_SUBJECT}, {"predmet", LABEL_SUBJECT}, {"antwort an", LABEL_OTHER}, {"antworten an", LABEL_OTHER},
    {"reply-to", LABEL_OTHER}, {"reply to", LABEL_OTHER}, {"répondre à", LABEL_OTHER}, {"válaszcím", LABEL_OTHER},
    {"válasz", LABEL_OTHER}, {"rispondi a", LABEL_OTHER}, {"responder a", LABEL_OTHER}, {"antwoord aan", LABEL_OTHER},
    {"odpowiedz do", LABEL_OTHER}, {"anlagen", LABEL_OTHER}, {"anlage", LABEL_OTHER}, {"anhänge", LABEL_OTHER},
    {"anhang", LABEL_OTHER}, {"attachments", LABEL_OTHER}, {"attachment", LABEL_OTHER}, {"mellékletek", LABEL_OTHER},
    {"melléklet", LABEL_OTHER}, {"pièces jointes", LABEL_OTHER}, {"pièce jointe", LABEL_OTHER},
    {"allegati", LABEL_OTHER}, {"wichtigkeit", LABEL_OTHER}, {"importance", LABEL_OTHER}, {"priorität", LABEL_OTHER},
    {"priority", LABEL_OTHER}, {"fontosság", LABEL_OTHER}, {"vertraulichkeit", LABEL_OTHER},
    {"sensitivity", LABEL_OTHER}, {"organisation", LABEL_OTHER}, {"organization", LABEL_OTHER},
    {"newsgroups", LABEL_OTHER}, {"message-id", LABEL_OTHER}, {"adjuntos", LABEL_OTHER}, {"bijlagen", LABEL_OTHER},
    {"kategorien", LABEL_OTHER}, {"categories", LABEL_OTHER}, {"im auftrag von", LABEL_OTHER},
    {"on behalf of", LABEL_OTHER}, {"pre", LABEL_TO},
    {"avsändare", LABEL_FROM}, {"frá", LABEL_FROM}, {"odesílatel", LABEL_FROM}, {"odosielateľ", LABEL_FROM},
    {"от", LABEL_FROM}, {"від", LABEL_FROM}, {"发件人", LABEL_FROM}, {"寄件者", LABEL_FROM}, {"差出人", LABEL_FROM},
    {"보낸 사람", LABEL_FROM}, {"보낸사람", LABEL_FROM}, {"gönderen", LABEL_FROM}, {"kimden", LABEL_FROM},
    {"de la", LABEL_FROM}, {"από", LABEL_FROM}, {"šalje", LABEL_FROM}, {"pošiljatelj", LABEL_FROM},
    {"מאת", LABEL_FROM}, {"من", LABEL_FROM}, {"lähetetty", LABEL_DATE}, {"päivämäärä", LABEL_DATE},
    {"odesláno", LABEL_DATE}, {"odoslané", LABEL_DATE}, {"отправлено", LABEL_DATE}, {"дата", LABEL_DATE},
    {"надіслано", LABEL_DATE}, {"发送时间", LABEL_DATE}, {"寄件日期", LABEL_DATE}, {"日期", LABEL_DATE}, {"送信日時", LABEL_DATE},
    {"日付", LABEL_DATE}, {"日時", LABEL_DATE}, {"보낸 날짜", LABEL_DATE}, {"날짜", LABEL_DATE}, {"gönderildi", LABEL_DATE},
    {"gönderilme tarihi", LABEL_DATE}, {"tarih", LABEL_DATE}, {"trimis", LABEL_DATE}, {"dată", LABEL_DATE},
    {"ημερομηνία", LABEL_DATE}, {"poslano", LABEL_DATE}, {"küldés ideje", LABEL_DATE}, {"küldés dátuma", LABEL_DATE},
    {"תאריך", LABEL_DATE}, {"datum odeslání", LABEL_DATE}, {"datum und uhrzeit", LABEL_DATE},
    {"vastaanottaja", LABEL_TO}, {"komu", LABEL_TO}, {"кому", LABEL_TO}, {"收件人", LABEL_TO}, {"收件者", LABEL_TO},
    {"宛先", LABEL_TO}, {"받는 사람", LABEL_TO}, {"받는사람", LABEL_TO}, {"kime", LABEL_TO}, {"către", LABEL_TO},
    {"προς", LABEL_TO}, {"za", LABEL_TO}, {"prima", LABEL_TO}, {"אל", LABEL_TO}, {"إلى", LABEL_TO},
    {"копия", LABEL_COPY}, {"копія", LABEL_COPY}, {"抄送", LABEL_COPY}, {"副本", LABEL_COPY}, {"참조", LABEL_COPY},
    {"bilgi", LABEL_COPY}, {"kopio", LABEL_COPY}, {"másolatot kapnak", LABEL_COPY}, {"kp", LABEL_COPY},
    {"aihe", LABEL_SUBJECT}, {"předmět", LABEL_SUBJECT}, {"тема", LABEL_SUBJECT}, {"主题", LABEL_SUBJECT},
    {"主旨", LABEL_SUBJECT}, {"件名", LABEL_SUBJECT}, {"제목", LABEL_SUBJECT}, {"konu", LABEL_SUBJECT},
    {"subiect", LABEL_SUBJECT}, {"θέμα", LABEL_SUBJECT}, {"zadeva", LABEL_SUBJECT}, {"נושא", LABEL_SUBJECT},
    {"الموضوع", LABEL_SUBJECT}, {"betrifft", LABEL_SUBJECT},
};

static struct reply_table table_of(enum reply_words which) {
    switch (which) {
    case REPLY_VERBS: return (struct reply_table){COUNT_OF(verbs), verbs};
    case REPLY_OPENINGS: return (struct reply_table){COUNT_OF(openings), openings};
    case REPLY_MONTHS: return (struct reply_table){COUNT_OF(months), months};
    case REPLY_PERSONS: return (struct reply_table){COUNT_OF(persons), persons};
    case REPLY_ARTICLES: return (struct reply_table){COUNT_OF(articles), articles};
    case REPLY_SELVES: return (struct reply_table){COUNT_OF(selves), selves};
    case REPLY_SEPARATORS: return (struct reply_table){COUNT_OF(separators), separators};
    case REPLY_BEGINNINGS: return (struct reply_table){COUNT_OF(beginnings), beginnings};
    }
    return (struct reply_table){0, NULL};
}

/* Most words differ in their first byte. */
static bool is_word(struct text t, const char *word) {
    return t.size && t.data[0] == word[0] && text_is(t, word);
}

static bool table_is(struct reply_table table, struct text word) {
    for (size_t i = 0; i < table.count; i++)
        if (is_word(word, table.words[i])) return true;
    return false;
}

bool reply_table_in(struct reply_table table, struct text plain) {
    for (size_t i = 0; i < table.count; i++)
        if (text_find(plain, text_of(table.words[i])) != SIZE_MAX) return true;
    return false;
}

bool reply_table_begins(struct reply_table table, struct text plain) {
    for (size_t i = 0; i < table.count; i++)
        if (text_starts(plain, table.words[i])) return true;
    return false;
}

bool reply_word_is(enum reply_words table, struct text word) {
    return table_is(table_of(table), word);
}

bool reply_words_begin(enum reply_words table, struct text plain) {
    return reply_table_begins(table_of(table), plain);
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
