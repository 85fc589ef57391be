#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool add(struct config *config, const char *name, const char *value, struct error *err) {
    if (config->count == CONFIG_ENTRIES) return error_set(err, ERR_INVALID, "more than %d options", CONFIG_ENTRIES);
    config->entries[config->count++] = (struct config_entry){name, value};
    return true;
}

enum option_kind { OPTION_UNKNOWN, OPTION_VALUE, OPTION_SWITCH };

static enum option_kind kind_of(const char *const *known, const char *name) {
    for (; *known; known++) {
        size_t size = strlen(*known);
        bool is_switch = (*known)[size - 1] == '!';
        if (is_switch && strlen(name) == size - 1 && strncmp(*known, name, size - 1) == 0) return OPTION_SWITCH;
        if (!is_switch && strcmp(*known, name) == 0) return OPTION_VALUE;
    }
    return strncmp(name, "limits.", 7) == 0 ? OPTION_VALUE : OPTION_UNKNOWN;
}

bool config_arguments(struct config *config, int count, char **arguments, const char *const *known, struct error *err) {
    for (int i = 0; i < count; i++) {
        if (strncmp(arguments[i], "--", 2) != 0) {
            if (config->word_count == CONFIG_WORDS) return error_set(err, ERR_INVALID, "too many arguments");
            config->words[config->word_count++] = arguments[i];
            continue;
        }
        char *name = arena_strdup(&config->mem, arguments[i] + 2), *equals = strchr(name, '=');
        const char *value = equals ? equals + 1 : NULL;
        if (equals) *equals = '\0';
        enum option_kind kind = kind_of(known, name);
        if (kind == OPTION_UNKNOWN) return error_set(err, ERR_INVALID, "there is no option --%s", name);
        if (kind == OPTION_VALUE && !value && i + 1 < count) value = arguments[++i];
        if (kind == OPTION_VALUE && !value) return error_set(err, ERR_INVALID, "--%s needs a value", name);
        if (!add(config, name, kind == OPTION_SWITCH ? "yes" : value, err)) return false;
    }
    config->argument_count = config->count;
    return true;
}

static bool add_line(struct config *config, struct text line, const char *path, int number, struct error *err) {
    line = text_trim(line);
    if (line.size == 0 || line.data[0] == '#') return true;
    size_t equals = text_find_char(line, '=');
    if (equals == SIZE_MAX) return error_set(err, ERR_INVALID, "%s, line %d: not 'name = value'", path, number);
    struct text name = text_trim(text_slice(line, 0, equals)), value = text_trim(text_skip(line, equals + 1));
    return add(config, text_string(&config->mem, name), text_string(&config->mem, value), err);
}

bool config_file(struct config *config, const char *path, struct error *err) {
    FILE *file = fopen(path, "re");
    if (!file) return errno == ENOENT || errno == ENOTDIR || error_errno(err, "reading %s", path);
    char line[2048];
    bool ok = true;
    for (int number = 1; ok && fgets(line, sizeof line, file); number++) ok = add_line(config, text_of(line), path, number, err);
    fclose(file);
    return ok;
}

static const char *from_environment(const char *name) {
    char variable[80] = "THEKE_";
    size_t size = strlen(variable);
    for (; *name && size + 1 < sizeof variable; name++) {
        char c = *name;
        variable[size++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c == '-' || c == '.' ? '_' : c;
    }
    variable[size] = '\0';
    return getenv(variable);
}

static const char *find(const struct config *config, const char *name, int first, int end) {
    for (int i = first; i < end; i++)
        if (strcmp(config->entries[i].name, name) == 0) return config->entries[i].value;
    return NULL;
}

const char *config_get(const struct config *config, const char *name, const char *fallback) {
    const char *value = find(config, name, 0, config->argument_count);
    if (!value) value = from_environment(name);
    if (!value) value = find(config, name, config->argument_count, config->count);
    return value ? value : fallback;
}

bool config_switch(const struct config *config, const char *name) {
    const char *value = config_get(config, name, "no");
    return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

bool config_number(const struct config *config, const char *name, int64_t fallback, int64_t low, int64_t high,
                   int64_t *ret_number, struct error *err) {
    const char *value = config_get(config, name, NULL);
    *ret_number = fallback;
    if (!value) return true;
    if (!text_to_int(text_of(value), ret_number) || *ret_number < low || *ret_number > high)
        return error_set(err, ERR_INVALID, "%s must be a number from %" PRId64 " to %" PRId64 ", not '%s'", name, low, high, value);
    return true;
}

void config_free(struct config *config) {
    arena_free(&config->mem);
}
