/* Is it a letter that nobody wants? Then it opens a ticket in quarantine, and joins none that people see. */
#include "channels/intake/intake_private.h"

/* Nothing of it reaches the conversation that it names; one in quarantine already may grow. */
static void keep_out(struct placing *placing) {
    placing->is_spam = true;
    if (!placing->ticket || placing->ticket->is_spam) return;
    placing->ticket = NULL;
    placing->parent = (message_id){0};
    placing->follows = (ticket_id){0};
    placing->is_unverified = placing->is_forged || placing->is_forward;
    placing->decision = "new";
}

/* Whom it is from, and whoever hands it on. */
static bool look_at_senders(struct placing *placing, bool *ret_allowed, struct error *err) {
    const struct text senders[] = {placing->from.address, placing->is_forward ? placing->forwarder.address : (struct text){0}};
    *ret_allowed = false;
    for (size_t i = 0; i < COUNT_OF(senders) && !placing->is_spam; i++) {
        struct spam_listed listed;
        if (!spam_sender_look(placing->tx, &placing->tx->mem, senders[i], &listed, err)) return false;
        *ret_allowed |= listed.is_allowed && !placing->is_forged && (i > 0 || !placing->is_claimed);
        if (!listed.is_blocked) continue;
        placing_reason(placing, "sender_blocked", listed.pattern);
        placing->spam_because = "sender";
        placing->spam_pattern = listed.pattern;
        keep_out(placing);
    }
    return true;
}

/* Why the filter has no say, however much the letter is like spam; NULL: it has. Anybody can claim to be somebody whom we know. */
static bool find_trust(struct placing *placing, bool allowed, const char **ret_because, struct error *err) {
    bool known = false;
    *ret_because = placing->staff.value ? "colleague" : allowed ? "allowed" : placing->follows.value && !placing->is_unverified ? "answer" : NULL;
    if (*ret_because || placing->is_forged || placing->is_claimed) return true;
    if (!person_is_answered(placing->tx, placing->person, &known, err)) return false;
    if (known) *ret_because = "known";
    return true;
}

static bool ask_filter(struct placing *placing, bool allowed, struct error *err) {
    const struct spam_weighing *weighing = &placing->prepared->weighing;
    if (!weighing->is_ready || placing->ticket) return true;
    placing->spam_because = "few";
    if (!weighing->is_spam) return true;
    if (!find_trust(placing, allowed, &placing->spam_because, err)) return false;
    if (placing->spam_because) return true;
    placing->spam_because = "words";
    placing_reason(placing, "spam_words", text_printf(&placing->tx->mem, "%" PRId64 " %%", weighing->score / 100));
    keep_out(placing);
    return true;
}

/* What a report says of our own letters we want to know from everybody, and what a colleague hands on was looked at. */
bool find_spam(struct placing *placing, struct error *err) {
    bool reports = placing->prepared->report.kind != REPORT_NONE && placing->ticket && !placing->is_unverified, allowed;
    if (reports || is_colleague(placing)) return true;
    return look_at_senders(placing, &allowed, err) && (placing->is_spam || ask_filter(placing, allowed, err));
}

bool note_spam(struct placing *placing, struct error *err) {
    const struct spam_verdict verdict = {.ticket = placing->ticket->id, .is_spam = placing->is_spam, .because = placing->spam_because,
                                         .pattern = placing->spam_pattern, .weighing = placing->prepared->weighing};
    return !placing->spam_because || spam_note(placing->tx, &verdict, err);
}
