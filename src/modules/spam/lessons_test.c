#include "modules/spam/spam_private.h"

#include "tests/store.h"
#include "tests/test.h"

static void take(struct tx *tx, int64_t ticket, enum teaching what, const char *words) {
    struct error err = {0};
    EXPECT(lesson_take(tx, &(struct lesson){{ticket}, what, text_of(words)}, &err));
}

static void expect_counts(struct tx *tx, int64_t word, int64_t spam, int64_t ham) {
    struct sql_spam_word_counts_rows rows = {0};
    struct error err = {0};
    struct text words = text_printf(&tx->mem, "[%" PRId64 "]", word);
    EXPECT(sql_spam_word_counts(tx, &tx->mem, &(struct sql_spam_word_counts){.words = words}, &rows, &err));
    EXPECT_INT((int64_t)rows.count, spam || ham ? 1 : 0);
    if (rows.count != 1) return;
    EXPECT_INT(rows.at[0].spam, spam);
    EXPECT_INT(rows.at[0].ham, ham);
}

static void expect_letters(struct tx *tx, int64_t spam, int64_t ham) {
    const struct sql_spam_state_row *state = NULL;
    struct error err = {0};
    EXPECT(sql_spam_state(tx, &tx->mem, &state, &err) && state);
    if (!state) return;
    EXPECT_INT(state->spam_letters, spam);
    EXPECT_INT(state->ham_letters, ham);
}

static bool teach(struct tx *tx, void *argument, struct error *err) {
    take(tx, 1, TEACHES_MARKED, "[7,-8]");
    expect_counts(tx, -8, 1, 0);
    take(tx, 1, TEACHES_RELEASED, "[7,-8]");
    expect_counts(tx, 7, 0, 0);
    expect_letters(tx, 0, 0);
    take(tx, 2, TEACHES_RELEASED, "[7]");
    expect_counts(tx, 7, 0, 1);
    take(tx, 2, TEACHES_MARKED, "[7]");
    expect_counts(tx, 7, 0, 0);
    take(tx, 3, TEACHES_ANSWERED, "[7]");
    take(tx, 3, TEACHES_ANSWERED, "[7]");
    expect_counts(tx, 7, 0, 1);
    take(tx, 3, TEACHES_MARKED, "[7]");
    expect_counts(tx, 7, 1, 0);
    take(tx, 3, TEACHES_ANSWERED, "[7]");
    expect_counts(tx, 7, 1, 0);
    take(tx, 3, TEACHES_RELEASED, "[7]");
    expect_counts(tx, 7, 0, 1);
    expect_letters(tx, 0, 1);
    return true;
}

static void whoever_takes_back_has_taught_nothing(struct store *store) {
    struct error err = {0};
    EXPECT_OK(store_write(store, teach, NULL, &err), err);
}

STORE_TEST(whoever_takes_back_has_taught_nothing)

static bool teach_many(struct tx *tx, void *argument, struct error *err) {
    take(tx, 1, TEACHES_RELEASED, "[5]");
    for (int64_t i = 2; i <= LESSON_MOST + 4; i++) take(tx, i, TEACHES_MARKED, i <= 4 ? "[5,6]" : "[6]");
    expect_letters(tx, LESSON_MOST, 1);
    expect_counts(tx, 6, LESSON_MOST, 0);
    expect_counts(tx, 5, 0, 1);
    return true;
}

/* The oldest three of the marked ones are forgotten, with their words; the released one is of another kind. */
static void no_more_letters_are_known_than_allowed(struct store *store) {
    struct error err = {0};
    EXPECT_OK(store_write(store, teach_many, NULL, &err), err);
}

STORE_TEST(no_more_letters_are_known_than_allowed)
