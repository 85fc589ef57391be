/* The index of messages: what is in it of each, from its writing on and when words of its files come to it. */
#include "modules/tickets/tickets_private.h"
#include "platform/search/lexemes.h"

/* One document of PostgreSQL's has a megabyte at most, and each part of it its share. */
enum { SUBJECT_MOST = 20000, PEOPLE_MOST = 100000, NAMES_MOST = 100000, BODY_MOST = 700000, DOCUMENT_MOST = 1000000,
       WORD_COST = 9 /* bytes of a document for each byte of its text, at most */ };

static bool index_message(struct tx *tx, void *argument, struct error *err) {
    return sql_message_index_add(tx, argument, NULL, err);
}

/* SQLite's index takes texts apart by itself. */
static struct text for_index(struct tx *tx, struct text text, char weight, size_t size) {
    if (!text.data) return text_of("");
    return store_dialect(tx->store) == DIALECT_POSTGRESQL ? search_document(&tx->mem, text, weight, size) : text_copy(&tx->mem, text);
}

/* The view message_document says the same to who builds the index anew. Many messages of one transaction go into the index
 * together at its end, which costs far less than one by one. */
void message_index_later(struct tx *tx, message_id id, const struct message_writing *writing, struct text names) {
    struct sql_message_index_add *document = arena_alloc(&tx->mem, sizeof *document);
    struct buffer people = {.mem = &tx->mem};
    const struct text parts[] = {writing->from_name, writing->from_address, or_empty_list(writing->to_list), or_empty_list(writing->cc_list)};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (i) buffer_add_char(&people, ' ');
        buffer_add_text(&people, parts[i]);
    }
    *document = (struct sql_message_index_add){
        .message_id = id, .subject = for_index(tx, writing->subject, 'A', SUBJECT_MOST), .people = for_index(tx, buffer_text(&people), 'D', PEOPLE_MOST),
        .files = for_index(tx, names, 'D', NAMES_MOST), .body = for_index(tx, writing->text, 'D', BODY_MOST), .texts = text_of(""),
    };
    tx_at_end(tx, index_message, document);
}

bool message_index_take(struct tx *tx, message_id id, struct error *err) {
    return sql_message_index_take(tx, &(struct sql_message_index_take){.message_id = id}, NULL, err);
}

static size_t share_of(struct text text, size_t most) {
    size_t cost = WORD_COST * text.size;
    return cost < most ? cost : most;
}

/* The words of files have what the message leaves of a document. */
bool message_index_put(struct tx *tx, message_id id, struct error *err) {
    const struct sql_message_index_words_row *row;
    if (!sql_message_index_words(tx, &tx->mem, &(struct sql_message_index_words){.message_id = id}, &row, err)) return false;
    if (!row) return error_set(err, ERR_INTERNAL, "there is no message %" PRId64, id.value);
    size_t rest = DOCUMENT_MOST - SUBJECT_MOST - share_of(row->people, PEOPLE_MOST) - share_of(row->files, NAMES_MOST) - share_of(row->body, BODY_MOST);
    const struct sql_message_index_add document = {
        .message_id = id, .subject = for_index(tx, row->subject, 'A', SUBJECT_MOST), .people = for_index(tx, row->people, 'D', PEOPLE_MOST),
        .files = for_index(tx, row->files, 'D', NAMES_MOST), .body = for_index(tx, row->body, 'D', BODY_MOST),
        .texts = for_index(tx, row->texts, 'D', rest),
    };
    return sql_message_index_add(tx, &document, NULL, err);
}

bool message_index_leave(struct tx *tx, attachment_id id, struct message_index_change *ret, struct error *err) {
    const struct sql_attachment_by_id_row *row;
    if (!sql_attachment_by_id(tx, &tx->mem, &(struct sql_attachment_by_id){.attachment_id = id}, &row, err)) return false;
    ret->left = row ? row->message_id : (message_id){0};
    return !ret->left.value
           || (message_index_take(tx, ret->left, err) && sql_attachment_text_forget(tx, &(struct sql_attachment_text_forget){.attachment_id = id}, NULL, err));
}

bool message_index_left(struct tx *tx, const struct message_index_change *change, struct error *err) {
    return !change->left.value || message_index_put(tx, change->left, err);
}
