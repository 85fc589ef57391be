#include "platform/search/rank.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { COUNT_LIMIT = 20000, PHRASE_LIMIT = 50, SUBJECT = 0 };
static const double TERM_LIMIT = 1.2;      /* k1: how soon a word's repetition says nothing more */
static const double SIZE_EFFECT = 0.5;     /* b: how much a long text counts less */
static const double USUAL_SIZE = 150;      /* words and stems of a usual message */
static const double SUBJECT_WEIGHT = 4;

struct weights {
    int count;
    double of[PHRASE_LIMIT]; /* the rarer the word the greater */
};

struct counting {
    int64_t newest, count;
};

static int count_row(const Fts5ExtensionApi *api, Fts5Context *fts, void *context) {
    struct counting *counting = context;
    if (api->xRowid(fts) > counting->newest) return SQLITE_DONE;
    return ++counting->count < COUNT_LIMIT ? SQLITE_OK : SQLITE_DONE;
}

/* Once per search: what each phrase is worth. */
static int weigh(const Fts5ExtensionApi *api, Fts5Context *fts, int64_t newest, struct weights **ret) {
    struct weights *weights = calloc(1, sizeof *weights);
    if (!weights) return SQLITE_NOMEM;
    int count = api->xPhraseCount(fts);
    weights->count = count < PHRASE_LIMIT ? count : PHRASE_LIMIT;
    for (int i = 0; i < weights->count; i++) {
        struct counting counting = {.newest = newest};
        int code = api->xQueryPhrase(fts, i, &counting, count_row);
        if (code != SQLITE_OK && code != SQLITE_DONE) {
            free(weights);
            return code;
        }
        double all = (double)(newest > counting.count ? newest : counting.count), with = (double)counting.count;
        weights->of[i] = log(1 + (all - with + 0.5) / (with + 0.5));
    }
    *ret = weights;
    return api->xSetAuxdata(fts, weights, free); /* frees it itself when it fails */
}

static int measure(const Fts5ExtensionApi *api, Fts5Context *fts, const struct weights *weights, double *ret_rank) {
    double found[PHRASE_LIMIT] = {0}, rank = 0;
    int count = 0, size = 0, code = api->xInstCount(fts, &count);
    if (code == SQLITE_OK) code = api->xColumnSize(fts, -1, &size);
    for (int i = 0; i < count && code == SQLITE_OK; i++) {
        int phrase, column, place;
        code = api->xInst(fts, i, &phrase, &column, &place);
        if (code == SQLITE_OK && phrase < weights->count) found[phrase] += column == SUBJECT ? SUBJECT_WEIGHT : 1;
    }
    double damping = TERM_LIMIT * (1 - SIZE_EFFECT + SIZE_EFFECT * size / USUAL_SIZE);
    for (int i = 0; i < weights->count; i++) rank += weights->of[i] * found[i] * (TERM_LIMIT + 1) / (found[i] + damping);
    *ret_rank = rank;
    return code;
}

static void rank(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *result, int count, sqlite3_value **values) {
    struct weights *weights = api->xGetAuxdata(fts, 0);
    double rank = 0;
    int code = SQLITE_OK;
    if (count != 1) {
        sqlite3_result_error(result, "search_rank takes the index and the newest message", -1);
        return;
    }
    if (!weights) code = weigh(api, fts, sqlite3_value_int64(values[0]), &weights);
    if (code == SQLITE_OK) code = measure(api, fts, weights, &rank);
    if (code == SQLITE_OK) sqlite3_result_double(result, rank);
    else sqlite3_result_error_code(result, code);
}

bool rank_register(sqlite3 *db) {
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) != SQLITE_OK) return false;
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
    return api && api->xCreateFunction(api, "search_rank", NULL, rank, NULL) == SQLITE_OK;
}
