/* theke user add, theke team join, theke token create */
#include "api/modules_people.h"
#include "commands/commands.h"
#include "modules/people/people.h"

#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

struct user_work {
    struct staff_adding adding;
    staff_id id;
    struct text label, token; /* label: the token's, or a team's short name */
    struct arena *mem;
};

static bool add_user(struct tx *tx, void *argument, struct error *err) {
    struct user_work *work = argument;
    return staff_add(tx, (staff_id){0}, &work->adding, &work->id, err) && staff_join_teams(tx, work->id, err)
           && (work->adding.password_hash.data || invitation_token(tx, work->mem, work->id, &work->token, err));
}

static struct termios shown; /* how the terminal was */

/* Who breaks off finds the terminal as it was. */
static void leave(int number) {
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    signal(number, SIG_DFL);
    (void)raise(number);
}

/* The first line of standard input, without its end; on a terminal it is asked for and not shown. Empty: there is none. */
static struct text read_secret(char *line, int size) {
    bool asks = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (asks) {
        struct termios hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        signal(SIGINT, leave);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
        fputs("password: ", stderr);
    }
    struct text secret = text_of(fgets(line, size, stdin) ? line : "");
    if (asks) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    while (secret.size && (secret.data[secret.size - 1] == '\n' || secret.data[secret.size - 1] == '\r')) secret.size--;
    return secret;
}

static bool read_password(struct config *config, struct user_work *work, struct error *err) {
    char line[256];
    if (!config_switch(config, "password-stdin")) return true;
    struct text password = read_secret(line, sizeof line);
    if (!password.size)
        return error_set(err, ERR_INVALID, "standard input holds no password: printf '%%s\\n' \"$PASSWORD\" | theke user add ..., "
                                           "or leave --password-stdin out and get a link");
    return password_check("password", password, work->adding.email, work->adding.name, err)
           && password_hash(&config->mem, password, &work->adding.password_hash, err);
}

/* By the same table as an invitation over the API. */
static bool check_user(struct config *config, const char *email, const char *name, const char *role, struct staff_adding *ret_adding,
                       struct error *err) {
    const struct json_pair pairs[] = {{text_of("email"), text_of(email)}, {text_of("name"), text_of(name)}, {text_of("role"), text_of(role)}};
    struct error found = {0};
    void *object;
    if (!json_decode_pairs(&config->mem, pairs, COUNT_OF(pairs), &shape_staff_invite, &object, &found))
        return error_set(err, ERR_INVALID, "%s: %s", found.fields[0].field, found.fields[0].message);
    const struct staff_invite *invite = object;
    *ret_adding = (struct staff_adding){.email = invite->email, .name = invite->name, .role = invite->role};
    return true;
}

static bool read_user(struct config *config, struct user_work *work, struct error *err) {
    const char *role = config_get(config, "role", "agent"), *name = config_get(config, "name", NULL);
    if (config->word_count != 2 || strcmp(config->words[0], "add") != 0 || !name)
        return error_set(err, ERR_INVALID, "usage: theke user add EMAIL --name NAME [--role admin|manager|agent] [--password-stdin]");
    return check_user(config, config->words[1], name, role, &work->adding, err);
}

/* The link alone on standard output; what it is for beside it. */
static void print_link(const struct config *config, const struct user_work *work) {
    const char *url = config_get(config, "base-url", NULL), *listen = config_get(config, "listen", "127.0.0.1:8080");
    fprintf(stderr, "theke: %.*s has no password yet; whoever opens this link within seven days sets it, or 'theke user add' takes --password-stdin\n",
            (int)work->adding.email.size, work->adding.email.data);
    printf("%s%s/invitation#%.*s\n", url ? "" : "http://", url ? url : listen, (int)work->token.size, work->token.data);
}

int command_user(struct config *config) {
    struct user_work work = {.mem = &config->mem};
    struct error err = {0};
    struct store *store = NULL;
    if (!read_user(config, &work, &err)) return fail(&err) + 1;
    bool ok = read_password(config, &work, &err) && open_store(config, &store, &err) && people_start(store, &err)
              && store_write(store, add_user, &work, &err);
    store_close(store);
    if (ok && work.token.data) print_link(config, &work);
    return ok ? 0 : fail(&err);
}

static bool find_account(struct tx *tx, struct user_work *work, struct error *err) {
    struct text email = work->adding.email;
    return staff_by_email(tx, email, &work->id, err)
           && (work->id.value || error_set(err, ERR_NOT_FOUND, "there is no active account %.*s", (int)email.size, email.data));
}

static bool join_team(struct tx *tx, void *argument, struct error *err) {
    struct user_work *work = argument;
    return find_account(tx, work, err) && staff_join_team(tx, work->id, work->label, err);
}

int command_team(struct config *config) {
    struct error err = {0};
    struct store *store = NULL;
    if (config->word_count != 3 || strcmp(config->words[0], "join") != 0) {
        error_set(&err, ERR_INVALID, "usage: theke team join TEAM EMAIL");
        return fail(&err) + 1;
    }
    struct user_work work = {.mem = &config->mem, .adding.email = text_of(config->words[2]), .label = text_of(config->words[1])};
    bool ok = find_store(config, &store, &err) && people_start(store, &err) && store_write(store, join_team, &work, &err);
    store_close(store);
    return ok ? 0 : fail(&err);
}

static bool make_token(struct tx *tx, void *argument, struct error *err) {
    struct user_work *work = argument;
    struct text token;
    if (!find_account(tx, work, err)) return false;
    if (!token_create(tx, work->id, work->label, (struct text){0}, 0, &token, err)) return false;
    work->token = text_copy(work->mem, token);
    return true;
}

int command_token(struct config *config) {
    struct error err = {0};
    struct store *store = NULL;
    if (config->word_count != 2 || strcmp(config->words[0], "create") != 0) {
        error_set(&err, ERR_INVALID, "usage: theke token create EMAIL [--label TEXT]");
        return fail(&err) + 1;
    }
    struct user_work work = {.mem = &config->mem, .adding.email = text_of(config->words[1]), .label = text_of(config_get(config, "label", ""))};
    bool ok = find_store(config, &store, &err) && people_start(store, &err) && store_write(store, make_token, &work, &err);
    store_close(store);
    if (ok) printf("%.*s\n", (int)work.token.size, work.token.data);
    return ok ? 0 : fail(&err);
}
