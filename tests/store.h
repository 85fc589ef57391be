/* store.h - a fresh, migrated store for a test: SQLite in a temporary folder, and PostgreSQL in a database of its own when
 * THEKE_TEST_POSTGRESQL names a server whose user may create databases. */
#ifndef THEKE_TESTS_STORE_H
#define THEKE_TESTS_STORE_H

#include "platform/store/store.h"

#include <stdlib.h>

struct test_store {
    struct store *store;
    char folder[64];   /* temporary, removed with the store */
    char *url;
    char *server;      /* PostgreSQL only */
    char database[64];
};

/* dialect PostgreSQL without a server: store stays NULL. */
struct test_store test_store_open(enum dialect dialect);
void test_store_close(struct test_store *test);

/* Runs a test function on both databases: TEST name_on_sqlite and, when there is a server, name_on_postgresql. */
#define STORE_TEST(function)                                                                        \
    TEST(function##_on_sqlite) {                                                                    \
        SCOPED(test_store_close) struct test_store test = test_store_open(DIALECT_SQLITE);          \
        if (test.store) function(test.store);                                                       \
    }                                                                                               \
    TEST(function##_on_postgresql) {                                                                \
        SCOPED(test_store_close) struct test_store test = test_store_open(DIALECT_POSTGRESQL);      \
        if (test.store) function(test.store);                                                       \
    }

#endif
