/* Reports on letters of ours: what is shown of them, and what they may change. Anybody can write one, so it counts for nothing
 * but a letter that we sent, and for nobody but whom we sent it to. An address that our letter was forwarded to is none of those; then
 * the token in the returned letter shows that it is ours, and the message tells what became of it, but no address is to blame. */
#include "channels/intake/intake_private.h"

static const char *report_word(const struct prepared *prepared) {
    switch (prepared->report.kind) {
    case REPORT_BOUNCE:
    case REPORT_DELAY: return "bounce";
    case REPORT_FEEDBACK: return "feedback";
    default: return prepared->automatic.origin == ORIGIN_VACATION ? "vacation" : NULL;
    }
}

struct text report_json(struct placing *placing) {
    const struct report *report = &placing->prepared->report;
    const char *word = report_word(placing->prepared);
    struct report_recipient away = {.address = placing->from.address, .status = text_of(""), .detail = text_of("")};
    bool is_vacation = report->kind == REPORT_NONE;
    struct buffer out = {.mem = &placing->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!word) return (struct text){0};
    json_object_begin(&json);
    json_put_string(&json, "kind", word);
    json_key(&json, "recipients");
    json_array_begin(&json);
    for (size_t i = 0; i < (is_vacation ? 1 : report->recipient_count); i++) {
        const struct report_recipient *recipient = is_vacation ? &away : &report->recipients[i];
        json_object_begin(&json);
        json_put_text(&json, "address", recipient->address);
        json_put_text(&json, "status", recipient->status);
        json_put_bool(&json, "permanent", recipient->permanent);
        json_put_text(&json, "detail", recipient->detail);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    return buffer_text(&out);
}

bool addresses_have(struct arena *mem, const struct json_list *list, struct text address) {
    const struct text *at = list->at;
    struct text wanted = identity_normalize(mem, "email", address);
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(identity_normalize(mem, "email", at[i]), wanted)) return true;
    return false;
}

bool letter_went_to(struct arena *mem, const struct message_recipients *sent, struct text address) {
    return addresses_have(mem, &sent->to, address) || addresses_have(mem, &sent->cc, address) || addresses_have(mem, &sent->bcc, address);
}

/* Whom our letter was passed on to: it bears our token, and the report does not say that it was sent there. */
static const struct report_recipient *passed_on_to(const struct placing *placing) {
    const struct report *report = &placing->prepared->report;
    for (size_t i = 0; placing->is_report_signed && i < report->recipient_count; i++)
        if (!report->recipients[i].is_original) return &report->recipients[i];
    return NULL;
}

bool report_is_ours(struct placing *placing, bool *ret_is, struct error *err) {
    const struct report *report = &placing->prepared->report;
    const struct message_recipients *sent = NULL;
    struct arena *mem = &placing->tx->mem;
    bool names_nobody = report->recipient_count == 0 || (report->kind != REPORT_BOUNCE && report->kind != REPORT_DELAY);
    if (placing->parent.value && !message_recipients(placing->tx, mem, placing->parent, &sent, err)) return false;
    *ret_is = sent && names_nobody;
    for (size_t i = 0; sent && i < report->recipient_count; i++) *ret_is = *ret_is || letter_went_to(mem, sent, report->recipients[i].address);
    const struct report_recipient *passed_on = passed_on_to(placing);
    if (*ret_is || !sent || !passed_on) return true;
    placing_reason(placing, "forwarded", passed_on->address);
    *ret_is = true;
    return true;
}

/* The letter that the report speaks of: its delivery failed after all. */
static bool fail_delivery(struct placing *placing, const struct report_recipient *recipient, struct error *err) {
    struct text detail = text_printf(&placing->tx->mem, "%.*s: %.*s %.*s", (int)recipient->address.size, recipient->address.data,
                                     (int)recipient->status.size, recipient->status.data, (int)recipient->detail.size, recipient->detail.data);
    return delivery_report(placing->tx, placing->parent, "bounced", text_trim(text_cut(detail, 400)), 0, err);
}

bool apply_report(struct placing *placing, struct error *err) {
    const struct report *report = &placing->prepared->report;
    const struct message_recipients *sent = NULL;
    bool failed = false;
    if (report->kind != REPORT_BOUNCE || placing->is_unverified || !placing->parent.value) return true;
    if (!message_recipients(placing->tx, &placing->tx->mem, placing->parent, &sent, err)) return false;
    for (size_t i = 0; sent && i < report->recipient_count; i++) {
        const struct report_recipient *recipient = &report->recipients[i];
        if (!letter_went_to(&placing->tx->mem, sent, recipient->address)) continue;
        if (!identity_bounced(placing->tx, recipient->address, recipient->detail, recipient->permanent, err)) return false;
        if (!failed && !fail_delivery(placing, recipient, err)) return false;
        failed = true;
    }
    const struct report_recipient *passed_on = passed_on_to(placing);
    return failed || !sent || !passed_on || fail_delivery(placing, passed_on, err);
}
