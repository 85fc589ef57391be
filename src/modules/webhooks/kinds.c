/* The kinds of events, for who chooses among them, but for those that concern one colleague alone. A test of the whole product holds
 * every record against this list. */
#include "modules/webhooks/webhooks_private.h"

#include <jansson.h>

const char *const event_kinds[] = {
    "activity.changed", "activity.created", "approval.asked", "approval.decided", "approval.overdue", "approval.withdrawn",
    "company.changed", "company.created", "company.removed", "draft.handed", "draft.taken", "field.changed", "field.created",
    "field.ordered", "field.ruled", "form.changed", "form.created", "macro.changed", "macro.created", "macro.deleted", "macro.restored",
    "macro.run", "macro.undone", "mail.dropped", "mail.parked", "mail.released", "mailbox.changed", "mailbox.created",
    "mailbox.failing", "mailbox.recovered", "mailbox.removed", "mailbox.resumed", "mailbox.tripped", "message.delivery",
    "message.moved", "message.returned", "message.verified", "message.written", "number_format.changed", "participant.added",
    "participant.changed", "participant.removed", "person.bounced", "person.changed", "person.created", "person.exported", "person.identity_added",
    "person.identity_changed", "person.identity_removed", "person.import_dropped", "person.import_loaded", "person.import_started",
    "person.import_stopped", "person.imported", "person.merged", "person.named", "person.reached", "person.unmerged",
    "problem.update", "reply.changed", "reply.created", "reply.deleted", "reply.restored", "role.changed", "session.ended",
    "session.ended_all", "session.ended_others", "session.refused", "session.started", "setting.changed", "side.answered",
    "side.begun", "side.closed", "side.delivery", "side.reopened", "spam.filter_changed",
    "spam.sender_added", "spam.sender_removed", "staff.added", "staff.changed", "staff.invitation_link", "staff.invited",
    "staff.password", "staff.password_refused", "staff.recovery_used", "staff.reset_asked", "staff.totp_off", "staff.totp_offered",
    "staff.totp_on", "state.changed", "state.created", "state.ordered", "state.ways", "tag.freed", "tag.given_back", "tag.removed",
    "tag.renamed", "team.changed", "team.created", "ticket.admission_ended", "ticket.admitted", "ticket.changed", "ticket.checklist",
    "ticket.left_assignee", "ticket.left_team", "ticket.linked", "ticket.mentioned", "ticket.merged", "ticket.opened",
    "ticket.parts_done", "ticket.time", "ticket.unlinked", "ticket.unmerged", "ticket.unwatched", "ticket.watched", "token.created",
    "token.revoked", "view.changed", "view.created", "view.deleted", "webhook.changed", "webhook.created", "webhook.deleted",
    "webhook.replayed", "webhook.restored", "webhook.secret_renewed", "webhook.switched_off",
    WEBHOOK_TESTED, NULL,
};

static bool fits(struct text wanted, struct text kind) {
    if (text_is(wanted, "*")) return true;
    if (!text_ends(wanted, ".*")) return text_equal(wanted, kind);
    wanted.size--;
    return kind.size > wanted.size && memcmp(kind.data, wanted.data, wanted.size) == 0;
}

bool kind_is_known(struct text wanted) {
    for (size_t i = 0; event_kinds[i]; i++)
        if (fits(wanted, text_of(event_kinds[i]))) return true;
    return false;
}

bool kind_is_wanted(struct text kinds, struct text kind) {
    json_auto_t *list = json_loadb(kinds.data, kinds.size, 0, NULL);
    size_t index;
    const json_t *one;
    json_array_foreach(list, index, one)
        if (fits(text_from(json_string_value(one), json_string_length(one)), kind)) return true;
    return false;
}
