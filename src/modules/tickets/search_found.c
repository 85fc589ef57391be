/* A page of what was found: each ticket once, as the list shows it, with the beginnings of its messages that fit. */
#include "modules/tickets/search_private.h"

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

/* The place of the first word in the text, with what stands around it. */
static struct text hit_snippet(struct search *search, struct text text) {
    size_t at = text_empty(search->first_word) ? SIZE_MAX : text_find_nocase(text, search->first_word);
    size_t from = at == SIZE_MAX || at < 60 ? 0 : at - 60;
    while (from > 0 && ((unsigned char)text.data[from] & 0xC0) == 0x80) from--;
    return snippet_of(search->mem, text_skip(text, from));
}

static bool write_hit(struct search *search, int64_t message, struct text text, struct json_writer *json, struct error *err) {
    const struct sql_search_text_row *row = NULL;
    if (!text.data && !sql_search_text(search->request->tx, search->mem, &(struct sql_search_text){.id = message}, &row, err)) return false;
    json_object_begin(json);
    json_put_id(json, "message", message);
    json_put_text(json, "snippet", hit_snippet(search, text.data ? text : row ? row->text : text_of("")));
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
