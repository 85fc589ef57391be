/* What was learned, and unlearning it. The counts of the words are those of the lessons at any time: what is taken back was never there. */
#include "modules/spam/spam_private.h"

enum { NOTHING = -1, HAM = 0, SPAM = 1 };

static bool count_words(struct tx *tx, struct text words, int64_t kind, int64_t by, struct error *err) {
    if (kind == NOTHING) return true;
    const int64_t spam = kind == SPAM ? by : 0, ham = kind == HAM ? by : 0;
    return sql_spam_words_learn(tx, &(struct sql_spam_words_learn){.words = words, .spam = spam, .ham = ham}, NULL, err)
           && (by > 0 || sql_spam_words_tidy(tx, &(struct sql_spam_words_tidy){.words = words}, NULL, err))
           && sql_spam_cursor_count(tx, &(struct sql_spam_cursor_count){.spam = spam, .ham = ham}, NULL, err);
}

/* What people called spam years ago says little of today. */
static bool forget_oldest(struct tx *tx, int64_t kind, struct error *err) {
    const struct sql_spam_state_row *state;
    const struct sql_spam_lesson_oldest_row *oldest;
    if (!sql_spam_state(tx, &tx->mem, &state, err)) return false;
    if (!state || (kind == SPAM ? state->spam_letters : state->ham_letters) <= LESSON_MOST) return true;
    if (!sql_spam_lesson_oldest(tx, &tx->mem, &(struct sql_spam_lesson_oldest){.spam = kind}, &oldest, err)) return false;
    return !oldest || (count_words(tx, oldest->words, kind, -1, err)
                       && sql_spam_lesson_delete(tx, &(struct sql_spam_lesson_delete){.ticket_id = oldest->ticket_id}, NULL, err));
}

struct state {
    int64_t kind, before;
    bool is_said;
};

/* An answer teaches what nobody has said otherwise. A mark teaches, and so does taking away one that the program has set; but who takes back
 * what somebody said brings back what was known before. */
static struct state state_after(struct state now, enum teaching what) {
    if (what == TEACHES_ANSWERED) return now.kind == NOTHING && !now.is_said ? (struct state){HAM, NOTHING, false} : now;
    if (now.is_said) return (struct state){now.before, NOTHING, false};
    return (struct state){what == TEACHES_MARKED ? SPAM : HAM, now.kind, true};
}

bool lesson_take(struct tx *tx, const struct lesson *lesson, struct error *err) {
    const struct sql_spam_lesson_row_row *row;
    if (!sql_spam_lesson_row(tx, &tx->mem, &(struct sql_spam_lesson_row){.ticket_id = lesson->ticket}, &row, err)) return false;
    struct state now = row ? (struct state){row->spam, row->before, row->is_said} : (struct state){NOTHING, NOTHING, false};
    struct state after = state_after(now, lesson->what);
    struct text words = row ? row->words : lesson->words;
    if (after.kind == now.kind && after.before == now.before && after.is_said == now.is_said) return true;
    if (after.kind == NOTHING && !after.is_said) {
        if (!sql_spam_lesson_delete(tx, &(struct sql_spam_lesson_delete){.ticket_id = lesson->ticket}, NULL, err)) return false;
    } else {
        const struct sql_spam_lesson_put in = {.ticket_id = lesson->ticket, .spam = after.kind, .before = after.before, .is_said = after.is_said,
                                               .words = words, .learned_at = tx->now};
        if (!sql_spam_lesson_put(tx, &in, NULL, err)) return false;
    }
    if (after.kind == now.kind) return true;
    return count_words(tx, words, now.kind, -1, err) && count_words(tx, words, after.kind, 1, err)
           && (after.kind == NOTHING || forget_oldest(tx, after.kind, err));
}
