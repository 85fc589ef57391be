/* A page of what was found: each ticket once, as the list shows it, with the beginnings of its messages that fit. */
#include "modules/tickets/search_private.h"

#include <jansson.h>

struct found_page found_page_begin(struct arena *mem, int64_t limit) {
    return (struct found_page){.all = arena_array(mem, (size_t)limit, sizeof(struct found)), .limit = (size_t)limit};
}

struct found *found_on_page(struct found_page *page, ticket_id ticket) {
    for (size_t i = 0; i < page->count; i++)
        if (page->all[i].ticket.value == ticket.value) return &page->all[i];
    return NULL;
}

struct found *found_add(struct found_page *page, ticket_id ticket) {
    struct found *found = &page->all[page->count++];
    *found = (struct found){.ticket = ticket};
    return found;
}

void found_add_hit(struct found *found, int64_t message, struct text text) {
    if (found->count == HITS_SHOWN) return;
    found->messages[found->count] = message;
    found->texts[found->count++] = text;
}

/* --- What is shown of a message ---------------------------------------------------------------------------------------- */

/* The place of the first found word, with what stands around it; no text when none does. A word at the edge is whole. */
static struct text around_first(struct search *search, struct text text) {
    enum { BEFORE = 60 };
    struct mark mark;
    if (!marker_find(search->marker, text, &mark, 1)) return (struct text){0};
    size_t from = mark.from < BEFORE ? 0 : mark.from - BEFORE;
    while (from > 0 && from < mark.from && text.data[from - 1] != ' ' && text.data[from - 1] != '\n') from++;
    return snippet_of(search->mem, text_skip(text, from));
}

static void add_words(struct buffer *out, const char *separator, struct text words) {
    if (text_empty(words)) return;
    if (out->size) buffer_add_string(out, separator);
    buffer_add_text(out, words);
}

static void add_people(struct buffer *out, struct text list) {
    json_t *root = json_loadb(list.data, list.size, 0, NULL), *person;
    size_t index;
    json_array_foreach(root, index, person) {
        add_words(out, ", ", text_of(json_is_string(person) ? json_string_value(person) : json_string_value(json_object_get(person, "name"))));
        add_words(out, " ", text_of(json_string_value(json_object_get(person, "email"))));
    }
    json_decref(root);
}

static struct text people_of(struct arena *mem, const struct sql_search_elsewhere_row *row) {
    struct buffer out = {.mem = mem};
    add_words(&out, "", row->from_name);
    add_words(&out, " ", row->from_address);
    add_people(&out, row->to_list);
    add_people(&out, row->cc_list);
    return buffer_text(&out);
}

/* What is shown of a hit: a piece of the message, or of the file that holds more of the words. */
struct piece {
    struct text text, file_name;
    attachment_id file;
};

/* The file with more of the words than has, and most of them. Files are looked through only up to a sum, so that a page of hits does not
 * take long whatever hangs on them. */
static bool find_in_files(struct search *search, int64_t message, size_t has, struct piece *ret, struct error *err) {
    enum { FILES_READ = 4 << 20 };
    SCOPED(arena_free) struct arena mem = {0};
    struct sql_search_file_texts_rows rows;
    if (search->files_read > FILES_READ) return true;
    if (!sql_search_file_texts(search->request->tx, &mem, &(struct sql_search_file_texts){.message_id = {message}}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        size_t count = marker_count(search->marker, rows.at[i].text);
        search->files_read += rows.at[i].text.size;
        if (count <= has) continue;
        has = count;
        *ret = (struct piece){.text = text_copy(search->mem, around_first(search, rows.at[i].text)), .file = rows.at[i].attachment_id,
                              .file_name = text_copy(search->mem, rows.at[i].name)};
    }
    return true;
}

static bool find_beside(struct search *search, int64_t message, struct text *ret, struct error *err) {
    const struct sql_search_elsewhere_row *row;
    if (!sql_search_elsewhere(search->request->tx, search->mem, &(struct sql_search_elsewhere){.id = message}, &row, err)) return false;
    const struct text places[] = {row ? row->subject : text_of(""), row ? row->files : text_of(""), row ? people_of(search->mem, row) : text_of(""),
                                  row ? row->rest : text_of("")};
    for (size_t i = 0; i < COUNT_OF(places) && !ret->data; i++) *ret = around_first(search, places[i]);
    return true;
}

/* The beginning of the text shows what was found only by what nobody wrote, such as an excluded word. */
static bool find_piece(struct search *search, int64_t message, struct text text, struct piece *ret, struct error *err) {
    ret->text = around_first(search, text);
    if (!ret->text.data && !find_beside(search, message, &ret->text, err)) return false;
    size_t has = !ret->text.data ? 0 : marker_count(search->marker, text);
    if (!has && ret->text.data) has = marker_count(search->marker, ret->text);
    if (has < marker_wanted(search->marker) && !find_in_files(search, message, has, ret, err)) return false;
    if (!ret->text.data) ret->text = snippet_of(search->mem, text);
    return true;
}

static int64_t count_chars(struct text text) {
    int64_t count = 0;
    for (size_t i = 0; i < text.size; i++) count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

/* Places in characters, as a browser counts them in an array of a string. */
static void write_marks(struct search *search, struct text snippet, struct json_writer *json) {
    struct mark marks[20];
    size_t count = marker_find(search->marker, snippet, marks, COUNT_OF(marks));
    json_key(json, "marks");
    json_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(json);
        json_put_int(json, "from", count_chars(text_slice(snippet, 0, marks[i].from)));
        json_put_int(json, "size", count_chars(text_slice(snippet, marks[i].from, marks[i].size)));
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_file(const struct piece *piece, struct json_writer *json) {
    if (!piece->file.value) return json_put_text(json, "attachment", (struct text){0});
    json_key(json, "attachment");
    json_object_begin(json);
    json_put_id(json, "id", piece->file.value);
    json_put_text(json, "name", piece->file_name);
    json_object_end(json);
}

static bool write_hit(struct search *search, int64_t message, struct text text, struct json_writer *json, struct error *err) {
    const struct sql_search_text_row *row = NULL;
    struct piece piece = {0};
    if (!text.data && !sql_search_text(search->request->tx, search->mem, &(struct sql_search_text){.id = message}, &row, err)) return false;
    if (!find_piece(search, message, text.data ? text : row ? row->text : text_of(""), &piece, err)) return false;
    json_object_begin(json);
    json_put_id(json, "message", message);
    json_put_text(json, "snippet", piece.text);
    write_marks(search, piece.text, json);
    write_file(&piece, json);
    json_object_end(json);
    return true;
}

static bool write_found(struct search *search, const struct found *found, struct json_writer *json, struct error *err) {
    const struct sql_ticket_view in = {.staff_id = search->actor->staff, .ticket_id = found->ticket};
    json_object_begin(json);
    if (!statement_fields(search->request->tx, &statement_ticket_view, &in, json, err)) return false;
    json_key(json, "hits");
    json_array_begin(json);
    for (int i = 0; i < found->count; i++)
        if (!write_hit(search, found->messages[i], found->texts[i], json, err)) return false;
    json_array_end(json);
    json_object_end(json);
    return true;
}

bool found_page_write(struct search *search, const struct found_page *page, struct json_writer *json, struct error *err) {
    for (size_t i = 0; i < page->count; i++)
        if (!write_found(search, &page->all[i], json, err)) return false;
    return true;
}
