/* Parked letters over the API. */
#include "api/channels_email.h"
#include "channels/email/email_private.h"
#include "modules/people/people.h"
#include "sql/channels_intake.h"
#include "sql/channels_mailboxes.h"

static bool find_parked(struct request *request, const struct sql_mail_in_row_row **ret_row, struct error *err) {
    const struct sql_mail_in_row in = {.mail_id = request->id[0]};
    *ret_row = NULL;
    if (request->id[0] && !sql_mail_in_row(request->tx, request->mem, &in, ret_row, err)) return false;
    bool parked = *ret_row && text_is((*ret_row)->state, "parked") && actor_reaches(request->actor, CAN_MAILBOXES_MANAGE, (*ret_row)->team_id);
    return parked || error_set_key(err, ERR_NOT_FOUND, "parked_mail_not_found", "there is no parked letter %" PRId64, request->id[0]);
}

static void parked_event(struct request *request, const char *kind) {
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = text_printf(&request->tx->mem, "{\"mail\":%" PRId64 "}", request->id[0])});
}

static bool read_wanted(const struct get_parked_mails_query *query, int64_t *ret_wanted, struct error *err) {
    int64_t wanted = query->has_mailbox ? -1 : 0;
    if (query->has_mailbox && !text_is(query->mailbox, "none") && (!text_to_int(query->mailbox, &wanted) || wanted <= 0))
        return error_field(err, "mailbox", "invalid", "is the id of a mailbox, or none");
    *ret_wanted = wanted;
    return true;
}

bool get_parked_mails(struct request *request, struct response *response, struct error *err) {
    const struct get_parked_mails_query *query = request->query;
    const struct sql_mail_in_parked_count_row *all;
    struct sql_mail_in_parked_rows rows;
    struct sql_mail_in_parked_count counted = {.staff_id = request->actor->staff};
    int64_t limit = query->has_limit ? query->limit : 50, before = INT64_MAX;
    if (query->has_cursor && (!text_to_int(query->cursor, &before) || before <= 0)) return error_field(err, "cursor", "invalid", "is no cursor of ours");
    if (!read_wanted(query, &counted.wanted, err)) return false;
    const struct sql_mail_in_parked in = {.before = before, .wanted = counted.wanted, .staff_id = counted.staff_id, .limit = limit};
    if (!sql_mail_in_parked(request->tx, request->mem, &in, &rows, err) || !sql_mail_in_parked_count(request->tx, request->mem, &counted, &all, err))
        return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    for (size_t i = 0; i < rows.count; i++) statement_row_json(&statement_mail_in_parked, &rows.at[i], &response->json);
    json_array_end(&response->json);
    json_put_int(&response->json, "count", all->count);
    bool more = rows.count && (int64_t)rows.count == limit;
    json_put_text(&response->json, "next", more ? text_printf(request->mem, "%" PRId64, rows.at[rows.count - 1].id) : (struct text){0});
    json_object_end(&response->json);
    return true;
}

/* Nothing of it is here: whoever fetches its mailbox looks for it again. */
static bool ask_again(struct request *request, const struct sql_mail_in_row_row *row, struct error *err) {
    int64_t changed = 0;
    const struct sql_mail_in_ask_again in = {.mail_id = row->mail_id};
    if (!sql_mailbox_refetch(request->tx, &(struct sql_mailbox_refetch){.mailbox_id = row->mailbox_id}, &changed, err)) return false;
    if (!changed) return error_set_key(err, ERR_CONFLICT, "parked_mail_unreachable", "the mailbox of letter %" PRId64 " is not fetched any more", row->mail_id);
    return sql_mail_in_ask_again(request->tx, &in, NULL, err);
}

bool post_parked_mail_release(struct request *request, struct response *response, struct error *err) {
    const struct sql_mail_in_row_row *row;
    const struct sql_mail_in_release in = {.mail_id = request->id[0], .next_at = request->tx->now};
    if (!find_parked(request, &row, err)) return false;
    if (row->is_partial) return error_set_key(err, ERR_CONFLICT, "parked_mail_partial", "only the headers of letter %" PRId64 " are here", in.mail_id);
    if (row->missing_uid ? !ask_again(request, row, err) : !sql_mail_in_release(request->tx, &in, NULL, err)) return false;
    parked_event(request, "mail.released");
    response_none(response);
    return true;
}

bool delete_parked_mail(struct request *request, struct response *response, struct error *err) {
    const struct sql_mail_in_row_row *row;
    const struct sql_mail_in_drop in = {.mail_id = request->id[0], .done_at = request->tx->now};
    if (!find_parked(request, &row, err) || !sql_mail_in_drop(request->tx, &in, NULL, err)) return false;
    parked_event(request, "mail.dropped");
    response_none(response);
    return true;
}

bool get_parked_mail_source(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct sql_mail_in_row_row *row;
    if (!find_parked(request, &row, err)) return false;
    if (row->missing_uid) return error_set_key(err, ERR_CONFLICT, "parked_mail_missing", "letter %" PRId64 " could not be fetched", row->mail_id);
    response->content_type = "message/rfc822";
    response->content_policy = file_content_policy;
    response_header(response, request, "Content-Disposition",
                    file_disposition(request->mem, false, text_printf(request->mem, "mail-%" PRId64 ".eml", request->id[0])));
    return mail_get(application->files, request->tx, request->mem, row->raw_hash, &response->fixed_body, err);
}
