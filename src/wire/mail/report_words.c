#include "wire/mail/report_private.h"

/* Subjects of bounces, from their very beginning; in text_fold's case. */
static const char *const bounce_subjects[] = {
    "undelivered mail returned to sender", "undelivered mail", "undeliverable", "mail delivery failed",
    "mail delivery failure", "delivery status notification", "delivery failure", "delivery failed", "failure notice",
    "returned mail", "mail system error", "message undeliverable", "message not delivered", "mail not delivered",
    "permanent delivery failure", "mail delivery problem", "processing error", "mail failed", "failed mail",
    "automatically rejected mail", "message rejected", "message status - undeliverable", "error sending message",
    "could not deliver", "unable to deliver", "e-mail could not be delivered", "email could not be delivered",
    "message could not be delivered", "your message could not be delivered", "undelivered: ", "undelivered mail",
    "mail returned to sender", "error in mail delivery", "non-delivery", "nondeliverable mail",
    "mail could not be delivered", "rejected mail", "unzustellbar", "nicht zustellbar", "nicht zugestellt",
    "zustellung fehlgeschlagen", "fehler bei der zustellung", "fehlgeschlagene zustellung", "zustellungsfehler",
    "nachricht nicht zugestellt", "unzustellbare nachricht", "kézbesíthetetlen", "sikertelen kézbesítés",
    "kézbesítési hiba", "a kézbesítés sikertelen", "nem kézbesíthető", "non remis", "non distribuable",
    "échec de la remise", "échec de remise", "échec de la distribution", "message non remis", "mancato recapito",
    "non recapitabile", "impossibile recapitare", "no se puede entregar", "no entregado", "error de entrega",
    "niet bezorgd", "onbestelbaar", "niet-bestelbaar", "kan inte levereras", "olevererbart", "kan ikke leveres",
    "niedoręczon", "nie można dostarczyć", "nedoručiteln", "falha na entrega", "não entregue",
    "ihre nachricht konnte nicht", "ihre e-mail konnte nicht", "ihre mail konnte nicht", "e-mail nicht zugestellt",
    "mail nicht zugestellt", "nachricht konnte nicht", "unzustellbarkeitsbericht", "zustellbericht (fehler)",
    "benachrichtigung zum übermittlungsstatus (fehlgeschlagen)", "benachrichtigung zum zustellstatus (fehler)",
    "kézbesítési állapotértesítés (hiba)", "kézbesítési jelentés (hiba)", "a levél nem kézbesíthető",
    "az üzenet nem kézbesíthető", "visszaküldött levél", "notification d'état de remise (échec)",
    "notification d'échec", "message non délivré", "courrier non délivré", "retour de courrier",
    "notifica sullo stato del recapito (errore)", "notificación de estado de entrega (error)",
    "status notificatie van bezorging (mislukt)", "недоставлен", "не доставлено", "ваше сообщение не доставлено",
    "ваше письмо не доставлено", "сообщение не доставлено", "系统退信", "退信", "配信エラー", "配信不能", "반송",
};

static const char *const delay_subjects[] = {
    "delivery status notification (delay)", "delayed mail", "mail delivery delayed", "delivery delayed",
    "delayed delivery", "delivery delay", "warning: message", "warning: could not send message",
    "zustellung verzögert", "verzögerte zustellung", "késik a kézbesítés", "késleltetett kézbesítés",
    "remise retardée", "delivery incomplete", "mail delivery warning", "warning: delayed", "delayed:",
    "benachrichtigung zum zustellstatus (verzögerung)", "benachrichtigung zum übermittlungsstatus (verzögerung)",
    "verzögerung bei der zustellung", "kézbesítési állapotértesítés (késés)",
    "notification d'état de remise (retard)", "message delayed",
};

/* What servers say to people when they give up. White space is folded and "’" is "'". */
static const char *const bounce_phrases[] = {
    "this is the qmail-send program", "this is the mail system at host", "could not be delivered",
    "couldn't be delivered", "can't be delivered", "cannot be delivered", "was not delivered to",
    "wasn't delivered to", "unable to deliver", "delivery to the following recipient", "delivery has failed to",
    "did not reach the following recipient", "did not reach some or all of the intended recipients",
    "message undeliverable", "diagnostic information for administrators", "had permanent fatal errors",
    "had permanent delivery errors", "failed permanently", "is undeliverable", "returned to sender",
    "could not deliver", "wasn't able to deliver", "was not able to deliver", "not delivered!",
    "has not been delivered", "has been returned because", "did not receive this message", "did not receive a copy",
    "was automatically rejected", "no such user here", "could not be reached", "mail delivery failed",
    "message could not be sent", "returned as undeliverable", "delivery failed", "the following addresses had",
    "the following address(es) failed", "failed addresses follow", "failed recipient", "address no longer",
    "is wrong or no longer valid", "email address is wrong", "address couldn't be found",
    "address could not be found", "address not found", "wasn't found at", "message blocked", "has been rejected by",
    "was rejected by", "nicht erreicht werden", "wurde nicht zugestellt", "konnte nicht gefunden werden",
    "wurde abgelehnt", "fehler beim zustellen", "fehler bei der zustellung", "endgültig fehlgeschlagen",
    "nicht gesendet werden", "dauerhafter fehler", "permanenter fehler", "nicht zugestellt werden",
    "nicht übermittelt werden", "nicht ausgeliefert werden", "nicht zustellbar", "unzustellbar",
    "zustellung ist fehlgeschlagen", "zustellung fehlgeschlagen", "kézbesíthetetlen", "nem sikerült kézbesíteni",
    "nem lehetett kézbesíteni", "nem kézbesíthető", "kézbesítése sikertelen", "nem tudtuk kézbesíteni",
    "n'a pas pu être remis", "n'a pas pu être délivré", "n'a pas pu être distribué", "n'a pas été remis",
    "impossible de remettre", "échec de la remise", "non è stato possibile recapitare", "non è stato recapitato",
    "non può essere recapitato", "no se pudo entregar", "no se ha podido entregar", "no pudo ser entregado",
    "niet worden bezorgd", "niet worden afgeleverd", "kunde inte levereras", "kunne ikke leveres",
    "nie mógł zostać dostarczon", "nie można dostarczyć", "nelze doručit", "nebylo možné doručit",
    "não pôde ser entregue", "não foi possível entregar", "n'a pas pu etre", "n'ont pas pu être remis",
    "adresse introuvable", "не может быть доставлено", "не удалось доставить", "не доставлено", "无法投递", "无法送达",
    "配信できません",
};

/* ... and when they do not. */
static const char *const delay_phrases[] = {
    "this is a warning only", "you do not need to resend", "delivery attempts will continue",
    "no action is required on your part", "has not yet been delivered", "will be retried", "will retry for",
    "has been postponed", "we will continue to try", "will continue to be made", "still being retried",
    "will keep trying", "wir versuchen es weiter", "weiterhin versuchen", "erneut versucht", "delivery is delayed",
    "delivery has been delayed", "zustellung verzögert sich", "noch nicht zugestellt", "weitere zustellversuche",
    "wird weiterhin versucht", "még nem sikerült kézbesíteni", "n'a pas encore été remis",
};

/* A mailbox that has no room today may have it tomorrow. */
static const char *const full_words[] = {
    "mailbox full", "mailbox is full", "inbox full", "inbox is full", "over quota", "overquota", "quota exceeded",
    "exceeded quota", "over its quota", "exceeded storage", "insufficient storage", "out of storage", "quota is full",
    "storage limit", "postfach voll", "postfach ist voll", "speicherplatz", "postafiók megtelt", "postaláda megtelt",
    "boîte pleine", "boîte aux lettres pleine", "casella piena", "buzón lleno", "postvak vol", "full mailbox",
    "mailbox size limit", "mailbox limit exceeded", "over the quota", "exceeded the storage", "mailbox has exceeded",
    "user is over", "not enough space", "no space left", "postfach des empfängers ist voll", "postfach überfüllt",
    "kontingent überschritten", "speicherplatz überschritten", "megtelt", "boîte de réception pleine",
    "quota dépassé", "casella piena", "переполнен",
};

static const char *const gone_words[] = {
    "user unknown", "unknown user", "no such user", "unknown recipient", "recipient unknown", "does not exist",
    "doesn't exist", "no mailbox here", "mailbox not found", "mailbox unavailable", "address not found",
    "user not found", "couldn't be found", "recipnotfound", "recipient not found", "invalid recipient",
    "unknown address", "no such address", "no such mailbox", "unrouteable address", "unroutable", "host unknown",
    "domain not found", "permanent error", "permanent failure", "permanently", "empfänger unbekannt",
    "unbekannter empfänger", "existiert nicht", "adresse unbekannt", "adresse ist unbekannt", "nem létezik",
    "ismeretlen címzett", "n'existe pas", "adresse inconnue", "utilisateur inconnu", "non esiste", "no existe",
    "not listed in", "no account here", "doesn't have a", "does not have a", "not a valid user", "was not found",
    "wasn't found", "is not known", "no longer valid", "no longer exists", "account has been disabled",
    "account is disabled", "account has been deactivated", "no such recipient", "user does not", "nicht gefunden",
    "unbekannte adresse", "unbekannter benutzer", "unbekannte an-adresse", "konto existiert", "deaktiviert",
    "nem található", "megszűnt", "n'a pas été trouvé", "introuvable", "inconnu", "non è stato trovato", "inesistente",
    "no se encontró", "niet gevonden", "nie znaleziono", "nie istnieje", "не существует", "не найден",
};

/* Where the copy of the letter begins. */
static const char *const copy_marks[] = {
    "--- below this line is a copy", "this is a copy of the message", "this is a copy of your message",
    "the body of the message is", "returned mail follows", "here is a copy of the first part",
    "start of returned message", "message text follows", "original message as received", "original message details",
    "a summary of the undelivered message", "copy of the original message", "lines of your original message",
    "full text of your message", "text of your original message", "undelivered message follows", "---- returned mail",
    "---- transcript of your message", "original message is as follows", "headers of the original message",
    "hier ist eine kopie", "kopie ihrer nachricht", "kopie der nachricht", "----- die nachricht",
    "original message headers:", "----- original message", "-----original message", "----- message header follows",
    "--- the header of the original", "----- unsent message", "--- returned message", "original message follows",
    "message headers follow", "ursprüngliche nachrichtenkopfzeilen", "----- ursprüngliche", "-----ursprüngliche",
    "--- die kopfzeilen", "az eredeti üzenet fejlécei", "en-têtes de message d'origine",
};

static const struct {
    const char *const *words;
    size_t count;
} tables[] = {
    [WORDS_BOUNCE_SUBJECT] = {bounce_subjects, COUNT_OF(bounce_subjects)},
    [WORDS_DELAY_SUBJECT] = {delay_subjects, COUNT_OF(delay_subjects)},
    [WORDS_BOUNCE] = {bounce_phrases, COUNT_OF(bounce_phrases)},
    [WORDS_DELAY] = {delay_phrases, COUNT_OF(delay_phrases)},
    [WORDS_FULL] = {full_words, COUNT_OF(full_words)},
    [WORDS_GONE] = {gone_words, COUNT_OF(gone_words)},
};

struct text report_words_plain(struct arena *mem, struct text text) {
    struct text folded = text_fold(mem, text_trim(text));
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < folded.size; i++) {
        if (text_starts(text_skip(folded, i), "’")) {
            buffer_add_char(&out, '\'');
            i += strlen("’") - 1;
        } else if ((unsigned char)folded.data[i] > ' ') {
            buffer_add_char(&out, folded.data[i]);
        } else if (out.size && out.data[out.size - 1] != ' ') {
            buffer_add_char(&out, ' ');
        }
    }
    return buffer_text(&out);
}

bool report_words_in(enum report_words table, struct text plain) {
    for (size_t i = 0; i < tables[table].count; i++)
        if (text_find(plain, text_of(tables[table].words[i])) != SIZE_MAX) return true;
    return false;
}

bool report_words_begin(enum report_words table, struct text plain) {
    for (size_t i = 0; i < tables[table].count; i++)
        if (text_starts(plain, tables[table].words[i])) return true;
    return false;
}

static bool is_copy_mark(struct text line) {
    for (size_t i = 0; i < COUNT_OF(copy_marks); i++)
        if (text_find_nocase(line, text_of(copy_marks[i])) != SIZE_MAX) return true;
    return false;
}

struct text report_words_of_server(struct text text, struct text *ret_returned) {
    struct text rest = text_cut(text, REPORT_READ), whole = rest, line;
    while (text_next_line(&rest, &line))
        if (is_copy_mark(line)) {
            *ret_returned = rest;
            return text_slice(whole, 0, (size_t)(line.data - whole.data));
        }
    *ret_returned = text_of("");
    return whole;
}
