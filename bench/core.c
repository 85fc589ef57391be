/* bench_core: what the measured numbers are held against.
 *
 *   bench_core fixed FOLDER BYTES            the same HTTP core, with the same hand-over to workers, answering fixed bytes; says its port
 *   bench_core raw FOLDER SECONDS BATCH      the rows of one new ticket written straight to SQLite, BATCH tickets a transaction */
#include "base/clock.h"
#include "platform/http/http.h"
#include "platform/search/tokenizer.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct text fixed_bytes;

static bool get_fixed(struct request *request, struct response *response, struct error *err) {
    buffer_add_text(&response->body, fixed_bytes);
    return true;
}

const struct route all_routes[] = {{"GET", "/fixed", "get_fixed", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_fixed, NULL, NULL, 0}};
const int all_route_count = 1;

static int fail(const struct error *err) {
    fprintf(stderr, "bench_core: %s\n", err->message);
    return 1;
}

static struct text make_bytes(struct arena *mem, int64_t size) {
    struct buffer out = {.mem = mem};
    buffer_add_string(&out, "{\"fixed\":\"");
    while ((int64_t)out.size < size - 2) buffer_add_char(&out, 'x');
    buffer_add_string(&out, "\"}");
    return buffer_text(&out);
}

static bool no_page(struct request *request, struct text path, struct response *response, struct error *err) {
    return error_set(err, ERR_NOT_FOUND, "there is no page");
}

static int serve_fixed(struct store *store, const char *folder) {
    struct error err = {0};
    struct server *server;
    const struct server_options options = {.address = "127.0.0.1", .store = store, .spool = folder, .fallback = no_page};
    if (!server_start(&options, &server, &err)) return fail(&err);
    printf("ready http://127.0.0.1:%u\n", server_port(server));
    fflush(stdout);
    while (getchar() != EOF) continue;
    server_stop(server);
    return 0;
}

/* --- The raw loop ------------------------------------------------------------------------------------------------------ */

static const char *const rows[] = {
    "INSERT INTO ticket (subject, requester_id, team_id, state_id, category, priority, channel, is_active, created_at, updated_at)"
    " VALUES ('Die Rechnung stimmt nicht', 1 + ?1 % 1000, 1, 1, 0, 2, 'api', 1, ?2, ?2)",
    "INSERT INTO participant (ticket_id, person_id, role, created_at) VALUES (?1, 1 + ?1 % 1000, 'requester', ?2)",
    "INSERT INTO message (ticket_id, shown_in_id, direction, audience, kind, author_person_id, from_name, from_address, subject, text, created_at)"
    " VALUES (?1, ?1, 0, 0, 'form', 1 + ?1 % 1000, 'Kunde', 'kunde@post.example', 'Die Rechnung stimmt nicht', ?3, ?2)",
    "INSERT INTO message_index (rowid, subject, body, people, files)"
    " VALUES (?1, 'Die Rechnung stimmt nicht', ?3, 'Kunde kunde@post.example [] []', '')",
    "INSERT INTO ticket_count (team_id, assignee_id, working) VALUES (1, 0, 1) ON CONFLICT (team_id, assignee_id) DO UPDATE SET working = working + 1",
    "UPDATE ticket SET message_count = 1, last_message_at = ?2, snippet = ?3, version = 2 WHERE id = ?1",
    "INSERT INTO event (id, at, kind, actor_kind, actor_id, ticket_id, team_id, data, is_internal, hash)"
    " VALUES (2 * ?1 - 1, ?2, 'ticket.opened', 2, 1, ?1, 1, ?4, 0, randomblob(32))",
    "INSERT INTO event (id, at, kind, actor_kind, actor_id, ticket_id, team_id, data, is_internal, hash)"
    " VALUES (2 * ?1, ?2, 'message.written', 2, 1, ?1, 1, ?4, 0, randomblob(32))",
};

static const char body[] = "Guten Tag, auf der Rechnung zur Bestellung 482910 stehen 129,90 EUR, vereinbart war weniger. Bitte prüfen Sie das.";
static const char data[] = "{\"number\":10001,\"subject\":\"Die Rechnung stimmt nicht\",\"requester\":1,\"team\":1,\"assignee\":null,\"state\":\"new\"}";

static bool put_rows(sqlite3_stmt *const *prepared, int64_t ticket) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sqlite3_stmt *one = prepared[i];
        sqlite3_bind_int64(one, 1, ticket);
        sqlite3_bind_int64(one, 2, clock_now());
        if (sqlite3_bind_parameter_count(one) >= 3) sqlite3_bind_text(one, 3, body, -1, SQLITE_STATIC);
        if (sqlite3_bind_parameter_count(one) >= 4) sqlite3_bind_text(one, 4, data, -1, SQLITE_STATIC);
        if (sqlite3_step(one) != SQLITE_DONE) return false;
        sqlite3_reset(one);
    }
    return true;
}

static int insert_raw(const char *path, double seconds, int64_t batch) {
    sqlite3 *db;
    sqlite3_stmt *prepared[COUNT_OF(rows)];
    int64_t count = 0, started = clock_steady();
    if (sqlite3_open(path, &db) != SQLITE_OK || !tokenizer_register(db)) return 1;
    sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -24000; PRAGMA wal_autocheckpoint = 4000", NULL, NULL, NULL);
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT_OF(rows); i++) ok = sqlite3_prepare_v2(db, rows[i], -1, &prepared[i], NULL) == SQLITE_OK;
    while (ok && (double)(clock_steady() - started) < seconds * (double)SECOND) {
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int64_t i = 0; ok && i < batch; i++) ok = put_rows(prepared, ++count);
        ok = ok && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    }
    if (!ok) return fprintf(stderr, "bench_core: %s\n", sqlite3_errmsg(db)), 1;
    double took = (double)(clock_steady() - started) / (double)SECOND;
    printf("{\"count\":%" PRId64 ",\"rate\":%.1f}\n", count, (double)count / took);
    for (size_t i = 0; i < COUNT_OF(rows); i++) sqlite3_finalize(prepared[i]);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}

int main(int argc, char **argv) {
    SCOPED(arena_free) struct arena mem = {0};
    struct error err = {0};
    struct store *store;
    if (argc < 4 || sodium_init() < 0) return fputs("usage: bench_core fixed FOLDER BYTES | raw FOLDER SECONDS BATCH\n", stderr), 2;
    char *path = arena_printf(&mem, "%s/core.db", argv[2]), *url = arena_printf(&mem, "sqlite:%s", path);
    if (!store_open(&(struct store_options){.url = url}, &store, &err) || !store_migrate(store, &err)) return fail(&err);
    if (strcmp(argv[1], "fixed") == 0) {
        fixed_bytes = make_bytes(&mem, strtol(argv[3], NULL, 10));
        int code = serve_fixed(store, argv[2]);
        store_close(store);
        return code;
    }
    store_close(store);
    return insert_raw(path, strtod(argv[3], NULL), argc > 4 ? strtol(argv[4], NULL, 10) : 64);
}
