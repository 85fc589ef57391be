#include "platform/search/tokenizer.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

enum { LANGUAGE_LIMIT = 2, WORD_LIMIT = 60 };

struct tokenizer {
    fts5_tokenizer inner;
    Fts5Tokenizer *words;
    struct sb_stemmer *stemmers[LANGUAGE_LIMIT];
    int stemmer_count;
};

struct passage {
    struct tokenizer *tokenizer;
    void *context;
    int (*token)(void *context, int flags, const char *word, int size, int start, int end);
};

static void destroy(Fts5Tokenizer *given) {
    struct tokenizer *tokenizer = (struct tokenizer *)given;
    for (int i = 0; i < tokenizer->stemmer_count; i++) sb_stemmer_delete(tokenizer->stemmers[i]);
    if (tokenizer->words) tokenizer->inner.xDelete(tokenizer->words);
    free(tokenizer);
}

static int create(void *context, const char **args, int count, Fts5Tokenizer **ret) {
    fts5_api *api = context;
    struct tokenizer *tokenizer = calloc(1, sizeof *tokenizer);
    void *inner_context = NULL;
    if (!tokenizer) return SQLITE_NOMEM;
    int code = api->xFindTokenizer(api, "unicode61", &inner_context, &tokenizer->inner);
    const char *options[] = {"remove_diacritics", "2"};
    if (code == SQLITE_OK) code = tokenizer->inner.xCreate(inner_context, options, 2, &tokenizer->words);
    for (int i = 0; code == SQLITE_OK && i < count && i < LANGUAGE_LIMIT; i++) {
        struct sb_stemmer *stemmer = sb_stemmer_new(args[i], NULL);
        if (stemmer) tokenizer->stemmers[tokenizer->stemmer_count++] = stemmer;
        else code = SQLITE_ERROR;
    }
    if (code != SQLITE_OK) {
        destroy((Fts5Tokenizer *)tokenizer);
        return code;
    }
    *ret = (Fts5Tokenizer *)tokenizer;
    return SQLITE_OK;
}

static int with_stems(void *context, int flags, const char *word, int size, int start, int end) {
    struct passage *passage = context;
    int code = passage->token(passage->context, flags, word, size, start, end);
    const char *seen = word;
    int seen_size = size;
    for (int i = 0; code == SQLITE_OK && size <= WORD_LIMIT && i < passage->tokenizer->stemmer_count; i++) {
        struct sb_stemmer *stemmer = passage->tokenizer->stemmers[i];
        const char *stem = (const char *)sb_stemmer_stem(stemmer, (const sb_symbol *)word, size);
        int stem_size = sb_stemmer_length(stemmer);
        if (stem && !(stem_size == seen_size && memcmp(stem, seen, (size_t)stem_size) == 0)
            && !(stem_size == size && memcmp(stem, word, (size_t)size) == 0))
            code = passage->token(passage->context, flags | FTS5_TOKEN_COLOCATED, stem, stem_size, start, end);
        seen = stem ? stem : seen;
        seen_size = stem ? stem_size : seen_size;
    }
    return code;
}

static int tokenize(Fts5Tokenizer *given, void *context, int flags, const char *text, int size,
                    int (*token)(void *context, int flags, const char *word, int size, int start, int end)) {
    struct tokenizer *tokenizer = (struct tokenizer *)given;
    struct passage passage = {tokenizer, context, token};
    return tokenizer->inner.xTokenize(tokenizer->words, &passage, flags, text, size, with_stems);
}

static fts5_api *fts5_of(sqlite3 *db) {
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api;
}

bool tokenizer_register(sqlite3 *db) {
    fts5_api *api = fts5_of(db);
    fts5_tokenizer methods = {.xCreate = create, .xDelete = destroy, .xTokenize = tokenize};
    return api && api->xCreateTokenizer(api, "theke", api, &methods, NULL) == SQLITE_OK;
}
