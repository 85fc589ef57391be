/* postgresql.h - for this folder only: what the driver and the watch share. */
#ifndef THEKE_PLATFORM_STORE_POSTGRESQL_H
#define THEKE_PLATFORM_STORE_POSTGRESQL_H

#include "platform/store/store_private.h"

#include <libpq-fe.h>

/* First keys of advisory locks; the second is the number of a process or of a mailbox. Statements name them as well. */
enum { LOCK_PROCESS = 7460102, LOCK_MAILBOX = 7460103 };

/* NULL with *err when the server can't be reached within a few seconds. */
MUST_USE PGconn *postgresql_connect(const struct store *store, struct error *err);

#endif
