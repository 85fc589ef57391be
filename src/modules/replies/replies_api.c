/* Canned replies over the API. */
#include "api/modules_replies.h"
#include "base/clock.h"
#include "modules/replies/replies_private.h"
#include "modules/tickets/tickets.h"
#include "platform/events/events.h"
#include "platform/http/http.h"
#include "wire/net/placeholder.h"

enum { REPLIES_MOST = 5000 };
static const int64_t KEPT = 30 * 24 * 3600 * SECOND;

/* --- Who may what --------------------------------------------------------------------------------------------------- */

static bool may_see(const struct actor *actor, const struct sql_reply_row_row *row) {
    return actor_sees_made(actor, row->scope, row->owner_id, row->team_id);
}

static bool may_change(const struct actor *actor, const struct sql_reply_row_row *row) {
    return actor_changes_made(actor, CAN_REPLIES_SHARE, row->scope, row->owner_id, row->team_id);
}

static bool find_reply(struct request *request, bool is_deleted, const struct sql_reply_row_row **ret_row, struct error *err) {
    const struct sql_reply_row_row *row;
    if (!sql_reply_row(request->tx, request->mem, &(struct sql_reply_row){.reply_id = request->id[0]}, &row, err)) return false;
    if (!row || (row->deleted_at && !is_deleted) || !may_see(request->actor, row))
        return error_set_key(err, ERR_NOT_FOUND, "reply_not_found", "there is no reply %" PRId64, request->id[0]);
    *ret_row = row;
    return true;
}

/* On SQLite nobody else writes before this transaction has ended. */
static bool hold(struct request *request, struct error *err) {
    struct sql_reply_hold_rows held;
    return store_dialect(request->tx->store) == DIALECT_SQLITE
           || sql_reply_hold(request->tx, request->mem, &(struct sql_reply_hold){.reply_id = request->id[0]}, &held, err);
}

static bool find_to_change(struct request *request, bool is_deleted, const struct sql_reply_row_row **ret_row, struct error *err) {
    return hold(request, err) && find_reply(request, is_deleted, ret_row, err)
           && (may_change(request->actor, *ret_row)
               || error_set_key(err, ERR_FORBIDDEN, "forbidden", "the reply belongs to others"));
}

static bool check_version(struct request *request, const struct sql_reply_row_row *row, struct error *err) {
    return !request_is_stale(request, row->version) || error_set_key(err, ERR_STALE, "reply_stale", "the reply is at version %" PRId64, row->version);
}

/* --- Writing out ---------------------------------------------------------------------------------------------------- */

static void write_row(struct request *request, struct json_writer *json, const struct sql_reply_row_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->reply_id);
    json_put_text(json, "name", row->name);
    json_put_text(json, "key", row->key);
    json_put_text(json, "scope", row->scope);
    json_put_int(json, "owner", row->owner_id.value);
    json_put_id(json, "team", row->team_id.value);
    json_put_text(json, "folder", row->folder);
    json_put_raw(json, "languages", row->languages);
    if (row->texts.data) json_put_raw(json, "texts", row->texts);
    json_put_text(json, "snippet", row->snippet);
    json_put_int(json, "uses", row->uses);
    json_put_time(json, "used_at", row->used_at);
    json_put_int(json, "version", row->version);
    json_put_bool(json, "may_change", may_change(request->actor, row));
    json_object_end(json);
}

/* Of one in the list the texts are not read. */
static struct sql_reply_row_row as_row(const struct sql_reply_find_row *row) {
    return (struct sql_reply_row_row){
        .reply_id = row->reply_id, .name = row->name, .key = row->key, .scope = row->scope, .owner_id = row->owner_id, .team_id = row->team_id,
        .folder = row->folder, .languages = row->languages, .snippet = row->snippet, .uses = row->uses, .used_at = row->used_at,
        .version = row->version,
    };
}

bool get_replies(struct request *request, struct response *response, struct error *err) {
    const struct get_replies_query *query = request->query;
    struct sql_reply_find in = {.owner_id = request->actor->staff};
    struct sql_reply_find_rows rows;
    struct json_writer *json = &response->json;
    int64_t left = query->has_limit ? query->limit : 50;
    reply_patterns(request->mem, query->q, &in);
    if (!sql_reply_find(request->tx, request->mem, &in, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count && left > 0; i++) {
        const struct sql_reply_row_row row = as_row(&rows.at[i]);
        if (!may_see(request->actor, &row)) continue;
        write_row(request, json, &row);
        left--;
    }
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_reply(struct request *request, struct response *response, struct error *err) {
    const struct sql_reply_row_row *row;
    if (!find_reply(request, false, &row, err)) return false;
    write_row(request, &response->json, row);
    return true;
}

/* --- Changing ------------------------------------------------------------------------------------------------------- */

/* A misspelt variable is refused where it can be mended. */
static bool check_variables(struct text html, const char *field, struct error *err) {
    struct placeholder found;
    for (size_t offset = 0; placeholder_next(html, offset, &found); offset = found.from + found.size)
        if (!found.variable) return error_field(err, field, "unknown_variable", "{{%.*s}}", (int)text_cut(found.name, 100).size, found.name.data);
    return true;
}

static bool prepare_text(struct request *request, struct text html, const char *field, struct text *ret_html, struct text *ret_text, struct error *err) {
    struct prepared_text prepared;
    if (!text_prepare(request->mem, (struct text){0}, html, &prepared, err)) return false;
    if (text_empty(text_trim(prepared.text))) return true;
    *ret_html = prepared.html;
    *ret_text = prepared.text;
    return check_variables(prepared.html, field, err);
}

static bool prepare_texts(struct request *request, const struct reply_texts *body, struct error *err) {
    struct language_texts *texts = arena_alloc(request->mem, sizeof *texts);
    const struct text given[LANGUAGES] = {body->de, body->en, body->hu};
    bool any = false;
    *texts = (struct language_texts){0};
    for (int i = 0; i < LANGUAGES; i++) {
        const char *field = text_string(request->mem, text_printf(request->mem, "texts.%s", reply_languages[i]));
        if (!prepare_text(request, given[i], field, &texts->html[i], &texts->text[i], err)) return false;
        any |= texts->html[i].data != NULL;
    }
    request->prepared = texts;
    return any || error_field(err, "texts", "required", "a reply needs a text in one language at least");
}

bool prepare_reply(struct request *request, struct response *response, struct error *err) {
    const struct reply_create *body = request->body;
    return prepare_texts(request, body->texts, err);
}

bool prepare_reply_change(struct request *request, struct response *response, struct error *err) {
    const struct reply_patch *body = request->body;
    return !body->has_texts || prepare_texts(request, body->texts, err);
}

/* All colleagues hear of it: what a team calls its replies is for the team alone. */
static void reply_event(struct request *request, const char *kind, const struct sql_reply_row_row *row) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "reply", row->reply_id);
    json_put_text(&json, "scope", row->scope);
    json_put_id(&json, "team", row->team_id.value);
    if (!text_is(row->scope, "team")) json_put_text(&json, "name", row->name);
    json_object_end(&json);
    struct text scope = text_is(row->scope, "personal") ? text_printf(&request->tx->mem, "staff:%" PRId64, row->owner_id.value) : text_of("staff");
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = scope.data,
                                              .data = buffer_text(&out)});
}

static bool is_key(struct text key) {
    for (size_t i = 0; i < key.size; i++) {
        char c = key.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
    }
    return true;
}

static bool check_key(struct request *request, const struct sql_reply_row_row *row, struct error *err) {
    const struct sql_reply_with_key_row *other = NULL;
    const struct sql_reply_with_key in = {.key = row->key, .scope = row->scope, .except = row->reply_id, .owner_id = row->owner_id,
                                          .team_id = row->team_id};
    if (!is_key(row->key)) return error_field(err, "key", "reply_key", "a key is made of letters, digits, - and _");
    if (!text_empty(row->key) && !sql_reply_with_key(request->tx, request->mem, &in, &other, err)) return false;
    return !other || error_field(err, "key", "taken", "reply %" PRId64 " has this key", other->reply_id);
}

static bool check_place(struct request *request, struct sql_reply_row_row *row, struct error *err) {
    bool of_team = text_is(row->scope, "team");
    const struct sql_reply_team_row *team = NULL;
    if (of_team && !row->team_id.value) return error_field(err, "team", "required", "a reply of a team needs the team");
    if (!of_team) row->team_id = (team_id){0};
    if (of_team && !sql_reply_team(request->tx, request->mem, &(struct sql_reply_team){.team_id = row->team_id}, &team, err)) return false;
    if (of_team && !team) return error_field(err, "team", "unknown", "there is no such team");
    return may_change(request->actor, row) || error_field(err, "scope", "forbidden", "this needs replies.share");
}

/* What a body says, put over the row. ReplyCreate and ReplyPatch have the same members. */
static bool apply(struct request *request, const struct reply_patch *in, struct sql_reply_row_row *row, struct error *err) {
    const struct language_texts *texts = request->prepared;
    if (in->has_name) row->name = text_trim(in->name);
    if (text_empty(row->name)) return error_field(err, "name", "required", "a reply needs a name");
    if (in->has_key) row->key = text_lower(request->mem, text_trim(in->key));
    if (in->has_folder) row->folder = text_trim(in->folder);
    if (in->has_scope) row->scope = in->scope;
    if (in->has_team) row->team_id = (team_id){in->team};
    if (texts) reply_write_texts(request->mem, texts, row);
    const struct language_texts all = texts ? *texts : reply_read_texts(request->mem, row->texts);
    reply_write_words(request->mem, row, &all);
    return check_place(request, row, err) && check_key(request, row, err);
}

static bool check_room(struct request *request, struct error *err) {
    const struct sql_reply_count_row *row;
    if (!sql_reply_count(request->tx, request->mem, &row, err)) return false;
    return row->count < REPLIES_MOST || error_set_key(err, ERR_CONFLICT, "too_many_replies", "there are %d replies already", REPLIES_MOST);
}

bool post_reply(struct request *request, struct response *response, struct error *err) {
    const struct reply_create *body = request->body;
    const struct reply_patch in = {
        .has_name = true, .name = body->name, .has_key = body->has_key, .key = body->key, .has_scope = body->has_scope, .scope = body->scope,
        .has_team = body->has_team, .team = body->team, .has_folder = body->has_folder, .folder = body->folder,
    };
    struct sql_reply_row_row row = {.scope = text_of("personal"), .owner_id = request->actor->staff, .key = text_of(""), .folder = text_of(""), .version = 1};
    const struct sql_reply_insert_row *made;
    if (!check_room(request, err) || !apply(request, &in, &row, err)) return false;
    const struct sql_reply_insert insert = {.name = row.name, .key = row.key, .scope = row.scope, .owner_id = row.owner_id, .team_id = row.team_id,
                                            .folder = row.folder, .texts = row.texts, .languages = row.languages, .snippet = row.snippet,
                                            .names = row.names, .words = row.words, .created_at = request->tx->now};
    if (!sql_reply_insert(request->tx, request->mem, &insert, &made, err)) return false;
    row.reply_id = made->reply_id;
    reply_event(request, "reply.created", &row);
    response_created(response, request, "/api/v1/replies/%" PRId64, row.reply_id);
    write_row(request, &response->json, &row);
    return true;
}

bool patch_reply(struct request *request, struct response *response, struct error *err) {
    const struct sql_reply_row_row *before;
    if (!find_to_change(request, false, &before, err) || !check_version(request, before, err)) return false;
    struct sql_reply_row_row row = *before;
    if (!apply(request, request->body, &row, err)) return false;
    const struct sql_reply_write in = {.reply_id = row.reply_id, .name = row.name, .key = row.key, .scope = row.scope, .team_id = row.team_id,
                                       .folder = row.folder, .texts = row.texts, .languages = row.languages, .snippet = row.snippet,
                                       .names = row.names, .words = row.words, .updated_at = request->tx->now};
    if (!sql_reply_write(request->tx, &in, NULL, err)) return false;
    row.version++;
    reply_event(request, "reply.changed", &row);
    write_row(request, &response->json, &row);
    return true;
}

bool delete_reply(struct request *request, struct response *response, struct error *err) {
    const struct sql_reply_row_row *row;
    struct tx *tx = request->tx;
    if (!find_to_change(request, false, &row, err) || !check_version(request, row, err)
        || !sql_reply_mark(tx, &(struct sql_reply_mark){.reply_id = row->reply_id, .deleted_at = tx->now}, NULL, err)
        || !sql_reply_purge(tx, &(struct sql_reply_purge){.deleted_at = tx->now - KEPT}, NULL, err))
        return false;
    reply_event(request, "reply.deleted", row);
    response_none(response);
    return true;
}

bool post_reply_restore(struct request *request, struct response *response, struct error *err) {
    const struct sql_reply_row_row *before;
    if (!find_to_change(request, true, &before, err)) return false;
    if (!before->deleted_at) return error_set_key(err, ERR_CONFLICT, "reply_not_deleted", "reply %" PRId64 " is not deleted", before->reply_id);
    struct sql_reply_row_row row = *before;
    if (!check_room(request, err) || !check_key(request, &row, err)
        || !sql_reply_mark(request->tx, &(struct sql_reply_mark){.reply_id = row.reply_id}, NULL, err))
        return false;
    row.version++;
    reply_event(request, "reply.restored", &row);
    write_row(request, &response->json, &row);
    return true;
}

/* --- In a ticket ---------------------------------------------------------------------------------------------------- */

static bool write_filled(struct request *request, struct response *response, int64_t id, struct text language, struct error *err) {
    const struct ticket *ticket;
    struct reply_filled filled;
    struct json_writer *json = &response->json;
    if (!ticket_for(request, id, CAN_TICKETS_REPLY, &ticket, err)
        || !reply_fill(request->tx, request->mem, request->actor, request->id[0], ticket, language, &filled, err))
        return false;
    const struct text *missing = filled.missing.at;
    json_object_begin(json);
    json_put_int(json, "id", filled.id);
    json_put_text(json, "language", filled.language);
    json_put_text(json, "html", filled.html);
    json_put_text(json, "text", filled.text);
    json_key(json, "missing");
    json_array_begin(json);
    for (size_t i = 0; i < filled.missing.count; i++) json_text(json, missing[i]);
    json_array_end(json);
    json_object_end(json);
    return true;
}

bool get_reply_preview(struct request *request, struct response *response, struct error *err) {
    const struct get_reply_preview_query *in = request->query;
    return write_filled(request, response, in->ticket, in->language, err);
}

bool post_reply_use(struct request *request, struct response *response, struct error *err) {
    const struct reply_use *body = request->body;
    return write_filled(request, response, body->ticket, body->language, err) && reply_use(request->tx, request->id[0], err);
}
