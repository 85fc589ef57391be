/* Letters that one of us hands on: who wrote the inner one speaks, and nothing that the forwarder wrote leaves the house. */
#include "channels/intake/intake_private.h"

/* Attached as a whole, or quoted in the text below the forwarder's words. */
static bool read_forward(struct placing *placing) {
    const struct prepared *prepared = placing->prepared;
    const struct letter *inner = prepared->inner;
    if (prepared->report.kind != REPORT_NONE) return false;
    if (!inner) return prepared->may_forward && forward_read(&placing->tx->mem, prepared->letter->text, &placing->forward);
    placing->forward = (struct mail_forward){inner->from.at[0], inner->subject, prepared->letter->text, inner->text};
    return true;
}

bool find_forward(struct placing *placing, struct error *err) {
    bool ours;
    if (!placing->staff.value || !read_forward(placing)) return true;
    if (!placing->forward.from.address.size) {
        placing_reason(placing, "forward_without_address", placing->forward.from.name);
        return true;
    }
    if (!address_is_ours(placing->tx, placing->forward.from.address, &ours, err)) return false;
    if (ours) return true; /* we can't be our own customer: the colleague asks */
    placing_reason(placing, "forwarded_by", placing->from.address);
    placing->forwarder = placing->from;
    placing->from = placing->forward.from;
    placing->is_forward = placing->is_claimed = true;
    return true;
}

/* All that is shown to others is the inner letter's. The outer one stays whole in the source. */
void write_forward(struct placing *placing, struct message_writing *writing) {
    const struct prepared *prepared = placing->prepared;
    const struct letter *inner = prepared->inner;
    writing->text = writing->text_full = placing->forward.text;
    writing->html = prepared->has_inner_html ? prepared->inner_html.html : (struct text){0};
    writing->remote_images = prepared->has_inner_html ? (int64_t)prepared->inner_html.remote_images : 0;
    if (placing->forward.subject.size) writing->subject = placing->forward.subject;
    writing->header_id = writing->in_reply_to = (struct text){0};
    writing->references = (struct json_list){0};
    if (!inner) return;
    if (inner->message_id.size) writing->header_id = inner->message_id;
    if (inner->in_reply_to.count) writing->in_reply_to = inner->in_reply_to.at[0];
    writing->references = prepared->inner_references;
    struct message_file *files = arena_array(&placing->tx->mem, prepared->file_count + prepared->inner_file_count, sizeof *files);
    if (prepared->file_count) memcpy(files, prepared->files, prepared->file_count * sizeof *files);
    if (prepared->inner_file_count) memcpy(files + prepared->file_count, prepared->inner_files, prepared->inner_file_count * sizeof *files);
    writing->files = files;
    writing->file_count = prepared->file_count + prepared->inner_file_count;
}

/* What the forwarder wrote above the letter is for us alone, and theirs only when it is known to be. */
bool add_comment(struct placing *placing, struct error *err) {
    message_id id;
    struct text comment = placing->forward.comment, cause = text_printf(&placing->tx->mem, "mail %" PRId64, placing->row->id);
    bool known = is_colleague(placing);
    if (!placing->is_forward || text_empty(text_trim(comment))) return true;
    const struct doer doer = {known ? ACTOR_STAFF : ACTOR_SYSTEM, known ? placing->staff.value : 0, cause};
    const struct message_writing note = {
        .ticket = placing->ticket->id, .direction = DIRECTION_OUT, .audience = AUDIENCE_INTERNAL, .kind = "note",
        .author_staff = known ? placing->staff : (staff_id){0}, .from_name = placing->forwarder.name, .from_address = placing->forwarder.address,
        .is_unverified = !known, .text = text_trim(comment),
    };
    return message_add(placing->tx, &doer, &note, &id, err);
}
