#include "wire/mail/automatic_words.h"

#include "wire/mail/reply.h"
#include "wire/mail/report_private.h"
#include "wire/mail/subject.h"

#define WORDS_LIMIT 2500 /* bytes: longer letters are not written by such programs */
#define SIGNS_NEEDED 2

/* All as report_words_plain writes them. */
static const char *const absences[] = {
    "nicht im büro", "nicht im haus", "nicht im hause", "nicht am arbeitsplatz", "außer haus", "ausser haus",
    "im urlaub", "in urlaub", "in elternzeit", "im mutterschutz", "bin abwesend", "derzeit abwesend",
    "zur zeit abwesend", "zurzeit abwesend", "momentan abwesend", "nicht erreichbar", "nicht zu erreichen",
    "nicht anwesend", "büro ist geschlossen", "büro geschlossen", "betriebsferien", "betriebsurlaub",
    "auf dienstreise", "auf geschäftsreise", "meine abwesenheit", "meiner abwesenheit", "out of office",
    "out of the office", "out-of-office", "away from the office", "away from my desk", "on vacation", "on holiday",
    "on annual leave", "on leave", "on parental leave", "on maternity leave", "on a business trip", "currently away",
    "office is closed", "offices are closed", "limited access to e-mail", "limited access to email",
    "limited access to my e", "no access to e-mail", "no access to email", "not in the office", "házon kívül",
    "szabadságon", "szabadságomat", "nem vagyok az iroda", "nem leszek az iroda", "nem tartózkodom",
    "nem vagyok elérhető", "nem leszek elérhető", "távol vagyok", "távol leszek", "irodánk zárva", "távollétem",
    "absent du", "absente du", "absent(e)", "je suis absent", "je suis en congé", "en congés", "en vacances",
    "en déplacement", "absente jusqu", "absent jusqu", "mon absence", "nos bureaux sont fermés", "hors du bureau",
    "fuori ufficio", "fuori sede", "sono in ferie", "in ferie", "sarò assente", "sono assente",
    "assente dall'ufficio", "fuera de la oficina", "de vacaciones", "estoy ausente", "estaré ausente",
    "fora do escritório", "estou de férias", "niet op kantoor", "met vakantie", "op vakantie", "afwezig",
    "poza biurem", "na urlopie", "jestem nieobecn", "mimo kancelář", "mám dovolenou", "na dovolené",
    "mimo kancelárie", "nisem v pisarni", "nisam u uredu", "na dopust", "på semester", "inte på kontoret", "på ferie",
    "ikke på kontoret", "в отпуске", "нет в офисе", "отсутству",
};

/* Each group counts once. */
static const char *const thanks[] = {
    "vielen dank für ihre", "vielen dank für deine", "vielen dank für eure", "danke für ihre", "danke für deine",
    "besten dank für ihre", "herzlichen dank für ihre", "danke für die nachricht", "danke für die mail",
    "thank you for your e", "thank you for your m", "thanks for your e", "thanks for your m",
    "thank you for contacting", "thank you for getting in touch", "köszönöm levelét", "köszönöm a level",
    "köszönöm az üzenet", "köszönöm üzenet", "köszönöm megkeresés", "köszönjük megkeresés", "köszönöm email",
    "köszönöm e-mail", "merci pour votre m", "merci pour votre e", "merci de votre m", "merci pour votre courriel",
    "nous vous remercions", "je vous remercie de votre m", "j'ai bien reçu votre", "grazie per l", "grazie per la",
    "gracias por su", "gracias por tu", "obrigado pel", "bedankt voor uw", "dank voor uw", "dziękuję za", "děkuji za",
    "ďakujem za", "tack för ditt", "tak for din", "takk for din", "спасибо за ваше",
};
static const char *const urgencies[] = {
    "dringenden fällen", "dringende fälle", "dringenden angelegenheiten", "dringende anliegen", "dringenden anliegen",
    "dringendes anliegen", "in dringend", "meine vertretung", "vertritt mich", "vertreten mich", "meiner vertretung",
    "meinen kolleg", "meine kolleg", "for urgent", "in urgent", "if it is urgent", "if urgent",
    "if your matter is urgent", "if this is urgent", "urgent matter", "in case of emergency", "immediate assistance",
    "sürgős", "halaszthatatlan", "helyettes", "kollégám", "kolléganőm", "en cas d'urgence", "pour toute urgence",
    "urgences", "per urgenze", "urgente", "urgentes", "en caso de urgencia", "dringende", "spoed", "w pilnych",
    "w sprawach pilnych", "naléhav", "urgentn", "v nujnih", "hitn", "brådskande", "hastesager", "срочн",
};
static const char *const returns[] = {
    "nach meiner rückkehr", "sobald ich zurück", "bin ich wieder", "bin ab", "ab dem", "wieder erreichbar",
    "wieder im büro", "wieder für sie", "wieder da", "wieder persönlich", "bis einschließlich", "bis einschliesslich",
    "bis zum", "schnellstmöglich beantwort", "when i return", "upon my return", "on my return", "when i am back",
    "when i'm back", "will be back", "returning on", "returning", "i will return", "back in the office",
    "as soon as i", "until", "visszatérés", "visszaérkez", "-ig ", "-től ", "-tól ", "amint lehet", "ismét elérhető",
    "újra elérhető", "à mon retour", "de retour le", "dès mon retour", "jusqu'au", "jusqu'à", "al mio rientro",
    "al mio ritorno", "a mi regreso", "a mi vuelta", "no meu regresso", "bij mijn terugkomst", "weer aanwezig",
    "po powrocie", "do dnia", "po návratu", "po návrate", "až do", "po vrnitvi", "po povratku", "tillbaka", "tilbage",
    "tilbake", "вернусь", "после возвращения",
};
/* Nobody says so themselves: counts twice. */
static const char *const unread[] = {
    "nicht weitergeleitet", "nicht automatisch weitergeleitet", "nicht gelesen", "nur sporadisch", "nur unregelmäßig",
    "keinen zugriff auf", "not be forwarded", "not forwarded", "will not be read", "not be read",
    "have limited access", "nem kerül továbbításra", "nem továbbít", "nem kerülnek továbbításra",
    "ne sera pas transmis", "ne seront pas transmis", "ne sera pas lu", "n'est pas transféré",
    "ne sont pas transférés", "non verrà inoltrat", "no será reenviad", "niet doorgestuurd", "nie jest przekazywan",
    "nie będzie przekazyw", "only notification you will receive while",
};
static const char *const machines[] = {
    "dies ist eine automatische", "dies ist eine automatisch", "diese e-mail wurde automatisch",
    "diese email wurde automatisch", "diese mail wurde automatisch", "diese nachricht wurde automatisch",
    "automatisch generierte", "automatisch erzeugte", "automatisch erstellte", "automatisch versendete",
    "bitte antworten sie nicht auf diese", "auf diese e-mail nicht antworten", "this is an automated",
    "this is an automatic", "this is an auto-generated", "this is an autogenerated", "this is a system generated",
    "this is an auto-reply", "this is an autoreply", "automatically generated", "was generated automatically",
    "was sent automatically", "please do not reply to this", "do not reply to this e", "do not reply to this m",
    "this email box is not monitored", "is being held until the list moderator", "added to the recipient's allowed",
    "waiting for your confirmation that you are a person", "confirm that you are not a spammer",
    "this mailbox is not monitored", "this inbox is not monitored", "this address is not monitored",
    "dieses postfach wird nicht gelesen", "dieses postfach wird nicht überwacht", "diese adresse wird nicht gelesen",
    "ezt a postafiókot nem figyel", "cette adresse n'est pas lue", "cette boîte n'est pas consultée",
    "ez egy automatikus", "ez egy automatikusan", "automatikusan generált", "automatikusan küldött",
    "kérjük, ne válaszoljon erre", "kérjük ne válaszoljon erre", "erre az e-mailre ne válaszoljon",
    "ceci est un message automatique", "ceci est une réponse automatique", "message automatique",
    "message généré automatiquement", "courriel automatique", "merci de ne pas répondre à ce",
    "veuillez ne pas répondre à ce", "questo è un messaggio automatico", "messaggio generato automaticamente",
    "non rispondere a quest", "este es un mensaje automático", "mensaje generado automáticamente",
    "no responda a este", "esta é uma mensagem automática", "dit is een automatisch", "automatisch gegenereerd",
    "wiadomość wygenerowana automatycznie", "prosimy nie odpowiadać na t", "automaticky generovan",
    "это автоматическое", "создано автоматически",
};

static bool says(struct text plain, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (text_find(plain, text_of(words[i])) != SIZE_MAX) return true;
    return false;
}

/* Somebody who asks a question waits for an answer. */
static bool asks(struct text plain) {
    return text_find(plain, text_of("? ")) != SIZE_MAX || text_ends(plain, "?");
}

static enum automatic_words judge(struct text plain) {
    bool machine = says(plain, machines, COUNT_OF(machines));
    if (!says(plain, absences, COUNT_OF(absences))) return machine ? WORDS_OF_A_MACHINE : WORDS_OF_A_PERSON;
    size_t signs = says(plain, thanks, COUNT_OF(thanks)) + says(plain, urgencies, COUNT_OF(urgencies));
    signs += says(plain, returns, COUNT_OF(returns)) + 2u * says(plain, unread, COUNT_OF(unread)) + 2u * machine;
    if (machine || (signs >= SIGNS_NEEDED && !asks(plain))) return WORDS_OF_A_VACATION;
    return WORDS_OF_A_PERSON;
}

/* A server that looks like a person in all else. Its letter may not prove what failed, but nobody reads an answer to it. */
static bool speaks_of_failure(struct arena *mem, const struct letter *letter, struct text plain) {
    struct text subject = report_words_plain(mem, text_cut(letter->subject, 1000));
    bool fails = report_words_begin(WORDS_BOUNCE_SUBJECT, subject) || report_words_begin(WORDS_DELAY_SUBJECT, subject);
    return fails && (report_words_in(WORDS_BOUNCE, plain) || report_words_in(WORDS_DELAY, plain)) && !asks(plain);
}

enum automatic_words automatic_words_of(struct arena *mem, const struct letter *letter) {
    bool is_forward, is_reply = letter->in_reply_to.count || letter->references.count;
    if (!is_reply && letter->text.size > 2 * WORDS_LIMIT) return WORDS_OF_A_PERSON;
    struct text beginning = report_words_plain(mem, text_cut(letter->text, 2 * WORDS_LIMIT));
    if (speaks_of_failure(mem, letter, beginning)) return WORDS_OF_A_MACHINE;
    if (!says(beginning, machines, COUNT_OF(machines)) && !says(beginning, absences, COUNT_OF(absences))) return WORDS_OF_A_PERSON;
    subject_plain(letter->subject, &is_forward);
    struct text visible = reply_split(mem, letter->text, true).visible;
    if (is_forward || visible.size > WORDS_LIMIT) return WORDS_OF_A_PERSON;
    return judge(report_words_plain(mem, visible));
}
