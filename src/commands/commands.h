/* commands.h - what the program can be told: one function per command, listed in main.c. */
#ifndef THEKE_COMMANDS_COMMANDS_H
#define THEKE_COMMANDS_COMMANDS_H

#include "base/config.h"
#include "platform/store/store.h"

/* Exit codes: 0 done, 1 failed with one line on stderr, 2 wrong usage; 'mail deliver' has those of sysexits.h. */
typedef int command_run(struct config *config);

command_run command_serve, command_user, command_team, command_token, command_check, command_recount, command_backup, command_restore, command_openapi,
            command_mail, command_demo;

/* The data folder, made when missing; ends in no slash. */
MUST_USE bool open_data(const struct config *config, const char **ret_folder, struct error *err);

/* The store named by --database or lying in --data, made when missing, migrated. */
MUST_USE bool open_store(struct config *config, struct store **ret_store, struct error *err);

/* As the two above, but what is missing is an error: a mistyped name makes nothing. */
MUST_USE bool find_data(const struct config *config, const char **ret_folder, struct error *err);
MUST_USE bool find_store(struct config *config, struct store **ret_store, struct error *err);

/* The file of an SQLite database; NULL with PostgreSQL. */
const char *database_path(struct config *config);

/* On SQLite one process serves, or restores: a second one would take the jobs that the first is about. On PostgreSQL any number
 * serve, but none while a backup is brought back into the data folder. ERR_BUSY when it is held; ends with the process. */
MUST_USE bool hold_place(struct config *config, struct error *err);

/* What 'theke check' verifies: the database, the chain of events with folder's anchor, counters, files and letters. */
MUST_USE bool check_store(struct store *store, const char *folder, struct error *err);

/* Says the error on stderr and gives the exit code. */
int fail(const struct error *err);

/* The application's pages and assets; fits server_options.fallback. */
struct request;
struct response;
bool serve_page(struct request *request, struct text path, struct response *response, struct error *err);

#endif
