#include "wire/mail/report_private.h"

#include "wire/mail/subject.h"

#define WORDS_READ 65536
#define SUBJECT_READ 1000

/* What the text names, before it is known whether it is a bounce at all. */
struct found {
    struct report_draft *draft;
    struct text head;     /* the server's words */
    struct text returned; /* the copy behind them */
    struct report_list list;
    bool is_listed; /* on lines of their own, as no person writes */
};

/* What may stand before the address on a line of its own. */
static const char *const labels[] = {
    "to:", "recipient:", "recipients:", "final-recipient:", "recipient address:", "failed recipient:", "for ",
    "empfänger:", "Empfänger:", "an:", "címzett:", "Címzett:", "destinataire:", "destinatario:", "* ", "- ", "• ",
    "> ", "an ", "(generated from ",
};

/* What a sentence ends in that names the recipient behind a colon: "Unknown user: ana@example.org". */
static const char *const announcing[] = {
    "user", "users", "recipient", "recipients", "recipient(s)", "address", "addresses", "mailbox", "account",
    "empfänger", "adresse", "címzett", "destinataire", "destinatario", "to",
};

/* Where the failed ones are named. Above it stand the headers of the letter, with everybody it was sent to. */
static const char *const announcements[] = {
    "did not reach the following recipient", "following recipient", "following address", "following user",
    "failed addresses follow", "failed recipient", "had permanent fatal errors", "these recipients", "this recipient",
    "folgende empfänger", "folgenden empfänger", "folgende adresse", "folgenden adresse", "diese empfänger",
    "következő címzett", "az alábbi címzett", "destinataires suivants", "destinataire suivant",
};

/* ... and behind it. */
static const char *const openings[] = {":", "(", ")", "<", "on ", "- ", "SMTP error", "host "};

static const char *const daemon_names[] = {
    "mail delivery", "delivery subsystem", "mail administrator", "postmaster", "mailer-daemon", "mailer daemon",
    "mail system", "mail-system",
};
static const char *const daemon_locals[] = {
    "mailer-daemon@", "mailerdaemon@", "mail-daemon@", "mailer_daemon@", "postmaster@", "mdaemon@",
    "system_administrator@", "administrator@", "mail_system@", "mailsystem@",
    "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@",
};

static bool begins_any(struct text t, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (text_starts_nocase(t, words[i])) return true;
    return false;
}

/* The report's own addresses and those of daemons are named in its text as well. */
static bool is_bystander(const struct letter *letter, struct text address) {
    if (mail_address_is_machine(address)) return true;
    for (size_t i = 0; i < letter->from.count; i++)
        if (text_equal_nocase(letter->from.at[i].address, address)) return true;
    for (size_t i = 0; i < letter->to.count; i++)
        if (text_equal_nocase(letter->to.at[i].address, address)) return true;
    return false;
}

static struct text last_word(struct text t) {
    size_t from = t.size;
    while (from > 0 && t.data[from - 1] != ' ') from--;
    return text_skip(t, from);
}

/* Where the address begins behind "Unknown user: ", in a line that ends with it; 0 when the line is another. */
static size_t announced_at(struct text line) {
    size_t colon = text_find(line, text_of(": "));
    if (colon == SIZE_MAX || colon > 80 || text_find_char(text_skip(line, colon + 2), ' ') != SIZE_MAX) return 0;
    struct text before = text_slice(line, 0, colon);
    struct text last = last_word(before);
    if (text_find_char(before, '@') != SIZE_MAX || last.size == before.size) return 0;
    for (size_t i = 0; i < COUNT_OF(announcing); i++)
        if (text_is_nocase(last, announcing[i])) return colon + 2;
    return 0;
}

/* Exchange passes on what its directory makes of an address: "c=US;a= ;p=ACME;dda:SMTP=ana@example.org; on Monday". */
static size_t directory_at(struct text line) {
    size_t at = text_find_nocase(line, text_of("dda:smtp="));
    return at == SIZE_MAX ? 0 : at + strlen("dda:smtp=");
}

static struct text without_label(struct text line) {
    size_t at = directory_at(line);
    if (!at) at = announced_at(line);
    if (at) return text_trim(text_skip(line, at));
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (text_starts_nocase(line, labels[i])) return text_trim(text_skip(line, strlen(labels[i])));
    return line;
}

/* The size of what may be an address at the beginning: up to a space or a sign that ends it. */
static size_t word_size(struct text t) {
    size_t size = 0;
    while (size < t.size && (unsigned char)t.data[size] > ' ' && !strchr("<>(),:;\"'", t.data[size])) size++;
    return size;
}

/* Postfix names the address we wrote to behind the one it was passed on to. */
static struct text expanded_from(struct arena *mem, struct text rest, struct text address) {
    static const char words[] = "(expanded from <";
    if (!text_starts(rest, words)) return address;
    struct text other = report_address(mem, text_slice(rest, strlen(words) - 1, text_find_char(rest, '>')));
    return text_empty(other) ? address : other;
}

/* Is this the line where a server begins to speak of one recipient? "<a@b>: host said", "a@b", "To: a@b (...)". */
static bool recipient_opens(struct arena *mem, struct text line, struct text *ret_address, struct text *ret_rest) {
    line = without_label(text_trim(line));
    bool bracket = text_starts(line, "<");
    while (line.size && strchr("<'\"", line.data[0])) line = text_skip(line, 1);
    size_t size = word_size(line);
    struct text address = report_address(mem, text_slice(line, 0, size)), rest = text_skip(line, size);
    if (text_empty(address)) return false;
    while (rest.size && strchr(">'\"", rest.data[0])) rest = text_skip(rest, 1);
    rest = text_trim(rest);
    if (text_starts(rest, ";")) rest = text_trim(text_skip(rest, 1));
    if (!bracket && rest.size && !begins_any(rest, openings, COUNT_OF(openings))) return false;
    *ret_address = expanded_from(mem, rest, address);
    *ret_rest = text_starts(rest, ":") ? text_trim(text_skip(rest, 1)) : rest;
    return true;
}

static void recipient_close(struct found *found, struct text address, struct text detail) {
    if (text_empty(address) || is_bystander(found->draft->letter, address)) return;
    if (found->list.count == REPORT_RECIPIENTS) return;
    detail = report_line(found->draft->mem, detail);
    found->list.at[found->list.count++] =
        (struct report_recipient){address, report_status_code(detail), detail, false};
}

/* A recipient's words go on to the blank line behind them or to the next recipient. */
static void find_recipients(struct found *found, struct text rest) {
    struct arena *mem = found->draft->mem;
    struct text line, address = text_of(""), next, behind;
    struct buffer detail = {.mem = mem};
    while (text_next_line(&rest, &line)) {
        bool opens = recipient_opens(mem, line, &next, &behind);
        bool ends = text_empty(text_trim(line)) && detail.size;
        if (opens || ends) {
            recipient_close(found, address, buffer_text(&detail));
            address = opens ? next : text_of("");
            detail = (struct buffer){.mem = mem};
        }
        if (text_empty(address) || detail.size > 2000) continue;
        buffer_add_text(&detail, opens ? behind : text_trim(line));
        if (detail.size) buffer_add_char(&detail, ' ');
    }
    recipient_close(found, address, buffer_text(&detail));
}

/* The server's words from the line on that says who did not get the letter; all of them when none does. */
static struct text announced(struct text head) {
    struct text rest = head, line;
    while (text_next_line(&rest, &line))
        for (size_t i = 0; i < COUNT_OF(announcements); i++)
            if (text_find_nocase(line, text_of(announcements[i])) != SIZE_MAX) return text_skip(head, (size_t)(line.data - head.data));
    return head;
}

/* "Your message to ana@example.org couldn't be delivered": the first address in a sentence, but no sender's. */
static void find_in_sentence(struct found *found) {
    struct text rest = found->head, before = text_of("");
    for (size_t size; rest.size && found->list.count == 0; rest = text_skip(rest, size + 1)) {
        size = word_size(rest);
        struct text word = text_slice(rest, 0, size);
        bool is_sender = text_is_nocase(before, "from") || text_is_nocase(before, "von");
        if (size) before = word;
        if (is_sender || text_find_char(word, '@') == SIZE_MAX) continue;
        recipient_close(found, report_address(found->draft->mem, word), text_of(""));
    }
}

static bool has_reason(struct arena *mem, struct text line) {
    struct text words = report_words_plain(mem, line);
    return report_words_in(WORDS_GONE, words) || report_words_in(WORDS_FULL, words);
}

/* The line that says why, for a recipient whose own words do not: the first with a code, else with words that mean it. */
static struct text reason_line(struct arena *mem, struct text head) {
    struct text line, rest = head;
    while (text_next_line(&rest, &line))
        if (!text_empty(report_status_code(line)) || report_reply_code(line)) return text_trim(line);
    while (text_next_line(&head, &line))
        if (has_reason(mem, line)) return text_trim(line);
    return text_of("");
}

static void find_reason(struct found *found) {
    struct arena *mem = found->draft->mem;
    struct text reason = report_line(mem, reason_line(mem, found->head));
    for (size_t i = 0; i < found->list.count && !text_empty(reason); i++) {
        struct report_recipient *one = &found->list.at[i];
        if (!text_empty(one->status) || report_reply_code(one->detail) || has_reason(mem, one->detail)) continue;
        one->status = report_status_code(reason);
        one->detail = reason;
    }
}

static bool has_code(const struct found *found) {
    for (size_t i = 0; i < found->list.count; i++)
        if (!text_empty(found->list.at[i].status) || report_reply_code(found->list.at[i].detail)) return true;
    return false;
}

static bool from_daemon(struct arena *mem, const struct letter *letter) {
    for (size_t i = 0; i < letter->from.count; i++) {
        if (begins_any(letter->from.at[i].address, daemon_locals, COUNT_OF(daemon_locals))) return true;
        struct text name = text_fold(mem, letter->from.at[i].name);
        if (begins_any(name, daemon_names, COUNT_OF(daemon_names))) return true;
    }
    return false;
}

bool report_from_server(const struct report_draft *draft) {
    const struct letter *letter = draft->letter;
    bool report = text_is(letter->media_type, "multipart/report");
    return draft->sender_null || report || letter_header(letter, "X-Failed-Recipients").data
        || from_daemon(draft->mem, letter);
}

/* What the subject and the words say, each on its own. */
struct signs {
    bool bounce_subject, delay_subject, answer; /* answer: the subject begins with "Re:" or the like */
    bool bounce, delay;                         /* in the text */
    bool code, copy;                            /* a recipient with its reason, a copy of the letter */
};

static bool has_letter(const struct letter *letter) {
    for (size_t i = 0; i < letter->part_count; i++)
        if (text_is(letter->parts[i].media_type, "message/rfc822")) return true;
    return false;
}

static struct signs signs_of(const struct found *found) {
    struct arena *mem = found->draft->mem;
    const struct letter *letter = found->draft->letter;
    struct text subject = report_words_plain(mem, text_cut(letter->subject, SUBJECT_READ));
    struct text words = report_words_plain(mem, found->head);
    struct signs signs = {.delay_subject = report_words_begin(WORDS_DELAY_SUBJECT, subject)};
    signs.bounce_subject = !signs.delay_subject && report_words_begin(WORDS_BOUNCE_SUBJECT, subject);
    signs.answer = !text_equal(subject_plain(subject, NULL), subject);
    signs.bounce = report_words_in(WORDS_BOUNCE, words);
    signs.delay = report_words_in(WORDS_DELAY, words);
    signs.code = has_code(found);
    signs.copy = !text_empty(found->returned) || !text_empty(letter->returned_headers) || has_letter(letter);
    return signs;
}

/* A server's letter needs one proof. One that only has a bounce's subject needs them all, since a person may write
 * about a bounce, and even paste it. */
static bool is_report(const struct found *found, struct signs signs, enum mail_origin origin) {
    const struct report_draft *draft = found->draft;
    bool subject = signs.bounce_subject || signs.delay_subject, words = signs.bounce || signs.delay;
    bool failed = letter_header(draft->letter, "X-Failed-Recipients").data != NULL;
    if (origin == ORIGIN_VACATION && !subject) return false;
    if (signs.answer && !draft->sender_null && !failed) return false;
    bool machine = signs.copy || origin == ORIGIN_MACHINE || origin == ORIGIN_LIST;
    bool named = signs.code || found->is_listed;
    if (!report_from_server(draft)) return subject && words && named && machine;
    if (failed || words || signs.code) return true;
    return subject && (found->list.count > 0 || from_daemon(draft->mem, draft->letter));
}

/* Exim lists the addresses in a header; what the text says of them is kept, other addresses are not failed ones. */
static void keep_failed(struct found *found, struct text header) {
    struct report_list all = found->list;
    struct text one;
    found->list = (struct report_list){.at = arena_array(found->draft->mem, REPORT_RECIPIENTS, sizeof *all.at)};
    while (text_next(&header, ',', &one) && found->list.count < REPORT_RECIPIENTS) {
        struct report_recipient recipient = {report_address(found->draft->mem, one), text_of(""), text_of(""), false};
        for (size_t i = 0; i < all.count; i++)
            if (text_equal(all.at[i].address, recipient.address)) recipient = all.at[i];
        if (!text_empty(recipient.address)) found->list.at[found->list.count++] = recipient;
    }
}

/* Without a server behind it a letter needs a bounce's subject: most letters are done here, unread. */
static bool may_be_report(const struct report_draft *draft) {
    if (report_from_server(draft)) return true;
    struct text subject = report_words_plain(draft->mem, text_cut(draft->letter->subject, SUBJECT_READ));
    return report_words_begin(WORDS_DELAY_SUBJECT, subject) || report_words_begin(WORDS_BOUNCE_SUBJECT, subject);
}

void report_read_plain(struct report_draft *draft, struct text sender) {
    if (!may_be_report(draft)) return;
    enum mail_origin origin = mail_automatic_of(draft->mem, draft->letter, sender).origin;
    struct found found = {.draft = draft};
    struct text failed = letter_header(draft->letter, "X-Failed-Recipients");
    found.list.at = arena_array(draft->mem, REPORT_RECIPIENTS, sizeof *found.list.at);
    found.head = text_cut(report_words_of_server(draft->letter->text, &found.returned), WORDS_READ);
    find_recipients(&found, announced(found.head));
    if (found.list.count == 0) find_recipients(&found, found.head);
    found.is_listed = found.list.count > 0;
    if (!found.is_listed) find_in_sentence(&found);
    if (failed.data) keep_failed(&found, failed);
    find_reason(&found);
    struct signs signs = signs_of(&found);
    if (!is_report(&found, signs, origin)) return;
    bool delay = signs.delay_subject || (signs.delay && !signs.bounce_subject);
    draft->lists[delay ? REPORT_DELAY : REPORT_BOUNCE].seen = true;
    for (size_t i = 0; i < found.list.count; i++)
        report_add(draft, delay ? REPORT_DELAY : REPORT_BOUNCE, found.list.at[i]);
}
