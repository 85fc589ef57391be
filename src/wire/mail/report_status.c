#include "wire/mail/report_private.h"

/* One group of fields: the letter's own or one recipient's. */
struct group {
    struct text original, final, action, status, code, disposition, feedback, removal;
};

/* Where the value of a field goes. */
struct field_place {
    const char *name;
    size_t offset;
};
static const struct field_place places[] = {
    {"Original-Recipient", offsetof(struct group, original)},
    {"Final-Recipient", offsetof(struct group, final)},
    {"Action", offsetof(struct group, action)},
    {"Status", offsetof(struct group, status)},
    {"Diagnostic-Code", offsetof(struct group, code)},
    {"Disposition", offsetof(struct group, disposition)},
    {"Feedback-Type", offsetof(struct group, feedback)},
    {"Original-Rcpt-To", offsetof(struct group, original)},
    {"Removal-Recipient", offsetof(struct group, removal)},
};

static const struct {
    const char *word;
    enum report_kind kind;
} actions[] = {
    {"failed", REPORT_BOUNCE},      {"failure", REPORT_BOUNCE},    {"delayed", REPORT_DELAY},
    {"delivered", REPORT_DELIVERED}, {"relayed", REPORT_DELIVERED}, {"expanded", REPORT_DELIVERED},
};

static struct text *place_of(struct group *group, struct text name) {
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (text_is_nocase(name, places[i].name)) return (struct text *)((char *)group + places[i].offset);
    return NULL;
}

/* Servers that leave Action out still say a status. */
static enum report_kind kind_of_status(struct text status) {
    if (text_starts(status, "2")) return REPORT_DELIVERED;
    return text_starts(status, "4") ? REPORT_DELAY : REPORT_BOUNCE;
}

static enum report_kind kind_of(const struct group *group, struct text status) {
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (text_starts_nocase(group->action, actions[i].word)) return actions[i].kind;
    return kind_of_status(status);
}

/* Many servers say 5.0.0 for everything and know more in the words of the next one. */
static struct text better_status(struct text said, struct text detail) {
    struct text status = report_status_code(said), other = report_status_code(detail);
    if (text_empty(status)) return other;
    return text_ends(status, ".0.0") && text_starts(other, text_starts(status, "5") ? "5" : "4") ? other : status;
}

/* The words after "smtp;". Without Diagnostic-Code a comment behind the status has to do. */
static struct text detail_of(struct arena *mem, const struct group *group) {
    struct text code = group->code;
    size_t end = text_find_char(code, ';');
    if (end != SIZE_MAX && text_find_char(text_slice(code, 0, end), ' ') == SIZE_MAX) code = text_skip(code, end + 1);
    if (!text_empty(text_trim(code))) return report_line(mem, code);
    size_t open = text_find_char(group->status, '(');
    return open == SIZE_MAX ? text_of("") : report_line(mem, text_skip(group->status, open));
}

/* What the letter was sent to, where the report says it; the address it was passed on to means nothing to us. */
static struct text address_of(struct arena *mem, const struct group *group) {
    struct text address = report_address_encoded(mem, group->original);
    if (text_empty(address)) address = report_address(mem, group->final);
    return text_empty(address) ? report_address(mem, group->removal) : address;
}

/* Dovecot refuses a letter with a receipt that says it was deleted by itself. */
static bool refuses(const struct report_draft *draft, const struct group *group) {
    struct text submitted = letter_header(draft->letter, "Auto-Submitted");
    return text_find_nocase(group->disposition, text_of("automatic-action")) != SIZE_MAX && text_ends(group->disposition, "deleted")
           && (text_find_nocase(submitted, text_of("rejected")) != SIZE_MAX || text_find_nocase(draft->letter->subject, text_of("rejected")) != SIZE_MAX);
}

static void group_end(struct report_draft *draft, struct group *group) {
    struct report_recipient recipient = {address_of(draft->mem, group), text_of(""), text_of(""), false,
                                         .is_original = !text_empty(report_address_encoded(draft->mem, group->original))};
    if (!text_empty(group->feedback)) {
        recipient.detail = report_line(draft->mem, group->feedback);
        report_add(draft, REPORT_FEEDBACK, recipient);
    } else if (!text_empty(group->disposition)) {
        recipient.detail = report_line(draft->mem, group->disposition);
        report_add(draft, refuses(draft, group) ? REPORT_BOUNCE : REPORT_RECEIPT, recipient);
    } else if (!text_empty(group->action) || !text_empty(group->status) || !text_empty(recipient.address)) {
        recipient.detail = detail_of(draft->mem, group);
        recipient.status = better_status(group->status, recipient.detail);
        report_add(draft, kind_of(group, recipient.status), recipient);
    }
    *group = (struct group){0};
}

static void read_field(struct report_draft *draft, struct group *group, struct report_field field) {
    if (text_is_nocase(field.name, "Original-Message-ID") || text_is_nocase(field.name, "X-Original-Message-ID"))
        draft->original_id = report_id(draft->mem, field.value);
    struct text *place = place_of(group, field.name);
    if (!place) return;
    /* Some servers forget the blank line between two recipients. */
    bool recipient = text_is_nocase(field.name, "Final-Recipient") || text_is_nocase(field.name, "Original-Recipient");
    if (place->data && recipient) group_end(draft, group);
    if (!place->data) *place = field.value;
}

void report_read_fields(struct report_draft *draft) {
    struct text rest = text_cut(draft->letter->status_fields, REPORT_READ);
    struct group group = {0};
    struct report_field field;
    while (report_field_next(draft->mem, &rest, &field)) {
        if (text_empty(field.name)) group_end(draft, &group);
        else read_field(draft, &group, field);
    }
    group_end(draft, &group);
}
