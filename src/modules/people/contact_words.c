/* The words by whose beginning a person is found: kept beside the person, so that looking somebody up costs as much as there are
 * answers, however many people there are. */
#include "modules/people/people_private.h"

enum { WORDS = 32, WORD_SIZE = 80 };

struct word_list {
    struct tx *tx;
    person_id person;
    int count;
};

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80);
}

static bool add_word(struct word_list *list, struct text word, struct error *err) {
    word = text_cut(word, WORD_SIZE);
    if (text_empty(word) || list->count == WORDS) return true;
    list->count++;
    return sql_person_word_add(list->tx, &(struct sql_person_word_add){.word = word, .person_id = list->person}, NULL, err);
}

bool next_word(struct text *rest, struct text *ret_word) {
    size_t from = 0, end;
    while (from < rest->size && !is_letter(rest->data[from])) from++;
    for (end = from; end < rest->size && is_letter(rest->data[end]);) end++;
    *ret_word = text_slice(*rest, from, end - from);
    *rest = text_skip(*rest, end);
    return ret_word->size > 0;
}

static bool add_words(struct word_list *list, struct text text, struct error *err) {
    struct text rest = text_fold(&list->tx->mem, text), word;
    while (next_word(&rest, &word))
        if (!add_word(list, word, err)) return false;
    return true;
}

/* As a whole, and what stands behind the @ or the + as well. */
static bool add_identity(struct word_list *list, const struct sql_person_identities_row *row, struct error *err) {
    struct text whole = text_fold(&list->tx->mem, row->normalized);
    size_t at = text_find_char(whole, '@');
    if (!add_word(list, whole, err)) return false;
    if (at != SIZE_MAX && !add_word(list, text_skip(whole, at + 1), err)) return false;
    return !text_starts(whole, "+") || add_word(list, text_skip(whole, 1), err);
}

bool person_index(struct tx *tx, person_id person, struct error *err) {
    struct word_list list = {.tx = tx, .person = person};
    const struct sql_person_by_id_row *row;
    struct sql_person_identities_rows identities;
    if (!sql_person_words_clear(tx, &(struct sql_person_words_clear){.person_id = person}, NULL, err)
        || !sql_person_by_id(tx, &tx->mem, &(struct sql_person_by_id){.id = person.value}, &row, err)
        || !sql_person_identities(tx, &tx->mem, &(struct sql_person_identities){.person_id = person}, &identities, err))
        return false;
    if (!row || !add_words(&list, row->name, err)) return !row;
    for (size_t i = 0; i < identities.count; i++)
        if (!add_identity(&list, &identities.at[i], err)) return false;
    return add_words(&list, row->company, err);
}

static bool fill_some(struct tx *tx, void *argument, struct error *err) {
    person_id *reached = argument;
    const struct sql_person_word_last_row *last;
    struct sql_person_without_words_rows rows;
    if (!sql_person_word_last(tx, &tx->mem, &last, err)
        || !sql_person_without_words(tx, &tx->mem, &(struct sql_person_without_words){.after = last->after}, &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!person_index(tx, rows.at[i].person_id, err)) return false;
    if (rows.count) *reached = rows.at[rows.count - 1].person_id;
    return true;
}

/* Persons of a store that is older than their words get them at the first start. */
bool person_words_fill(struct store *store, struct error *err) {
    person_id reached = {0}, before;
    do {
        before = reached;
        if (!store_write(store, fill_some, &reached, err)) return false;
    } while (reached.value > before.value);
    return true;
}
