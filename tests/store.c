#include "tests/store.h"

#include "base/log.h"
#include "tests/test.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void on_server(const char *server, const char *sql) {
    PGconn *pg = PQconnectdb(server);
    PGresult *result = PQexec(pg, sql);
    EXPECT(PQresultStatus(result) == PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(pg);
}

/* The server's URL with another database: the part behind the last slash before the options is replaced. */
static char *with_database(const char *server, const char *database) {
    const char *options = strchr(server, '?');
    const char *host = strstr(server, "://") + 3;
    const char *slash = strchr(host, '/');
    int keep = (int)(slash && (!options || slash < options) ? slash - server : options ? options - server : (int)strlen(server));
    char *url;
    if (asprintf(&url, "%.*s/%s%s", keep, server, database, options ? options : "") < 0) abort();
    return url;
}

struct test_store test_store_open(enum dialect dialect) {
    static int count;
    struct test_store test = {0};
    struct error err = {0};
    log_level_set(LOG_ERROR);
    snprintf(test.folder, sizeof test.folder, "%s/theke-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(test.folder)) abort();
    if (dialect == DIALECT_POSTGRESQL) {
        const char *server = getenv("THEKE_TEST_POSTGRESQL");
        if (!server) return test;
        char sql[128];
        test.server = strdup(server);
        snprintf(test.database, sizeof test.database, "theke_%d_%d", (int)getpid(), ++count);
        snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", test.database);
        on_server(server, sql);
        test.url = with_database(server, test.database);
    } else if (asprintf(&test.url, "sqlite:%s/theke.db", test.folder) < 0) {
        abort();
    }
    EXPECT_OK(store_open(&(struct store_options){.url = test.url}, &test.store, &err), err);
    if (test.store) EXPECT_OK(store_migrate(test.store, &err), err);
    return test;
}

void test_store_close(struct test_store *test) {
    char command[128];
    store_close(test->store);
    if (test->server) {
        char sql[128];
        snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", test->database);
        on_server(test->server, sql);
    }
    snprintf(command, sizeof command, "rm -rf '%s'", test->folder);
    if (system(command) != 0) fputs("a test folder was not removed\n", stderr);
    free(test->server);
    free(test->url);
}
