/* The filter over the API: what it is told, and why it says what it says. */
#include "api/modules_spam.h"
#include "modules/spam/spam_private.h"
#include "platform/http/http.h"

enum { VERDICTS_MOST = 200 };

/* --- The filter ---------------------------------------------------------------------------------------------------------- */

static bool write_filter(struct request *request, struct response *response, struct error *err) {
    const struct sql_spam_state_row *state;
    struct json_writer *json = &response->json;
    if (!sql_spam_state(request->tx, request->mem, &state, err)) return false;
    if (!state) return error_set(err, ERR_STORE, "the spam filter is gone");
    json_object_begin(json);
    json_put_bool(json, "is_on", state->is_on);
    json_put_int(json, "threshold", state->threshold);
    json_put_int(json, "minimum", state->minimum);
    json_put_int(json, "spam_letters", state->spam_letters);
    json_put_int(json, "ham_letters", state->ham_letters);
    json_put_bool(json, "is_ready", state->is_on && state->spam_letters >= state->minimum && state->ham_letters >= state->minimum);
    json_put_int(json, "version", state->version);
    json_object_end(json);
    return true;
}

bool get_spam_filter(struct request *request, struct response *response, struct error *err) {
    return write_filter(request, response, err);
}

static void note_int(struct json_writer *json, const char *field, int64_t before, int64_t after) {
    if (before == after) return;
    json_key(json, field);
    json_array_begin(json);
    json_int(json, before);
    json_int(json, after);
    json_array_end(json);
}

static void tell(struct request *request, const struct sql_spam_state_row *before, const struct sql_spam_filter_write *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    note_int(&json, "is_on", before->is_on, after->is_on);
    note_int(&json, "threshold", before->threshold, after->threshold);
    note_int(&json, "minimum", before->minimum, after->minimum);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "spam.filter_changed", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "admin",
                                              .data = buffer_text(&out)});
}

bool patch_spam_filter(struct request *request, struct response *response, struct error *err) {
    const struct spam_filter_patch *body = request->body;
    const struct sql_spam_state_row *state;
    struct sql_spam_filter_hold_rows held;
    if (!sql_spam_filter_hold(request->tx, request->mem, &held, err) || !sql_spam_state(request->tx, request->mem, &state, err)) return false;
    if (!state) return error_set(err, ERR_STORE, "the spam filter is gone");
    if (request_is_stale(request, state->version)) return error_set_key(err, ERR_STALE, "filter_stale", "the filter is at version %" PRId64, state->version);
    const struct sql_spam_filter_write in = {
        .is_on = body->has_is_on ? body->is_on : state->is_on, .threshold = body->has_threshold ? body->threshold : state->threshold,
        .minimum = body->has_minimum ? body->minimum : state->minimum,
    };
    tell(request, state, &in);
    return sql_spam_filter_write(request->tx, &in, NULL, err) && write_filter(request, response, err);
}

/* --- Why ----------------------------------------------------------------------------------------------------------------- */

static void put_percent(struct json_writer *json, const char *key, int64_t hundredths) {
    json_key(json, key);
    if (hundredths < 0) json_none(json);
    else json_number(json, (double)hundredths / 100);
}

static void write_verdict(struct json_writer *json, const struct sql_spam_verdicts_row *row) {
    json_object_begin(json);
    json_put_int(json, "ticket", row->ticket_id.value);
    json_put_bool(json, "is_spam", row->is_spam);
    json_put_text(json, "because", row->because);
    json_put_text(json, "pattern", row->pattern);
    put_percent(json, "score", row->score);
    put_percent(json, "threshold", row->score < 0 ? -1 : row->threshold);
    json_object_end(json);
}

static bool read_ids(struct request *request, struct text list, struct text *ret_json, struct error *err) {
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    struct text piece;
    int64_t id;
    int count = 0;
    json_array_begin(&json);
    while (text_next(&list, ',', &piece)) {
        if (!text_to_int(piece, &id) || id < 1 || ++count > VERDICTS_MOST)
            return error_field(err, "tickets", "invalid", "ids with commas between, at most %d", VERDICTS_MOST);
        json_int(&json, id);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

bool get_spam_verdicts(struct request *request, struct response *response, struct error *err) {
    const struct get_spam_verdicts_query *query = request->query;
    struct sql_spam_verdicts_rows rows;
    struct sql_spam_verdicts in;
    struct json_writer *json = &response->json;
    if (!read_ids(request, query->tickets, &in.tickets, err) || !sql_spam_verdicts(request->tx, request->mem, &in, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++)
        if (ticket_visible(request->actor, rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee_id)) write_verdict(json, &rows.at[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_ticket_spam(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    const struct sql_spam_verdict_row_row *row;
    const struct sql_spam_lesson_row_row *lesson;
    struct json_writer *json = &response->json;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)
        || !sql_spam_verdict_row(request->tx, request->mem, &(struct sql_spam_verdict_row){.ticket_id = ticket->id}, &row, err)
        || !sql_spam_lesson_row(request->tx, request->mem, &(struct sql_spam_lesson_row){.ticket_id = ticket->id}, &lesson, err))
        return false;
    json_object_begin(json);
    json_put_bool(json, "is_spam", ticket->is_spam);
    json_key(json, "verdict");
    if (row)
        write_verdict(json, &(struct sql_spam_verdicts_row){.ticket_id = ticket->id, .is_spam = row->is_spam, .because = row->because, .pattern = row->pattern,
                                                            .score = row->score, .threshold = row->threshold});
    else json_none(json);
    json_put_raw(json, "signs", row && row->signs.data ? row->signs : text_of("[]"));
    json_put_int(json, "spam_letters", row ? row->spam_letters : 0);
    json_put_int(json, "ham_letters", row ? row->ham_letters : 0);
    json_put_string(json, "learned_as", !lesson || lesson->spam < 0 ? NULL : lesson->spam ? "spam" : "ham");
    json_object_end(json);
    return true;
}
