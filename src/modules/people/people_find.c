/* Finding persons, and knowing many of them at once. */
#include "modules/people/people.h"
#include "modules/people/people_private.h"

#include <assert.h>
#include <stdlib.h>

/* --- Words ------------------------------------------------------------------------------------------------------------------ */

static struct text end_of(struct arena *mem, struct text word) {
    return text_printf(mem, "%.*s\xf4\x8f\xbf\xbf", (int)word.size, word.data);
}

/* The longest three of the words count, the longest first. */
static void keep_word(struct text words[3], struct text word) {
    if (word.size <= words[2].size) return;
    int at = 2;
    for (; at > 0 && words[at - 1].size < word.size; at--) words[at] = words[at - 1];
    words[at] = word;
}

static struct text without_dots(struct text word) {
    while (text_ends(word, ".")) word = text_slice(word, 0, word.size - 1);
    return word;
}

/* A number is one word, and so is what looks like an address or a domain. */
static void words_of(struct arena *mem, struct text q, struct text words[3]) {
    struct text rest = text_fold(mem, text_trim(q)), piece, word;
    if (text_starts(rest, "+")) {
        words[0] = identity_normalize(mem, "phone", rest);
        return;
    }
    while (text_next(&rest, ' ', &piece)) {
        piece = without_dots(piece);
        bool whole = text_find_char(piece, '@') != SIZE_MAX || text_find_char(piece, '.') != SIZE_MAX;
        if (whole) keep_word(words, piece);
        while (!whole && next_word(&piece, &word)) keep_word(words, word);
    }
}

static bool search(struct tx *tx, struct arena *mem, const struct people_filter *filter, struct sql_rows *ret_rows, struct error *err) {
    struct text words[3] = {{0}};
    *ret_rows = (struct sql_rows){0};
    words_of(mem, filter->q, words);
    if (text_empty(words[0])) return true;
    struct sql_person_search in = {.first = words[0], .first_end = end_of(mem, words[0]), .second = words[1], .third = words[2],
                                   .after_name = filter->after_name, .after = filter->after, .limit = filter->limit + 1};
    if (words[1].data) in.second_end = end_of(mem, words[1]);
    if (words[2].data) in.third_end = end_of(mem, words[2]);
    return statement_rows(tx, mem, &statement_person_search, &in, ret_rows, err);
}

static bool of_identity(struct tx *tx, struct arena *mem, const char *channel, struct text value, struct sql_rows *ret_rows, struct error *err) {
    const struct sql_person_of_identity in = {.channel = text_of(channel), .normalized = identity_normalize(mem, channel, value)};
    return statement_rows(tx, mem, &statement_person_of_identity, &in, ret_rows, err);
}

bool people_rows(struct tx *tx, struct arena *mem, const struct people_filter *filter, const struct statement **ret_statement,
                 struct sql_rows *ret_rows, struct error *err) {
    if (filter->email.data || filter->phone.data) {
        *ret_statement = &statement_person_of_identity;
        return of_identity(tx, mem, filter->email.data ? "email" : "phone", filter->email.data ? filter->email : filter->phone, ret_rows, err);
    }
    if (filter->company.value) {
        const struct sql_person_of_company by = {.company_id = filter->company, .after_name = filter->after_name, .after = filter->after,
                                                 .limit = filter->limit + 1};
        *ret_statement = &statement_person_of_company;
        return statement_rows(tx, mem, *ret_statement, &by, ret_rows, err);
    }
    *ret_statement = &statement_person_search;
    if (filter->q.data && !text_empty(text_trim(filter->q))) return search(tx, mem, filter, ret_rows, err);
    const struct sql_person_list all = {.after_name = filter->after_name, .after = filter->after, .limit = filter->limit + 1};
    *ret_statement = &statement_person_list;
    return statement_rows(tx, mem, *ret_statement, &all, ret_rows, err);
}

/* --- Whole persons, many at once ----------------------------------------------------------------------------------------------- */

static struct text list_of(struct arena *mem, const person_id *ids, size_t count) {
    struct buffer out = {.mem = mem};
    buffer_add_char(&out, '[');
    for (size_t i = 0; i < count; i++) buffer_printf(&out, "%s%" PRId64, i ? "," : "", ids[i].value);
    buffer_add_char(&out, ']');
    return buffer_text(&out);
}

/* Both lists stand in the order of the persons' ids. */
static void join(struct arena *mem, const struct sql_person_many_row *row, const struct sql_identity_many_rows *identities, size_t *at,
                 struct person_known *ret) {
    size_t first = *at;
    while (*at < identities->count && identities->at[*at].person_id.value == row->id) ++*at;
    struct person_identity *own = arena_array(mem, *at - first + 1, sizeof *own);
    for (size_t i = first; i < *at; i++) {
        const struct sql_identity_many_row *one = &identities->at[i];
        own[i - first] = (struct person_identity){one->channel, one->value, one->normalized, one->is_main};
    }
    *ret = (struct person_known){.id = {row->id}, .name = row->name, .locale = row->locale, .notes = row->notes, .company = row->company_id,
                                 .company_name = row->company, .created_at = row->created_at, .identities = own, .identity_count = *at - first};
}

bool people_know(struct tx *tx, struct arena *mem, const person_id *ids, size_t count, struct person_known **ret, size_t *ret_count, struct error *err) {
    const struct sql_person_many in = {.ids = list_of(mem, ids, count)};
    struct sql_person_many_rows rows;
    struct sql_identity_many_rows identities;
    size_t at = 0;
    if (!sql_person_many(tx, mem, &in, &rows, err) || !sql_identity_many(tx, mem, &(struct sql_identity_many){.ids = in.ids}, &identities, err)) return false;
    struct person_known *known = arena_array(mem, rows.count + 1, sizeof *known);
    for (size_t i = 0; i < rows.count; i++) join(mem, &rows.at[i], &identities, &at, &known[i]);
    *ret = known;
    *ret_count = rows.count;
    return true;
}

static int by_id(const void *left, const void *right) {
    int64_t a = ((const struct person_known *)left)->id.value, b = ((const struct person_known *)right)->id.value;
    return (a > b) - (a < b);
}

/* In the order of the list, not of the ids. */
bool people_page(struct tx *tx, struct arena *mem, const struct people_filter *filter, struct people_page *ret, struct error *err) {
    const struct statement *statement;
    struct sql_rows rows = {0};
    struct person_known *known;
    size_t found;
    if (!people_rows(tx, mem, filter, &statement, &rows, err)) return false;
    bool more = (int64_t)rows.count > filter->limit;
    size_t count = more ? (size_t)filter->limit : rows.count;
    assert(rows.at || !count); /* for the analyzer: people_rows gave both */
    person_id *ids = arena_array(mem, count + 1, sizeof *ids);
    struct person_known *people = arena_array(mem, count + 1, sizeof *people);
    for (size_t i = 0; i < count; i++) memcpy(&ids[i].value, (const char *)rows.at + i * statement->row_size, sizeof ids[i].value);
    if (!people_know(tx, mem, ids, count, &known, &found, err)) return false;
    *ret = (struct people_page){.people = people, .is_last = !more};
    for (size_t i = 0; i < count; i++) {
        const struct person_known wanted = {.id = ids[i]}, *one = bsearch(&wanted, known, found, sizeof *known, by_id);
        if (one) people[ret->count++] = *one;
    }
    return true;
}
