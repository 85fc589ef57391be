#include "platform/search/tokenizer.h"

#include <libstemmer.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LANGUAGE_LIMIT = 2, WORD_LIMIT = 60, KNOWN_WORDS = 4096, KNOWN_SIZE = 22 };

/* The stems of a word that was seen lately: stemming is half the work of indexing a text, and texts repeat their words. */
struct known {
    uint8_t size, stem_sizes[LANGUAGE_LIMIT];
    char word[KNOWN_SIZE], stems[LANGUAGE_LIMIT][KNOWN_SIZE];
};

struct tokenizer {
    fts5_tokenizer inner;
    Fts5Tokenizer *words;
    struct sb_stemmer *stemmers[LANGUAGE_LIMIT];
    int stemmer_count;
    struct known *known; /* made with the first document; questions need none */
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
    free(tokenizer->known);
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

static struct known *known_of(struct tokenizer *tokenizer, const char *word, int size) {
    uint32_t hash = 2166136261u; /* FNV-1a */
    if (!tokenizer->known || size > KNOWN_SIZE) return NULL;
    for (int i = 0; i < size; i++) hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    return &tokenizer->known[(hash ^ hash >> 16) % KNOWN_WORDS];
}

/* Fills entry with the word's stems. A stem is never longer than its word by more than fits. */
static bool learn(struct tokenizer *tokenizer, struct known *entry, const char *word, int size) {
    entry->size = 0;
    for (int i = 0; i < tokenizer->stemmer_count; i++) {
        const char *stem = (const char *)sb_stemmer_stem(tokenizer->stemmers[i], (const sb_symbol *)word, size);
        int stem_size = stem ? sb_stemmer_length(tokenizer->stemmers[i]) : size;
        if (stem_size > KNOWN_SIZE) return false;
        memcpy(entry->stems[i], stem ? stem : word, (size_t)stem_size);
        entry->stem_sizes[i] = (uint8_t)stem_size;
    }
    memcpy(entry->word, word, (size_t)size);
    entry->size = (uint8_t)size;
    return true;
}

static const char *stem_of(struct tokenizer *tokenizer, struct known *entry, int language, const char *word, int size, int *ret_size) {
    if (entry && ((entry->size == size && memcmp(entry->word, word, (size_t)size) == 0) || learn(tokenizer, entry, word, size))) {
        *ret_size = entry->stem_sizes[language];
        return entry->stems[language];
    }
    const char *stem = (const char *)sb_stemmer_stem(tokenizer->stemmers[language], (const sb_symbol *)word, size);
    *ret_size = stem ? sb_stemmer_length(tokenizer->stemmers[language]) : size;
    return stem ? stem : word;
}

static int with_stems(void *context, int flags, const char *word, int size, int start, int end) {
    struct passage *passage = context;
    struct tokenizer *tokenizer = passage->tokenizer;
    struct known *entry = known_of(tokenizer, word, size);
    int code = passage->token(passage->context, flags, word, size, start, end);
    const char *seen = word;
    int seen_size = size, stem_size;
    for (int i = 0; code == SQLITE_OK && size <= WORD_LIMIT && i < tokenizer->stemmer_count; i++) {
        const char *stem = stem_of(tokenizer, entry, i, word, size, &stem_size);
        if (!(stem_size == seen_size && memcmp(stem, seen, (size_t)stem_size) == 0)
            && !(stem_size == size && memcmp(stem, word, (size_t)size) == 0))
            code = passage->token(passage->context, flags | FTS5_TOKEN_COLOCATED, stem, stem_size, start, end);
        seen = stem;
        seen_size = stem_size;
    }
    return code;
}

static int tokenize(Fts5Tokenizer *given, void *context, int flags, const char *text, int size,
                    int (*token)(void *context, int flags, const char *word, int size, int start, int end)) {
    struct tokenizer *tokenizer = (struct tokenizer *)given;
    struct passage passage = {tokenizer, context, token};
    if ((flags & FTS5_TOKENIZE_DOCUMENT) && !tokenizer->known) tokenizer->known = calloc(KNOWN_WORDS, sizeof *tokenizer->known);
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

/* --- Without a table -------------------------------------------------------------------------------------------------------- */

/* What a thread takes words apart with: a tokenizer belongs to one at a time, and is found only in an open database. */
struct own {
    sqlite3 *db;
    Fts5Tokenizer *tokenizer;
};

static pthread_key_t own_key;
static pthread_once_t own_once = PTHREAD_ONCE_INIT;

static void free_own(void *given) {
    struct own *own = given;
    if (own->tokenizer) destroy(own->tokenizer);
    sqlite3_close(own->db);
    free(own);
}

static void make_key(void) {
    if (pthread_key_create(&own_key, free_own) != 0) abort();
}

static Fts5Tokenizer *own_tokenizer(void) {
    const char *languages[] = {"de", "en"};
    pthread_once(&own_once, make_key);
    struct own *own = pthread_getspecific(own_key);
    if (own) return own->tokenizer;
    own = calloc(1, sizeof *own);
    if (!own || sqlite3_open(":memory:", &own->db) != SQLITE_OK || create(fts5_of(own->db), languages, 2, &own->tokenizer) != SQLITE_OK) abort();
    pthread_setspecific(own_key, own);
    return own->tokenizer;
}

struct listener {
    bool (*word)(void *context, struct text word, bool is_stem);
    void *context;
};

static int hear(void *context, int flags, const char *word, int size, int start, int end) {
    const struct listener *listener = context;
    return listener->word(listener->context, text_from(word, (size_t)size), flags & FTS5_TOKEN_COLOCATED) ? SQLITE_OK : SQLITE_DONE;
}

void tokenizer_words(struct text text, bool is_document, bool (*word)(void *context, struct text word, bool is_stem), void *context) {
    struct listener listener = {word, context};
    if (text_empty(text)) return;
    (void)tokenize(own_tokenizer(), &listener, is_document ? FTS5_TOKENIZE_DOCUMENT : FTS5_TOKENIZE_QUERY, text.data, (int)text.size, hear);
}
