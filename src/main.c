/* Theke: customer service management in one program. This file is its table of commands. */
#include "base/log.h"
#include "commands/commands.h"

#include "wire/mail/mime.h"

#include <sodium.h>
#include <stdio.h>

struct command {
    const char *name;
    command_run *run;
    const char *usage;
};

static const struct command commands[] = {
    {"serve", command_serve, "serve   [--listen ADDR:PORT] [--lmtp ADDR:PORT] [--base-url URL] [--log-level L]"},
    {"user", command_user, "user    add EMAIL --name NAME --role admin|manager|agent [--password-stdin]"},
    {"token", command_token, "token   create EMAIL [--label TEXT]"},
    {"mail", command_mail, "mail    deliver [--to ADDRESS] < LETTER"},
    {"demo", command_demo, "demo    --tickets N [--seed S] [--until DATE] [--force]"},
    {"backup", command_backup, "backup  FILE"},
    {"restore", command_restore, "restore FILE [--force]"},
    {"check", command_check, "check"},
    {"openapi", command_openapi, "openapi"},
};

static const char *const options[] = {"data", "database", "listen", "lmtp", "base-url", "log-level", "name", "role", "password-stdin!",
                                      "label", "force!", "to", "tickets", "seed", "until", NULL};

static int usage(FILE *out) {
    fputs("usage: theke COMMAND [--data DIR] [--database URL] ...\n", out);
    for (size_t i = 0; i < COUNT_OF(commands); i++) fprintf(out, "  theke %s\n", commands[i].usage);
    return out == stdout ? 0 : 2;
}

static bool read_config(struct config *config, int count, char **arguments, struct error *err) {
    enum log_level level;
    if (!config_arguments(config, count, arguments, options, err)) return false;
    char *file = arena_printf(&config->mem, "%s/theke.conf", config_get(config, "data", "./var"));
    if (!config_file(config, file, err)) return false;
    const char *word = config_get(config, "log-level", "info");
    if (!log_level_find(word, &level)) return error_set(err, ERR_INVALID, "--log-level is error, warning, info or debug, not '%s'", word);
    log_level_set(level);
    return true;
}

int main(int argc, char **argv) {
    if (argc < 2) return usage(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) return usage(stdout);
    if (strcmp(argv[1], "--version") == 0) return puts("theke " THEKE_VERSION) < 0;
    if (sodium_init() < 0) return fputs("theke: libsodium can't start\n", stderr), 1;
    mail_start();
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(argv[1], commands[i].name) != 0) continue;
        struct config config = {0};
        struct error err = {0};
        int code = read_config(&config, argc - 2, argv + 2, &err) ? commands[i].run(&config) : fail(&err) + 1;
        config_free(&config);
        return code;
    }
    return usage(stderr);
}
