/* Who hears of what happens in a ticket. */
#include "modules/tickets/tickets_private.h"

static void add_hearer(struct hearer *all, size_t *count, staff_id staff, const char *why) {
    bool is_new = staff.value != 0;
    for (size_t i = 0; i < *count && is_new; i++) is_new = all[i].staff.value != staff.value;
    if (is_new) all[(*count)++] = (struct hearer){staff, why};
}

bool ticket_hearers(struct tx *tx, struct arena *mem, const struct ticket *ticket, size_t *ret_count, const struct hearer **ret, struct error *err) {
    struct sql_watcher_list_rows rows;
    size_t count = 0;
    if (!sql_watcher_list(tx, mem, &(struct sql_watcher_list){.ticket_id = ticket->id}, &rows, err)) return false;
    struct hearer *all = arena_array(mem, rows.count + 2, sizeof *all);
    add_hearer(all, &count, ticket->assignee, "assignee");
    add_hearer(all, &count, ticket->owner, "owner");
    for (size_t i = 0; i < rows.count; i++) add_hearer(all, &count, (staff_id){rows.at[i].id}, "watcher");
    *ret_count = count;
    *ret = all;
    return true;
}

bool message_news(struct tx *tx, struct arena *mem, message_id id, const struct message_news **ret, struct error *err) {
    const struct sql_message_news_row_row *row;
    struct sql_mentions_of_rows rows;
    *ret = NULL;
    if (!sql_message_news_row(tx, mem, &(struct sql_message_news_row){.message_id = id}, &row, err)
        || !sql_mentions_of(tx, mem, &(struct sql_mentions_of){.message_id = id}, &rows, err))
        return false;
    if (!row) return true;
    struct message_news *news = arena_alloc(mem, sizeof *news);
    struct named_colleague *named = arena_array(mem, rows.count + 1, sizeof *named);
    for (size_t i = 0; i < rows.count; i++) named[i] = (struct named_colleague){rows.at[i].staff_id, rows.at[i].team_id};
    *news = (struct message_news){
        .ticket = row->ticket_id, .direction = (enum direction)row->direction, .audience = (enum audience)row->audience,
        .is_automatic = row->is_automatic, .is_first = row->is_first, .author = row->author_staff_id, .named_count = rows.count, .named = named,
    };
    *ret = news;
    return true;
}
