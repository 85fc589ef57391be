/* The words of attached files: which are to be read, by whom, and what the search gets of them. */
#include "modules/tickets/tickets_private.h"

/* BACK: on PostgreSQL a message may be committed behind some that have higher numbers, so that the place is looked at from so far before it. */
enum { LOOK = 500, BACK = 2000, TEXTS_OF_MESSAGE = 2000000 /* characters */ };

/* --- Looking ----------------------------------------------------------------------------------------------------------------- */

struct looking {
    attachment_judge *judge;
    bool any;
};

static bool note(struct tx *tx, const struct looking *looking, const struct sql_attachment_text_ahead_row *row, struct error *err) {
    const struct attachment_look look = {.name = row->name, .media_type = row->media_type, .size = row->size};
    const char *reason = NULL;
    const struct sql_attachment_text_note in = {.attachment_id = row->attachment_id, .hash = row->hash, .state = text_of(looking->judge(&look, &reason)),
                                                .reason = text_of(reason), .next_at = tx->now};
    return sql_attachment_text_note(tx, &in, NULL, err);
}

/* A full handful may end within a message: the rest of it is not behind the place yet. */
static bool look(struct tx *tx, void *argument, struct error *err) {
    struct looking *looking = argument;
    const struct sql_attachment_text_hold_row *place;
    struct sql_attachment_text_ahead_rows rows;
    if (!sql_attachment_text_hold(tx, &tx->mem, &place, err)) return false;
    if (!place) return error_set(err, ERR_STORE, "who reads files has lost the place");
    const struct sql_attachment_text_ahead in = {.after = place->message_id.value - BACK, .limit = LOOK};
    if (!sql_attachment_text_ahead(tx, &tx->mem, &in, &rows, err)) return false;
    looking->any = rows.count > 0;
    for (size_t i = 0; i < rows.count; i++)
        if (!note(tx, looking, &rows.at[i], err)) return false;
    if (!rows.count) return true;
    message_id last = rows.at[rows.count - 1].message_id;
    if (rows.count == LOOK) last.value--;
    if (last.value <= place->message_id.value) return true;
    return sql_attachment_text_move(tx, &(struct sql_attachment_text_move){.message_id = last}, NULL, err);
}

static bool has_ahead(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_attachment_text_place_row *place;
    struct sql_attachment_text_ahead_rows rows;
    *ret_has = false;
    if (!store_read(store, &tx, err) || !sql_attachment_text_place(&tx, &tx.mem, &place, err)) return false;
    const struct sql_attachment_text_ahead in = {.after = place ? place->message_id.value - BACK : 0, .limit = 1};
    if (!sql_attachment_text_ahead(&tx, &tx.mem, &in, &rows, err)) return false;
    *ret_has = rows.count > 0;
    return true;
}

bool attachment_texts_look(struct store *store, attachment_judge *judge, bool *ret_any, struct error *err) {
    struct looking looking = {.judge = judge};
    if (!has_ahead(store, ret_any, err)) return false;
    if (!*ret_any) return true;
    if (!store_write(store, look, &looking, err)) return false;
    *ret_any = looking.any;
    return true;
}

/* --- Claiming ---------------------------------------------------------------------------------------------------------------- */

struct claiming {
    struct arena *mem;
    int64_t lease;
    struct attachment_claim *claim;
};

static bool claim(struct tx *tx, void *argument, struct error *err) {
    struct claiming *claiming = argument;
    const struct sql_attachment_text_claim_row *taken;
    const struct sql_attachment_by_id_row *row;
    const struct sql_file_text_find_row *known;
    *claiming->claim = (struct attachment_claim){0};
    const struct sql_attachment_text_claim in = {.now_at = tx->now, .next_at = tx->now + claiming->lease};
    if (!sql_attachment_text_claim(tx, &tx->mem, &in, &taken, err)) return false;
    if (!taken) return true;
    if (!sql_attachment_by_id(tx, claiming->mem, &(struct sql_attachment_by_id){.attachment_id = taken->attachment_id}, &row, err)
        || !sql_file_text_find(tx, &tx->mem, &(struct sql_file_text_find){.hash = taken->hash}, &known, err))
        return false;
    if (!row) return error_set(err, ERR_INTERNAL, "there is no attachment %" PRId64, taken->attachment_id.value);
    *claiming->claim = (struct attachment_claim){.id = taken->attachment_id, .attempts = taken->attempts, .hash = text_copy(claiming->mem, taken->hash),
                                                 .name = row->name, .media_type = row->media_type, .is_known = known != NULL};
    return true;
}

static bool is_due(struct store *store, bool *ret_due, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_attachment_text_due_row *due;
    if (!store_read(store, &tx, err) || !sql_attachment_text_due(&tx, &tx.mem, &(struct sql_attachment_text_due){.now_at = tx.now}, &due, err))
        return false;
    *ret_due = due != NULL;
    return true;
}

bool attachment_text_claim(struct store *store, struct arena *mem, int64_t lease, struct attachment_claim *ret, struct error *err) {
    struct claiming claiming = {.mem = mem, .lease = lease, .claim = ret};
    bool due;
    *ret = (struct attachment_claim){0};
    return is_due(store, &due, err) && (!due || store_write(store, claim, &claiming, err));
}

/* --- Settling ---------------------------------------------------------------------------------------------------------------- */

static bool write_state(struct tx *tx, attachment_id id, struct text state, struct text reason, struct error *err) {
    return sql_attachment_text_settle(tx, &(struct sql_attachment_text_settle){.attachment_id = id, .state = state, .reason = reason}, NULL, err);
}

/* A message with many long files has as many words in the index as one that is very long. */
static bool add_words(struct tx *tx, attachment_id id, message_id message, struct text text, struct error *err) {
    const struct sql_message_index_hold_row *held;
    const struct sql_attachment_text_size_row *size;
    if (!sql_message_index_hold(tx, &tx->mem, &(struct sql_message_index_hold){.message_id = message}, &held, err)
        || !sql_attachment_text_size(tx, &tx->mem, &(struct sql_attachment_text_size){.message_id = message}, &size, err))
        return false;
    if (size->size + (int64_t)text.size > TEXTS_OF_MESSAGE) return write_state(tx, id, text_of("refused"), text_of("too_many"), err);
    return message_index_take(tx, message, err) && write_state(tx, id, text_of("indexed"), (struct text){0}, err) && message_index_put(tx, message, err);
}

static bool settle(struct tx *tx, void *argument, struct error *err) {
    struct attachment_reading *reading = argument;
    const struct attachment_claim *mine = &reading->claim;
    const struct sql_attachment_text_held_row *held;
    const struct sql_attachment_by_id_row *row;
    const struct sql_file_text_find_row *known;
    const struct sql_attachment_text_held in = {.attachment_id = mine->id, .attempts = mine->attempts};
    if (!sql_attachment_text_held(tx, &tx->mem, &in, &held, err)) return false;
    if (!held) return true;
    if (reading->is_given_up) return write_state(tx, mine->id, text_of("refused"), reading->reason, err);
    const struct sql_file_text_add add = {.hash = mine->hash, .state = reading->state, .reason = reading->reason,
                                          .text = reading->text.data ? reading->text : text_of("")};
    if ((!mine->is_known && !sql_file_text_add(tx, &add, NULL, err))
        || !sql_file_text_find(tx, &tx->mem, &(struct sql_file_text_find){.hash = mine->hash}, &known, err)
        || !sql_attachment_by_id(tx, &tx->mem, &(struct sql_attachment_by_id){.attachment_id = mine->id}, &row, err))
        return false;
    if (!known || !row) return error_set(err, ERR_INTERNAL, "attachment %" PRId64 " has lost its text", mine->id.value);
    if (text_is(known->state, "indexed")) return add_words(tx, mine->id, row->message_id, known->text, err);
    return write_state(tx, mine->id, known->state, known->reason, err);
}

bool attachment_text_settle(struct store *store, struct attachment_reading *reading, struct error *err) {
    return store_write(store, settle, reading, err) || error_context(err, "attachment %" PRId64, reading->claim.id.value);
}

struct putting_off {
    const struct attachment_claim *claim;
    const char *reason;
    int64_t delay;
    bool is_attempt;
};

static bool put_off(struct tx *tx, void *argument, struct error *err) {
    const struct putting_off *off = argument;
    const struct sql_attachment_text_held_row *held;
    const struct sql_attachment_text_held in = {.attachment_id = off->claim->id, .attempts = off->claim->attempts};
    if (!sql_attachment_text_held(tx, &tx->mem, &in, &held, err)) return false;
    const struct sql_attachment_text_wait wait = {.attachment_id = off->claim->id, .reason = text_of(off->reason), .next_at = tx->now + off->delay,
                                                  .back = off->is_attempt ? 0 : 1};
    return !held || sql_attachment_text_wait(tx, &wait, NULL, err);
}

bool attachment_text_put_off(struct store *store, const struct attachment_claim *claim, const char *reason, int64_t delay, bool is_attempt,
                             struct error *err) {
    struct putting_off off = {claim, reason, delay, is_attempt};
    return store_write(store, put_off, &off, err);
}

static bool hasten(struct tx *tx, void *reason, struct error *err) {
    return sql_attachment_text_hasten(tx, &(struct sql_attachment_text_hasten){.now_at = tx->now, .reason = text_of(reason)}, NULL, err);
}

bool attachment_texts_hasten(struct store *store, const char *reason, struct error *err) {
    return store_write(store, hasten, (void *)reason, err);
}

bool attachment_texts_count(struct tx *tx, int64_t *ret_waiting, int64_t *ret_put_off, struct error *err) {
    const struct sql_attachment_text_states_row *row;
    if (!sql_attachment_text_states(tx, &tx->mem, &(struct sql_attachment_text_states){.now_at = tx->now}, &row, err)) return false;
    *ret_waiting = row->waiting;
    *ret_put_off = row->putoff;
    return true;
}
