/* Theke: customer service management in one program. This file is its table of commands. */
#include "base/log.h"
#include "commands/commands.h"

#include "modules/texts/texts.h"
#include "wire/mail/mime.h"

#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

struct command {
    const char *name;
    command_run *run;
    int word_count;           /* words that belong to it, beside options */
    const char *options[14];   /* of its own; a name that ends in '!' is a switch */
    const char *usage, *help;
};

static const struct command commands[] = {
    {"serve", command_serve, 0,
     {"listen", "lmtp", "base-url", "mail.authentication-server", "mail.senders", "mail.ca-file", "mail.plain-oauth!", "notices.mail-after",
      "proxy.trusted", "webhooks.networks", "webhooks.ca-file", "texts.seconds", "texts.pdftotext"},
     "serve [--listen ADDR:PORT] [--lmtp ADDR:PORT] [--base-url URL]",
     "Runs until SIGTERM or SIGINT. Prints 'ready http://ADDR:PORT' once it answers; port 0 picks a free one."},
    {"user", command_user, 2, {"name", "role", "password-stdin!", "base-url", "listen"},
     "user add EMAIL --name NAME [--role admin|manager|agent] [--password-stdin] [--base-url URL]",
     "Adds somebody who works here, to every team. Prints a link with which they set their password, good for seven days;\n"
     "with --password-stdin the password is read instead."},
    {"team", command_team, 3, {NULL}, "team join TEAM EMAIL",
     "Makes an account a member of a team, named by its short name: the way into a confidential team whose members are gone."},
    {"token", command_token, 2, {"label"}, "token create EMAIL [--label TEXT]", "Prints a bearer token of this account, alone and once."},
    {"mail", command_mail, 1, {"to"}, "mail deliver [--to ADDRESS] < LETTER",
     "Takes one letter from a mail server's pipe. Exit codes are those of sysexits.h."},
    {"demo", command_demo, 0, {"tickets", "seed", "until", "force!"}, "demo --tickets N [--seed S] [--until DATE] [--force]",
     "Fills the store with conversations in three languages, the same for the same seed."},
    {"backup", command_backup, 1, {NULL}, "backup FILE", "Copies store, files, letters and key into one file, also while the server runs."},
    {"restore", command_restore, 1, {"force!"}, "restore FILE [--force]", "Brings a backup back and checks it. The server must not run."},
    {"check", command_check, 0, {NULL}, "check",
     "Verifies the database, the chain of events, and that every attached file and every letter is there and whole."},
    {"recount", command_recount, 0, {NULL}, "recount", "Counts the tickets of all views anew, when check says that counters are wrong. The server may run."},
    {"openapi", command_openapi, 0, {NULL}, "openapi", "Prints the description of the API."},
};

/* Of every command. */
static const char *const options[] = {"data", "database", "log-level"};
static const char common[] = "Every command takes --data DIR (./var), --database URL (sqlite:PATH or postgresql://...) and --log-level L.\n"
                             "Options can also stand in DIR/theke.conf, or in the environment as THEKE_OPTION.\n";

static const struct command *find_command(const char *name) {
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(name, commands[i].name) == 0) return &commands[i];
    return NULL;
}

static int usage(FILE *out) {
    fputs("usage: theke COMMAND [OPTION...]\n", out);
    for (size_t i = 0; i < COUNT_OF(commands); i++) fprintf(out, "  theke %s\n", commands[i].usage);
    fprintf(out, "  theke help [COMMAND]\n  theke --version\n%s", common);
    return out == stdout ? 0 : 2;
}

static int no_command(const char *name) {
    fprintf(stderr, "theke: there is no command '%s'; 'theke help' names them\n", name);
    return 2;
}

static int help(const char *name) {
    const struct command *command = name ? find_command(name) : NULL;
    if (!name) return usage(stdout);
    if (!command) return no_command(name);
    printf("usage: theke %s\n%s\n%s", command->usage, command->help, common);
    return 0;
}

static bool is_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool read_arguments(const struct command *command, struct config *config, int count, char **arguments, struct error *err) {
    const char *known[COUNT_OF(options) + COUNT_OF(command->options) + 1] = {NULL};
    size_t size = COUNT_OF(options);
    memcpy(known, options, sizeof options);
    for (size_t i = 0; i < COUNT_OF(command->options) && command->options[i]; i++) known[size++] = command->options[i];
    if (!config_arguments(config, count, arguments, known, err)) return error_context(err, "%s", command->name);
    return config->word_count == command->word_count || error_set(err, ERR_INVALID, "usage: theke %s", command->usage);
}

static bool read_config(struct config *config, struct error *err) {
    enum log_level level;
    char *file = arena_printf(&config->mem, "%s/theke.conf", config_get(config, "data", "./var"));
    if (!config_file(config, file, err)) return false;
    const char *word = config_get(config, "log-level", "info");
    if (!log_level_find(word, &level)) return error_set(err, ERR_INVALID, "--log-level is error, warning, info or debug, not '%s'", word);
    log_level_set(level);
    return true;
}

static int run(const struct command *command, int count, char **arguments) {
    struct config config = {0};
    struct error err = {0};
    bool ok = read_arguments(command, &config, count, arguments, &err) && read_config(&config, &err);
    int code = ok ? command->run(&config) : fail(&err) + 1;
    if (!ok && command->run == command_mail) code = EX_USAGE;
    config_free(&config);
    return code;
}

int main(int argc, char **argv) {
    if (argc < 2) return usage(stderr);
    if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) return help(argc > 2 ? argv[2] : NULL);
    if (strcmp(argv[1], "--version") == 0) return puts("theke " THEKE_VERSION) < 0;
    if (strcmp(argv[1], "read-file") == 0) _exit(texts_read_inside(argc - 2, argv + 2)); /* what 'serve' starts, for one file */
    const struct command *command = find_command(argv[1]);
    if (!command) return no_command(argv[1]);
    for (int i = 2; i < argc; i++)
        if (is_help(argv[i])) return help(command->name);
    umask(077); /* what is kept here is nobody else's */
    if (sodium_init() < 0) return fputs("theke: libsodium can't start\n", stderr), 1;
    mail_start();
    return run(command, argc - 2, argv + 2);
}
