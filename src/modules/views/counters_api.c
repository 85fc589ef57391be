/* The counters that somebody sees: of each view the sum over the tickets they may read. */
#include "api/modules_views.h"
#include "modules/views/views_private.h"
#include "platform/http/http.h"

#include <stdlib.h>

struct sum {
    int64_t counting, view, count;
    bool is_whole;
};

static int by_counting(const void *left, const void *right) {
    const struct sum *a = left, *b = right;
    return a->counting < b->counting ? -1 : a->counting > b->counting;
}

static struct sum *find(struct sum *sums, size_t count, int64_t counting) {
    return bsearch(&(struct sum){.counting = counting}, sums, count, sizeof *sums, by_counting);
}

static bool sees_view(const struct actor *actor, const struct sql_view_visible_row *row) {
    return !text_is(row->scope, "team") || actor_sees_made(actor, row->scope, (staff_id){0}, row->team_id);
}

/* What the caller sees though it is neither their team's nor theirs. */
static bool add_admitted(struct request *request, struct sum *sums, size_t count, struct error *err) {
    const struct actor *actor = request->actor;
    struct sql_view_member_admitted_rows rows;
    if (!actor->admitted_count || !actor_may(actor, CAN_TICKETS_READ)) return true;
    if (!sql_view_member_admitted(request->tx, request->mem, &(struct sql_view_member_admitted){.staff_id = actor->staff}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_view_member_find_row row = {rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee, rows.at[i].countings, rows.at[i].turns_at};
        if (actor_reaches(actor, CAN_TICKETS_READ, row.team_id) || row.assignee == actor->staff.value) continue;
        struct member member = member_read(request->mem, row.ticket_id, &row);
        for (size_t j = 0; j < member.count; j++) {
            struct sum *sum = member.entries[j].mark == '+' ? NULL : find(sums, count, member.entries[j].counting);
            if (sum) sum->count++;
        }
    }
    return true;
}

/* What the caller has themselves is seen through their own eyes, wherever it is. */
static bool add_counts(struct request *request, struct sum *sums, size_t count, struct error *err) {
    struct sql_view_team_counts_rows teams;
    struct sql_view_agent_counts_rows own;
    const struct sql_view_agent_counts in = {.assignee = request->actor->staff.value};
    if (!sql_view_team_counts(request->tx, request->mem, &teams, err) || !sql_view_agent_counts(request->tx, request->mem, &in, &own, err)) return false;
    for (size_t i = 0; i < teams.count; i++) {
        struct sum *sum = find(sums, count, teams.at[i].counting);
        if (sum && actor_reaches(request->actor, CAN_TICKETS_READ, teams.at[i].team_id)) sum->count += teams.at[i].others;
    }
    for (size_t i = 0; i < own.count; i++) {
        struct sum *sum = find(sums, count, own.at[i].counting);
        if (sum) sum->count += own.at[i].own - (actor_reaches(request->actor, CAN_TICKETS_READ, own.at[i].team_id) ? own.at[i].others : 0);
    }
    return add_admitted(request, sums, count, err);
}

static bool write_views(struct request *request, struct json_writer *json, struct error *err) {
    struct sql_view_visible_rows rows;
    size_t count = 0;
    if (!sql_view_visible(request->tx, request->mem, &(struct sql_view_visible){.owner_id = request->actor->staff}, &rows, err)) return false;
    struct sum *sums = arena_array(request->mem, rows.count + 1, sizeof *sums);
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].counting && sees_view(request->actor, &rows.at[i]))
            sums[count++] = (struct sum){.counting = rows.at[i].counting, .view = rows.at[i].view_id, .is_whole = rows.at[i].is_counted};
    qsort(sums, count, sizeof *sums, by_counting);
    if (count && !add_counts(request, sums, count, err)) return false;
    json_key(json, "views");
    json_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(json);
        json_put_int(json, "id", sums[i].view);
        json_put_int(json, "count", sums[i].count);
        json_put_bool(json, "is_whole", sums[i].is_whole);
        json_object_end(json);
    }
    json_array_end(json);
    return true;
}

bool get_counters(struct request *request, struct response *response, struct error *err) {
    json_object_begin(&response->json);
    if (!counters_write(request, &response->json, err) || !write_views(request, &response->json, err)) return false;
    json_object_end(&response->json);
    return true;
}
