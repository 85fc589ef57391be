/* Weighing a letter against what was learned. */
#include "modules/spam/spam_private.h"
#include "modules/spam/weigh.h"

#include <math.h>
#include <stdlib.h>

enum { HUNDREDTHS = 100 };
static const double SAYS_NOTHING = 0.1;

struct sign {
    const struct trait *trait;
    struct trait_count seen;
    double probability, strength;
};

struct text traits_keys(struct arena *mem, const struct traits *traits) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < traits->count; i++) json_int(&json, traits->at[i].key);
    json_array_end(&json);
    return buffer_text(&out);
}

static int by_strength(const void *left, const void *right) {
    const struct sign *a = left, *b = right;
    if (a->strength != b->strength) return a->strength > b->strength ? -1 : 1;
    return a->trait->key < b->trait->key ? -1 : a->trait->key > b->trait->key;
}

static const struct trait *trait_of(const struct traits *traits, int64_t key) {
    for (size_t i = 0; i < traits->count; i++)
        if (traits->at[i].key == key) return &traits->at[i];
    return NULL;
}

/* Those that say something, the strongest first. */
static bool read_signs(struct tx *tx, struct arena *mem, const struct traits *traits, struct trait_count letters, struct sign *signs, size_t *ret_count,
                       struct error *err) {
    struct sql_spam_word_counts_rows rows;
    size_t count = 0;
    if (!sql_spam_word_counts(tx, mem, &(struct sql_spam_word_counts){.words = traits_keys(mem, traits)}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && count < TRAITS_MOST; i++) {
        struct sign sign = {.trait = trait_of(traits, rows.at[i].word), .seen = {rows.at[i].spam, rows.at[i].ham}};
        sign.probability = trait_probability(sign.seen, letters);
        sign.strength = fabs(sign.probability - 0.5);
        if (sign.trait && sign.strength >= SAYS_NOTHING) signs[count++] = sign;
    }
    if (count) qsort(signs, count, sizeof *signs, by_strength);
    *ret_count = count;
    return true;
}

static struct text signs_json(struct arena *mem, const struct sign *signs, size_t count) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < count && i < SIGNS_MOST; i++) {
        json_object_begin(&json);
        json_put_string(&json, "kind", signs[i].trait->kind);
        json_put_text(&json, "word", signs[i].trait->word);
        json_put_int(&json, "spam", signs[i].seen.spam);
        json_put_int(&json, "ham", signs[i].seen.ham);
        json_object_end(&json);
    }
    json_array_end(&json);
    return buffer_text(&out);
}

bool spam_weigh(struct tx *tx, struct arena *mem, const struct traits_source *letter, struct spam_weighing *ret, struct error *err) {
    const struct sql_spam_state_row *state;
    struct traits traits;
    struct sign signs[TRAITS_MOST];
    double probabilities[WEIGHED_MOST];
    size_t count;
    *ret = (struct spam_weighing){0};
    if (!sql_spam_state(tx, mem, &state, err)) return false;
    if (!state || !state->is_on || state->spam_letters < state->minimum || state->ham_letters < state->minimum) return true;
    traits_of(mem, letter, &traits);
    if (!read_signs(tx, mem, &traits, (struct trait_count){state->spam_letters, state->ham_letters}, signs, &count, err)) return false;
    size_t weighed = count < WEIGHED_MOST ? count : WEIGHED_MOST;
    for (size_t i = 0; i < weighed; i++) probabilities[i] = signs[i].probability;
    *ret = (struct spam_weighing){
        .is_ready = true, .score = (int64_t)floor(weigh(probabilities, weighed) * 100 * HUNDREDTHS), .threshold = state->threshold * HUNDREDTHS,
        .spam_letters = state->spam_letters, .ham_letters = state->ham_letters, .signs = signs_json(mem, signs, count),
    };
    ret->is_spam = ret->score >= ret->threshold;
    return true;
}

bool spam_note(struct tx *tx, const struct spam_verdict *verdict, struct error *err) {
    const struct spam_weighing *weighing = &verdict->weighing;
    const struct sql_spam_verdict_put in = {
        .ticket_id = verdict->ticket, .is_spam = verdict->is_spam, .because = text_of(verdict->because), .pattern = verdict->pattern,
        .score = weighing->is_ready ? weighing->score : -1, .threshold = weighing->threshold, .signs = weighing->signs,
        .spam_letters = weighing->spam_letters, .ham_letters = weighing->ham_letters, .created_at = tx->now,
    };
    return sql_spam_verdict_put(tx, &in, NULL, err);
}
