/* bulk.h - loading very much into a store at once: an index costs far less to make when all rows are there than row by row. */
#ifndef THEKE_PLATFORM_STORE_BULK_H
#define THEKE_PLATFORM_STORE_BULK_H

#include "platform/store/store.h"

/* Drops the indexes of these tables that no constraint stands on, and remembers them in the store. Until store_put_back the
 * statements that ask for one of them fail on SQLite: there it is for who has the store to himself. On PostgreSQL nothing is set aside
 * while another process serves. */
MUST_USE bool store_set_aside(struct store *store, const char *const *tables, size_t count, struct error *err);

/* Makes the indexes again that were set aside, each in a transaction of its own: what is broken off goes on with the next call.
 * store_migrate calls it first, so that a store whose loading was killed is whole before anybody reads it. */
MUST_USE bool store_put_back(struct store *store, struct error *err);

#endif
