/* The program's own letters: invitations, links for a new password, notices, and what went wrong. */
#include "channels/outbox/outbox_private.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/words.h"
#include "wire/mail/compose.h"

#include <jansson.h>

struct slot {
    const char *name;
    struct text value;
};

static struct text filled(struct arena *mem, const char *pattern, const struct slot *slots, size_t count) {
    struct buffer out = {.mem = mem};
    struct text rest = text_of(pattern);
    while (rest.size) {
        bool found = false;
        for (size_t i = 0; i < count && !found; i++) {
            found = text_starts(rest, slots[i].name);
            if (!found) continue;
            buffer_add_text(&out, slots[i].value);
            rest = text_skip(rest, strlen(slots[i].name));
        }
        if (found) continue;
        buffer_add_char(&out, rest.data[0]);
        rest = text_skip(rest, 1);
    }
    return buffer_text(&out);
}

static struct text ticket_link(const struct outbox_options *options, struct arena *mem, struct text ticket) {
    return text_printf(mem, "%s/inbox/all/%.*s", options->base_url ? options->base_url : "", (int)ticket.size, ticket.data);
}

static struct text link_of(const struct outbox_options *options, struct arena *mem, const struct due_letter *due) {
    struct text token = json_member(mem, due->data, "token"), ticket = json_member(mem, due->data, "ticket");
    if (ticket.data) return ticket_link(options, mem, ticket);
    if (text_is(due->kind, "notice_digest")) return text_printf(mem, "%s/notices", options->base_url ? options->base_url : "");
    if (text_is(due->kind, "webhook_off")) return text_printf(mem, "%s/settings/webhooks", options->base_url ? options->base_url : "");
    const char *page = text_is(due->kind, "invite") ? "invitation" : "reset";
    return text_printf(mem, "%s/%s#%.*s", options->base_url ? options->base_url : "", page, (int)token.size, token.data ? token.data : "");
}

static struct text domain_of(struct text address) {
    size_t at = text_find_char(address, '@');
    return at == SIZE_MAX ? text_of("localhost") : text_skip(address, at + 1);
}

static struct text or_else(struct text t, const char *other) {
    return text_empty(t) ? text_of(other) : t;
}

static struct text member(const json_t *object, const char *name) {
    const char *value = json_string_value(json_object_get(object, name));
    return value ? text_of(value) : (struct text){0};
}

/* The notices of a letter that has gathered some, one paragraph each. */
static struct text notices_of(const struct outbox_options *options, struct arena *mem, const struct due_letter *due, const json_t *data) {
    struct buffer out = {.mem = mem};
    size_t index;
    json_t *notice;
    json_array_foreach(json_object_get(data, "notices"), index, notice) {
        struct text kind = member(notice, "kind");
        struct text ticket = text_printf(mem, "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(notice, "ticket")));
        const struct slot slots[] = {{"{by}", or_else(member(notice, "by"), "Theke")}, {"{number}", member(notice, "number")},
                                     {"{subject}", member(notice, "subject")}, {"{times}", member(notice, "times")},
                                     {"{link}", ticket_link(options, mem, ticket)}};
        const char *words = words_for(arena_printf(mem, "letter_line_%.*s", (int)kind.size, kind.data), due->language);
        if (words) buffer_add_text(&out, filled(mem, words, slots, COUNT_OF(slots)));
    }
    return buffer_text(&out);
}

bool letter_of_program(const struct outbox_options *options, struct arena *mem, const struct due_letter *due, struct sending *ret_sending,
                       struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct mailbox *mailbox;
    json_auto_t *data = json_loadb(due->data.data, due->data.size, 0, NULL);
    *ret_sending = (struct sending){0};
    if (!store_read(options->store, &tx, err) || !mailbox_for_sending(&tx, mem, (mailbox_id){0}, (team_id){0}, &mailbox, err)) return false;
    if (!mailbox) return true;
    const struct slot slots[] = {{"{company}", or_else(due->company, "Theke")}, {"{link}", link_of(options, mem, due)},
                                 {"{by}", or_else(json_member(mem, due->data, "by"), "Theke")},
                                 {"{number}", json_member(mem, due->data, "number")}, {"{subject}", json_member(mem, due->data, "subject")},
                                 {"{times}", json_member(mem, due->data, "times")}, {"{count}", json_member(mem, due->data, "count")},
                                 {"{notices}", notices_of(options, mem, due, data)}};
    const char *subject = words_for(arena_printf(mem, "letter_%.*s_subject", (int)due->kind.size, due->kind.data), due->language);
    const char *words = words_for(arena_printf(mem, "letter_%.*s_text", (int)due->kind.size, due->kind.data), due->language);
    if (!subject || !words) return error_set(err, ERR_INTERNAL, "there are no words for a letter of kind %.*s", (int)due->kind.size, due->kind.data);
    struct text *to = arena_alloc(mem, sizeof *to), domain = domain_of(mailbox->address);
    *to = address_clean(mem, due->to);
    const struct mail_address recipient = {text_of(""), due->to};
    const struct composition letter = {
        .from = {text_of("Theke"), mailbox->address}, .to = {1, &recipient}, .subject = filled(mem, subject, slots, COUNT_OF(slots)),
        .message_id = letter_header_id(mem, due, domain),
        .date_at = due->created_at, .text = filled(mem, words, slots, COUNT_OF(slots)), .is_automatic = true, .language = due->language,
    };
    *ret_sending = (struct sending){.mailbox = mailbox, .sender = mailbox->address, .recipients = to, .recipient_count = to->size > 0,
                                    .bytes = compose_letter(mem, &letter)};
    return true;
}
