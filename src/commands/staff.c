/* theke user add, theke token create */
#include "api/modules_people.h"
#include "commands/commands.h"
#include "modules/people/people.h"

#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

struct user_work {
    struct staff_adding adding;
    staff_id id;
    struct text label, token;
    struct arena *mem;
};

static bool add_user(struct tx *tx, void *argument, struct error *err) {
    struct user_work *work = argument;
    return staff_add(tx, (staff_id){0}, &work->adding, &work->id, err) && staff_join_teams(tx, work->id, err);
}

static bool read_password(struct config *config, struct user_work *work, struct error *err) {
    char line[256];
    if (!config_switch(config, "password-stdin")) return true;
    if (!fgets(line, sizeof line, stdin)) return error_set(err, ERR_INVALID, "no password on standard input");
    struct text password = text_of(line);
    while (password.size && (password.data[password.size - 1] == '\n' || password.data[password.size - 1] == '\r')) password.size--;
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
        return error_set(err, ERR_INVALID, "usage: theke user add EMAIL --name NAME --role admin|manager|agent [--password-stdin]");
    return check_user(config, config->words[1], name, role, &work->adding, err);
}

int command_user(struct config *config) {
    struct user_work work = {0};
    struct error err = {0};
    struct store *store = NULL;
    if (!read_user(config, &work, &err)) return fail(&err) + 1;
    bool ok = read_password(config, &work, &err) && open_store(config, &store, &err) && people_start(store, &err)
              && store_write(store, add_user, &work, &err);
    store_close(store);
    return ok ? 0 : fail(&err);
}

static bool make_token(struct tx *tx, void *argument, struct error *err) {
    struct user_work *work = argument;
    if (!staff_by_email(tx, work->adding.email, &work->id, err)) return false;
    if (!work->id.value) return error_set(err, ERR_NOT_FOUND, "there is no active account %.*s", (int)work->adding.email.size, work->adding.email.data);
    struct text token;
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
