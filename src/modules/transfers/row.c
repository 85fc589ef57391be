/* One row of a table: who is meant, what would change, and doing it.
 *
 * Addresses, handles and customer numbers tell persons apart. A telephone number does so only where a row has nothing better, since
 * colleagues share one: otherwise one that somebody else has is left out, in sight. A row that means two persons, or one that an earlier
 * row has meant, is refused. Nothing that is known is emptied by an empty cell. */
#include "modules/transfers/transfers_private.h"
#include "platform/events/notes.h"
#include "wire/tables/csv.h"

#include <jansson.h>

enum { NAME_LENGTH = 200, NOTES_LENGTH = 20000 }; /* characters, as the API takes them */

struct identity_cell {
    enum target target;
    struct text value, normalized;
    person_id owner;
    bool is_left;
};

struct row {
    const struct import_work *work;
    struct tx *tx;
    struct arena *mem;            /* of the tx */
    int64_t line;
    struct text cells[TARGETS];   /* of what stands in one column only */
    struct identity_cell identities[IMPORT_IDENTITIES];
    size_t identity_count;
    bool is_strong;               /* has more than telephone numbers */
    const struct person_known *person;
    struct person_wish wish;
    struct text new_company;      /* to be made */
    struct buffer changes, added, left, errors;
    struct json_writer changes_json, added_json, left_json, errors_json;
    int change_count, add_count, error_count;
};

/* --- What is told ----------------------------------------------------------------------------------------------------------- */

static void begin_words(struct row *row) {
    row->changes = row->added = row->left = row->errors = (struct buffer){.mem = row->mem};
    row->changes_json = json_writer(&row->changes);
    row->added_json = json_writer(&row->added);
    row->left_json = json_writer(&row->left);
    row->errors_json = json_writer(&row->errors);
    json_object_begin(&row->changes_json);
    json_array_begin(&row->added_json);
    json_array_begin(&row->left_json);
    json_array_begin(&row->errors_json);
}

static struct text end_words(struct row *row) {
    struct buffer out = {.mem = row->mem};
    struct json_writer json = json_writer(&out);
    json_object_end(&row->changes_json);
    json_array_end(&row->added_json);
    json_array_end(&row->left_json);
    json_array_end(&row->errors_json);
    json_object_begin(&json);
    json_put_raw(&json, "changes", buffer_text(&row->changes));
    json_put_raw(&json, "added", buffer_text(&row->added));
    json_put_raw(&json, "left", buffer_text(&row->left));
    json_put_raw(&json, "errors", buffer_text(&row->errors));
    json_object_end(&json);
    return buffer_text(&out);
}

/* other_line: of a row that stands in the way; 0: none. */
static void tell(struct json_writer *json, const char *field, const char *code, struct text value, int64_t other_line) {
    json_object_begin(json);
    json_put_string(json, "field", field);
    json_put_string(json, "code", code);
    json_put_text(json, "value", value);
    json_put_id(json, "line", other_line);
    json_object_end(json);
}

static bool refuse(struct row *row, const char *field, const char *code, struct text value) {
    tell(&row->errors_json, field, code, value, 0);
    row->error_count++;
    return true;
}

struct text row_refusal(struct arena *mem, const char *code) {
    return text_printf(mem, "{\"changes\":{},\"added\":[],\"left\":[],\"errors\":[{\"field\":null,\"code\":\"%s\",\"value\":null,\"line\":null}]}", code);
}

/* --- Reading the cells ------------------------------------------------------------------------------------------------------ */

static bool has_controls(struct text text, bool many_lines) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == 0x7F || (c < ' ' && !(many_lines && (c == '\n' || c == '\t')))) return true;
    }
    return false;
}

static size_t length_of(struct text text) {
    size_t length = 0;
    for (size_t i = 0; i < text.size; i++) length += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return length;
}

static const char *channel_of(enum target target) {
    return target_name(target); /* what tells persons apart is called as its channel */
}

static bool has_identity(const struct row *row, enum target target, struct text normalized) {
    for (size_t i = 0; i < row->identity_count; i++)
        if (row->identities[i].target == target && text_equal(row->identities[i].normalized, normalized)) return true;
    return false;
}

static void add_identity(struct row *row, enum target target, struct text value) {
    struct error wrong = {0};
    struct text normalized = identity_normalize(row->mem, channel_of(target), value);
    if (text_empty(value) || has_identity(row, target, normalized)) return;
    if (row->identity_count == IMPORT_IDENTITIES) refuse(row, target_name(target), "too_many", value);
    else if (has_controls(value, false) || !identity_fits(row->mem, "value", channel_of(target), value, &wrong))
        refuse(row, target_name(target), wrong.field_count ? text_string(row->mem, text_of(wrong.fields[0].code)) : "invalid", text_cut(value, 100));
    else row->identities[row->identity_count++] = (struct identity_cell){.target = target, .value = value, .normalized = normalized};
}

/* A cell may hold several, as our own export writes them. */
static void add_identities(struct row *row, enum target target, struct text cell) {
    bool by_comma = target == TARGET_EMAIL;
    size_t from = 0;
    for (size_t i = 0; i <= cell.size; i++) {
        bool parts = i == cell.size || cell.data[i] == ';' || cell.data[i] == '\n' || (by_comma && cell.data[i] == ',');
        if (!parts) continue;
        add_identity(row, target, csv_unescape(text_trim(text_slice(cell, from, i - from))));
        from = i + 1;
    }
}

static void read_cells(struct row *row, const json_t *cells) {
    const struct import_work *work = row->work;
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *one = json_array_get(cells, i);
        enum target target = i < work->target_count ? work->targets[i] : TARGET_IGNORE;
        struct text cell = text_trim(csv_unescape(text_copy(row->mem, text_from(json_string_value(one), json_string_length(one)))));
        if (text_empty(cell)) continue;
        if (i >= work->target_count) refuse(row, NULL, "too_many_cells", text_cut(cell, 100));
        else if (target >= TARGET_EMAIL) add_identities(row, target, cell);
        else row->cells[target] = cell;
    }
    for (size_t i = 0; i < row->identity_count; i++) row->is_strong = row->is_strong || row->identities[i].target != TARGET_PHONE;
}

static void check_cell(struct row *row, enum target target, size_t most, bool many_lines) {
    if (length_of(row->cells[target]) > most) refuse(row, target_name(target), "too_long", (struct text){0});
    if (has_controls(row->cells[target], many_lines)) refuse(row, target_name(target), "invalid", (struct text){0});
}

/* Of its parts, when it has no column of its own: the family name stands first in Hungarian. */
static struct text name_of(const struct row *row, struct text locale) {
    struct text name = row->cells[TARGET_NAME], first = row->cells[TARGET_FIRST_NAME], last = row->cells[TARGET_LAST_NAME];
    struct text one = text_is(locale, "hu") ? last : first, two = text_is(locale, "hu") ? first : last;
    if (!text_empty(name)) return name;
    if (text_empty(one) || text_empty(two)) return text_empty(one) ? two : one;
    return text_printf(row->mem, "%.*s %.*s", (int)one.size, one.data, (int)two.size, two.data);
}

/* A language that we do not speak is left out, and the person comes all the same. */
static struct text locale_of(struct row *row) {
    struct text cell = row->cells[TARGET_LOCALE], locale = {0};
    if (text_empty(cell)) return locale;
    locale = locale_find(row->mem, cell);
    if (!locale.data) tell(&row->left_json, "locale", "unknown_locale", text_cut(cell, 100), 0);
    return locale;
}

/* --- Who is meant ------------------------------------------------------------------------------------------------------------ */

static bool find_owners(struct row *row, struct error *err) {
    for (size_t i = 0; i < row->identity_count; i++) {
        struct identity_cell *cell = &row->identities[i];
        const struct person_card *card;
        if (!person_by_identity(row->tx, row->mem, channel_of(cell->target), cell->value, &card, err)) return false;
        if (card) cell->owner = card->id;
    }
    return true;
}

static bool is_telling(const struct row *row, const struct identity_cell *cell) {
    return !row->is_strong || cell->target != TARGET_PHONE;
}

static bool know(struct row *row, person_id id, struct error *err) {
    struct person_known *known;
    size_t count;
    /* Nobody else changes them between the look and the deed. */
    if ((!row->work->is_trial && !person_lock(row->tx, id, err)) || !people_know(row->tx, row->mem, &id, 1, &known, &count, err)) return false;
    row->person = count ? known : NULL;
    return true;
}

static bool find_person(struct row *row, struct error *err) {
    person_id found = {0};
    if (!find_owners(row, err)) return false;
    for (size_t i = 0; i < row->identity_count; i++) {
        const struct identity_cell *cell = &row->identities[i];
        if (!is_telling(row, cell) || !cell->owner.value) continue;
        if (found.value && found.value != cell->owner.value) return refuse(row, target_name(cell->target), "several_people", cell->value);
        found = cell->owner;
    }
    return !found.value || know(row, found, err);
}

/* Who is called by nothing but an address or number. */
static bool is_nameless(const struct person_known *person) {
    bool is = false;
    for (size_t i = 0; i < person->identity_count && !is; i++)
        is = text_equal_nocase(person->name, person->identities[i].normalized) || text_equal_nocase(person->name, person->identities[i].value);
    return is;
}

/* One number, two names: perhaps two persons. */
static void check_name(struct row *row, struct text name) {
    bool differs = row->person && !row->is_strong && !text_empty(name) && !is_nameless(row->person)
                   && !text_equal(text_fold(row->mem, name), text_fold(row->mem, row->person->name));
    if (differs) refuse(row, "name", "name_differs", row->person->name);
}

/* A number that is somebody else's stays theirs. */
static void leave_numbers(struct row *row) {
    for (size_t i = 0; i < row->identity_count; i++) {
        struct identity_cell *cell = &row->identities[i];
        bool other = cell->owner.value && (!row->person || cell->owner.value != row->person->id.value);
        if (!other || is_telling(row, cell)) continue;
        cell->is_left = true;
        tell(&row->left_json, target_name(cell->target), "taken_by_person", cell->value, 0);
    }
}

/* What an earlier row of the file has named already. */
static bool remember(struct row *row, struct error *err) {
    for (size_t i = 0; i < row->identity_count && !row->error_count; i++) {
        struct identity_cell *cell = &row->identities[i];
        const struct sql_import_key_add in = {.import_id = row->work->import, .channel = text_of(channel_of(cell->target)),
                                              .normalized = cell->normalized, .line = row->line};
        const struct sql_import_key_line_row *first;
        int64_t added = 0;
        if (cell->is_left) continue;
        if (!sql_import_key_add(row->tx, &in, &added, err)) return false;
        if (added) continue;
        const struct sql_import_key_line look = {.import_id = in.import_id, .channel = in.channel, .normalized = in.normalized};
        if (!sql_import_key_line(row->tx, row->mem, &look, &first, err)) return false;
        bool telling = is_telling(row, cell);
        tell(telling ? &row->errors_json : &row->left_json, target_name(cell->target), "twice_in_file", cell->value, first ? first->line : 0);
        row->error_count += telling;
        cell->is_left = !telling;
    }
    return true;
}

/* --- What changes ------------------------------------------------------------------------------------------------------------- */

/* What the cell says, where it may say something. */
static struct text chosen(struct row *row, const char *field, struct text before, struct text cell, bool is_free) {
    if (text_empty(cell) || text_equal(cell, before)) return before;
    if (row->person && row->work->existing == EXISTING_FILL && !is_free) return before;
    note_text(&row->changes_json, field, row->person ? before : (struct text){0}, cell);
    row->change_count++;
    return cell;
}

static bool choose_company(struct row *row, struct error *err) {
    struct text name = row->cells[TARGET_COMPANY], before = row->person ? row->person->company_name : (struct text){0};
    company_id known = {0};
    if (text_empty(name)) return true;
    if (!company_by_name(row->tx, name, &known, err)) return false;
    if (row->person && known.value == row->person->company.value && known.value) return true;
    if (!text_equal(chosen(row, "company", before, name, text_empty(before)), name)) return true;
    row->wish.company = known;
    row->wish.company_is_said = true;
    if (!known.value) row->new_company = name;
    return true;
}

static bool has_it(const struct row *row, const struct identity_cell *cell) {
    return row->person && cell->owner.value == row->person->id.value;
}

static bool is_added(const struct row *row, const struct identity_cell *cell) {
    return !cell->is_left && !has_it(row, cell);
}

static bool choose(struct row *row, struct text name, struct text locale, struct error *err) {
    const struct person_known *person = row->person;
    static const struct person_known nobody;
    if (!person) person = &nobody;
    if (row->person && row->work->existing == EXISTING_SKIP) return true;
    row->wish = (struct person_wish){.company = person->company};
    row->wish.name = chosen(row, "name", person->name, name, row->person && is_nameless(row->person));
    row->wish.locale = chosen(row, "locale", person->locale, locale, !person->locale.data);
    row->wish.notes = chosen(row, "notes", person->notes, row->cells[TARGET_NOTES], text_empty(person->notes));
    if (!choose_company(row, err)) return false;
    for (size_t i = 0; i < row->identity_count; i++) {
        const struct identity_cell *cell = &row->identities[i];
        if (!is_added(row, cell)) continue;
        row->add_count++;
        json_object_begin(&row->added_json);
        json_put_string(&row->added_json, "channel", channel_of(cell->target));
        json_put_text(&row->added_json, "value", cell->value);
        json_object_end(&row->added_json);
    }
    return true;
}

/* --- The whole row ------------------------------------------------------------------------------------------------------------- */

static bool look(struct row *row, struct text cells, struct error *err) {
    json_auto_t *root = json_loadb(cells.data, cells.size, 0, NULL);
    read_cells(row, root);
    struct text locale = locale_of(row), name = name_of(row, locale);
    if (length_of(name) > NAME_LENGTH) refuse(row, "name", "too_long", (struct text){0});
    if (has_controls(name, false)) refuse(row, "name", "invalid", (struct text){0});
    check_cell(row, TARGET_COMPANY, NAME_LENGTH, false);
    check_cell(row, TARGET_NOTES, NOTES_LENGTH, true);
    if (!row->identity_count && !row->error_count) refuse(row, NULL, "no_identity", (struct text){0});
    if (row->error_count) return true;
    if (!find_person(row, err)) return false;
    check_name(row, name);
    leave_numbers(row);
    if (!row->error_count && row->work->is_trial && !remember(row, err)) return false;
    return row->error_count || choose(row, name, locale, err);
}

static bool make_company(struct row *row, struct error *err) {
    return !row->new_company.data || company_make(row->tx, &row->work->doer, row->new_company, &row->wish.company, err);
}

static bool make(struct row *row, person_id *ret, struct error *err) {
    struct identity_wish wishes[IMPORT_IDENTITIES];
    size_t count = 0;
    for (size_t i = 0; i < row->identity_count; i++)
        if (is_added(row, &row->identities[i]))
            wishes[count++] = (struct identity_wish){.channel = text_of(channel_of(row->identities[i].target)), .value = row->identities[i].value};
    return make_company(row, err) && person_make(row->tx, &row->work->doer, &row->wish, wishes, count, ret, err);
}

static bool change(struct row *row, struct error *err) {
    const struct people_doer *doer = &row->work->doer;
    person_id person = row->person->id;
    if (row->change_count && (!make_company(row, err) || !person_change(row->tx, doer, person, &row->wish, err))) return false;
    for (size_t i = 0; i < row->identity_count; i++) {
        const struct identity_cell *cell = &row->identities[i];
        const struct identity_wish wish = {.channel = text_of(channel_of(cell->target)), .value = cell->value};
        if (is_added(row, cell) && !person_add_identity(row->tx, doer, person, &wish, err)) return false;
    }
    return true;
}

bool row_do(const struct import_work *work, int64_t line, struct text cells, struct row_found *ret, struct error *err) {
    struct row *row = arena_alloc(&work->tx->mem, sizeof *row);
    *row = (struct row){.work = work, .tx = work->tx, .mem = &work->tx->mem, .line = line};
    begin_words(row);
    if (!look(row, cells, err)) return false;
    bool changes = row->change_count || row->add_count;
    *ret = (struct row_found){.person = row->person ? row->person->id : (person_id){0}};
    if (row->error_count) ret->state = "refused";
    else if (row->person && !changes) ret->state = "same";
    else if (work->is_trial) ret->state = row->person ? "change" : "new";
    else if (row->person ? !change(row, err) : !make(row, &ret->person, err)) return false;
    else ret->state = row->person ? "changed" : "made";
    ret->detail = end_words(row);
    return true;
}
