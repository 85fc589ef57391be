#include "commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

int fail(const struct error *err) {
    fprintf(stderr, "theke: %s\n", err->message);
    for (size_t i = 0; i < err->field_count; i++)
        fprintf(stderr, "theke: %s: %s\n", err->fields[i].field, err->fields[i].message);
    return 1;
}

bool open_data(const struct config *config, const char **ret_folder, struct error *err) {
    const char *folder = config_get(config, "data", "./var");
    if (mkdir(folder, 0750) != 0 && errno != EEXIST) return error_errno(err, "making the data folder %s", folder);
    *ret_folder = folder;
    return true;
}

bool open_store(struct config *config, struct store **ret_store, struct error *err) {
    const char *folder, *url = config_get(config, "database", NULL);
    struct store *store;
    if (!open_data(config, &folder, err)) return false;
    if (!url) url = arena_printf(&config->mem, "sqlite:%s/theke.db", folder);
    if (!store_open(&(struct store_options){.url = url}, &store, err)) return false;
    if (!store_migrate(store, err)) {
        store_close(store);
        return false;
    }
    *ret_store = store;
    return true;
}
