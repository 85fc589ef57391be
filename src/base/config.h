/* config.h - options from three places, the nearer one winning: the command line (--lmtp ADDR), the environment
 * (THEKE_LMTP), and the settings file (lmtp = ADDR in DIR/theke.conf; # begins a comment). Names with dots, such as
 * limits.sign_in, are THEKE_LIMITS_SIGN_IN in the environment. */
#ifndef THEKE_BASE_CONFIG_H
#define THEKE_BASE_CONFIG_H

#include "base/error.h"
#include "base/text.h"

enum { CONFIG_ENTRIES = 128, CONFIG_WORDS = 16 };

struct config {
    struct arena mem;
    struct config_entry {
        const char *name, *value;
    } entries[CONFIG_ENTRIES]; /* nearer ones first */
    int count, argument_count;
    const char *words[CONFIG_WORDS]; /* what stands on the command line without -- */
    int word_count;
};

/* Reads the arguments behind the program's and the command's name. known: the option names, ended by NULL; a name that ends in
 * '!' is a switch without a value. ERR_INVALID for another option. */
MUST_USE bool config_arguments(struct config *config, int count, char **arguments, const char *const *known, struct error *err);

/* Adds a settings file; a file that does not exist is empty. */
MUST_USE bool config_file(struct config *config, const char *path, struct error *err);

/* The value, or fallback. */
const char *config_get(const struct config *config, const char *name, const char *fallback);
bool config_switch(const struct config *config, const char *name);
MUST_USE bool config_number(const struct config *config, const char *name, int64_t fallback, int64_t low, int64_t high,
                            int64_t *ret_number, struct error *err);

void config_free(struct config *config);

#endif
