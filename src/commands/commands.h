/* commands.h - what the program can be told: one function per command, listed in main.c. */
#ifndef THEKE_COMMANDS_COMMANDS_H
#define THEKE_COMMANDS_COMMANDS_H

#include "base/config.h"
#include "platform/store/store.h"

/* Exit codes: 0 done, 1 failed with one line on stderr, 2 wrong usage; 'mail deliver' has those of sysexits.h. */
typedef int command_run(struct config *config);

command_run command_serve, command_user, command_token, command_check, command_backup, command_restore, command_openapi, command_mail, command_demo;

/* The data folder, made when missing; ends in no slash. */
MUST_USE bool open_data(const struct config *config, const char **ret_folder, struct error *err);

/* The store named by --database or lying in --data, migrated. */
MUST_USE bool open_store(struct config *config, struct store **ret_store, struct error *err);

/* Says the error on stderr and gives the exit code. */
int fail(const struct error *err);

/* The application's pages and assets; fits server_options.fallback. */
struct request;
struct response;
bool serve_page(struct request *request, struct text path, struct response *response, struct error *err);

#endif
