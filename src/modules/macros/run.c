/* Running a macro on a ticket, or only saying what it would do. */
#include "api/modules_macros.h"
#include "modules/macros/macros_private.h"
#include "modules/replies/replies.h"
#include "modules/tickets/back.h"
#include "platform/operations/operations.h"
#include "wire/html/html.h"

struct running {
    struct request *request;
    const struct ticket *ticket;
    const struct sql_macro_row_row *macro;
    struct macro_plan plan;
    struct doer doer;
    struct reply_filled filled;
    struct text to, cc;          /* JSON: whom the answer goes to */
    struct text changes;         /* JSON, as in the event */
    message_id note, answer;
    int64_t operation;
};

/* --- Looking ------------------------------------------------------------------------------------------------------------------ */

static bool may(const struct running *running, enum permission permission) {
    return actor_may_in(running->request->actor, permission, running->ticket->id, running->ticket->team, running->ticket->assignee);
}

/* The rights of who runs it hold for each action. */
static bool check_rights(const struct running *running, struct error *err) {
    bool says = running->plan.note.data || running->plan.reply;
    if (running->plan.has_change && !may(running, CAN_TICKETS_CHANGE))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not change this ticket");
    return !says || may(running, CAN_TICKETS_REPLY) || error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not write in this ticket");
}

/* What was shown to somebody is what happens. */
static bool check_versions(const struct running *running, struct error *err) {
    const struct post_ticket_macro_query *in = running->request->query;
    const struct sql_macro_row_row *macro = running->macro;
    if (request_is_stale(running->request, running->ticket->version))
        return error_set_key(err, ERR_STALE, "ticket_stale", "the ticket is at version %" PRId64, running->ticket->version);
    return !in->has_macro_version || in->macro_version == macro->version
           || error_set_key(err, ERR_STALE, "macro_stale", "the macro is at version %" PRId64, macro->version);
}

static bool fill(struct running *running, struct error *err) {
    struct request *request = running->request;
    return !running->plan.reply
           || (reply_fill(request->tx, request->mem, request->actor, running->plan.reply, running->ticket, (struct text){0}, &running->filled, err)
               && ticket_answer_reach(request->tx, request->mem, running->ticket, &running->to, &running->cc, err));
}

static bool look(struct running *running, struct error *err) {
    struct request *request = running->request;
    const struct post_ticket_macro_query *in = request->query;
    bool offered;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &running->ticket, err)
        || (!in->dry_run && !ticket_locked(request->tx, running->ticket->id, &running->ticket, err))
        || !macro_find(request, request->id[1], &running->macro, err) || !check_versions(running, err)
        || !macro_is_offered(request, running->macro->condition, running->macro->zone, running->ticket->id, &offered, err))
        return false;
    if (!offered) return error_set_key(err, ERR_CONFLICT, "macro_not_offered", "its condition does not hold");
    running->doer = doer_of(request);
    running->doer.cause = text_printf(&request->tx->mem, "macro %" PRId64, running->macro->macro_id);
    return actions_plan(request->tx, request->actor, running->ticket, running->macro->actions, &running->plan, err) && check_rights(running, err)
           && ticket_try(request->tx, running->ticket, &running->plan.change, &running->changes, err) && fill(running, err);
}

/* --- Doing -------------------------------------------------------------------------------------------------------------------- */

static bool write_note(struct running *running, struct error *err) {
    struct request *request = running->request;
    const struct message_writing writing = {
        .ticket = running->ticket->id, .direction = DIRECTION_OUT, .audience = AUDIENCE_INTERNAL, .kind = "note",
        .author_staff = request->actor->staff, .from_name = request->actor->name, .html = running->plan.note,
        .text = html_to_text(&request->tx->mem, running->plan.note),
    };
    return !running->plan.note.data || message_add(request->tx, &running->doer, &writing, &running->note, err);
}

static bool write_answer(struct running *running, struct error *err) {
    struct request *request = running->request;
    const struct ticket_answer answer = {.ticket = running->ticket->id, .author = request->actor->staff, .author_name = request->actor->name,
                                         .text = running->filled.text, .html = running->filled.html, .deliver_at = leaves_at(request)};
    if (!running->plan.reply) return true;
    if (!ticket_answer(request->tx, &running->doer, &answer, &running->answer, err)) return false;
    if (!running->answer.value) return error_set_key(err, ERR_CONFLICT, "no_recipient", "there is nobody to write to");
    return reply_use(request->tx, running->plan.reply, err);
}

static struct text data_of(const struct running *running, const struct ticket *after) {
    struct buffer out = {.mem = &running->request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "ticket", after->id.value);
    json_put_raw(&json, "changes", running->changes);
    json_put_id(&json, "answer", running->answer.value);
    json_put_id(&json, "note", running->note.value);
    state_note(&json, "state", running->ticket, after);
    json_object_end(&json);
    return buffer_text(&out);
}

static struct text summary_of(const struct running *running) {
    struct buffer out = {.mem = &running->request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "ticket", running->ticket->id.value);
    json_put_int(&json, "macro", running->macro->macro_id);
    json_put_text(&json, "name", running->macro->name);
    json_put_id(&json, "operation", running->operation);
    json_object_end(&json);
    return buffer_text(&out);
}

static bool record(struct running *running, struct error *err) {
    struct tx *tx = running->request->tx;
    const struct ticket *after;
    const struct operation_kind *kind = running->plan.has_change ? &macro_operation : &macro_words_operation;
    if (!ticket_find(tx, &tx->mem, running->ticket->id, &after, err)) return false;
    const struct operation_record in = {
        .kind = kind->name, .actor = running->doer.kind, .actor_id = running->doer.id, .tickets = &after->id, .ticket_count = 1,
        .summary = summary_of(running), .data = data_of(running, after),
    };
    if (!operation_add(tx, &in, &running->operation, err)) return false;
    event_record(tx, &(struct event){.kind = "macro.run", .actor = running->doer.kind, .actor_id = running->doer.id, .ticket = after->id,
                                     .team = after->team, .assignee = after->assignee, .data = summary_of(running), .internal = true});
    return sql_macro_used(tx, &(struct sql_macro_used){.macro_id = running->macro->macro_id, .used_at = tx->now}, NULL, err);
}

/* What is said comes first, since it moves the state by itself. */
static bool act(struct running *running, struct error *err) {
    struct tx *tx = running->request->tx;
    return write_note(running, err) && write_answer(running, err)
           && (!running->plan.has_change || ticket_apply(tx, &running->doer, running->ticket->id, &running->plan.change, err)) && record(running, err);
}

static void write_reply(const struct running *running, struct json_writer *json) {
    const struct reply_filled *filled = &running->filled;
    const struct text *missing = filled->missing.at;
    json_key(json, "reply");
    if (!running->plan.reply) {
        json_none(json);
        return;
    }
    json_object_begin(json);
    json_put_int(json, "id", filled->id);
    json_put_text(json, "language", filled->language);
    json_put_text(json, "text", filled->text);
    json_put_raw(json, "to", running->to);
    json_put_raw(json, "cc", running->cc);
    json_key(json, "missing");
    json_array_begin(json);
    for (size_t i = 0; i < filled->missing.count; i++) json_text(json, missing[i]);
    json_array_end(json);
    json_object_end(json);
}

bool post_ticket_macro(struct request *request, struct response *response, struct error *err) {
    const struct post_ticket_macro_query *in = request->query;
    struct json_writer *json = &response->json;
    struct running running = {.request = request};
    if (!look(&running, err) || (!in->dry_run && !act(&running, err))) return false;
    json_object_begin(json);
    json_put_int(json, "macro", running.macro->macro_id);
    json_put_int(json, "macro_version", running.macro->version);
    json_put_int(json, "ticket", running.ticket->id.value);
    json_put_int(json, "ticket_version", running.ticket->version);
    json_put_raw(json, "changes", running.changes);
    json_put_text(json, "note", running.plan.note.data ? html_to_text(request->mem, running.plan.note) : (struct text){0});
    write_reply(&running, json);
    json_put_id(json, "operation", running.operation);
    json_object_end(json);
    return true;
}
