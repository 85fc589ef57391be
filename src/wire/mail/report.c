#include "wire/mail/mime.h"
#include "wire/mail/report_private.h"

static struct report_recipient *list_find(const struct report_list *list, struct text address) {
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->at[i].address, address)) return &list->at[i];
    return NULL;
}

void report_add(struct report_draft *draft, enum report_kind kind, struct report_recipient recipient) {
    struct report_list *list = &draft->lists[kind];
    list->seen = true;
    if (text_empty(recipient.address)) return;
    if (!list->at) list->at = arena_array(draft->mem, REPORT_RECIPIENTS, sizeof *list->at);
    struct report_recipient *known = list_find(list, recipient.address);
    if (known && (!text_empty(known->status) || text_empty(recipient.status))) return;
    if (!known && list->count == REPORT_RECIPIENTS) return;
    recipient.permanent = kind == REPORT_BOUNCE && report_is_permanent(draft->mem, recipient.status, recipient.detail);
    *(known ? known : &list->at[list->count++]) = recipient;
}

bool report_is_permanent(struct arena *mem, struct text status, struct text detail) {
    struct text words = report_words_plain(mem, detail);
    if (text_is(status, "5.2.2") || report_words_in(WORDS_FULL, words)) return false;
    if (!text_empty(status)) return text_starts(status, "5");
    int reply = report_reply_code(detail);
    return reply ? reply >= 500 : report_words_in(WORDS_GONE, words);
}

static bool sender_is_null(const struct letter *letter, struct text sender) {
    if (!sender.data) sender = letter_header(letter, "Return-Path");
    sender = text_trim(sender);
    return sender.data && (text_empty(sender) || text_is(sender, "<>"));
}

/* The value of the first such field in headers that came back; empty when there is none. */
static struct text returned_header(struct arena *mem, struct text headers, const char *name) {
    struct report_field field;
    headers = text_cut(headers, REPORT_READ);
    while (report_field_next(mem, &headers, &field))
        if (text_is_nocase(field.name, name)) return field.value;
    return text_of("");
}

/* The id in the first line "Message-ID: <...>" of a text, quoted or indented; some servers break behind the colon. */
static struct text text_id(struct arena *mem, struct text text) {
    struct text line;
    text = text_cut(text, REPORT_READ);
    while (text_next_line(&text, &line)) {
        while (line.size && strchr("> \t|*", line.data[0])) line = text_skip(line, 1);
        if (!text_starts_nocase(line, "Message-ID:")) continue;
        struct text value = text_trim(text_skip(line, 11)), next = text;
        if (text_empty(value) && text_next_line(&next, &line)) value = text_trim(line);
        struct text id = report_id(mem, value);
        if (!text_empty(id)) return id;
    }
    return text_of("");
}

static struct text last_of(struct mail_texts texts) {
    return texts.count ? texts.at[texts.count - 1] : text_of("");
}

static struct text original_id(struct report_draft *draft) {
    const struct letter *letter = draft->letter;
    struct text id = draft->original_id, returned;
    report_words_of_server(letter->text, &returned);
    if (text_empty(id)) id = report_id(draft->mem, returned_header(draft->mem, letter->returned_headers, "Message-ID"));
    if (text_empty(id)) id = text_id(draft->mem, returned);
    if (text_empty(id)) id = text_id(draft->mem, letter->text);
    if (text_empty(id)) id = last_of(letter->in_reply_to);
    return text_empty(id) ? last_of(letter->references) : id;
}

/* Our own address on the letter that came back. One with a tag behind "+" is best: the token stands there. */
static struct text original_to(struct report_draft *draft) {
    static const char *const names[] = {"Reply-To", "Return-Path", "From", "Sender"};
    const struct letter *letter = draft->letter;
    struct text first = text_of("");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct text value = returned_header(draft->mem, letter->returned_headers, names[i]);
        struct text address = report_address(draft->mem, value);
        if (text_find_char(address, '+') != SIZE_MAX) return address;
        if (text_empty(first)) first = address;
    }
    for (size_t i = 0; i < letter->to.count; i++) {
        struct text address = letter->to.at[i].address;
        if (text_empty(first) || text_find_char(address, '+') != SIZE_MAX) return text_lower(draft->mem, address);
    }
    return first;
}

static struct report report_end(struct report_draft *draft) {
    for (enum report_kind kind = REPORT_BOUNCE; kind <= REPORT_RECEIPT; kind++) {
        const struct report_list *list = &draft->lists[kind];
        if (list->seen)
            return (struct report){kind, list->count, list->at, original_id(draft), original_to(draft)};
    }
    return (struct report){REPORT_NONE, 0, NULL, text_of(""), text_of("")};
}

static bool any_seen(const struct report_draft *draft) {
    for (size_t i = 0; i < REPORT_KINDS; i++)
        if (draft->lists[i].seen) return true;
    return false;
}

/* Some gateways pack a report into another that says nothing. */
static struct report inner_report(struct report_draft *draft, struct report outer) {
    const struct letter *letter = draft->letter, *inner;
    struct error err = {0};
    for (size_t i = 0; i < letter->part_count; i++) {
        const struct mail_part *part = &letter->parts[i];
        if (!text_is(part->media_type, "message/rfc822") || !mail_parse(draft->mem, part->bytes, NULL, &inner, &err)) continue;
        struct report_draft own = {.mem = draft->mem, .letter = inner, .original_id = text_of("")};
        if (!text_is(inner->media_type, "multipart/report")) continue;
        report_read_fields(&own);
        struct report report = report_end(&own);
        if (report.kind == outer.kind && report.recipient_count) return report;
    }
    return outer;
}

struct report mail_report_of(struct arena *mem, const struct letter *letter, struct text sender) {
    struct report_draft draft = {.mem = mem, .letter = letter, .original_id = text_of("")};
    draft.sender_null = sender_is_null(letter, sender);
    /* A person who passes a report on has its fields in an ordinary letter. */
    if (report_from_server(&draft)) report_read_fields(&draft);
    if (!any_seen(&draft)) report_read_plain(&draft, sender);
    struct report report = report_end(&draft);
    return report.kind == REPORT_NONE || report.recipient_count ? report : inner_report(&draft, report);
}
