/* migrate.h - the schema's history, made by the generator from the folders' migrations/. */
#ifndef THEKE_PLATFORM_STORE_MIGRATE_H
#define THEKE_PLATFORM_STORE_MIGRATE_H

struct migration {
    const char *name;    /* "20261123_people" */
    const char *text[2]; /* by enum dialect */
};

extern const struct migration all_migrations[]; /* in order */
extern const int all_migration_count;

#endif
