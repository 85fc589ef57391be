/* Is it a letter that nobody wants? Then it opens a ticket in quarantine, and joins none that people see. */
#include "channels/intake/intake_private.h"
#include "modules/spam/spam.h"

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
static bool look_at_senders(struct placing *placing, struct error *err) {
    const struct text senders[] = {placing->from.address, placing->is_forward ? placing->forwarder.address : (struct text){0}};
    for (size_t i = 0; i < COUNT_OF(senders) && !placing->is_spam; i++) {
        struct spam_listed listed;
        if (!spam_sender_look(placing->tx, &placing->tx->mem, senders[i], &listed, err)) return false;
        if (!listed.is_blocked) continue;
        placing_reason(placing, "sender_blocked", listed.pattern);
        keep_out(placing);
    }
    return true;
}

/* What a report says of our own letters we want to know from everybody, and what a colleague hands on was looked at. */
bool find_spam(struct placing *placing, struct error *err) {
    bool reports = placing->prepared->report.kind != REPORT_NONE && placing->ticket && !placing->is_unverified;
    return reports || is_colleague(placing) || look_at_senders(placing, err);
}
